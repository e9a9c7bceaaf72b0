"""The Store: every call to Redis, and the one place that decides what may be sent again.

redis-py repeats every command ten times by default; after a lost reply `XADD` then has two entries and
`SET NX` reads as "somebody else did it" (measured, redis-py 8.1). So its retries are off, our scripts are
written to be safe to call again and answer what is stored, and `is_repeatable` names the rest.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha1
from importlib.resources import files
from typing import Any, TypeAlias, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from redis import exceptions
from redis.asyncio import Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.errors import AwayError, FencedError, FullError, SettingsError, StoreError

T = TypeVar("T")
Argument: TypeAlias = str | bytes | int | float

# A blocking read must end before the socket's time-out; with a longer BLOCK it never returned (redis-py 8.1).
TIMEOUT = timedelta(seconds=5)
BLOCK = timedelta(seconds=2)
PATIENCE = timedelta(seconds=10)
FIRST_DELAY, LAST_DELAY = 0.02, 1.0  # seconds between repetitions, doubling

READS = frozenset({
    "GET", "MGET", "STRLEN", "EXISTS", "TYPE", "TTL", "PTTL", "HGET", "HMGET", "HGETALL", "HKEYS",
    "HVALS", "HLEN", "HEXISTS", "HSCAN", "SMEMBERS", "SISMEMBER", "SMISMEMBER", "SCARD", "SSCAN",
    "ZRANGE", "ZRANGEBYSCORE", "ZREVRANGE", "ZSCORE", "ZMSCORE", "ZCARD", "ZCOUNT", "ZSCAN", "LRANGE",
    "LLEN", "XRANGE", "XREVRANGE", "XREAD", "XLEN", "XINFO", "XPENDING", "PING", "TIME", "INFO", "SCAN",
    "DBSIZE"
})  # fmt: skip
# Writes whose second execution leaves the same data; only their counts differ: nobody may decide by those.
SAME_AGAIN = frozenset({
    "HSET", "HDEL", "DEL", "UNLINK", "SADD", "SREM", "ZADD", "ZREM", "XACK", "XDEL", "XTRIM", "PERSIST",
    "PEXPIREAT", "EXPIREAT", "XGROUP"
})  # fmt: skip


# Commands without a key, which a cluster's client would not know where to send.
KEYLESS = frozenset({"TIME", "PING", "INFO", "CONFIG", "ACL", "PUBLISH"})


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a script: `scripts/<name>.lua`."""

    name: str
    keys: Sequence[str]
    args: Sequence[Argument]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a script answered; `repeated` where an earlier reply may have been lost."""

    value: Any
    repeated: bool


def is_repeatable(command: Sequence[Argument]) -> bool:
    """Whether a command may be sent again after a reply that never came.

    Reads, and writes that leave the same data when carried out twice. Not: XADD, INCR, SET NX, PUBLISH, and
    XREADGROUP, whose lost entries sit in the consumer's pending list and must be read from there first.
    """
    name = str(command[0]).upper()
    words = {str(word).upper() for word in command[1:] if isinstance(word, str)}
    if name == "SET":
        return not words & {"NX", "XX", "GET"}
    if name == "ZADD":
        return not words & {"NX", "XX", "GT", "LT", "INCR"}
    if name == "CONFIG":
        return str(command[1]).upper() == "GET"
    return name in READS or name in SAME_AGAIN


@cache
def source(name: str) -> tuple[str, str]:
    """Text and SHA-1 of `scripts/<name>.lua`; the hash is the one EVALSHA knows it by."""
    text = files("bot.store").joinpath("scripts", f"{name}.lua").read_text(encoding="utf-8")
    return text, sha1(text.encode(), usedforsecurity=False).hexdigest()


def translate(error: Exception) -> StoreError:
    """A redis-py exception as ours; the text is the server's, which never holds the URL or its password."""
    text = str(error)
    if _is_login(error):
        return StoreError(f"the store refused the login: {text}")
    if _is_away(error):
        return AwayError(f"the store does not answer: {text}")
    if text.startswith("FENCED"):
        return FencedError(text.removeprefix("FENCED").strip())
    if isinstance(error, exceptions.OutOfMemoryError) or text.startswith(("OOM", "MISCONF")):
        return FullError(f"the store refuses writes: {text}")
    return StoreError(f"the store refused a call: {text}")


def _is_away(error: BaseException) -> bool:
    """Whether the server did not answer or cannot now; a cluster's client says so in words alone."""
    if isinstance(error, exceptions.RedisClusterException) and "cannot be connected" in str(error):
        return True
    return isinstance(error, _AWAY) and not _is_login(error)


def _is_login(error: BaseException) -> bool:
    """Whether the login was refused; on connecting redis-py wraps that in a plain ConnectionError."""
    causes = (error, error.__cause__, error.__context__)
    refusals = exceptions.AuthenticationError | exceptions.AuthorizationError | exceptions.NoPermissionError
    return any(isinstance(cause, refusals) for cause in causes)


_AWAY = (
    exceptions.ConnectionError,  # includes BusyLoadingError: it is reading its log
    exceptions.TimeoutError,
    exceptions.ReadOnlyError,  # a failover is under way; the next connection finds the new primary
    exceptions.MasterDownError,
    exceptions.ClusterDownError,
    exceptions.SlotNotCoveredError,
    exceptions.TryAgainError,
    OSError,
    TimeoutError,
)


class Store:
    """Binary-safe calls to one server or a cluster; every coroutine may be cancelled at any await."""

    def __init__(self, redis: "Redis | RedisCluster", *, patience: timedelta = PATIENCE) -> None:
        self.redis = redis
        self.is_cluster = isinstance(redis, RedisCluster)
        self._patience = patience.total_seconds()
        self._closing = asyncio.Event()

    @classmethod
    def connect(cls, url: str, *, timeout: timedelta = TIMEOUT, patience: timedelta = PATIENCE) -> "Store":
        """A store at redis://, rediss:// or unix://; `cluster=true` in the query makes it a cluster.

        Nothing is sent yet. `timeout` bounds one attempt, `patience` all attempts of one call. SettingsError
        where the URL cannot be read.
        """
        address, is_cluster = _split(url)
        options: dict[str, Any] = {
            "retry": Retry(NoBackoff(), 0),
            "socket_timeout": timeout.total_seconds(),
            "socket_connect_timeout": timeout.total_seconds(),
            "protocol": 2,
        }
        try:
            if is_cluster:
                return cls(RedisCluster.from_url(address, **options), patience=patience)
            return cls(Redis.from_url(address, retry_on_error=[], **options), patience=patience)
        except ValueError as error:
            raise SettingsError(f"TICKBELL_REDIS_URL cannot be read: {error}") from error

    async def run(self, name: str, keys: Sequence[str], args: Sequence[Argument] = ()) -> Any:
        """Call `scripts/<name>.lua`, again after a lost reply; AwayError when patience ends.

        FullError, FencedError and StoreError as the script or the server say.
        """
        return (await self.runs((Call(name, keys, args),)))[0].value

    async def runs(self, calls: Sequence[Call], *, patience: timedelta | None = None) -> list[Answer]:
        """Call several scripts in one round trip; those without an answer are called again.

        A refusal (fenced, full, a script's error) is raised after all others were carried out.
        """
        answers: list[Answer | None] = [None] * len(calls)
        repeated = False

        async def attempt() -> None:
            nonlocal repeated
            waiting = [index for index, answer in enumerate(answers) if answer is None]
            again, repeated = repeated, True
            values = await self._send([calls[index] for index in waiting])
            failures = [value for value in values if isinstance(value, Exception)]
            for index, value in zip(waiting, values, strict=True):
                if not isinstance(value, Exception):
                    answers[index] = Answer(value, again)
            for failure in sorted(failures, key=_is_away):
                raise failure

        await self._persist(attempt, patience)
        return [answer for answer in answers if answer is not None]

    async def call(self, *command: Argument) -> Any:
        """One plain command, answered in bytes as redis-py parses it: HGETALL a dict, XRANGE (id, dict).

        Sent again after a lost reply only where `is_repeatable`; otherwise AwayError at once.
        """
        return (await self.calls((command,)))[0]

    async def calls(self, commands: Sequence[Sequence[Argument]]) -> list[Any]:
        """Plain commands in one round trip, not atomic; sent again only where every one is repeatable."""
        result: list[Any] = []

        async def attempt() -> None:
            values = await self._pipe(commands)
            for value in values:
                if isinstance(value, Exception):
                    raise value
            result[:] = values

        patience = None if all(map(is_repeatable, commands)) else timedelta()
        await self._persist(attempt, patience)
        return result

    async def everywhere(self, *command: Argument) -> list[Any]:
        """A keyless command on every primary of a cluster, or on the one server there is."""
        if not isinstance(self.redis, RedisCluster):
            return [await self.call(*command)]
        cluster, answers = self.redis, list[Any]()

        async def attempt() -> None:
            await cluster.initialize()
            answers[:] = [await node.execute_command(*command) for node in cluster.get_primaries()]

        await self._persist(attempt, None if is_repeatable(command) else timedelta())
        return answers

    async def time(self) -> datetime:
        """The server's clock, aware UTC."""
        seconds, micros = await self.call("TIME")
        return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(micros))

    async def identity(self) -> str:
        """The server's run id, new at each of its starts; empty for a cluster, which has one per node."""
        if self.is_cluster:
            return ""
        return str((await self.call("INFO", "server"))["run_id"])

    @asynccontextmanager
    async def listen(self, *channels: str) -> AsyncIterator["Listener"]:
        """Subscribe to channels; what was published while away is lost, so listeners also sweep."""
        listener = Listener(self.redis.pubsub(), channels)
        try:
            yield listener
        finally:
            await listener.close()

    async def close(self) -> None:
        """Stop repeating and let go of every connection."""
        self._closing.set()
        await self.redis.aclose()

    async def _persist(self, attempt: Callable[[], Awaitable[None]], patience: timedelta | None) -> None:
        """Make the attempt until it is answered, patience ends or the store closes."""
        limit = time.monotonic() + (self._patience if patience is None else patience.total_seconds())
        delay = FIRST_DELAY
        while True:
            try:
                return await attempt()
            except (exceptions.RedisError, exceptions.RedisClusterException, OSError) as error:
                is_over = time.monotonic() + delay >= limit or self._closing.is_set()
                if is_over or not _is_away(error):
                    raise translate(error) from error
                if isinstance(error, exceptions.ReadOnlyError):
                    await self._reconnect()
            await self._wait(delay * random.uniform(0.5, 1))  # noqa: S311 - jitter, not a secret
            delay = min(2 * delay, LAST_DELAY)

    async def _wait(self, delay: float) -> None:
        try:
            async with asyncio.timeout(delay):
                await self._closing.wait()
        except TimeoutError:
            return

    async def _reconnect(self) -> None:
        """Drop idle connections: after a failover they still point at the old primary."""
        if isinstance(self.redis, RedisCluster):
            await self.redis.aclose()
        else:
            await self.redis.connection_pool.disconnect(inuse_connections=False)

    async def _send(self, calls: Sequence[Call]) -> list[Any]:
        """Values or exceptions, one per call; a script the server does not know is sent in full."""
        values = await self._pipe([_evaluation(call, "EVALSHA") for call in calls])
        unknown = [index for index, value in enumerate(values) if isinstance(value, exceptions.NoScriptError)]
        if unknown:  # first use, SCRIPT FLUSH, another server; EVAL also stores it for the next EVALSHA
            again = await self._pipe([_evaluation(calls[index], "EVAL") for index in unknown])
            for index, value in zip(unknown, again, strict=True):
                values[index] = value
        return values

    async def _execute(self, command: Sequence[Argument]) -> Any:
        if isinstance(self.redis, RedisCluster) and str(command[0]).upper() in KEYLESS:
            await self.redis.initialize()
            return await self.redis.get_default_node().execute_command(*command)
        return await self.redis.execute_command(*command)

    async def _pipe(self, commands: Sequence[Sequence[Argument]]) -> list[Any]:
        if not commands:
            return []
        if len(commands) == 1 or isinstance(self.redis, RedisCluster):
            # A cluster's partitions live on several nodes: side by side, each on a connection of its own.
            return await asyncio.gather(*map(self._execute, commands), return_exceptions=True)
        async with self.redis.pipeline(transaction=False) as pipe:
            for command in commands:
                pipe.execute_command(*command)
            values: list[Any] = await pipe.execute(raise_on_error=False)
            return values


class Listener:
    """Messages of the channels subscribed to; reconnects by itself and says so with a None."""

    def __init__(self, pubsub: Any, channels: Sequence[str]) -> None:
        self._pubsub = pubsub
        self._channels = channels
        self._subscribed = False

    async def next(self, wait: timedelta) -> tuple[str, str] | None:
        """The next (channel, payload), or None where `wait` passed or the connection had to be made anew."""
        try:
            if not self._subscribed:
                await self._pubsub.subscribe(*self._channels)
                self._subscribed = True
            message = await self._pubsub.get_message(
                ignore_subscribe_messages=True, timeout=wait.total_seconds()
            )
        except _AWAY:
            await self._pause(wait)
            return None
        if message is None:
            return None
        return message["channel"].decode(), message["data"].decode()

    async def close(self) -> None:
        """Unsubscribe by closing the connection."""
        await self._pubsub.aclose()

    async def _pause(self, wait: timedelta) -> None:
        """Start afresh after the wait, so that a store that is away is not asked in a loop."""
        self._subscribed = False
        await self._pubsub.aclose()
        await asyncio.sleep(min(wait.total_seconds(), LAST_DELAY))


def _evaluation(call: Call, how: str) -> tuple[Argument, ...]:
    text, digest = source(call.name)
    return (how, digest if how == "EVALSHA" else text, len(call.keys), *call.keys, *call.args)


def _split(url: str) -> tuple[str, bool]:
    """The URL without our own `cluster` option, and whether it was set."""
    parts = urlsplit(url)
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise SettingsError("TICKBELL_REDIS_URL must begin with redis://, rediss:// or unix://")
    query = parse_qsl(parts.query)
    is_cluster = any(name == "cluster" and value.lower() in ("true", "1", "yes") for name, value in query)
    kept = urlencode([(name, value) for name, value in query if name != "cluster"])
    return urlunsplit(parts._replace(query=kept)), is_cluster


def texts(mapping: Mapping[bytes, bytes]) -> dict[str, str]:
    """A hash or stream entry, decoded."""
    return {name.decode(): value.decode() for name, value in mapping.items()}
