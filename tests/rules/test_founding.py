"""The founding day, 26 November 2025, on a made-up history with the published levels."""

import pytest

from rules.levels import Region, inputs_of, region
from rules.model import History, Instrument, Leaf
from tests.rules.world import HOURS, SYMBOL, World, history, leaf, q

TAIL = (
    "478.00",
    "493.00",
    "509.00",
    "518.00",
    "505.00",
    "492.00",
    "476.00",
    "464.00",
    "462.00",
    "462.27",
    "491.20",
    "482.60",
    "476.50",
    "469.00",
    "469.22",
    "469.50",
    "468.10",
    "475.20",
    "479.66",
)
STEP = (500.0 - 282.76) / 30
CLOSES = ["282.76"] * 80 + [f"{282.76 + STEP * (step + 1):.2f}" for step in range(30)] + list(TAIL)
SHARES = 1_111_117_000
INSTRUMENT = Instrument(symbol=SYMBOL, decimals=3, tick=10, shares=SHARES)


def bars() -> History:
    """The made-up history; the day that closed at 518.00 has the record high."""
    return history(CLOSES, highs={CLOSES.index("518.00"): "542.01"})


@pytest.fixture
def world() -> World:
    """300308 before the open."""
    return World({SYMBOL: bars()}, instruments=[INSTRUMENT], prev_close="479.66")


@pytest.mark.parametrize(
    ("compared", "level", "boundary"),
    [
        (leaf("ma", "above", None, 5), 473.115, 473_116),
        (leaf("ma", "above", None, 10), 475.6644, 475_665),
        (leaf("ma", "reclaim", None, 20), 481.0658, 481_066),
        (leaf("macd", "golden cross"), 551.4385, 551_439),
        (leaf("record high", "is"), 542.01, 542_011),
        (leaf("market_cap", ">", "610e9"), 548.9971, 548_998),
    ],
)
def test_the_published_levels(world: World, compared: Leaf, level: float, boundary: int) -> None:
    """Averages, MACD, record and 610 billion compile to the day's published prices."""
    inputs = inputs_of(world.quote("09:25:01", "475.20"), bars(), INSTRUMENT, HOURS)
    found = region(compared, inputs)
    assert isinstance(found, Region)
    assert found.boundaries == (boundary,)
    assert float(found.levels[0]) / 1000 == pytest.approx(level, abs=0.0005)


def test_only_the_20_day_average_is_reclaimed(world: World) -> None:
    """Yesterday closed above its 5- and 10-day averages, so these cannot be reclaimed today."""
    for days in (5, 10, 20):
        world.add(leaf("ma", "reclaim", None, days))
    world.walk(["475.20", "470.40", "480.00", "481.06", "481.07", "481.08"])
    assert [(event.signal, event.price) for event in world.events] == [("ma(20)", q("481.07"))]


def test_the_day_in_order(world: World) -> None:
    """Rungs, record, milestone and MACD ring at the first price beyond their levels, MACD is withdrawn."""
    for level in ("0.05", "0.10", "0.15"):
        world.add(leaf("change", ">", level))
    world.add(leaf("record high", "is"))
    world.add(leaf("market_cap", ">", "610e9"))
    world.add(leaf("macd", "golden cross"))
    path = "475.20 470.40 503.64 503.65 527.62 527.63 542.01 542.02 548.99 549.00 551.43 551.44 551.60 551.61"
    world.walk([*path.split(), "556.88", "551.45", "550.40", "550.33", "543.22"])
    told = [(event.signal, event.state.value, event.price) for event in world.events]
    assert told == [
        ("change", "fired", q("503.65")),
        ("change", "fired", q("527.63")),
        ("record high", "fired", q("542.02")),
        ("market_cap", "fired", q("549.00")),
        ("macd", "provisional", q("551.44")),
        ("change", "fired", q("551.61")),
        ("macd", "withdrawn", q("550.33")),
    ]
    assert world.pass_time("15:01") == []
