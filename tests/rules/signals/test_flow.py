"""Volume, amount, vwap, sigma, premium, prints and walls against plain definitions: lists and fractions."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import isclose, pi, sqrt
from typing import Any

import numpy as np
import pytest

from rules.formulas.curves import KNOTS
from rules.model import Event, History, Instrument, Kind, Leaf
from tests.rules.world import DAY, HOURS, SYMBOL, World, history, leaf

DAYS = ("2025-11-26", "2025-11-27")
FIRED = ["fired"]
OPERATORS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}
SESSION = HOURS.on("SZ", DAY)
assert SESSION is not None


def bars(volume: float = 48_000, count: int = 30) -> History:
    """Flat days of one volume; highs 4 % above, so ADR is 4 %."""
    closes = ["100"] * count
    found = history(closes, highs=dict.fromkeys(range(count), "104"))
    return replace(found, volume=np.full(count, float(volume)))


def clock(second: int) -> str:
    """Shanghai's clock so many trading seconds after the open."""
    second += 34_200 + (5400 if second > 7200 else 0)
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def curve(second: int) -> Fraction:
    """The fixed curve by plain interpolation between its knots."""
    minute = Fraction(second, 60)
    for (start, low), (end, high) in pairwise(KNOTS):
        if start <= minute <= end:
            return (low + Fraction(high - low) * (minute - start) / (end - start)) / 10**7
    raise AssertionError(second)


@dataclass(frozen=True)
class Seen:
    """One quote of a day by plain numbers; None where the feed says nothing."""

    second: int
    price: Fraction
    volume: int | None
    amount: Fraction | None


def fell(figures: Sequence[int | Fraction | None]) -> bool:
    """Whether the last known figure is less than the one known before it."""
    known = [figure for figure in figures if figure is not None]
    return len(known) > 1 and known[-1] < known[-2]


def so_far(day: list[Seen]) -> Fraction | None:
    """The day's volume, unknown where it fell or is not said."""
    volumes = [one.volume for one in day]
    return None if volumes[-1] is None or fell(volumes) else Fraction(volumes[-1])


def within(day: list[Seen], width: int, usual: Fraction) -> Fraction | None:
    """Volume of the last `width` seconds over the curve's part of a usual day."""
    now = so_far(day)
    if now is None:
        return None
    known, latest = list[Seen](), 0  # since the volume last fell, that quote left out
    for one in day[:-1]:
        if one.volume is not None:
            known = [] if one.volume < latest else [*known, one]
            latest = one.volume
    size, ago = max(1, width // 60), day[-1].second - width
    ended = [one for one in known if (one.second // size + 1) * size <= ago]
    first = [one for one in known[:1] if one.second <= ago]
    base = (ended or first)[-1:]
    if not base or day[-1].second >= 237 * 60:
        return None
    expected = usual * (curve(day[-1].second) - curve(day[-1].second - width))
    least = Fraction(200_000 * width, 60) / day[-1].price
    assert base[0].volume is not None
    return (now - base[0].volume) / max(expected, least)


def value(one: Leaf, day: list[Seen], usual: Fraction) -> Fraction | None:
    """A leaf's number at the last quote of a day."""
    now, last = so_far(day), day[-1]
    amounts = [seen.amount for seen in day]
    amount = None if last.amount is None or fell(amounts) else last.amount
    if one.signal == "turnover":
        return amount
    if one.signal == "vwap":
        return last.price * now / amount - 1 if now and amount else None
    if one.args:
        window = one.args[0]
        assert isinstance(window, timedelta)
        return within(day, int(window.total_seconds()), usual)
    unit = {
        "turnover_rate": Fraction(1_000_000),
        "volume": usual * curve(last.second),
        "volume_ratio": usual * max(last.second, 60) / 14400,
    }[one.signal]
    return None if now is None else now / unit


def truth(one: Leaf, number: Fraction) -> tuple[bool, bool]:
    """Whether it holds, and whether it is false and back by the hysteresis."""
    verb, level = one.verb[-1:] if one.verb[0] not in "<>" else one.verb, Fraction(one.level or 0)
    verb = {"crosses above": ">", "crosses below": "<"}.get(one.verb, verb)
    holds = OPERATORS[verb](number, level)
    percent = one.signal in ("vwap", "turnover_rate")
    margin = Fraction(2, 1000) if percent else level * Fraction(2, 100)
    back = number <= level - margin if verb[0] == ">" else number >= level + margin
    return holds, not holds and back


@dataclass
class Oracle:
    """One condition's life, by the book."""

    one: Leaf
    state: str = "armed"

    def begin(self) -> None:
        """A session: states are armed, crossings must be seen false."""
        self.state = "armed"

    def see(self, number: Fraction | None) -> bool:
        """Whether a quote rings."""
        if number is None:
            return False
        holds, back = truth(self.one, number)
        if holds and self.state == "armed":
            self.state = "rang"
            return True
        if self.state == "rang" and back:
            self.state = "armed"
        return False


def leaves() -> list[Leaf]:
    """Every figure with levels around what the walk trades, ties among them."""
    found = [leaf("vwap", verb) for verb in OPERATORS]
    for verb in OPERATORS:
        found += [leaf("turnover", verb, level) for level in ("100000", "4000000", "12345678.9")]
        found += [leaf("turnover_rate", verb, level) for level in ("0.01", "0.0555", "0.2")]
        found += [leaf("volume", verb, level) for level in ("0.5", "1", "2")]
        found += [leaf("volume_ratio", verb, level) for level in ("0.5", "1", "3")]
        for seconds in (60, 300):
            window = timedelta(seconds=seconds)
            found += [leaf("volume", verb, level, window) for level in ("0.5", "1", "2")]
    return found


def walk(chance: random.Random, count: int) -> list[Seen]:
    """Quotes across the lunch break; now and then no volume, a volume that fell, a price unchanged."""
    found, second, price, volume, amount = list[Seen](), 0, Fraction(100), 0, Fraction()
    for _ in range(count):
        traded = chance.choice((0, 0, 100, 300, 1000, 5000))
        volume, amount = volume + traded, amount + traded * price
        odd = chance.random()
        fed = None if odd < 0.03 else volume - 200 if odd < 0.06 and volume > 200 else volume
        found.append(Seen(second, price, fed, None if odd > 0.98 else amount))
        second += chance.choice((1, 3, 3, 3, 20, 60, 60))
        price += Fraction(chance.choice((0, 0, 1, -1, 5, -5)), 10)
    return found


def spoken(one: Leaf) -> tuple[str, object]:
    """What a leaf measures, whatever it is compared with."""
    return one.signal, one.args


@pytest.mark.parametrize("seed", range(6))
def test_the_engine_rings_by_the_definitions(seed: int) -> None:
    """Two days of 350 quotes and 72 conditions a seed: 300,000 evaluations together, every ring the same."""
    chance = random.Random(seed)  # noqa: S311 - a seeded walk
    usual = chance.choice((48_000, 60_000, 1_000_000))
    world = World({SYMBOL: bars(usual)}, prev_close="100")
    oracles = {world.add(one).id: Oracle(one) for one in leaves()}
    distinct = list({spoken(one): one for one in leaves()}.values())
    volumes, told, said = [Fraction(usual)] * 5, list[str](), list[str]()
    for one_day in DAYS:
        day = list[Seen]()
        for oracle in oracles.values():
            oracle.begin()
        for seen in walk(chance, 350):
            day.append(seen)
            told += [f"{one_day} {seen.second} {event.condition}" for event in fed(world, seen, one_day)]
            usual_now = sum(volumes[-5:], Fraction()) / 5
            numbers = {spoken(one): value(one, day, usual_now) for one in distinct}
            said += [
                f"{one_day} {seen.second} {key}"
                for key, oracle in oracles.items()
                if oracle.see(numbers[spoken(oracle.one)])
            ]
        world.pass_time("15:01", day=date.fromisoformat(one_day))
        volumes.append(Fraction(day[-1].volume or 0))
    assert told == said
    assert len(told) > 100


def fed(world: World, seen: Seen, day: str) -> tuple[Event, ...]:
    """One quote to the engine, without what the feed does not say."""
    fields: dict[str, Any] = {
        "volume": seen.volume,
        "amount": None if seen.amount is None else float(seen.amount),
    }
    quote = world.quote(clock(seen.second), float(seen.price), day=day)
    return world.take(replace(quote, float_shares=1_000_000, **fields))


def numbers(one: Leaf, *fields: dict[str, Any]) -> list[float | None]:
    """What the engine's events say of a leaf, one ring a quote at most, three seconds apart from 10:00 on."""
    world = World({SYMBOL: bars(480_000)}, prev_close="100")
    world.add(one)
    told = list[float | None]()
    for at, said in enumerate(fields):
        quote = world.quote(f"10:00:{3 * at:02}", "100")
        events = world.take(replace(quote, **said))
        told.append(events[0].value if events else None)
    return told


def test_a_premium_is_counted_from_the_indicative_value() -> None:
    """100 against 99.0099 is a little over 1 %, against 100 exactly nought, unknown without a value."""
    more, sharp = Decimal("99.0099"), Decimal(100)
    told = numbers(leaf("premium", ">=", "0.01"), {"indicative": sharp}, {}, {"indicative": more})
    assert told == [None, None, pytest.approx(1.0, abs=1e-4)]
    assert numbers(leaf("premium", ">", "0"), {"indicative": sharp}) == [None]
    assert numbers(leaf("premium", ">=", "0"), {"indicative": sharp}) == [0.0]


def test_a_funds_value_is_told_and_stale_where_its_assets_are_abroad() -> None:
    """By Shanghai's code range for such funds, or by the name."""
    for symbol, name, is_stale in (
        ("513100.SH", "", True),
        ("159941.SZ", "纳指ETF", True),
        ("510300.SH", "沪深300ETF", False),
    ):
        fund = Instrument(symbol=symbol, name=name, kind=Kind.FUND, tick=1)
        world = World(instruments=[fund], prev_close="1")
        world.add(leaf("premium", ">=", "0.03"), symbol)
        assert world.see("10:00:00", "1.03", symbol, indicative=Decimal(1)) == FIRED
        assert world.events[0].evidence["indicative value"] == 1.0
        assert ("stale" in world.events[0].evidence) is is_stale


def test_the_free_float_has_a_rate_of_its_own() -> None:
    """8 % of the shares that float are 16 % of those that float free; unknown without the feed's count."""
    fields = {"volume": 80_000.0, "float_shares": 1_000_000}
    assert numbers(leaf("turnover_rate", ">=", "0.08"), fields) == [8.0]
    assert numbers(leaf("free turnover", ">=", "0.08"), fields) == [None]
    told = numbers(leaf("free turnover", ">=", "0.16"), {**fields, "free_float_shares": 500_000}, fields)
    assert told == [16.0, None]


def test_walls_and_prints_take_other_measures() -> None:
    """80 M instead of 50; 5 M that are 100 times the usual 10,000 but not 1,000 times."""
    assert numbers(leaf("bid wall", ">=", "8e7"), {"bid_depth": 7e7}, {"bid_depth": 8e7}) == [None, 8e7]
    assert numbers(leaf("ask wall", ">", "1e6"), {"ask_depth": 1e6}) == [None]
    book = {"bid": 99_990, "ask": 100_000}
    amounts = [{"amount": 1e9, **book}, {"amount": 1.0049e9, **book}, {"amount": 1.01e9, **book}]
    assert numbers(leaf("big buy", ">=", "5e6", 100), *amounts) == [None, None, 5_100_000.0]
    assert numbers(leaf("big buy", ">=", "5e6", 1000), *amounts) == [None] * 3


def test_walls_are_of_their_own_side() -> None:
    """50 M sharp is a wall; the other side's money and no figure are none."""
    money: list[dict[str, Any]] = [{"bid_depth": 49_999_999.99}, {"ask_depth": 9e7}, {"bid_depth": 5e7}]
    assert numbers(leaf("bid wall", "is"), *money) == [None, None, 50_000_000.0]
    assert numbers(leaf("ask wall", "is"), *money) == [None, 90_000_000.0, None]


def test_a_big_print_has_a_side_and_both_measures() -> None:
    """Usual are 10,000 in three seconds, so 20 M decide; at the ask before it was bought, at the bid sold."""
    book = {"bid": 99_990, "ask": 100_000}
    bought = [{"amount": 1e9, **book}, {"amount": 1.0199e9, **book}, {"amount": 1.0399e9, **book}]
    assert numbers(leaf("big buy", "is"), *bought, {"amount": 1.0599e9}) == [None, None, 20_000_000.0, None]
    sold = [{"amount": 1e9, "bid": 100_000, "ask": 100_010}, {"amount": 1.03e9}]
    assert numbers(leaf("big sell", "is"), *sold) == [None, 30_000_000.0]
    assert numbers(leaf("big buy", "is"), *sold) == [None, None]


def test_the_feeds_volume_ratio_goes_before_the_formula() -> None:
    """3 sharp is not above 3; without the feed's figure the volume decides."""
    assert numbers(leaf("volume_ratio", ">", "3"), {"volume_ratio": 3.0, "volume": 1e9}) == [None]
    assert numbers(leaf("volume_ratio", ">=", "3"), {"volume_ratio": 3.0}) == [3.0]
    assert numbers(leaf("volume_ratio", ">", "3"), {"volume": 240_000.0}) == [4.0]


def test_the_usual_days_range_is_true_or_false_all_day() -> None:
    """Thirty days of 4 %: 4 % sharp is a tie; without history there is no truth."""
    world = World({SYMBOL: bars()}, prev_close="100")
    for verb in OPERATORS:
        world.add(leaf("adr", verb, "0.04", 20))
    events = world.take(world.quote("09:30:00", "100"))
    assert sorted(event.text.split("verb='")[1][:2].strip("'") for event in events) == ["<=", ">="]
    assert World(prev_close="100").walk(["100"]) == [[]]


@pytest.mark.parametrize(("price", "rings"), [("100.44", False), ("100.46", True)])
def test_sigma_is_the_move_over_the_usual_one(price: str, rings: bool) -> None:  # noqa: FBT001
    """4 % a day are 2.5066 % of deviation, 0.3618 % in five of 240 minutes: 1.25 times that is 0.4523 %."""
    assert isclose(0.04 / sqrt(8 / pi) * sqrt(5 / 240) * 1.25, 0.004523, rel_tol=1e-3)
    world = World({SYMBOL: bars()}, prev_close="100")
    world.add(leaf("sigma", ">", "1.25", timedelta(minutes=5)))
    assert world.see("09:30:00", "100") == []
    assert (world.see("09:36:00", price) == ["fired"]) is rings
