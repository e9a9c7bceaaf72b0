"""Many conditions at once come to what one by one comes to: the same steps, numbers and states."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from rules.engine import Engine
from rules.language import parse
from rules.model import Condition, Frame, History, Instrument, Kind, Leaf, Phase, Quote, decimals_of
from rules.rings import Row, Step
from tests.rules.world import HOURS, at, history, leaf

if TYPE_CHECKING:
    from collections.abc import Mapping

STOCKS = ("300308.SZ", "000001.SZ", "600000.SH")
GROUP, INDEX = "@optics", "000300.SH"
DAYS = (date(2025, 11, 25), date(2025, 11, 26))
LEAVES = (
    "price > {price}", "price <= {price}", "price crosses {price}", "price crosses above {price}",
    "price crosses below {price}", "price outside ({low}, {high})", "change > {percent}%",
    "change < -{percent}%", "move(5m) > {percent}%", "volume > {times}x", "market_cap > {cap}B",
    "new high(5d)", "new high(day)",
    "record low", "reclaim ma(5)", "price crosses above ma(3)", "ma(3) crosses above ma(5)",
    "macd golden cross", "rsi(3) > {rsi}", "gap > {percent}%", "strength(000300.SH) > {percent}%",
)  # fmt: skip
STATES = ("armed", "fired", "provisional", "confirmed", "withdrawn", "idle")


def instrument(symbol: str) -> Instrument:
    """A share whose value is known, an index, or the group."""
    kind = Kind.GROUP if symbol == GROUP else Kind.INDEX if symbol == INDEX else Kind.STOCK
    return Instrument(
        symbol=symbol, kind=kind, decimals=decimals_of(symbol, kind), shares=10**9, limit=Decimal("0.1")
    )


def known(symbol: str) -> Instrument | None:
    """The same for the parser."""
    return instrument(symbol) if symbol in (*STOCKS, GROUP, INDEX) else None


@dataclass
class Deal:
    """Conditions in the order they are added, with what the store has of them."""

    conditions: list[Condition]
    rows: dict[str, Row] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)


def text(chance: random.Random) -> str:
    """One leaf with numbers near the prices that come."""
    low, high = sorted((chance.randrange(950, 1050) / 10, chance.randrange(1051, 1100) / 10))
    return chance.choice(LEAVES).format(
        price=chance.randrange(9500, 10500) / 100, low=low, high=high, percent=chance.randrange(1, 40) / 10,
        times=chance.randrange(1, 5), cap=chance.randrange(95, 106), rsi=chance.randrange(20, 80),
    )  # fmt: skip


def line(chance: random.Random) -> str:
    """A condition on a share or the group: a leaf or a composite, now and then with options."""
    if chance.random() < 0.15:
        return f"{GROUP} change {chance.choice(('>', '<'))} {chance.randrange(-30, 30) / 10}%"
    parts = [text(chance) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    joined = chance.choice((" and ", " or ")).join(parts)
    if len(parts) == 2 and chance.random() < 0.3:
        joined = f"{parts[0]} and not change > 2%"
    options = chance.choice(("", "", "", " | session auction,regular", " | hysteresis 1%"))
    return f"{chance.choice(STOCKS)} {joined}{options}"


def deal(seed: int, count: int = 60) -> Deal:
    """Random conditions, some twice, with random rows and marks."""
    chance = random.Random(seed)  # noqa: S311 - a seeded choice
    found = [parse(line(chance), known).condition for _ in range(count)]
    odd = Leaf("price", (), ">", Decimal("99.5"))  # a text that says nothing of its leaf
    found.insert(7, Condition(symbol=STOCKS[0], root=odd, text="anything"))
    found.extend(chance.sample(found, 5))
    made = Deal(found)
    for condition in found:
        if chance.random() < 0.3:
            made.seen.add(condition.id)
        if chance.random() < 0.25:
            day = chance.choice(DAYS)
            made.rows[condition.id] = Row(
                condition=condition.id, ring=chance.randrange(1, 5), state=chance.choice(STATES),
                time=at("09:30:06", day), session=day,
            )  # fmt: skip
    return made


def frames(seed: int) -> list[Frame]:
    """Two days of quotes of all shares and the index, with volumes, envelopes and ends."""
    chance, found = random.Random(seed), list[Frame]()  # noqa: S311 - a seeded walk
    for day in (DAYS[1], DAYS[1] + timedelta(days=1)):
        prices = dict.fromkeys((*STOCKS, INDEX), 100_000)
        ends = {symbol: [100_000, 100_000] for symbol in prices}
        for second in range(0, 60, 3):
            quotes = []
            time = at(f"09:30:{second:02}", day)
            for symbol in chance.sample(sorted(prices), 3):
                scale = 10 ** (instrument(symbol).decimals - 3)
                prices[symbol] += chance.choice((0, 10, -10, 300, -300, 2000, -2000))
                top, bottom = ends[symbol]
                ends[symbol] = [max(top, prices[symbol] + 100), min(bottom, prices[symbol])]
                quotes.append(
                    Quote(
                        symbol=symbol, time=time, price=scale * prices[symbol], open=100_000 * scale,
                        high=scale * ends[symbol][0], low=scale * ends[symbol][1], prev_close=100_000 * scale,
                        volume=1e6 * second, phase=Phase.CONTINUOUS,
                    )
                )  # fmt: skip
            found.append(Frame(market="SZ", received=time, quotes=tuple(quotes)))
        for market in ("SZ", "SH"):
            found.append(Frame(market=market, received=at("15:02", day)))
    return found


def engine() -> Engine:
    """A fresh one over the same history."""
    closes = [100 + (day * 7 % 5) - 2 for day in range(40)]
    histories: Mapping[str, History] = {symbol: history(closes, symbol) for symbol in STOCKS}
    return Engine(HOURS, instrument, histories.get, lambda name: STOCKS if name == GROUP else ())


def one_by_one(made: Engine, given: Deal) -> None:
    """As the engine took them before it took many."""
    for condition in given.conditions:
        made.add(condition, row=given.rows.get(condition.id), seen=condition.id in given.seen)


def told(made: Engine, walk: list[Frame], given: Deal, then: Deal) -> tuple[list[Step], list[object]]:
    """Steps of a walk on which conditions come and go in the middle, and what can be asked afterwards."""
    middle = len(walk) // 2
    steps = [made.take(frame) for frame in walk[:middle]]
    for condition in given.conditions[::3]:
        made.remove(condition.id)
    one_by_one(made, then)
    steps += [made.take(frame) for frame in walk[middle:]]
    steps.append(made.finish())
    asked: list[object] = [list(made.conditions()), len(made)]
    asked += [made.explain(condition.id) for condition in (*given.conditions, *then.conditions)]
    asked += [made.ahead(symbol) for symbol in STOCKS]
    return steps, asked


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("running", [False, True], ids=["at start", "while running"])
def test_many_at_once_are_what_one_by_one_is(seed: int, *, running: bool) -> None:
    """Composites, twins, stored rows, groups, pairs, freed numbers: every step and every answer the same."""
    given, then, walk = deal(seed), deal(seed + 1000), frames(seed)
    single, many = engine(), engine()
    if running:
        before = walk.pop(0)
        assert single.take(before) == many.take(before)
    one_by_one(single, given)
    many.add_all(given.conditions, given.rows, given.seen)
    assert list(single.conditions()) == list(many.conditions())
    found, expected = told(many, walk, given, then), told(single, walk, given, then)
    assert found == expected
    assert sum(len(step.events) for step in found[0]) > 50


def test_many_at_once_in_the_middle() -> None:
    """Into freed numbers and filled directories, twins of what is there among them: the same again."""
    given, then, walk = deal(1), deal(2), frames(3)
    single, many = engine(), engine()
    for made in (single, many):
        one_by_one(made, given)
        for frame in walk[:9]:
            made.take(frame)
        for condition in given.conditions[::2]:
            made.remove(condition.id)
    one_by_one(single, Deal([*given.conditions, *then.conditions], then.rows, then.seen))
    many.add_all([*given.conditions, *then.conditions], then.rows, then.seen)
    assert [single.take(frame) for frame in walk[9:]] == [many.take(frame) for frame in walk[9:]]
    assert list(single.conditions()) == list(many.conditions())
    for name in {condition.id for condition in (*given.conditions, *then.conditions)}:
        assert name in many
        many.remove(name)
        assert name not in many
    assert len(many) == 0


def test_what_went_before_a_fault_is_there() -> None:
    """What raises while conditions come stops the loading where it stands, and leaves nothing half-done."""
    made = engine()
    good, bad = (
        Condition(symbol=name, root=leaf("price", ">", "99"), text="price > 99") for name in ("A.SZ", "B.SZ")
    )

    def conditions() -> Iterator[Condition]:
        yield good
        raise LookupError(bad.symbol)

    with pytest.raises(LookupError):
        made.add_all(conditions())
    assert good.id in made
    assert bad.id not in made
    made.add_all(())
    assert len(made) == 1
