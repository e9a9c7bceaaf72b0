"""Two and three sources of one market: who speaks, what waits, what is refused; nobody sleeps here."""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot import feeds as feeds  # noqa: PLC0414 -- fills the registry
from bot.feed import FEEDS
from bot.intake.gate import SYMBOLS
from bot.intake.standby import Standby, ranking
from rules.model import Frame, Instrument, Phase, Quote
from rules.sessions import default_hours
from tests.bot.china import utc

SYMBOL, OTHER = "300308.SZ", "300502.SZ"
START = utc("10:00:00")


def at(seconds: float) -> datetime:
    """Seconds after ten o'clock."""
    return START + timedelta(seconds=seconds)


@dataclass
class Desk:
    """A standby with the hand of a test on its sources: what they say when, and what comes out."""

    sources: tuple[str, ...] = ("one", "two")
    down: set[str] = field(default_factory=set)
    out: list[Quote] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)  # source and reason

    def __post_init__(self) -> None:
        self.standby = Standby(
            default_hours(),
            lambda symbol: Instrument(symbol=symbol, limit=Decimal("0.2")),
            {"SZ": self.sources, "SH": self.sources, "HK": self.sources[:1]},
            lambda name: name not in self.down,
        )

    def says(self, source: str, time: float, price: float, *, now: float, **fields: Any) -> None:
        """A quote of a source at an exchange time, received now."""
        plain = Quote(symbol=SYMBOL, time=at(time), price=round(price * 1000), source=source)
        self.frame(now, replace(plain, **fields))

    def frame(self, now: float, *quotes: Quote) -> None:
        """A frame of a source; empty: time passes."""
        judged = self.standby.judge(Frame(market="SZ", received=at(now), quotes=quotes))
        assert judged.frame.received == at(now)
        self.out += judged.frame.quotes
        self.refused += [(quote.source, reason) for quote, reason in judged.refused]

    def passes(self, *seconds: float) -> None:
        """Empty frames at these times."""
        for now in seconds:
            self.frame(now)

    @property
    def told(self) -> list[tuple[float, str, float]]:
        """What came out: exchange time, source, price."""
        return [
            ((quote.time - START).total_seconds(), quote.source, (quote.price or 0) / 1000)
            for quote in self.out
        ]


def test_while_the_better_source_is_well_the_other_is_not_heard() -> None:
    """The same snapshots from both: each exchange time once, from the first; nothing waits for long."""
    desk = Desk()
    for time in (0, 3, 6, 9):
        desk.says("two", time, 10 + time / 100, now=time + 0.2)
        desk.says("one", time, 10 + time / 100, now=time + 1.0)
    desk.passes(12, 13, 14)
    assert desk.told == [(time, "one", 10 + time / 100) for time in (0, 3, 6, 9)]
    assert desk.standby.figures() == {"stood in": 0, "repeated": 4, "held": 0, "dropped": 0, "disputed": 0}
    assert (desk.standby.passed, desk.standby.counts) == (4, {})


def test_when_the_better_source_falls_what_the_other_saw_is_handed_on_at_once() -> None:
    """A spike that the second saw while the first was failing is in time order, before what follows it."""
    desk = Desk()
    desk.says("one", 0, 10.0, now=0.1)
    desk.says("two", 3, 10.4, now=3.1)
    desk.says("two", 6, 10.0, now=6.0)
    assert desk.told == [(0, "one", 10.0)]
    desk.down = {"one"}
    desk.passes(6.05)
    assert desk.told == [(0, "one", 10.0), (3, "two", 10.4), (6, "two", 10.0)]
    desk.says("two", 9, 10.1, now=9.1)
    assert desk.told[-1] == (9, "two", 10.1)
    assert desk.standby.tally["stood in"] == 1


@pytest.mark.parametrize("why", ["silent", "stale", "short list"])
def test_within_one_poll_the_other_stands_in(why: str) -> None:
    """A source that is connected but mute, tells old pages, or leaves one instrument out."""
    desk = Desk()
    desk.says("one", 0, 10.0, now=0.1)
    for time in (3, 6, 9, 12):
        if why == "stale":
            desk.says("one", 0, 10.0, now=time)
        if why == "short list":
            desk.says("one", time, 20.0, now=time, symbol=OTHER)
        desk.says("two", time, 10 + time / 100, now=time + 0.1)
        desk.passes(time + 1, time + 2)
    mine = [quote for quote in desk.out if quote.symbol == SYMBOL and quote.source == "two"]
    assert [(quote.time - START).total_seconds() for quote in mine] == [3, 6, 9, 12]
    others = [quote for quote in desk.out if quote.symbol == OTHER]
    assert len(others) == (4 if why == "short list" else 0)


def test_the_better_source_speaks_again_when_it_keeps_pace() -> None:
    """No duplicate and no step back: what is as old as the last word is passed over, the next one counts."""
    desk = Desk()
    desk.says("one", 0, 10.0, now=0.1)
    desk.down = {"one"}
    desk.says("two", 3, 10.1, now=3.1)
    desk.down = set()
    desk.says("one", 0, 10.0, now=4.0)  # its first word is old, but near
    desk.says("two", 6, 10.2, now=6.1)  # so the second waits again
    assert desk.told[-1] == (3, "two", 10.1)
    desk.says("one", 6, 10.2, now=6.9)
    desk.says("two", 9, 10.3, now=9.1)
    desk.says("one", 9, 10.3, now=9.2)
    assert desk.told == [(0, "one", 10.0), (3, "two", 10.1), (6, "one", 10.2), (9, "one", 10.3)]


def test_a_source_that_lags_does_not_speak() -> None:
    """Believed by its own gate, but a minute behind: nothing goes backwards."""
    desk = Desk()
    for time in (0, 3, 6, 9, 12):
        desk.says("two", time, 10.0, now=time + 0.1)
        desk.says("one", time - 60, 9.99, now=time + 0.2)
        desk.passes(time + 1, time + 2)
    desk.passes(15, 16)
    times = [quote.time for quote in desk.out]
    assert times == sorted(set(times))
    assert [source for _, source, _ in desk.told][-3:] == ["two"] * 3


def test_where_two_disagree_neither_is_handed_on(caplog: pytest.LogCaptureFixture) -> None:
    """Over 0.5 % apart at one moment: held, refused by name, counted, two log lines however long it lasts."""
    desk = Desk()
    desk.says("two", 0, 10.0, now=0.1)
    desk.says("one", 0, 10.0, now=0.2)
    for time in (3, 6, 9):
        desk.says("two", time, 10.0, now=time + 0.1)
        desk.says("one", time, 10.06, now=time + 0.2)
        desk.passes(time + 1, time + 2)
    desk.passes(12, 13, 14)
    assert desk.told == [(0, "one", 10.0)]
    assert desk.standby.counts == {"disagreement": 6}
    assert {reason for _, reason in desk.refused} == {"disagreement"}
    assert desk.standby.figures()["disputed"] == 1
    assert [one.reason for one in desk.standby.refusals(SYMBOL)] == ["disagreement"] * 6
    for time in (15, 18):
        desk.says("two", time, 10.05, now=time + 0.1)
        desk.says("one", time, 10.1, now=time + 0.2)  # exactly 0.5 % is no disagreement
    assert desk.told[1:] == [(15, "one", 10.1), (18, "one", 10.1)]
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warnings == [
        f"feeds disagree on {SYMBOL}: one 10060, two 10000 (quanta)",
        f"feeds no longer disagree; {SYMBOL} was the last",
    ]


def test_a_move_that_the_other_has_not_seen_yet_waits_for_its_word() -> None:
    """One snapshot ahead and 1 % up: held until the second says so too; a spike it never saw is refused."""
    desk = Desk()
    desk.says("two", 0, 10.0, now=0.1)
    desk.says("one", 0, 10.0, now=0.2)
    desk.says("one", 3, 10.1, now=3.2)
    assert desk.told == [(0, "one", 10.0)]
    assert desk.standby.tally["held"] == 1
    desk.says("two", 3, 10.1, now=4.0)
    assert desk.told == [(0, "one", 10.0), (3, "one", 10.1)]
    desk.says("one", 6, 10.4, now=6.1)
    desk.says("one", 9, 10.1, now=9.1)
    desk.says("two", 6, 10.1, now=9.3)
    desk.says("two", 9, 10.1, now=9.4)
    assert desk.told[2:] == [(9, "one", 10.1)]
    assert desk.refused == [("one", "disagreement")]


def test_the_first_of_a_dispute_names_it_and_the_others_do_not(caplog: pytest.LogCaptureFixture) -> None:
    """Many instruments in dispute are one line when it begins and one when the last is settled."""
    desk = Desk()
    for symbol in (SYMBOL, OTHER):
        for time, price in ((0, 10.0), (3, 10.2)):
            desk.says("two", time, 10.0, now=time + 0.1, symbol=symbol)
            desk.says("one", time, price, now=time + 0.2, symbol=symbol)
    assert desk.standby.figures()["disputed"] == 2
    for symbol in (SYMBOL, OTHER):
        desk.says("two", 6, 10.2, now=6.1, symbol=symbol)
        desk.says("one", 6, 10.2, now=6.2, symbol=symbol)
    warnings = [record.getMessage() for record in caplog.records]
    assert [SYMBOL in warnings[0], OTHER in warnings[1]] == [True, True]
    assert len(warnings) == 2


def test_what_waits_for_a_source_that_fell_silent_is_handed_on() -> None:
    """The second said something else a moment ago and then nothing more."""
    desk = Desk()
    desk.says("two", 0, 10.0, now=0.1)
    desk.says("one", 0, 10.0, now=0.2)
    desk.says("one", 3, 10.1, now=3.2)
    desk.passes(4.2, 5.2, 6.2)
    assert len(desk.out) == 1
    desk.passes(7.2)
    assert desk.told[-1] == (3, "one", 10.1)


def test_of_three_sources_two_decide() -> None:
    """The first is outvoted: the second stands in, and goes on without delay while the first is alone."""
    desk = Desk(("one", "two", "three"))
    for time in (0, 3, 6, 9):
        price = 10 + time / 300
        desk.says("one", time, price * (1.02 if time else 1), now=time + 0.1)
        desk.says("two", time, price, now=time + 0.2)
        desk.says("three", time, price, now=time + 0.3)
        desk.passes(time + 1, time + 2)
    assert [(time, source) for time, source, _ in desk.told] == [
        (0, "one"),
        (3, "two"),
        (6, "two"),
        (9, "two"),
    ]
    assert {source for source, _ in desk.refused} == {"one"}


def test_three_sources_fall_one_after_the_other() -> None:
    """The second is preferred to the third, the third to none."""
    desk = Desk(("one", "two", "three"))
    desk.says("one", 0, 10.0, now=0.1)
    desk.down = {"one", "two"}
    desk.says("three", 3, 10.0, now=3.1)
    assert desk.told[-1] == (3, "three", 10.0)
    desk.down = {"one"}
    desk.says("two", 6, 10.0, now=6.1)
    desk.says("three", 9, 10.0, now=9.1)
    desk.says("two", 9, 10.0, now=9.2)
    assert [source for _, source, _ in desk.told] == ["one", "three", "two", "two"]


def test_auctions_are_not_compared() -> None:
    """Indications are offers that change between two looks."""
    desk = Desk()
    early = utc("09:20:00")
    quotes = [
        Quote(symbol=SYMBOL, time=early, price=price, source=source, phase=Phase.AUCTION, open=0)
        for source, price in (("two", 10_000), ("one", 10_500))
    ]
    for quote in quotes:
        judged = desk.standby.judge(Frame(market="SZ", received=early, quotes=(quote,)))
        desk.out += judged.frame.quotes
    assert [quote.source for quote in desk.out] == ["one"]


def test_figures_that_one_source_lacks_come_from_the_other() -> None:
    """The flow, the ratio, the limits: completed, never replaced; old ones and zeros are left."""
    desk = Desk()
    desk.says("two", 0, 10.0, now=0.1, inflow=5e7, volume_ratio=1.5, limit_up=12_000)
    desk.says("one", 0, 10.0, now=0.2, volume_ratio=1.4)
    desk.says("one", 130, 10.0, now=130.1)
    first, later = desk.out
    assert (first.inflow, first.volume_ratio, first.limit_up, first.source) == (5e7, 1.4, 12_000, "one")
    assert later.inflow is None


def test_a_board_is_told_by_the_one_who_knows_it() -> None:
    """A group's own quote has no price to compare: it waits once, then its source speaks for it."""
    desk = Desk()
    for time in (0, 3, 6):
        board = Quote(symbol="@bk1128", time=at(time), price=None, inflow=1e9 + time, source="two")
        desk.frame(time + 0.1, board)
        desk.passes(time + 1, time + 2)
    assert [quote.inflow for quote in desk.out] == [1e9, 1e9 + 3, 1e9 + 6]


def test_what_a_gate_refuses_is_no_word() -> None:
    """A halted or stale quote of the first leaves the second to speak; each source's jumps are its own."""
    desk = Desk()
    desk.says("one", 0, 10.0, now=0.1)
    desk.says("one", 3, 10.0, now=3.1, status="suspended")
    desk.says("two", 3, 10.0, now=3.2)
    desk.passes(4, 5, 6.3)
    assert desk.told == [(0, "one", 10.0), (3, "two", 10.0)]
    assert desk.refused == [("one", "halted")]
    assert desk.standby.refusals(SYMBOL)[0].source == "one"


def test_a_market_with_one_source_is_judged_as_ever() -> None:
    """Nothing waits, nothing is compared; an empty frame passes."""
    desk = Desk()
    quote = Quote(symbol="00700.HK", time=at(0), price=512_000, source="one")
    judged = desk.standby.judge(Frame(market="HK", received=at(0.1), quotes=(quote,)))
    assert len(judged.frame.quotes) == 1
    assert desk.standby.passed == 1
    lonely = Standby(default_hours(), lambda symbol: Instrument(symbol=symbol), {"SZ": ["one"]})
    assert lonely.figures() == {}


def test_a_stranger_ranks_last() -> None:
    """A quote of a source that the settings do not name is heard after all others."""
    desk = Desk()
    desk.says("stranger", 0, 10.0, now=0.1)
    assert desk.out == []
    desk.passes(1, 2, 3.2)
    assert desk.told == [(0, "stranger", 10.0)]


def test_what_waits_is_bounded() -> None:
    """A stream of trades behind a mute source keeps its newest; the oldest are counted as dropped."""
    desk = Desk()
    desk.says("one", 0, 10.0, now=0.1)
    for number in range(100):
        desk.says("two", 1 + number / 100, 10.0, now=1 + number / 100)
    desk.passes(3, 4.1, 5.1)
    assert desk.standby.tally["dropped"] == 36
    assert len(desk.out) == 1 + 64


def test_memory_is_bounded() -> None:
    """Beyond the bound the oldest instrument is forgotten, also where something of it waits."""
    desk = Desk()
    for start in range(0, SYMBOLS + 1, 1000):
        quotes = [
            Quote(symbol=f"{number:06}.SZ", time=at(0), price=1000, source="two")
            for number in range(start, min(start + 1000, SYMBOLS + 1))
        ]
        desk.frame(0.1, *quotes)
    desk.passes(3.2)
    assert len(desk.out) == SYMBOLS


def test_the_settings_order_ranks_the_sources() -> None:
    """Market by market, in the order in which feeds are named."""
    found = ranking([FEEDS["sina"], FEEDS["binance"], FEEDS["tencent"], FEEDS["eastmoney"]])
    assert found["SH"] == ["sina", "tencent", "eastmoney"]
    assert found["HK"] == ["sina", "tencent"]
    assert found["BINANCE"] == ["binance"]
