"""What stored quotes alone tell: groups, pairs, prices that move an own axis, and the earliest ring."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from rules.earliest import Earliest, Way, earliest
from rules.levels import Outlook, inputs_of, outlook
from rules.model import And, Instrument, Kind, Leaf, Not, Phase, Quote
from rules.region import Inputs
from rules.signal import SIGNALS
from rules.standing import Stand, edges, gathered, moved
from tests.rules.signals.test_contract import CASES
from tests.rules.world import DAY, HOURS, SYMBOL, World, condition, history, leaf, q

SHARE = Instrument(symbol=SYMBOL, limit=Decimal("0.2"), shares=10**9)
GROUP = Instrument(symbol="@mine", kind=Kind.GROUP, decimals=8)
INDEX, BASE = "000300.SH", "399102.SZ"
BARS = history(["100", "101", "99", "100"] * 75, highs={5: "120"})


def quote(price: str | None = "102.5", symbol: str = SYMBOL, **fields: Any) -> Quote:
    """A morning quote that says nearly everything a feed can say."""
    said: dict[str, Any] = {
        "prev_close": "100", "open": "101", "high": "104", "low": "99", "limit_up": "120", "volume": 1e6,
        "amount": 1.02e8, "float_shares": 10**9, "free_float_shares": 10**9, "volume_ratio": 1.5,
        "indicative": Decimal(102), "bid_depth": 1e7, "ask_depth": 1e7, "inflow": 1e6,
        "phase": Phase.CONTINUOUS,
    }  # fmt: skip
    return World().quote("10:00:00", price, symbol, **said | fields)


def ask(root: Leaf | And | Not, *others: Stand) -> Outlook:
    """The outlook of a share."""
    one = quote()
    stands = {other.instrument.symbol: other for other in others}
    return outlook(condition(root), inputs_of(one, BARS, SHARE, HOURS), one, stands)


def stand(
    price: str | None, symbol: str = SYMBOL, instrument: Instrument | None = None, **fields: Any
) -> Stand:
    """An instrument at a price."""
    one = quote(price, symbol, **fields)
    made = instrument or replace(SHARE, symbol=symbol)
    return Stand(instrument=made, quote=one, inputs=inputs_of(one, None, made, HOURS))


@pytest.mark.parametrize(
    ("root", "value", "rings_at", "holds"),
    [
        (leaf("from_high", ">", "0.03"), 1.5, ["100.99"], False),  # 104 less 3.00
        (leaf("from_high", ">=", "0.03"), 1.5, ["101.00"], False),
        (leaf("from_low", ">", "0.05"), 3.5, ["104.01"], False),
        (leaf("amplitude", ">", "0.08"), 5.0, ["95.99", "107.01"], False),
        (leaf("premium", ">", "0.01"), 0.4901960784, ["103.03"], False),
        (leaf("vwap", "<"), 0.4901960784, ["101.99"], False),
        (leaf("vwap", "crosses below"), 0.4901960784, ["101.99"], False),
        (leaf("float_cap", ">", "110000000000"), 102.5e9, ["110.01"], False),
        (leaf("from_low", ">", "0.03"), 3.5, ["102.01"], True),
    ],
)
def test_a_price_decides_an_axis_of_its_own_as_things_stand(
    root: Leaf, value: float, rings_at: list[str], *, holds: bool
) -> None:
    """The day's high, low, volume and value stay what they are; the price alone moves."""
    found = ask(root)
    assert found.value == pytest.approx(value)
    assert ([price / 1000 for price in found.rings_at], found.truth) == (
        [float(at) for at in rings_at],
        holds,
    )
    assert found.moving


@pytest.mark.parametrize(
    ("root", "value"),
    [
        (leaf("turnover", ">", "200000000"), 1.02e8),
        (leaf("turnover_rate", ">", "0.01"), 0.1),
        (leaf("volume_ratio", ">", "3"), 1.5),
        (leaf("inflow", ">", "5000000"), 1e6),
        (leaf("bid wall", "is"), 1e7),
    ],
)
def test_what_no_price_moves_has_a_value_alone(root: Leaf, value: float) -> None:
    """And its truth."""
    found = ask(root)
    assert found.value == pytest.approx(value)
    assert (found.truth, found.rings_at, found.moving) == (False, (), False)


def test_composites_ring_where_all_parts_do() -> None:
    """Parts on axes of their own have a price as things stand too."""
    both = And((leaf("price", ">", "103"), leaf("from_low", ">", "0.05")))
    found = ask(both)
    assert ([price / 1000 for price in found.rings_at], found.moving) == ([104.01], True)
    neither = And((leaf("price", ">", "103"), leaf("turnover", ">", "200000000")))
    assert (ask(neither).rings_at, ask(neither).moving) == ((), False)
    assert ask(Not(leaf("from_low", ">", "0.03"))).rings_at == (q("102"),)


def test_pairs_are_told_from_both_quotes() -> None:
    """The other one standing still, this one rings at that price; of another day it says nothing."""
    index = stand("4040", INDEX, Instrument(symbol=INDEX, kind=Kind.INDEX, decimals=3), prev_close="4000")
    found = ask(leaf("strength", ">", "0.03", INDEX), index)
    assert found.value == pytest.approx(1.5)
    assert found.truth is False
    assert found.rings_at == (q("104.01"),)
    ratio = ask(leaf("ratio", "crosses above", "0.03", INDEX), index)
    assert ratio.rings_at == ()  # 121.2 is beyond today's limit of 120
    near = ask(leaf("ratio", ">", "0.026", INDEX), index)
    assert near.rings_at == (q("105.05"),)
    old = replace(index, inputs=replace(index.inputs, session=None))
    assert ask(leaf("strength", ">", "0.03", INDEX), old).value is None
    assert ask(leaf("strength", ">", "0.03", INDEX)).absent == "the price alone does not decide it"
    mine = Stand(instrument=SHARE, quote=quote(), inputs=inputs_of(quote(), None, SHARE, HOURS))
    same = ask(leaf("strength", ">", "0.03", INDEX), index, mine)
    assert same.rings_at == found.rings_at


def group(*prices: str | None, fed: Quote | None = None) -> Stand:
    """A group of shares at these prices, all closed at 100."""
    members = [stand(price, f"30000{at}.SZ", amount=6e8) for at, price in enumerate(prices)]
    return gathered(GROUP, members, fed)


def of_group(root: Leaf, found: Stand, **others: Stand) -> Outlook:
    """The outlook of a group."""
    stands = {GROUP.symbol: found, **{one.instrument.symbol: one for one in others.values()}}
    return outlook(condition(root, GROUP.symbol), found.inputs, None, stands)


@pytest.mark.parametrize(
    ("root", "value", "holds"),
    [
        (leaf("change", ">", "0.02"), 4.0, True),
        (leaf("cap_change", ">", "0.05"), 4.0, False),
        (leaf("breadth", ">=", "0.5"), 200 / 3, True),
        (leaf("advancers", ">", "2"), 2.0, False),
        (leaf("decliners", ">=", "1"), 1.0, True),
        (leaf("leaders", ">=", "1"), 1.0, True),
        (leaf("limit_ups", ">=", "1"), 0.0, False),
    ],
)
def test_groups_are_counted_from_their_members_quotes(root: Leaf, value: float, *, holds: bool) -> None:
    """Those that have a price today."""
    found = of_group(root, group("110", "104", "98", None))
    assert found.value == pytest.approx(value)
    assert (found.truth, found.rings_at) == (holds, ())


def test_a_group_of_nobody_says_nothing() -> None:
    """Neither do members of an older day beside newer ones."""
    assert of_group(leaf("change", ">", "0.02"), group()).value is None
    young, old = stand("110", "300001.SZ"), stand("90", "300002.SZ", day="2025-11-25")
    both = gathered(GROUP, [old, young], None)
    assert of_group(leaf("change", ">", "0.02"), both).value == pytest.approx(10)
    assert [one.instrument.symbol for one in both.standing()] == ["300001.SZ"]
    assert (both.price, both.at(5) is both, both.inputs.session) == (None, True, DAY)


def test_a_groups_own_quote_brings_its_inflow() -> None:
    """And a group's strength is that of its mean."""
    fed = Quote(symbol="@mine", time=quote().time, price=None, inflow=5e9)
    found = group("104", "102", fed=fed)
    assert of_group(leaf("inflow", ">", "10000000000"), found).value == pytest.approx(5e9)
    index = stand("101", INDEX, Instrument(symbol=INDEX, kind=Kind.INDEX, decimals=3))
    assert of_group(leaf("strength", ">", "0.01", INDEX), found, index=index).value == pytest.approx(2.0)


def test_what_a_stand_knows() -> None:
    """Everything of its quote and its inputs; another price is another stand."""
    made = stand("102.5")
    assert (made.price, made.prev_close, made.daily, made.shares) == (q("102.5"), q("100"), None, 10**9)
    assert (made.now() is made.inputs, made.standing(), made.at(q("110")).price) == (True, (), q("110"))
    bare = moved(Quote(symbol=SYMBOL, time=quote().time, price=1), 5)
    assert (bare.price, bare.high, bare.low) == (5, None, None)


def test_edges_of_a_truth() -> None:
    """The nearest change each way, none, or unknown at the far end."""
    between = edges(lambda price: 10 <= price < 20, 15, (0, 100))
    assert between is not None
    assert (between.boundaries, between.first) == ((10, 20), False)
    above = edges(lambda price: price >= 20, 15, (0, 100))
    assert above is not None
    assert (above.boundaries, above.first) == ((20,), False)
    beneath = edges(lambda price: price < 10, 15, (0, 100))
    assert beneath is not None
    assert (beneath.boundaries, beneath.first) == ((10,), True)
    assert edges(lambda _: True, 15, (0, 100)) is None
    assert edges(lambda price: None if price in (0, 100) else True, 15, (0, 100)) is None


INPUTS = Inputs(instrument=SHARE, limit_up=q("120"), limit_down=q("80"))
FIVE = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("root", "found"),
    [
        (leaf("move", ">", "0.02", FIVE), Earliest(q("102"), Way.MOVE, FIVE)),
        (leaf("move", "<=", "-0.025", FIVE), Earliest(q("97.5"), Way.MOVE, FIVE)),
        (leaf("rise", ">=", "0.02005", FIVE), Earliest(q("102.01"), Way.MOVE, FIVE)),
        (leaf("fall", ">", "0.02005", FIVE), Earliest(q("97.99"), Way.MOVE, FIVE)),
        (leaf("move_by", ">", "3", FIVE), Earliest(q("103"), Way.MOVE, FIVE)),
        (leaf("move_by", "<=", "-2.505", FIVE), Earliest(q("97.49"), Way.MOVE, FIVE)),
        (leaf("move", "<", "0.02", FIVE), None),
        (leaf("fall", "<", "0.02", FIVE), None),
        (leaf("limit up", "sealed"), Earliest(q("120"), Way.LIMIT)),
        (leaf("limit down", "one price"), Earliest(q("80"), Way.LIMIT)),
        (leaf("limit up", "opened"), None),
        (leaf("seal", ">", "1000000"), Earliest(q("120"), Way.LIMIT)),
        (leaf("seal", "<", "1000000"), None),
        (leaf("seal down", "halved"), Earliest(q("80"), Way.LIMIT)),
        (leaf("seal_ratio down", ">=", "0.01"), Earliest(q("80"), Way.LIMIT)),
        (leaf("limit_streak", ">=", "3"), Earliest(q("120"), Way.LIMIT)),
        (leaf("limits down", ">", "1", "5d"), Earliest(q("80"), Way.LIMIT)),
        (leaf("limit openings", ">", "1"), None),
        (leaf("price", ">", "1"), None),
        (Leaf("move", ("x",), ">", Decimal("0.02")), None),
    ],
)
def test_where_it_could_ring_soonest(root: Leaf, found: Earliest | None) -> None:
    """At the limit, or so much from here."""
    assert earliest(root, INPUTS, q("100")) == found


def test_without_a_limit_there_is_no_earliest_price() -> None:
    """A new listing's first days."""
    assert earliest(leaf("limit up", "sealed"), Inputs(instrument=SHARE), q("100")) is None


# What only whoever watched the day knows: windows, prints, opening and pre-market ranges, auctions, the last
# minutes, the time of day, seals that opened.
WATCHED = {
    "after_hours change", "auction amount", "auction change", "auction growth", "auction_ratio", "big buy",
    "big sell", "closing move", "earnings", "first seal", "first seal down", "limit openings",
    "limit openings down", "opening high", "opening low", "premarket high", "premarket low", "sigma",
    "turnover_pace", "unmatched buy", "unmatched sell", "volume",
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[2].verb}")
def test_every_signal_says_where_it_stands(case: tuple[str, object, Leaf]) -> None:
    """A price, a value, the earliest price, or a reason of its own: from the stored quotes alone."""
    name, _, root = case
    signal = SIGNALS[name]
    index = stand(
        "4040", "000001.SH", Instrument(symbol="000001.SH", kind=Kind.INDEX, decimals=3), prev_close="4000"
    )
    if signal.groups_only:
        assert of_group(root, group("120", "104", "98")).value is not None
        return
    base = Instrument(symbol=BASE, kind=Kind.INDEX)
    against = quote("1010", BASE, prev_close="1000")
    bars = history(["1000"] * 300, BASE)
    measured = Stand(instrument=base, quote=against, inputs=inputs_of(against, bars, base, HOURS))
    found = ask(root, index, measured)
    inputs = inputs_of(quote(), BARS, SHARE, HOURS)
    if found.truth is not None:
        assert found.rings_at or found.value is not None
    elif found.absent != "the price alone does not decide it":
        assert found.absent
    elif name not in WATCHED and root.verb not in ("opened", "<", "<="):
        assert earliest(root, inputs, q("102.5")) is not None
