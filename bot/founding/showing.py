"""The demo's stage: a data folder of its own, and what its newcomer has asked for."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from bot.errors import SettingsError
from bot.store import embedded
from bot.web.ground import Playground

MARK = ".tickbell-demo"  # only a folder that carries it is ever emptied
CHAT = 1
SETTLE = timedelta(milliseconds=100)  # an answer that the bot has not recorded by then, it never will
PATIENCE = 30.0  # seconds for the seeds to be answered; normally well under one
TOKEN = "7000000001:playground"  # noqa: S105 -- the playground takes any token; this one opens nothing

# What the newcomer's chat has asked for before the day begins, typed as anybody would type it.
SEEDS = (
    "/start",
    "/watch 300308 300502 300394 300476 688256 588330",
    "/watch @optical-modules",
    "/alert 300308 market_cap > 610B",
)


async def prepare(folder: Path, *, resume: bool) -> None:
    """Make the demo's folder, emptied unless `resume`; SettingsError where it holds anybody else's files."""
    _claim(folder)
    if not resume:
        # A store that a killed run left behind still writes there.
        await embedded.shutdown(folder)
        _empty(folder)


def _claim(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / MARK
    if not mark.exists() and any(folder.iterdir()):
        raise SettingsError(f"{folder} is not a demo's folder and not empty; choose another with --data")
    mark.touch()


def _empty(folder: Path) -> None:
    mark = folder / MARK
    for entry in folder.iterdir():
        if entry == mark:
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


async def seed(playground: Playground, is_settled: Callable[[], Awaitable[bool]]) -> None:
    """Type what the chat has not typed yet, and wait until all of it is answered and listened for."""
    typed = {bubble.text for bubble in playground.messages(CHAT)}
    for text in SEEDS:
        if text not in typed:
            playground.post(text, CHAT)
    async with asyncio.timeout(PATIENCE):
        while not await is_settled():  # noqa: ASYNC110 -- several parts settle, none of them knows it
            await asyncio.sleep(0.02)
