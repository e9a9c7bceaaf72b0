"""A feed's websocket: whole messages in order, answers found among them, one way to say that it has ended."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection

from bot.errors import FeedError
from bot.feed import RefusedError
from bot.intake.stream import Socket, opened
from tests.bot.reading import until
from tests.bot.sources import context, stream


@asynccontextmanager
async def met(
    talk: Callable[[ServerConnection], Awaitable[None]], status: int = 101
) -> AsyncIterator[Socket]:
    """A socket to a server that talks."""
    async with (
        stream(talk, status) as source,
        context({}) as given,
        opened(given, "test", f"{source.url}/path?token=cAnArY") as socket,
    ):
        yield socket


async def following(socket: Socket, count: int) -> list[bytes]:
    """The next messages, ticks left out."""
    found: list[bytes] = []
    while len(found) < count:
        message = await socket.next()
        found += () if message is None else (message,)
    return found


async def test_messages_come_whole_and_in_order() -> None:
    """Text and bytes alike, as bytes; what comes in pieces is put together."""

    async def talk(socket: ServerConnection) -> None:
        await socket.send("one")
        await socket.send(b"two")
        await socket.send(iter(["th", "ree"]))
        await socket.wait_closed()

    async with met(talk) as socket:
        assert await following(socket, 3) == [b"one", b"two", b"three"]


async def test_a_tick_comes_however_busy_the_wire_is() -> None:
    """Once a second there is time for something else, with messages waiting or without."""

    async def talk(socket: ServerConnection) -> None:
        for number in range(2000):
            await socket.send(str(number))
        await socket.wait_closed()

    async with met(talk) as socket:
        seen = [await socket.next() for _ in range(2010)]
    assert seen.count(None) >= 2
    assert [message for message in seen if message] == [
        str(n).encode() for n in range(len(seen) - seen.count(None))
    ]


async def test_an_answer_is_found_and_the_rest_stays() -> None:
    """What came before it is still to come, in its order; an answer may be kept in the row."""

    async def talk(socket: ServerConnection) -> None:
        for text in ("a", "ok 1", "b", "ok 2", "c"):
            await socket.send(text)
        await socket.wait_closed()

    async with met(talk) as socket:
        assert await socket.answer(lambda message: message.startswith(b"ok"), 2) == b"ok 2"
        assert await following(socket, 3) == [b"a", b"b", b"c"]
    async with met(talk) as socket:
        await socket.answer(lambda message: message.startswith(b"ok"), 1, keep=True)
        assert await following(socket, 5) == [b"a", b"ok 1", b"b", b"ok 2", b"c"]


async def test_an_answer_that_does_not_come_is_waited_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much else comes."""
    monkeypatch.setattr("bot.intake.stream.ANSWER", 0.2)

    async def talk(socket: ServerConnection) -> None:
        while True:
            await socket.send("other")
            await asyncio.sleep(0.01)

    async with met(talk) as socket:
        with pytest.raises(FeedError, match="test did not answer within 0 s"):
            await socket.answer(lambda message: message == b"ok")


async def test_what_is_said_arrives() -> None:
    """Text and bytes as they are, anything else as JSON; pings are answered with what they carry."""
    heard: list[str | bytes] = []
    pongs: list[float] = []

    async def talk(socket: ServerConnection) -> None:
        heard.extend([await socket.recv() for _ in range(3)])
        pongs.append(await (await socket.ping(b"payload")))
        await socket.wait_closed()

    async with met(talk) as socket:
        for message in ("text", b"bytes", {"op": "x"}):
            await socket.send(message)
        await until(lambda: bool(pongs))
    assert heard == ["text", b"bytes", '{"op":"x"}']


async def test_an_end_is_told_after_what_came_before_it() -> None:
    """With the code it ended with; saying something afterwards fails the same way."""

    async def talk(socket: ServerConnection) -> None:
        await socket.send("last")
        await socket.close(4004)

    async with met(talk) as socket:
        assert await following(socket, 1) == [b"last"]
        with pytest.raises(FeedError, match="test: connection lost: closed with 4004"):
            await following(socket, 1)
        with pytest.raises(FeedError, match="test: connection lost"):
            await socket.send("anybody?")


async def test_a_message_that_is_too_large_ends_it() -> None:
    """Two megabytes are more than any source sends."""

    async def talk(socket: ServerConnection) -> None:
        await socket.send("x" * 2_100_000)
        await socket.wait_closed()

    async with met(talk) as socket:
        with pytest.raises(FeedError, match="connection lost"):
            await following(socket, 1)


async def test_a_slow_reader_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is bounded; then the source waits too, and nothing is lost."""
    monkeypatch.setattr("bot.intake.stream.MOST", 10)

    async def talk(socket: ServerConnection) -> None:
        for number in range(200):
            await socket.send(str(number))
        await socket.wait_closed()

    async with met(talk) as socket:
        await asyncio.sleep(0.2)
        assert len(socket._row) == 10
        assert await following(socket, 200) == [str(number).encode() for number in range(200)]


@pytest.mark.parametrize(("status", "kind"), [(401, RefusedError), (429, RefusedError), (500, FeedError)])
async def test_a_refused_handshake_shows_no_address(status: int, kind: type[FeedError]) -> None:
    """Addresses may hold keys: neither the error nor what caused it has one."""

    async def never(_: ServerConnection) -> None:
        raise AssertionError

    with pytest.raises(kind) as caught:
        async with met(never, status):
            raise AssertionError
    assert "cAnArY" not in f"{caught.value!r}{caught.value.__cause__!r}"


async def test_who_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that accepts and says nothing; an address that is none."""
    monkeypatch.setattr("bot.intake.stream.OPEN", 0.1)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        gone.set()

    gone = asyncio.Event()
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server, context({}) as given:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(FeedError, match="test did not answer within 0 s"):
            async with opened(given, "test", f"ws://127.0.0.1:{port}/"):
                raise AssertionError
        await gone.wait()
        with pytest.raises(FeedError, match="test could not be reached"):
            async with opened(given, "test", "ws://[:1/"):
                raise AssertionError
