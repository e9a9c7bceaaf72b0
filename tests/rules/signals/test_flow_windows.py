"""move, rise and fall against plain lists, over every quote of made-up days and of recorded ones."""

import csv
import io
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from rules.meter import PERCENT_SCALE, Moment
from rules.model import Leaf
from rules.region import Inputs
from rules.signal import SIGNALS
from tests.recorded import DATA, needs
from tests.rules.world import SYMBOL, World, leaf

SECOND = 1_000_000
SPY = "us/lean/equity/usa/minute/spy"


@dataclass(frozen=True)
class Seen:
    """One quote of a day: trading microseconds since the open, and the price in quanta."""

    elapsed: int
    price: int


def base(day: list[Seen], window: int) -> tuple[int, int]:
    """By definition: index and price of the base for the last quote of a day watched from its open."""
    size, now = max(SECOND, window // 60), day[-1].elapsed
    if now < window:
        return 0, day[0].price
    known = [at for at, one in enumerate(day[:-1]) if (one.elapsed // size + 1) * size <= now - window]
    return (known[-1], day[known[-1]].price) if known else (0, day[0].price)


def by_definition(signal: str, day: list[Seen], window: int) -> Fraction:
    """The signal at the last quote of a day."""
    at, first = base(day, window)
    price, prices = day[-1].price, [first, *(one.price for one in day[at:])]
    if signal == "move_by":
        return Fraction(price - first, 1000)
    if signal == "move":
        return Fraction(price, first) - 1
    return Fraction(price, min(prices)) - 1 if signal == "rise" else 1 - Fraction(price, max(prices))


def coded(number: Fraction) -> int:
    """Twice the whole part at the axis's scale, and whether something is left."""
    whole = number * PERCENT_SCALE // 1
    return int(2 * whole + (number * PERCENT_SCALE != whole))


def walk(chance: random.Random, count: int, rest: Callable[[], int]) -> list[Seen]:
    """Quotes at irregular times, with repeats and leaps."""
    found, now, price = [], 0, 100_000
    for _ in range(count):
        found.append(Seen(now, price))
        now += rest()
        price += chance.choice((0, 0, 10, -10, 20, -20, 300, -300))
    return found


def meter_of(name: str, window: timedelta) -> Callable[[Moment], int | None]:
    """The signal's own meter."""
    inputs = Inputs(instrument=World().instrument(SYMBOL))
    own = SIGNALS[name].axis(leaf(name, ">", "0.02", window), inputs)
    assert own is not None
    return own.meter().read


@pytest.mark.parametrize("name", ["move", "move_by", "rise", "fall"])
@pytest.mark.parametrize("seconds", [10, 60, 90, 300, 3600])
def test_every_number_is_the_definitions(name: str, seconds: int) -> None:
    """1,500 quotes a window and signal, exact: 30,000 together."""
    chance = random.Random(seconds)  # noqa: S311 - a seeded walk
    day = walk(chance, 1500, lambda: chance.choice((250_000, SECOND, 3 * SECOND, 3 * SECOND, 61 * SECOND)))
    read = meter_of(name, timedelta(seconds=seconds))
    for at, one in enumerate(day):
        told = read(Moment(None, one.price, one.elapsed, day[0].price, early=True))
        assert told == coded(by_definition(name, day[: at + 1], seconds * SECOND)), (at, one)


def minutes(name: str) -> Iterator[tuple[datetime, int]]:
    """Closes of one recorded day's regular minutes, 1/10,000 dollar, at the minute's end in New York."""
    with zipfile.ZipFile(DATA / SPY / name) as archive, archive.open(archive.namelist()[0]) as file:
        for row in csv.reader(io.TextIOWrapper(file)):
            start = datetime(2013, 10, int(name[6:8])) + timedelta(milliseconds=int(row[0]))  # noqa: DTZ001
            if timedelta(hours=9.5) <= timedelta(milliseconds=int(row[0])) < timedelta(hours=16):
                yield start, int(row[4])


@needs(SPY)
@pytest.mark.parametrize("name", ["rise", "fall", "move"])
def test_recorded_minutes_of_spy(name: str) -> None:
    """Five real days: every ring of the engine is one of the definition, and none is missing."""
    window, level = timedelta(minutes=15), Fraction(2, 1000)
    archives = sorted(path.name for path in (DATA / SPY).glob("*_trade.zip"))
    assert archives
    compared = 0
    for archive in archives:
        read, day = meter_of(name, window), list[Seen]()
        for at, (_, price) in enumerate(minutes(archive)):
            day.append(Seen(at * 60 * SECOND, price))
            told = read(Moment(None, price, day[-1].elapsed, day[0].price, early=True))
            expected = by_definition(name, day, 15 * 60 * SECOND)
            assert told == coded(expected)
            assert told is not None
            assert (told > 2 * level * PERCENT_SCALE) == (expected > level)
            compared += 1
    assert compared >= 300


def ring(world: World, one: Leaf, *steps: tuple[str, str]) -> list[bool]:
    """Whether each quote rings."""
    world.add(one)
    return [world.see(clock, price) == ["fired"] for clock, price in steps]


FIVE = timedelta(minutes=5)


def test_a_rise_counts_from_the_lowest_of_the_window() -> None:
    """Down and up again within five minutes: move sees 0 %, rise 3 %; 2 % sharp is no more than 2 %."""
    steps = (("09:30:00", "100"), ("09:31:00", "98"), ("09:32:00", "99.96"), ("09:32:03", "99.961"))
    world = World(prev_close="100")
    assert ring(world, leaf("rise", ">", "0.02", FIVE), *steps) == [False, False, False, True]
    (event,) = world.events
    assert (event.signal, event.direction.value) == ("rise(5m)", "up")
    assert event.evidence == {"since the open": 98.0}
    assert ring(World(prev_close="100"), leaf("move", ">", "0", FIVE), *steps) == [False] * 4


def test_a_fall_is_a_positive_number() -> None:
    """From 102 to 99.9 are 2.06 %; the direction is down."""
    world = World(prev_close="100")
    steps = (("09:30:00", "100"), ("09:31:00", "102"), ("09:32:00", "99.96"), ("09:32:03", "99.9"))
    assert ring(world, leaf("fall", ">", "0.02", FIVE), *steps) == [False, False, False, True]
    (event,) = world.events
    assert event.direction.value == "down"
    assert event.value == pytest.approx(100 * (1 - 99.9 / 102))


def test_what_left_the_window_counts_no_more() -> None:
    """98 of 9:31 is out of the window at 9:40; breaks are no time: at 13:01 11:28 is still in it."""
    world = World(prev_close="100")
    steps = (("09:30:00", "98"), ("09:35:30", "99"), ("09:45:00", "100.5"), ("11:28:00", "99"))
    assert ring(world, leaf("rise", ">", "0.02", FIVE), *steps) == [False] * 4
    assert world.see("13:01:00", "101") == ["fired"]
    assert world.events[0].evidence == {"base": 99.0}


def test_joined_late_a_window_must_be_seen_whole() -> None:
    """The open is known, the prices since then are not."""
    world = World(prev_close="100")
    world.add(leaf("rise", ">", "0.02", FIVE))
    assert world.see("09:33:00", "103", open="100") == []
    assert world.see("09:37:59", "106", open="100") == []
    assert world.see("09:38:00", "106", open="100") == ["fired"]


def test_a_session_has_its_own_lows_and_rings_again() -> None:
    """Yesterday's low is none of today; yesterday's ring neither."""
    world = World(prev_close="100")
    world.add(leaf("rise", ">", "0.02", FIVE))
    assert world.walk(["100", "103"]) == [[], ["fired"]]
    assert world.walk(["110", "112", "112.3"], day="2025-11-27") == [[], [], ["fired"]]


def test_a_ring_is_armed_again_beneath_its_hysteresis() -> None:
    """1.9 % is not back by 0.2 points, 1.8 % is."""
    world = World(prev_close="100")
    world.add(leaf("rise", ">", "0.02", FIVE))
    prices = ["100", "102.1", "101.9", "102.1", "101.8", "102.1"]
    assert world.walk(prices) == [[], ["fired"], [], [], [], ["fired"]]


def test_a_fed_quote_carries_the_base() -> None:
    """The engine tells move's base too: the open's while five minutes have not passed."""
    world = World(prev_close="100")
    world.add(leaf("move", ">", "0.02", FIVE))
    assert world.see("09:33:00", "103", open="100") == ["fired"]
    assert world.events[0].evidence == {"since the open": 100.0}


def test_absurd_levels_fit_the_axis() -> None:
    """A level no market reaches is a boundary like any other."""
    world = World(prev_close="100")
    for verb in (">", "<"):
        world.add(leaf("move", verb, str(10**16), FIVE))
    assert world.see("09:30:00", "100") == ["fired"]
    assert isinstance(world.steps[-1].events[0].level, float)
