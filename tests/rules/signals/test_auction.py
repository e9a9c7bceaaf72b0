"""The opening auction from 9:20 on, the closing auction, and the trading before the open."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from rules.language import LanguageError, canonical, parse, phrase
from rules.model import REGULAR, And, Condition, Instrument, Kind, SessionKind
from tests.rules.world import SYMBOL, World, history, leaf, q

FIRED, NONE = ["fired"], list[str]()
UP3 = leaf("auction change", ">=", "0.03")
STOCK = Instrument(symbol=SYMBOL)
HEARD = frozenset({SessionKind.AUCTION, SessionKind.EXTENDED})
BOOK: dict[str, Any] = {"bid": q("103"), "ask": q("103"), "bid_size": 5000.0, "ask_size": 2000.0}
LINES = (
    ("auction change > 3%", "竞价涨跌幅 > 3%"),
    ("auction amount > 100M", "竞价成交额 > 1亿"),
    ("auction amount > 3x yesterday", "竞价成交额 > 3倍昨日竞价"),
    ("auction_ratio > 5%", "竞昨比 > 5%"),
    ("auction unmatched buy > 50M", "竞价未匹配买单 > 5000万"),
    ("auction unmatched sell > 50M", "竞价未匹配卖单 > 5000万"),
    ("closing move >= 1%", "尾盘竞价涨跌幅 >= 1%"),
)


@pytest.fixture
def world() -> World:
    """A share that closed at 100, yesterday's volume 100,000."""
    bars = history(["100"] * 5)
    return World({SYMBOL: replace(bars, volume=np.full(5, 1e5))}, prev_close="100")


@pytest.mark.parametrize(("english", "chinese"), LINES)
def test_said_in_both_languages(english: str, chinese: str) -> None:
    """Each is read and printed in both; nothing is said of sessions."""
    line = parse(f"{SYMBOL} {english}", {SYMBOL: STOCK}.get)
    assert parse(f"{SYMBOL} {chinese}", {SYMBOL: STOCK}.get) == line
    assert canonical(line) == f"{SYMBOL} {english}"
    assert phrase(line, "zh") == f"{SYMBOL} {chinese}"


@pytest.mark.parametrize(
    "one",
    [
        Instrument(symbol="000300.SH", kind=Kind.INDEX),
        Instrument(symbol="00700.HK"),
        Instrument(symbol="AAPL.US"),
        Instrument(symbol="BTCUSDT.BINANCE", kind=Kind.COIN),
    ],
    ids=lambda one: one.symbol,
)
def test_refused_where_no_auction_is_watched(one: Instrument) -> None:
    """The opening one is China's; a close without an auction has no such move."""
    for english, _ in LINES:
        if "closing" not in english or one.symbol[0] in "AB":
            with pytest.raises(LanguageError, match=f"does not exist on {one.symbol}"):
                parse(f"{one.symbol} {english}", {one.symbol: one}.get)


def test_the_auction_is_heard_without_being_named() -> None:
    """A rule on it listens there; one that names sessions listens where it says."""
    known = {SYMBOL: STOCK}.get
    assert parse(f"{SYMBOL} auction change > 3%", known).condition.sessions == HEARD
    said = parse(f"{SYMBOL} auction change > 3% | session auction", known)
    assert said.condition.sessions == {SessionKind.AUCTION}
    assert canonical(said) == f"{SYMBOL} auction change > 3% | session auction"
    usual = parse(f"{SYMBOL} auction change > 3% | session auction,extended", known)
    assert usual == parse(f"{SYMBOL} auction change > 3%", known)
    assert parse(f"{SYMBOL} change > 3%", known).condition.sessions == REGULAR


def test_nothing_before_orders_bind(world: World) -> None:
    """At 9:19:59 they may be withdrawn; at 9:20 they may not, and 3 % sharp rings."""
    world.add(UP3)
    assert world.see("09:15:00", "109") == NONE
    assert world.see("09:19:59", "109") == NONE
    assert world.see("09:20:00", "102.999") == NONE
    assert world.see("09:20:03", "103") == FIRED
    (event,) = world.events
    assert (event.signal, event.value, event.level) == ("auction change", 3.0, 3.0)
    assert event.evidence == {"auction": "indicative"}
    assert event.direction.value == "up"


def test_the_result_stands_until_the_open(world: World) -> None:
    """From 9:25 on it is the open; a quote without one is nothing; the session itself is not heard."""
    world.add(UP3)
    assert world.see("09:24:59", "102") == NONE
    assert world.see("09:25:03", "103") == NONE
    assert world.see("09:25:06", "103", open="103") == FIRED
    assert world.events[0].evidence == {"auction": "result"}
    world.add(leaf("auction change", ">", "0"))
    assert world.see("09:30:00", "104", open="103") == NONE


def test_a_fall_rings_downwards(world: World) -> None:
    """And is armed again each session."""
    world.add(leaf("auction change", "<=", "-0.03"))
    assert world.see("09:24:00", "97") == FIRED
    assert world.events[0].direction.value == "down"
    world.pass_time("15:01")
    assert world.see("09:24:00", "94", prev_close="97", day="2025-11-27") == FIRED


def test_a_part_of_a_composite_keeps_its_own_sessions(world: World) -> None:
    """The day's change is no auction's: it rings at the open, when both are true."""
    world.add(And((UP3, leaf("change", ">", "0.05"))))
    assert world.see("09:24:00", "106") == NONE
    assert world.see("09:30:00", "104.9", open="106") == NONE
    assert world.see("09:30:03", "105.1", open="106") == FIRED


def test_named_sessions_hold_for_every_part(world: World) -> None:
    """With `session auction,regular` the change is that of the auction too."""
    kinds = frozenset({SessionKind.AUCTION, SessionKind.REGULAR})
    root = And((UP3, leaf("change", ">", "0.05")))
    world.engine.add(Condition(symbol=SYMBOL, root=root, text="a", sessions=kinds))
    assert world.see("09:24:00", "106") == FIRED


def test_the_amount_is_what_matches_and_then_what_was_traded(world: World) -> None:
    """The smaller side of a book at one price, in currency; afterwards the feed's own amount."""
    world.add(leaf("auction amount", ">=", "206000"))
    world.add(leaf("auction amount", ">=", "300000"))
    assert world.see("09:21:00", "103", **{**BOOK, "ask": q("103.01")}) == NONE
    assert world.see("09:21:03", "103", **{**BOOK, "bid_size": None}) == NONE
    assert world.see("09:21:06", "103", **{**BOOK, "ask_size": None}) == NONE
    assert world.see("09:21:09", "103", **{**BOOK, "bid": None, "ask": None}) == NONE
    assert world.see("09:21:12", "103", **{**BOOK, "ask_size": 1999.0}) == NONE
    assert world.see("09:21:15", "103", **BOOK) == FIRED
    assert world.events[0].value == 206_000.0
    assert world.see("09:25:03", "103", open="103", **BOOK) == NONE
    assert world.see("09:25:06", "103", open="103", amount=300_000.0) == FIRED


def test_the_amount_against_yesterdays_auction(world: World) -> None:
    """Known where the session before was watched; another day's is none."""
    world.add(leaf("auction growth", ">=", "1.5"))
    assert world.see("09:25:03", "100", open="100", amount=200_000.0) == NONE
    assert world.see("15:00:00", "100") == NONE
    world.pass_time("15:01")
    book = {**BOOK, "bid": q("100"), "ask": q("100"), "day": "2025-11-27"}
    assert world.see("09:21:00", "100", **{**book, "ask_size": 2999.0}) == NONE
    assert world.see("09:21:03", "100", **{**book, "ask_size": 3000.0}) == FIRED
    assert world.events[0].value == 1.5
    world.see("15:00:00", "100", day="2025-11-27")
    world.pass_time("15:01", day=date(2025, 11, 27))
    assert world.see("09:25:03", "100", open="100", amount=9e9, day="2025-11-28") == NONE


def test_growth_without_bars_is_unknown() -> None:
    """Nobody can say which session was before."""
    world = World(prev_close="100")
    world.add(leaf("auction growth", ">", "0"))
    world.add(leaf("auction_ratio", ">", "0"))
    assert world.see("09:25:03", "100", open="100", amount=1e6, volume=1e4) == NONE


def test_the_volume_against_the_whole_day_before(world: World) -> None:
    """2,000 of 100,000 shares are 2 %; afterwards the feed's own volume."""
    world.add(leaf("auction_ratio", ">=", "0.02"))
    world.add(leaf("auction_ratio", ">=", "0.03"))
    assert world.see("09:21:00", "103") == NONE
    assert world.see("09:21:03", "103", **BOOK) == FIRED
    assert world.see("09:25:03", "103", open="103") == NONE
    assert world.see("09:25:06", "103", open="103", volume=3000.0) == FIRED
    assert world.events[1].value == 3.0


def test_a_day_without_trades_has_no_ratio(world: World) -> None:
    """Suspended yesterday: nothing to compare with."""
    world.histories[SYMBOL] = replace(history(["100"] * 5), volume=np.zeros(5))
    world.engine = world.fresh()
    world.add(leaf("auction_ratio", ">=", "0"))
    assert world.see("09:21:03", "103", **BOOK) == NONE


def test_orders_left_over_have_a_side(world: World) -> None:
    """Buyers of 1,000 shares at 103 wait for sellers; once it is over nobody waits."""
    for side in ("buy", "sell"):
        world.add(leaf(f"unmatched {side}", ">=", "103000"))
    assert world.see("09:21:00", "103") == NONE
    assert world.see("09:21:03", "103", unmatched=999.0) == NONE
    assert world.see("09:21:06", "103", unmatched=1000.0) == FIRED
    assert world.events[0].signal == "unmatched buy"
    assert world.see("09:21:09", "103", unmatched=-1000.0) == FIRED
    assert (world.events[1].signal, world.events[1].direction.value) == ("unmatched sell", "down")
    assert world.see("09:25:03", "103", open="103", unmatched=5000.0) == NONE


def test_without_a_previous_close_there_is_no_change() -> None:
    """Unknown."""
    world = World()
    world.add(leaf("auction change", ">", "-0.5"))
    assert world.see("09:21:00", "103") == NONE


@pytest.mark.parametrize(("final", "rings"), [("101", True), ("100.99", False)])
def test_the_closing_auction_counts_from_1457(final: str, *, rings: bool) -> None:
    """The last price before it is the base; prices of the day before that ring nothing."""
    world = World(prev_close="90")
    world.add(leaf("closing move", ">=", "0.01"))
    assert world.see("14:56:00", "95") == NONE
    assert world.see("14:56:59", "100") == NONE
    assert world.see("14:57:03", "100.5") == NONE
    assert (world.see("15:00:03", final) == FIRED) is rings
    if rings:
        assert world.events[0].evidence == {"base": 100.0}
        assert world.events[0].value == 1.0


def test_a_closing_auction_joined_late_has_no_base() -> None:
    """Nor does tomorrow's begin with today's."""
    world = World(prev_close="100")
    world.add(leaf("closing move", ">=", "0.01"))
    assert world.see("14:58:00", "100") == NONE
    assert world.see("15:00:00", "110") == NONE
    world.see("14:00:00", "110", day="2025-11-27")
    assert world.see("14:58:00", "120", day="2025-11-28") == NONE


def test_hong_kong_closes_by_auction_at_four() -> None:
    """Against the last price before 16:00."""
    world = World(prev_close="100")
    world.add(leaf("closing move", "<=", "-0.01"), "00700.HK")
    world.see("15:59:59", "100", "00700.HK")
    assert world.see("16:08:12", "99", "00700.HK") == FIRED


def test_new_york_has_no_closing_auction_of_its_own() -> None:
    """No phase says so: never known, whoever asks."""
    world = World(prev_close="100")
    world.add(leaf("closing move", ">=", "0"), "AAPL.US")
    assert world.see("03:59:00", "110", "AAPL.US") == NONE


def test_the_trading_before_the_open_is_heard_without_being_named() -> None:
    """`price > premarket high` needs no option; in regular hours alone nobody knows it."""
    apple = Instrument(symbol="AAPL.US", decimals=4)
    for option, wanted in (("", FIRED), (" | session regular", NONE)):
        world = World(instruments=[apple], prev_close="100")
        line = parse(f"AAPL.US price > premarket high{option}", {"AAPL.US": apple}.get)
        world.engine.add(line.condition)
        assert world.see("22:00:00", "101", "AAPL.US") == NONE  # 09:00 in New York
        assert world.see("22:31:00", "101", "AAPL.US") == NONE
        assert world.see("22:31:03", "101.01", "AAPL.US") == wanted
