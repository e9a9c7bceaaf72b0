"""Typed prices are prices of a day: what an ex-date does to them in text, closed forms and answers."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from rules.adjust import Factors, factors
from rules.dated import current, dated, told, typed, written
from rules.language import LanguageError, canonical, of_day, parse, phrase
from rules.levels import compiled, inputs_of, outlook
from rules.measured import number_of
from rules.model import And, Condition, Instrument, Leaf, Not, Or
from rules.nodes import leaves_of
from rules.region import Absent, Inputs
from tests.rules.world import DAY, HOURS, SYMBOL, World, history, leaf, q

SHARE = Instrument(symbol=SYMBOL)
EVE, BEFORE = date(2025, 11, 25), date(2025, 11, 24)
NEXT = date(2025, 11, 27)


def resolve(text: str) -> Instrument | None:
    """One share."""
    return SHARE if text == SYMBOL else None


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        ("price > 560 | as of 2025-11-25", "价格 > 560 | 定价日 2025-11-25"),
        ("price crosses 560 | daily as of 2025-11-25", "价格穿越 560 | 每日 定价日 2025-11-25"),
        ("price outside (480, 560) | as of 2025-11-25", "价格在480到560之外 | 定价日 2025-11-25"),
        ("cost 512.3 < -5% | as of 2025-11-25", "成本512.3盈亏 < -5% | 定价日 2025-11-25"),
        ("since(512.3) > 5% | as of 2025-11-25", "自512.3以来涨跌幅 > 5% | 定价日 2025-11-25"),
        (
            "price > 560 and change > 5% | hysteresis 1% as of 2025-11-25 silent",
            "价格 > 560 且 涨跌幅 > 5% | 回差 1% 定价日 2025-11-25 静音",
        ),
    ],
)
def test_the_day_is_an_option_in_both_languages(said: str, chinese: str) -> None:
    """Printed and parsed again, it is the same condition; without the day, or of another, it is not."""
    line = parse(f"{SYMBOL} {said}", resolve)
    assert canonical(line) == f"{SYMBOL} {said}"
    assert phrase(line, "zh") == f"{SYMBOL} {chinese}"
    for text in (canonical(line), phrase(line, "zh")):
        assert parse(text, resolve) == line
    assert line.condition.made == line.options.made == EVE
    ids = {line.condition.id, of_day(line, None).condition.id, of_day(line, BEFORE).condition.id}
    assert len(ids) == 3
    assert of_day(of_day(line, BEFORE), EVE) == line
    assert of_day(line, EVE) == line


def test_what_has_no_typed_price_has_no_day() -> None:
    """A percentage speaks of its own day's prices; the option is dropped, and the condition stays shared."""
    line = parse(f"{SYMBOL} change > 5% and record high | as of 2025-11-25", resolve)
    assert canonical(line) == f"{SYMBOL} change > 5% and record high"
    assert line == parse(canonical(line), resolve)
    assert Condition(symbol=SYMBOL, root=leaf("price", ">", "5"), text="price > 5").id == (
        parse(f"{SYMBOL} price > 5", resolve).condition.id
    )
    with pytest.raises(LanguageError, match="2025-13-01"):
        parse(f"{SYMBOL} price > 5 | as of 2025-13-01", resolve)


def test_only_leaves_with_prices_are_dated() -> None:
    """Within and, or and not."""
    root = Or((And((leaf("price", ">", "5"), leaf("change", ">", "0.05"))), Not(leaf("price", "<", "3"))))
    found = dated(root, EVE)
    assert [one.made for one in leaves_of(found)] == [EVE, None, EVE]
    assert dated(found, None) == root


def scale(gain: float, shift: float = 0.0, session: date = DAY) -> Factors:
    """One bar on the eve of the session, whose prices read so today."""
    bars = history(["100"], last=EVE)
    return Factors(session=session, dates=bars.dates, gain=np.array([gain]), shift=np.array([shift]))


def test_a_leaf_reads_in_todays_prices() -> None:
    """Levels, channels and costs are moved, percentages are not; what nothing moved stays the same object."""
    inputs = Inputs(instrument=SHARE, session=DAY, factors=scale(0.5, 100.0))
    level = replace(leaf("price", ">", "560"), made=EVE)
    assert current(level, inputs).level == Decimal("280.1")
    channel = Leaf("price", (Decimal(480), Decimal(560)), "outside", None, EVE)
    assert current(channel, inputs).args == (Decimal("240.1"), Decimal("280.1"))
    cost = Leaf("cost", (Decimal(500),), "<", Decimal("-0.05"), EVE)
    assert (current(cost, inputs).args, current(cost, inputs).level) == (
        (Decimal("250.1"),),
        Decimal("-0.05"),
    )
    for same in (leaf("price", ">", "560"), replace(level, made=DAY)):
        assert current(same, inputs) is same
    bare = replace(inputs, factors=None)
    assert current(level, bare) is level
    assert (told(level, bare), told(leaf("price", ">", "1"), inputs)) == ({}, {})
    assert told(level, inputs) == {"typed": "560", "as of": "2025-11-25", "factor": 0.5, "moved by": 0.1}
    assert written(typed(channel)) == "480, 560"
    assert typed(leaf("change", ">", "0.05")) == ()


def test_a_typed_price_that_falls_beneath_zero_measures_nothing() -> None:
    """As the affine convention may have it."""
    inputs = Inputs(instrument=SHARE, session=DAY, factors=scale(1.0, -600_000.0))
    cost = Leaf("cost", (Decimal(500),), "<", Decimal("-0.05"), EVE)
    assert compiled(cost, inputs) == Absent("the price typed is not above zero in today's prices")
    assert number_of(cost, inputs, q(100)) is None


def test_factors_of_days() -> None:
    """A day without a bar takes the bar before; what is older than all bars is taken like the first."""
    bars = history(["200", "100", "101"], factor=[0.5, 1.0, 1.0])  # 21st, 24th, 25th
    found = factors(bars, "SZ", DAY, q(101), EVE)
    assert found is not None
    days = [date(2020, 1, 1), date(2025, 11, 21), date(2025, 11, 23), BEFORE, EVE, DAY, NEXT]
    assert [found.since(day)[0] for day in days] == [0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0]
    assert found.newest() == BEFORE
    today = factors(bars, "SZ", DAY, q("50.5"), EVE)
    assert today is not None
    assert [today.since(day)[0] for day in days[3:6]] == [0.5, 0.5, 1.0]
    assert today.newest() == DAY
    flat = history(["100", "101"])
    assert factors(flat, "SZ", DAY, q(101), EVE) is None
    assert factors(None, "SZ", DAY, q(101), EVE) is None
    assert factors(flat, "SZ", date(2025, 11, 20), q(101), EVE) is None
    stale = factors(bars, "SZ", NEXT, q(90), DAY)
    assert stale is not None
    assert (stale.newest(), stale.since(EVE)) == (BEFORE, (1.0, 0.0))


def test_elsewhere_a_previous_close_that_differs_a_little_is_no_ex_date() -> None:
    """China's exchanges state the reference price; a US feed's previous close may be another print's."""
    bars = history(["100"])
    assert factors(bars, "US", DAY, q("99.9"), EVE) is None
    split = factors(bars, "US", DAY, q("25"), EVE)
    assert split is not None
    assert split.since(EVE) == (0.25, 0.0)
    cash = factors(bars, "SH", DAY, q("99.9"), EVE)
    assert cash is not None
    assert cash.since(EVE)[0] == pytest.approx(0.999)


def outlook_of(text: str, price: str) -> tuple[float | None, float | None, list[float], bool | None]:
    """Value, level, ringing prices in currency and truth at a price of today, typed on the eve."""
    quote = World(prev_close="400").quote("10:00:00", price)
    condition = of_day(parse(f"{SYMBOL} {text}", resolve), EVE).condition
    found = outlook(condition, inputs_of(quote, history(["500", "560"]), SHARE, HOURS), quote)
    return found.value, found.level, [at / 1000 for at in found.rings_at], found.truth


@pytest.mark.parametrize(
    ("text", "price", "expected"),
    [
        ("price > 574", "399", (399.0, pytest.approx(410), [410.01], False)),
        ("price > 574", "411", (411.0, pytest.approx(410), [410.01], True)),
        ("cost 560 > 5%", "399", (pytest.approx(-0.25), 5.0, [420.01], False)),
        ("price outside (480, 600)", "399", (399.0, pytest.approx(342.857142), [342.85, 428.58], False)),
    ],
)
def test_answers_speak_of_todays_prices(
    text: str, price: str, expected: tuple[float, float, list[float], bool]
) -> None:
    """What /alert and /near say from the stored quote is what the engine will do."""
    assert outlook_of(text, price) == expected
