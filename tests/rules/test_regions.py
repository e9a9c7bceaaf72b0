"""Regions, closed forms against their definitions, encoded axes, sorted boundaries."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from rules.adjust import Column, Daily, appended, believed
from rules.formulas.convergence import state
from rules.index import Axis, Boundaries, sweep
from rules.levels import compiled
from rules.meter import beyond, decode, encode
from rules.model import Bar, Instrument, Leaf
from rules.region import Absent, Inputs, Region, checked, never, threshold, ways_back
from rules.signal import SIGNALS, Follows, words
from tests.rules.world import SYMBOL, history, leaf

OPERATORS = {
    ">": lambda value, level: value > level,
    ">=": lambda value, level: value >= level,
    "<": lambda value, level: value < level,
    "<=": lambda value, level: value <= level,
}
PART, NOUGHT = (2, 1000), (0, 1)


@pytest.mark.parametrize("verb", OPERATORS)
@pytest.mark.parametrize("level", [Fraction(5), Fraction(11, 2), Fraction(-7, 3), Fraction(0)])
def test_thresholds_agree_with_their_operator(verb: str, level: Fraction) -> None:
    """At every whole number around the level."""
    region = threshold(verb, level.as_integer_ratio())
    assert region.levels == (level,)
    for value in range(-10, 11):
        assert region.truth(value) is OPERATORS[verb](value, level)


@pytest.mark.parametrize("verb", OPERATORS)
@pytest.mark.parametrize("level", ["0.05", "-0.0333", "0", "0.0500000001"])
def test_encoded_axes_are_exact(verb: str, level: str) -> None:
    """Strict and inclusive both hold at ties of the finest level and one part beside them."""
    scale, exact = 10**10, Fraction(level)
    region = beyond(verb, Decimal(level), scale)
    for numerator in (-1, 0, 1):
        for denominator in (3 * 10**9, 10**10, 7 * 10**11):
            value = exact + Fraction(numerator, denominator)
            code = encode(value.numerator, value.denominator, scale)
            assert region.truth(code) is OPERATORS[verb](value, exact)
            assert decode(code, scale) == pytest.approx(float(value), abs=1e-9)


def test_a_level_finer_than_the_scale() -> None:
    """Between two codes it is neither."""
    assert beyond(">=", Decimal("0.5"), 1).boundaries == beyond(">", Decimal("0.5"), 1).boundaries == (2,)


def test_two_boundaries() -> None:
    """Truth flips at each: a channel and its outside."""
    channel = Region((10, 20), first=False, ratios=((10, 1), (20, 1)))
    outside = Region((10, 20), first=True, ratios=((10, 1), (20, 1)))
    assert [channel.truth(value) for value in (9, 10, 19, 20)] == [False, True, True, False]
    assert [outside.truth(value) for value in (9, 10, 19, 20)] == [True, False, False, True]


def test_checked_moves_a_boundary_that_rounding_misplaced() -> None:
    """To where the definition turns, from either side."""
    for guess in (3, 50, 97):
        rough = Region((guess,), first=False, ratios=((50, 1),))
        assert checked(rough, lambda value: value >= 50).boundaries == (50,)


@pytest.mark.parametrize(
    ("region", "value", "part", "expected"),
    [
        (threshold(">", (1000, 1)), 1001, PART, (998, None)),
        (threshold(">=", (1000, 1)), 1000, NOUGHT, (999, None)),
        (threshold("<", (1000, 1)), 999, PART, (None, 1002)),
        (threshold("<=", (1000, 1)), 1000, NOUGHT, (None, 1001)),
        (threshold(">", (1000, 1)), 998, PART, None),
        (threshold("<", (1000, 1)), 1002, PART, None),
        (threshold(">", (-1000, 1)), 0, PART, (-1002, None)),
        (never(), 5, PART, None),
        (Region((), first=True, ratios=()), 5, PART, (None, None)),
        (Region((1000, 2000), first=False, ratios=((1000, 1), (2000, 1))), 1500, PART, (998, 2004)),
        (Region((1000, 2000), first=True, ratios=((1000, 1), (2000, 1))), 900, PART, (None, 1002)),
        (Region((1000, 2000), first=True, ratios=((1000, 1), (2000, 1))), 2100, PART, (1996, None)),
        (Region((1000, 2000), first=True, ratios=((1000, 1), (2000, 1))), 1500, PART, None),
        (Region((1000, 1001), first=True, ratios=((1000, 1), (1001, 1))), 900, PART, (None, None)),
        (Region((5, 7, 9, 11), first=True, ratios=((5, 1), (7, 1), (9, 1), (11, 1))), 4, NOUGHT, (None, 5)),
        (Region((5, 7, 9), first=True, ratios=((5, 1), (7, 1), (9, 1))), 8, NOUGHT, (6, 9)),
    ],
)
def test_ways_back(
    region: Region, value: int, part: tuple[int, int], expected: tuple[int | None, int | None] | None
) -> None:
    """False again and back by the hysteresis, below and above; None where it is already."""
    assert ways_back(region, value, part, 0) == expected


def test_ways_back_by_points() -> None:
    """On a percent axis of its own the hysteresis is in points of the scale, two codes a unit."""
    region = beyond(">", Decimal("0.05"), 1000)
    assert ways_back(region, 200, None, 2, 2) == (96, None)


def daily(closes: Sequence[float], *, exact: bool = True) -> Daily:
    """Bars whose highs and lows are their closes."""
    column: Column = np.array(closes, np.int64) if exact else np.array(closes, np.float64)
    days = np.array(
        [date(2025, 1, 1) + timedelta(days=index) for index in range(len(closes))], "datetime64[D]"
    )
    volume = np.zeros(len(column))
    return Daily(dates=days, open=column, high=column, low=column, close=column, volume=volume)


def inputs(closes: Sequence[float], *, exact: bool = True) -> Inputs:
    """Inputs with nothing but bars."""
    return Inputs(instrument=Instrument(symbol=SYMBOL), history=daily(closes, exact=exact))


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("verb", ["above", "below"])
def test_averages_agree_with_their_definition(verb: str, *, exact: bool) -> None:
    """At the boundary and one quantum beneath, on raw and on adjusted closes, ties included."""
    chance = random.Random(7)  # noqa: S311 - a seeded sample
    for days in (2, 3, 5, 60):
        closes = [chance.randrange(1000, 1200) + (0 if exact else 0.25) for _ in range(80)]
        region = compiled(leaf("ma", verb, None, days), inputs(closes, exact=exact))
        assert isinstance(region, Region)
        past = [Fraction(close) for close in closes[-(days - 1) :]]
        for price in range(region.boundaries[0] - 3, region.boundaries[0] + 3):
            mean = (sum(past) + price) / days
            assert region.truth(price) is (price > mean if verb == "above" else price < mean)


@pytest.mark.parametrize("verb", ["golden cross", "death cross"])
def test_macd_agrees_with_its_definition(verb: str) -> None:
    """The state one bar later is beyond its signal line from the boundary on, and not beneath."""
    chance, found = random.Random(3), 0  # noqa: S311 - a seeded sample
    for _ in range(40):
        closes = [float(chance.randrange(900, 1100)) for _ in range(60)]
        region = compiled(leaf("macd", verb), inputs(closes, exact=False))
        assert isinstance(region, Region)
        past = state(daily(closes, exact=False))
        if not region.boundaries:
            assert past.dif > past.dea if verb == "golden cross" else past.dif < past.dea
            continue
        found += 1
        for price in range(region.boundaries[0] - 2, region.boundaries[0] + 2):
            now = past.then(price)
            crossed = now.dif > now.dea if verb == "golden cross" else now.dif < now.dea
            assert region.truth(price) is crossed
    assert found > 5


def test_ema_is_seeded_with_the_first_close() -> None:
    """The terminals' convention: a flat history has no difference at all."""
    flat = state(daily([500.0] * 40))
    assert (flat.fast, flat.slow, flat.dif, flat.dea) == (500.0, 500.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("compared", "bars", "reason"),
    [
        (leaf("ma", "above", None, 5), 3, "4 daily bars needed, 3 known"),
        (leaf("ma", "reclaim", None, 5), 4, "5 daily bars needed, 4 known"),
        (leaf("macd", "golden cross"), 34, "35 daily bars needed, 34 known"),
        (leaf("new high", "is", None, "5d"), 4, "5 daily bars needed, 4 known"),
        (leaf("ma", "above", None, 5), 0, "no history"),
        (leaf("macd", "golden cross"), 0, "no history"),
        (leaf("record low", "is"), 0, "no history"),
        (leaf("new low", "is", None, "day"), 5, "no trade yet today"),
        (leaf("change", ">", "0.05"), 5, "no previous close"),
    ],
)
def test_absent_says_why(compared: Leaf, bars: int, reason: str) -> None:
    """Every reason is one a reader understands."""
    known = inputs([100.0] * bars) if bars else Inputs(instrument=Instrument(symbol=SYMBOL))
    assert compiled(compared, known) == Absent(reason)


def test_needs_and_manners() -> None:
    """What each signal wants of the history, and how people write it."""
    wanted = {
        words(one): SIGNALS[one.signal].need(one.args)
        for one in (
            leaf("price", ">", "1"),
            leaf("ma", "above", None, 20),
            leaf("macd", "golden cross"),
            leaf("new high", "is", None, "60d"),
            leaf("new low", "is", None, "day"),
            leaf("record high", "is"),
            leaf("move", ">", "0.02", timedelta(seconds=90)),
            leaf("move", ">", "0.02", timedelta(hours=1)),
        )
    }
    assert wanted == {
        "price": 0,
        "ma(20)": 20,
        "macd": 260,
        "new high(60d)": 60,
        "new low(day)": 0,
        "record high": 1,
        "move(90s)": 0,
        "move(1h)": 0,
    }
    assert SIGNALS["ma"].need(("x",)) == 0
    assert SIGNALS["new high"].follows(("60d",)) is Follows.SESSION
    assert [SIGNALS["new high"].fresh((span,)) for span in ("day", "60d")] == [True, False]


def test_history_is_believed_by_its_last_close() -> None:
    """Old bars whose last close the feed names as the previous one are good."""
    bars, reason = believed(history(["90", "100"]), date(2026, 1, 5), 100_000, date(2026, 1, 2))
    assert bars is not None
    assert (reason, bars.total(2), bars.last()) == ("", 190_000, 100_000)
    assert believed(history(["90", "100"]), date(2026, 1, 5), 99_999, date(2026, 1, 2)) == (
        None,
        "stale history",
    )
    assert believed(history(["90", "100"]), date(2026, 1, 5), None, date(2026, 1, 2)) == (
        None,
        "stale history",
    )
    assert believed(None, date(2026, 1, 5), None, date(2026, 1, 2)) == (None, "no history")
    assert believed(history(["90"]), date(2025, 11, 25), None, date(2025, 11, 24)) == (None, "no history")


def test_factors_scale_older_prices() -> None:
    """Raw x factor / newest factor; the newest close stays what it was."""
    raw = history(["200", "100", "101"], factor=[0.5, 1.0, 1.0])
    bars, _ = believed(raw, date(2025, 11, 26), 101_000, date(2025, 11, 25))
    assert bars is not None
    assert bars.close.tolist() == [100_000.0, 100_000.0, 101_000.0]
    assert bars.before().close.tolist() == [100_000.0, 100_000.0]
    assert bars.before() is bars.before()


def test_bars_are_appended_under_the_newest_factor() -> None:
    """A bar of the stream joins a history, or begins one."""
    bar = Bar(date=date(2025, 11, 26), open=1, high=4, low=0, close=3, volume=5.0)
    grown = appended(history(["200"], factor=[2.0]), SYMBOL, bar)
    assert (grown.close.tolist(), grown.factor.tolist()) == ([200_000, 3], [2.0, 2.0])
    begun = appended(None, SYMBOL, bar)
    assert (begun.high.tolist(), begun.low.tolist(), begun.open.tolist()) == ([4], [0], [1])
    assert (begun.factor.tolist(), begun.volume.tolist()) == ([1.0], [5.0])


def test_boundaries_stay_sorted() -> None:
    """Inserted, merged, removed and forgotten in any order; what is not there is not missed."""
    chance = random.Random(5)  # noqa: S311 - a seeded sample
    index, pairs = Boundaries(), list[tuple[int, int]]()
    for number in range(60):
        pairs.append((chance.randrange(20), number))
        index.insert(*pairs[-1])
    many = [(chance.randrange(20), number) for number in range(60, 100)]
    index.extend([level for level, _ in many], [number for _, number in many])
    pairs += many
    for pair in chance.sample(pairs, 30):
        index.remove(*pair)
        pairs.remove(pair)
    index.remove(99, 1)
    index.remove(5, 1000)
    gone = {number for _, number in chance.sample(pairs, 10)}
    index.forget(gone)
    pairs = [pair for pair in pairs if pair[1] not in gone]
    assert list(index.levels) == sorted(level for level, _ in pairs)
    assert sorted(zip(index.levels, index.numbers, strict=True)) == sorted(pairs)
    assert len(index) == len(pairs)


def test_few_boundaries_keep_the_order_in_which_they_came() -> None:
    """Equal ones, into an empty array and beside others; of many the equal ones are ordered by number."""
    index = Boundaries()
    index.extend([7, 5, 7], [3, 9, 1])
    assert (list(index.levels), list(index.numbers)) == ([5, 7, 7], [9, 3, 1])
    index.extend([7, 4], [2, 8])
    assert (list(index.levels), list(index.numbers)) == ([4, 5, 7, 7, 7], [8, 9, 3, 1, 2])
    index.extend([7] * 20, range(40, 20, -1))
    assert list(index.numbers) == [8, 9, 1, 2, 3, *range(21, 41)]


def test_moves_touch_the_boundaries_between() -> None:
    """(min, max], however far; one move and a sweep of many say the same."""
    chance = random.Random(9)  # noqa: S311 - a seeded sample
    levels = [chance.randrange(1000) for _ in range(300)]
    one, two = Axis(), Axis()
    for axis in (one, two):
        axis.extend(levels, range(len(levels)))
        axis.stand(500)
    value = 500
    for _ in range(500):
        size = chance.choice((1, 3, 20, 400))
        target = min(999, max(0, value + chance.randrange(-size, size + 1)))
        expected = {n for n, level in enumerate(levels) if min(value, target) < level <= max(value, target)}
        start, stop = one.move(target)
        assert set(one.numbers[start:stop]) == expected
        swept = sweep([two], [target])
        assert {n for axis, a, b, _ in swept for n in axis.numbers[a:b]} == expected
        assert all(rose is (target > value) for *_, rose in swept)
        assert one.at == two.at
        value = target


def test_ways_back_are_stacks() -> None:
    """The nearest is first; coming back and stopping take a number off both."""
    axis = Axis()
    for number in range(5):
        axis.await_return(number, 100 - number, 200 + number)
    assert (axis.fall, axis.rise) == (100, 200)
    assert axis.returned(150) == []
    assert axis.returned(98) == [0, 1, 2]
    assert (axis.fall, axis.rise) == (97, 203)
    axis.stop_waiting(3)
    assert (axis.fall, axis.rise) == (96, 204)
    axis.forget([0, 1, 2, 3, 4])
    assert axis.returned(0) == []


@pytest.mark.parametrize("price", [1 << 51, -(1 << 60)])
def test_a_boundary_where_no_price_comes_is_not_looked_at(price: int) -> None:
    """Floats do not tell whole numbers apart there; the definition is not asked."""
    far = threshold(">=", (price, 1))

    def never_asked(at: int) -> bool:
        raise AssertionError(at)

    assert checked(far, never_asked) is far
