"""Named sectors hear the flow of the board that is called as they are."""

from datetime import datetime, timedelta

import pytest
from aiohttp import web

from bot.errors import FeedError
from bot.intake.gate import Gate
from bot.intake.inflows import Inflows
from bot.master.calendar import hours
from bot.master.reference import Group, Reference
from rules.engine import Engine
from rules.language import parse
from rules.model import Frame
from tests.bot.china import utc
from tests.bot.formats.test_boards import ask_of
from tests.bot.sources import Source, pages

LINES = ["2025-11-26 09:31,1e9,0,0,0,0", "2025-11-26 10:01,19800000000.0,-1,-2,3,4"]


class Bench:
    """A source of flows, and what was handed on."""

    def __init__(self, *lines: str) -> None:
        self.lines, self.site, self.frames = list(lines), Source(), list[Frame]()
        self.time = utc("10:00:30")
        self.master = Reference.load()
        self.listened = {"@electronics", "@banks", "@bk1128", "@1/mine"}
        names = {"@bk0001": "电子", "@bk1128": "光通信"}
        self.master.replace(
            "eastmoney",
            [Group(symbol=one, name=name, members=(), source="eastmoney") for one, name in names.items()],
        )

    async def answer(self, request: web.Request) -> web.Response:
        """The flow of the board asked for."""
        code = request.query["secid"].partition(".")[2]
        data = {"code": code, "market": 90, "klines": self.lines}
        return web.json_response({"rc": 0, "data": data if self.lines != ["null"] else None})

    async def take(self, frame: Frame) -> None:
        """Where frames go."""
        self.frames.append(frame)

    def now(self) -> datetime:
        """The clock."""
        return self.time

    def inflows(self) -> Inflows:
        """What is tested."""
        return Inflows(
            self.master, lambda: self.listened, lambda path: ask_of(self.site, path), self.take, self.now
        )


async def test_a_sectors_flow_rings_a_rule_on_it() -> None:
    """Only the board called 电子 is asked for: other groups have no board, or bring their own flow."""
    made = Bench(*LINES)
    async with pages(made.answer) as made.site:
        await made.inflows().turn()
    assert len(made.site.asked) == 1
    assert "secid=90.BK0001" in made.site.asked[0]
    (frame,) = made.frames
    (quote,) = frame.quotes
    assert (frame.market, quote.symbol, quote.inflow, quote.price) == ("SH", "@electronics", 1.98e10, None)
    assert quote.time == frame.received == made.time, "a minute's label may lie ahead"
    engine = Engine(hours(), made.master.get, lambda _: None, made.master.members)
    engine.add(parse("@electronics inflow > 10B", made.master.find).condition)
    gate = Gate(hours(), made.master.get)
    assert [event.text for event in engine.take(gate.judge(frame).frame).events] == ["inflow > 10B"]


async def test_a_minute_that_is_over_keeps_its_time() -> None:
    """The label of the last minute known."""
    made = Bench(*LINES)
    made.time += timedelta(minutes=1)
    async with pages(made.answer) as made.site:
        await made.inflows().turn()
    assert made.frames[0].quotes[0].time == utc("10:01:00")


async def test_before_the_first_minute_nothing_is_handed_on() -> None:
    """No flow is not a flow of nothing."""
    made = Bench()
    async with pages(made.answer) as made.site:
        await made.inflows().turn()
    assert made.frames == []


async def test_a_source_that_fails_says_so() -> None:
    """Whoever asks waits then."""
    made = Bench("null")
    async with pages(made.answer) as made.site:
        with pytest.raises(FeedError, match="eastmoney"):
            await made.inflows().turn()
