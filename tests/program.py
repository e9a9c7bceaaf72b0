"""The whole program as a child process, for stories and chaos."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[1]
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
DAY_OVER = "day is over"


@dataclass
class Program:
    """A running `python -m bot ...` with what it printed so far."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    address: str = ""

    async def said(self, words: str, seconds: float = 90) -> str:
        """Wait for a line that contains the words; AssertionError with all output when it does not come."""
        async with asyncio.timeout(seconds):
            while not (found := [line for line in self.lines if words in line]):
                assert self.process.returncode is None, self.report(f"ended before saying {words!r}")
                await asyncio.sleep(0.02)
        return found[0]

    async def reached(self) -> str:
        """Wait for the printed address and return it without a trailing slash."""
        match = ADDRESS.search(await self.said("http://127.0.0.1"))
        assert match is not None
        self.address = match[0]
        return self.address

    async def get(self, path: str) -> Any:
        """GET a JSON page of the program's own web server."""
        async with aiohttp.ClientSession() as http, http.get(self.address + path) as answer:
            return await answer.json()

    async def settled(self, quiet: float = 4.0, seconds: float = 120) -> Any:
        """The ledger once nothing was added to it for `quiet` seconds."""
        async with asyncio.timeout(seconds):
            before = await self.get("/ledger")
            while True:
                await asyncio.sleep(quiet)
                after = await self.get("/ledger")
                if json.dumps(after) == json.dumps(before):
                    return after
                before = after

    async def interrupt(self, seconds: float = 10) -> int:
        """Ctrl-C, and the exit code."""
        self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(seconds):
            return await self.process.wait()

    async def kill(self) -> None:
        """SIGKILL, at once."""
        self.process.kill()
        await self.process.wait()

    def report(self, what: str) -> str:
        """Everything it printed, for a failure."""
        return "\n".join([what, *self.lines[-40:], *self.errors[-40:]])


async def _drain(stream: asyncio.StreamReader | None, into: list[str]) -> None:
    while stream is not None and (line := await stream.readline()):
        into.append(line.decode(errors="replace").rstrip("\n"))


@asynccontextmanager
async def program(*arguments: str, env: Mapping[str, str] | None = None) -> AsyncIterator[Program]:
    """Start `python -m bot ARGUMENTS` in a clean environment and end it, whatever happened."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TICKBELL_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=ROOT,
        env=clean | {"TICKBELL_WEB_PORT": "0", "PYTHONUNBUFFERED": "1"} | dict(env or {}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    running = Program(process)
    readers = (
        asyncio.create_task(_drain(process.stdout, running.lines), name="stdout"),
        asyncio.create_task(_drain(process.stderr, running.errors), name="stderr"),
    )
    try:
        yield running
    finally:
        if process.returncode is None:
            await running.kill()
        await asyncio.gather(*readers)
