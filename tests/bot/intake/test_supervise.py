"""The supervisor against servers that hang up, fall silent, refuse, send rubbish, or announce their end."""

import asyncio
import gzip
import logging
from collections.abc import AsyncGenerator, Callable
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from websockets.asyncio.server import ServerConnection

from bot.feed import FEEDS, Context
from bot.intake.supervise import Patience, supervise, trades
from bot.master.calendar import hours
from rules.model import Frame
from tests.bot.sources import BUSY, context, pages
from tests.bot.supervision import (
    Scripted,
    crash,
    end,
    fail,
    farewell,
    forbid,
    hang,
    mute,
    refuse,
    rubbish,
    served,
    supervised,
)
from tests.fakes.binance import exchange, trade

T0 = round(BUSY.timestamp() * 1000)


def no_gap(market: str) -> None:
    """These feeds never break."""
    raise AssertionError(market)


async def test_a_broken_connection_is_a_gap_and_a_new_wish_is_none() -> None:
    """The market is named once, before the first quotes after the break; a feed that starts has no gap."""
    async with exchange() as venue, supervised(FEEDS["binance"], venue.urls) as run:
        for turn in range(3):
            await run.until(lambda: bool(venue.clients))
            await venue.publish("BTCUSDT", "61837.64", T0 + turn)
            await run.priced(turn + 1)
            if turn < 2:
                await venue.clients[0].socket.close()
                await run.until(lambda: not venue.clients)
        before = [sum(len(frame.quotes) for frame in run.frames[:at]) for _, at in run.gaps]
        assert [market for market, _ in run.gaps] == ["BINANCE", "BINANCE"]
        assert before == [1, 2]
        run.symbols.append("ETHUSDT.BINANCE")
        await run.until(lambda: len(run.prices) > 3)  # the day's figures, told alone
    assert len(run.gaps) == 2


async def test_lost_messages_are_a_gap_too() -> None:
    """The connection stands, but numbers are missing: what was the day's high in between nobody saw."""
    async with exchange() as venue, supervised(FEEDS["binance"], venue.urls) as run:
        await run.until(lambda: bool(venue.clients))
        for number, lost in enumerate((0, 0, 7), 1):
            await venue.publish("BTCUSDT", "61837.64", T0 + number, skip=lost)
        await run.until(lambda: len(run.prices) == 3)
    assert [sum(len(frame.quotes) for frame in run.frames[:at]) for _, at in run.gaps] == [2]
    assert run.health.outages == 0


async def test_binance_goes_from_the_socket_to_the_sink() -> None:
    """The real adapter's trades and the day's figures arrive in order, with empty frames between them."""

    async def talk(socket: ServerConnection) -> None:
        await socket.send(trade("BTCUSDT", "61837.64", T0).decode())
        await socket.send(trade("BTCUSDT", "61838.00", T0 + 5).decode())
        await socket.wait_closed()

    async with served(talk) as (urls, _), supervised(FEEDS["binance"], urls) as run:
        await run.until(lambda: len(run.prices) == 3)
        await run.until(lambda: any(not frame.quotes for frame in run.frames))
    assert run.prices == [6183764000000, 6183800000000, 925000000]
    assert (run.health.up, run.health.connects, run.health.outages) == (True, 1, 0)
    assert {frame.market for frame in run.frames} == {"BINANCE"}


async def test_a_server_that_accepts_and_hangs_up_is_met_seldom(caplog: pytest.LogCaptureFixture) -> None:
    """Good handshakes without data do not reset the backoff: 60 connects in 5 minutes are never reached."""

    async def leave(socket: ServerConnection) -> None:
        await socket.close()

    patience = Patience(first=0.01, ceiling=0.3, tick=0.01)  # real figures, a hundred times as fast
    async with served(leave) as (urls, ws), supervised(FEEDS["binance"], urls, patience) as run:
        await asyncio.sleep(1.5)  # stands for 150 s
    assert 3 <= len(ws.asked) <= 20
    assert (run.health.up, run.health.outages) == (False, 1)
    assert caplog.text.count("down") == 1


async def test_connects_are_budgeted_whatever_happens() -> None:
    """Even a source that brings data each time is met at most so often within the window."""
    served: list[int] = []

    async def once(_: Context) -> AsyncGenerator[bytes, None]:
        served.append(1)
        yield str(len(served)).encode()

    patience = Patience(first=0.001, ceiling=0.001, steady=0.0, connects=5, window=0.5, tick=0.01)
    async with supervised(Scripted(once), {}, patience) as run:
        await run.until(lambda: run.health.connects == 5)
        await asyncio.sleep(0.2)
        assert run.health.connects == 5
        await run.until(lambda: run.health.connects > 5)


async def test_a_snapshot_before_each_hang_up_is_no_recovery(caplog: pytest.LogCaptureFixture) -> None:
    """A source that answers once and leaves, again and again, stays down: one line, not one each time."""
    served: list[int] = []

    async def once(_: Context) -> AsyncGenerator[bytes, None]:
        served.append(1)
        yield str(len(served)).encode()

    async with supervised(Scripted(once), {}) as run:
        await run.until(lambda: run.health.connects == 6)
    assert run.health.outages == 1
    assert caplog.text.count("down: ") == 1
    assert "back" not in caplog.text


async def test_an_outage_is_two_lines(caplog: pytest.LogCaptureFixture) -> None:
    """Down with the first reason, back at the first data; further failures are not warnings."""
    async with supervised(Scripted(fail, end, crash, hang), {}) as run:
        await run.until(lambda: run.health.up)
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warnings == ["feed scripted: down: not today", "feed scripted: back after 0 s"]
    assert (run.health.outages, run.health.connects) == (1, 4)
    assert run.health.reason == "ZeroDivisionError in the feed"


async def test_silence_is_noticed_while_the_market_is_open() -> None:
    """A connected but mute socket is given up; the same in a closed market is not."""
    feed = Scripted(mute)
    feed.silence = timedelta(seconds=0.1)
    async with supervised(feed, {}) as run:
        run.is_open = False
        await asyncio.sleep(0.3)
        assert run.health.connects == 1
        run.is_open = True
        await run.until(lambda: run.health.connects == 2)
    assert "no data" in run.health.reason


async def test_a_frozen_page_is_silence() -> None:
    """The same exchange time again and again is no data."""

    async def frozen(_: Context) -> AsyncGenerator[bytes, None]:
        while True:
            yield b"7"
            await asyncio.sleep(0.01)

    feed = Scripted(frozen)
    feed.silence = timedelta(seconds=0.1)
    async with supervised(feed, {}) as run:
        await run.until(lambda: run.health.outages == 1)
    assert run.health.payloads > 3


async def test_unreadable_answers_end_a_connection() -> None:
    """Three in a row are an outage; each is counted."""
    async with supervised(Scripted(rubbish, hang), {}) as run:
        await run.until(lambda: run.health.up)
    assert run.health.unreadable == 3
    assert "unreadable answers" in run.health.reason


@pytest.mark.parametrize(("script", "least"), [(refuse, 0.05), (forbid, 0.05)])
async def test_a_ban_is_waited_out(
    script: Callable[[Context], AsyncGenerator[bytes, None]], least: float
) -> None:
    """A refusal waits as long as the source said, or the long default, not the short backoff."""
    clock = asyncio.get_running_loop().time
    async with supervised(Scripted(script, hang), {}) as run:
        start = clock()
        await run.until(lambda: run.health.up)
        assert clock() - start >= least


async def test_new_wishes_make_a_new_connection_before_the_old_one_breaks() -> None:
    """When other symbols are wanted the old stream goes on until the new one has brought something."""
    seen: list[tuple[str, ...]] = []

    async def wait_or_serve(given: Context) -> AsyncGenerator[bytes, None]:
        seen.append(tuple(given.symbols))
        if len(seen) > 1:
            await released.wait()
        yield str(len(seen)).encode()
        await asyncio.sleep(3600)

    released = asyncio.Event()
    feed = Scripted(wait_or_serve)
    async with supervised(feed, {}) as run:
        await run.until(lambda: run.health.up)
        run.symbols.append("ETHUSDT.BINANCE")
        await run.until(lambda: feed.open == 2)
        assert run.health.up
        released.set()
        await run.until(lambda: feed.open == 1)
    assert seen == [("BTCUSDT.BINANCE",), ("BTCUSDT.BINANCE", "ETHUSDT.BINANCE")]
    assert run.health.outages == 0
    assert feed.open == 0


async def test_a_second_connection_that_fails_costs_nothing() -> None:
    """The first one stays; another try follows."""
    feed = Scripted(hang, refuse, hang)
    async with supervised(feed, {}) as run:
        await run.until(lambda: run.health.up)
        run.symbols.append("ETHUSDT.BINANCE")
        await run.until(lambda: run.health.connects == 3)
    assert run.health.outages == 0


@pytest.mark.parametrize("ending", [fail, end])
async def test_a_spare_line_takes_over_from_one_that_dies(
    ending: Callable[[Context], AsyncGenerator[bytes, None]],
) -> None:
    """A line that fails while its successor is on the way is no outage."""
    dying = asyncio.Event()

    async def die(given: Context) -> AsyncGenerator[bytes, None]:
        yield b"1"
        await dying.wait()
        async for data in ending(given):
            yield data

    async def late(_: Context) -> AsyncGenerator[bytes, None]:
        dying.set()
        await asyncio.sleep(0.1)
        yield b"2"
        await asyncio.sleep(3600)

    async with supervised(Scripted(die, late), {}) as run:
        await run.until(lambda: run.health.up)
        run.symbols.append("ETHUSDT.BINANCE")
        await run.until(lambda: run.health.payloads == 2)
    assert (run.health.connects, run.health.outages) == (2, 0)


async def test_an_announced_end_and_old_age_are_met_before_they_come() -> None:
    """A farewell, or a connection near its allowed age, makes a successor without an outage."""
    feed = Scripted(farewell, hang)
    async with supervised(feed, {}) as run:
        await run.until(lambda: run.health.connects == 2 and feed.open == 1)
    old = Scripted(hang)
    old.lifetime = timedelta(seconds=0.05)
    async with supervised(old, {}) as aged:
        await aged.until(lambda: aged.health.connects >= 3)
    assert run.health.outages == aged.health.outages == 0


async def test_nothing_is_asked_for_while_nobody_listens() -> None:
    """Without symbols there is no connection, but time passes."""
    feed = Scripted(hang)
    async with supervised(feed, {}) as run:
        run.symbols.clear()
        await run.until(lambda: len(run.frames) > 3)
        assert run.health.connects == 0
        run.symbols.append("BTCUSDT.BINANCE")
        await run.until(lambda: run.health.connects == 1)


async def test_a_replay_runs_once_with_its_own_clock() -> None:
    """Its empty frames are its own; when it is over the supervisor returns."""

    async def day(_: Context) -> AsyncGenerator[bytes, None]:
        for second in range(5):
            yield str(second).encode()

    feed = Scripted(day)
    feed.replays = True
    frames: list[Frame] = []

    async def sink(frame: Frame) -> None:
        frames.append(frame)

    async with context({}) as given, asyncio.timeout(5):
        await supervise(
            feed, lambda: given, sink, asyncio.Event(), is_open=lambda _: True, reconnected=no_gap
        )
    assert [frame.received for frame in frames] == [BUSY + timedelta(seconds=n) for n in range(5)]


async def test_what_the_sink_raises_is_not_swallowed() -> None:
    """A fenced engine must stop: its error leaves the supervisor."""

    async def sink(_: Frame) -> None:
        raise RuntimeError("fenced")

    async with context({}, "BTCUSDT.BINANCE") as given, asyncio.timeout(5):
        with pytest.raises(ExceptionGroup) as caught:
            await supervise(
                Scripted(hang),
                lambda: given,
                sink,
                asyncio.Event(),
                is_open=lambda _: True,
                reconnected=no_gap,
            )
    assert caught.group_contains(RuntimeError, match="fenced")


async def test_a_gzip_bomb_is_cut_short() -> None:
    """A body that inflates beyond 2 MB is a failure, not 100 MB of memory."""
    bomb = gzip.compress(b"v" * 100_000_000)

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    async with pages(answer) as site, supervised(FEEDS["tencent"], {"rest": site.url}) as run:
        run.symbols[:] = ["300308.SZ"]
        await run.until(lambda: run.health.outages == 1)
    assert "more than 2000000 bytes" in run.health.reason


async def test_a_captcha_page_is_an_outage() -> None:
    """HTML with status 200 is a failure of the feed, never "nothing changed"."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="<html>please slide</html>", content_type="text/html")

    async with pages(answer) as site, supervised(FEEDS["tencent"], {"rest": site.url}) as run:
        run.symbols[:] = ["300308.SZ"]
        await run.until(lambda: run.health.outages == 1)
    assert "no quotes in the answer" in run.health.reason
    assert not run.prices


async def test_stopping_interrupts_every_wait() -> None:
    """A long backoff ends at once when the program stops."""
    patience = Patience(first=60, ceiling=60, tick=0.01)
    async with supervised(Scripted(fail), {}, patience) as run:
        await run.until(lambda: run.health.outages == 1)


def test_the_figures_keep_under_the_bans() -> None:
    """As shipped: at most 60 connects in 5 minutes."""
    patience = Patience()
    assert patience.connects <= 60
    assert patience.window >= 300


@pytest.mark.parametrize(
    ("clock", "symbols", "expected"),
    [
        ("2025-11-26T10:00:00+08:00", ["300308.SZ"], True),
        ("2025-11-26T12:00:00+08:00", ["300308.SZ"], False),  # lunch
        ("2025-11-26T12:00:00+08:00", ["300308.SZ", "BTCUSDT.BINANCE"], True),
        ("2025-11-26T09:27:00+08:00", ["300308.SZ"], False),  # matched, not yet trading
        ("2025-11-26T14:58:00+08:00", ["300308.SZ"], False),  # no prints until 15:00:00
        ("2025-11-26T23:30:00+08:00", ["300308.SZ"], False),  # New York trades, but nobody asked for it
        ("2025-11-26T23:30:00+08:00", ["AAPL.US"], True),
        ("2025-11-26T10:00:00+08:00", [], False),
    ],
)
def test_silence_says_something_only_while_a_wanted_market_trades(
    clock: str, symbols: list[str], *, expected: bool
) -> None:
    """Breaks, auctions and the markets of others are no reason to reconnect."""
    assert trades(hours(), symbols, datetime.fromisoformat(clock)) is expected
