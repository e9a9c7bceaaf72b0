"""Where a condition would ring, from a stored quote."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from rules.levels import Absent, Inputs, Outlook, inputs_of, outlook, region
from rules.model import And, Instrument, Kind, Leaf, Node, Not, Or
from rules.standing import Stand
from tests.rules.world import DAY, HOURS, SYMBOL, World, condition, history, leaf, q

if TYPE_CHECKING:
    from rules.meter import Standing

STOCK = Instrument(symbol=SYMBOL, shares=1_000_000)
FLAT = history(["100"] * 10)


def ask(root: Node, price: str | None = "102.50", **fields: Any) -> Outlook:
    """The outlook at a price in the session after a flat history."""
    quote = World(prev_close="100").quote("10:00:00", price, **fields)
    return outlook(condition(root), inputs_of(quote, FLAT, STOCK, HOURS), quote)


@pytest.mark.parametrize(
    ("root", "value", "level", "rings_at", "holds"),
    [
        (leaf("price", ">", "105"), 102.5, 105.0, ["105.01"], False),
        (leaf("price", ">=", "105"), 102.5, 105.0, ["105.00"], False),
        (leaf("price", "<", "95"), 102.5, 95.0, ["94.99"], False),
        (leaf("price", ">", "90"), 102.5, 90.0, ["90.01"], True),
        (leaf("price", "crosses", "105"), 102.5, 105.0, ["105.01"], False),
        (leaf("price", "crosses", "102"), 102.5, 102.0, ["101.99"], False),
        (leaf("price", "crosses", "102.5"), 102.5, 102.5, ["102.49", "102.51"], False),
        (leaf("change", ">", "0.05"), 2.5, 5.0, ["105.01"], False),
        (leaf("ma", "above", None, 5), 102.5, 100.0, ["100.01"], True),
        (leaf("record high", "is"), 102.5, 100.0, ["100.01"], True),
        (leaf("market_cap", ">=", "110e6"), 102.5e6, 110e6, ["110.00"], False),
        (Or((leaf("price", ">", "105"), leaf("price", "<", "95"))), 102.5, 105.0, ["94.99", "105.01"], False),
        (And((leaf("price", ">", "105"), leaf("price", "<", "110"))), 102.5, 105.0, ["105.01"], False),
        (
            And((leaf("price", ">", "101"), leaf("price", "<", "110"))),
            102.5,
            101.0,
            ["109.99", "101.01"],
            True,
        ),
        (And((leaf("price", ">", "101"), Not(leaf("price", ">", "90")))), 102.5, 101.0, [], False),
        (And((leaf("price", ">", "105"), leaf("ma", "reclaim", None, 5))), 102.5, 105.0, ["105.01"], False),
        (Or((leaf("price", "<", "95"), leaf("price", "<", "90"))), 102.5, 95.0, ["94.99"], False),
    ],
)
def test_outlooks(root: Node, value: float, level: float, rings_at: list[str], *, holds: bool) -> None:
    """Value, level, nearest ringing prices on the tick, truth."""
    found = ask(root)
    assert (found.level, found.truth, found.absent) == (level, holds, "")
    assert found.value == pytest.approx(value)
    assert [price / 1000 for price in found.rings_at] == [float(price) for price in rings_at]


def test_the_exchanges_tick_rounds_outward() -> None:
    """A level between ticks rings at the tick beyond it."""
    assert ask(leaf("price", ">", "105.003")).rings_at == (q("105.01"),)
    assert ask(leaf("price", "<", "95.007")).rings_at == (q("95.00"),)


@pytest.mark.parametrize(
    ("root", "reason"),
    [
        (leaf("ma", "above", None, 60), "59 daily bars needed, 10 known"),
        (leaf("move", ">", "0.02", timedelta(minutes=5)), "the price alone does not decide it"),
        (leaf("leaders", ">", "3"), "leaders exists on groups alone"),
    ],
)
def test_unknown_says_why(root: Node, reason: str) -> None:
    """No truth, no price, and the reason."""
    found = ask(root)
    assert (found.truth, found.rings_at, found.value, found.absent) == (None, (), None, reason)


def test_an_own_axis_that_a_quote_shows() -> None:
    """The feed's market value where nobody knows the shares."""
    bare = Instrument(symbol=SYMBOL)
    quote = World(prev_close="100").quote("10:00:00", "102.5", market_cap=7e9)
    found = outlook(condition(leaf("market_cap", ">", "6e9")), inputs_of(quote, FLAT, bare, HOURS), quote)
    assert (found.value, found.level, found.truth, found.rings_at) == (7e9, 6e9, True, ())


def test_without_a_quote() -> None:
    """The previous close stands in where it is known; else only the edges."""
    bare = inputs_of(None, FLAT, STOCK, HOURS)
    found = outlook(condition(leaf("price", ">", "105")), bare, None)
    assert (found.value, found.truth, found.rings_at, found.absent) == (
        None,
        None,
        (q("105.01"),),
        "no price yet",
    )
    between = And((leaf("price", ">", "101"), leaf("price", "<", "110")))
    assert outlook(condition(between), bare, None).rings_at == (q("109.99"), q("101.01"))
    assert outlook(condition(leaf("price", "crosses", "105")), bare, None).rings_at == (
        q("104.99"),
        q("105.01"),
    )
    known = Inputs(instrument=STOCK, prev_close=q("106"))
    assert outlook(condition(leaf("price", ">", "105")), known, None).truth is True


def test_region_is_of_the_price_axis() -> None:
    """Signals with an axis of their own have none there; a group has no price."""
    known = inputs_of(None, None, STOCK, HOURS)
    assert region(leaf("move", ">", "0.02", timedelta(minutes=5)), known) == Absent(
        "the price alone does not decide it"
    )
    group = Inputs(instrument=Instrument(symbol="@x", kind=Kind.GROUP))
    assert region(leaf("price", ">", "1"), group) == Absent("a group has no price")


def test_inputs_of_a_quote() -> None:
    """The session, the day's figures, the quote's shares before the master's, the history before today."""
    quote = World().quote("10:00:00", "102.5", high="103", low="101", open="101.5", shares=5)
    found = inputs_of(quote, FLAT, STOCK, HOURS)
    assert (found.session, found.prev_close, found.shares) == (DAY, q("100"), 5)
    assert (found.day_high, found.day_low, found.open) == (q("103"), q("101"), q("101.5"))
    assert found.history is not None
    sunday = World().quote("10:00:00", "102.5", day="2025-11-23")
    assert inputs_of(sunday, FLAT, STOCK, HOURS).stale == "no session today"
    assert inputs_of(quote, None, STOCK, HOURS).stale == "no history"


def test_a_change_without_a_previous_close_has_no_value() -> None:
    """Absent, not nought."""
    quote = World().quote("10:00:00", "102.5")
    found = outlook(condition(leaf("change", ">", "0.05")), inputs_of(quote, None, STOCK, HOURS), quote)
    assert (found.value, found.absent) == (None, "no previous close")


INDEX = "399102.SZ"


def beside(price: str | None) -> dict[str, Stand]:
    """The base index, flat at 1,000 before today."""
    index = Instrument(symbol=INDEX, kind=Kind.INDEX)
    quote = World(prev_close="1000").quote("10:00:00", price, INDEX)
    inputs = inputs_of(quote, history(["1000"] * 10, INDEX), index, HOURS)
    return {INDEX: Stand(instrument=index, quote=quote, inputs=inputs)}


@pytest.mark.parametrize(
    ("root", "value", "rings_at", "holds"),
    [
        (leaf("deviation", ">=", "0.3", "3d"), 1.5, ["131.00"], False),
        (leaf("deviation", "<=", "-0.3", "3d"), 1.5, ["71.00"], False),
        (leaf("deviation", ">", "0.01", "3d"), 1.5, [], True),
        (leaf("abnormal move", "up"), 5.0, ["131.00"], False),
        (leaf("strength", ">", "0.02", INDEX), 1.5, ["103.01"], False),
    ],
)
def test_what_compares_two_reads_both(root: Node, value: float, rings_at: list[str], *, holds: bool) -> None:
    """The price that triggers it while the index stands still."""
    quote = World(prev_close="100").quote("10:00:00", "102.50")
    found = outlook(condition(root), inputs_of(quote, FLAT, STOCK, HOURS), quote, beside("1010"))
    assert found.value == pytest.approx(value)
    assert (found.truth, [price / 1000 for price in found.rings_at]) == (holds, list(map(float, rings_at)))


def test_without_the_other_one_it_is_unknown() -> None:
    """Not stored, or without a price; of a composite no single price is told."""
    quote = World(prev_close="100").quote("10:00:00", "102.50")
    given = inputs_of(quote, FLAT, STOCK, HOURS)
    root = leaf("deviation", ">=", "0.3", "3d")
    for others in ({}, beside(None)):
        found = outlook(condition(root), given, quote, others)
        assert (found.truth, found.rings_at, found.absent) == (None, (), "the price alone does not decide it")
    both = And((root, leaf("price", ">", "1")))
    assert outlook(condition(both), given, quote, beside("1010")).rings_at == ()


def test_a_stored_quote_stands_for_its_instrument() -> None:
    """Everything a meter may ask of it."""
    (stored,) = beside("1010").values()
    standing: Standing = stored
    assert (standing.price, standing.prev_close, standing.shares) == (q("1010"), q("1000"), None)
    assert (standing.tally, tuple(standing.standing()), standing.top()) == (None, (), None)
    assert standing.now() is stored.inputs
    assert standing.instrument.symbol == INDEX
    assert standing.daily is not None


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (leaf("ma", "reclaim", None, 20, timedelta(minutes=5)), "20 5m bars needed, 0 known"),
        (leaf("macd", "golden cross", None, timedelta(minutes=60)), "35 60m bars needed, 0 known"),
        (leaf("kdj k", ">", "80", timedelta(minutes=15)), "15 15m bars needed, 0 known"),
    ],
)
def test_minute_bars_are_not_read_off_days(one: Leaf, reason: str) -> None:
    """Daily history has days enough for each, and they are no minutes."""
    quote = World().quote("10:00:00", "102.5")
    found = outlook(condition(one), inputs_of(quote, history(["100"] * 60), STOCK, HOURS), quote)
    assert (found.truth, found.absent, found.rings_at) == (None, reason, ())
    own = outlook(
        condition(one),
        inputs_of(quote, None, STOCK, HOURS),
        quote,
        seen=lambda size: Inputs(instrument=STOCK, size=size),
    )
    assert own.absent == "no history"
