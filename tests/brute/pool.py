"""Conditions of every kind, with levels on and around the prices of a world: ties, neighbours, far ones."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

from rules.model import And, Argument, Leaf, Node, Not, Or

OPERATORS = (">", ">=", "<", "<=")
CROSSES = ("crosses above", "crosses below")
SIDES = ("above", "below", *CROSSES)
LINE = (*SIDES, "reclaim", "lose")
STATE_VERBS = frozenset({*OPERATORS, "above", "below", "is", "inside", "outside"})


@dataclass(frozen=True)
class Ground:
    """What levels are chosen by: prices that come (quanta), their grid, and what else a world has."""

    prices: Sequence[int]
    decimals: int
    tick: int  # quanta
    dates: Sequence[date] = ()
    volumes: bool = False
    limits: bool = False
    books: bool = False
    early: bool = False  # it is heard before the open
    windows: Sequence[int] = (10, 60, 300, 900)  # seconds
    swings: Sequence[str] = ("0.001", "0.0025", "0.005", "0.01", "0.02")  # usual sizes of moves
    shares: int = 0


class Picker:
    """Leaves with levels picked by chance."""

    def __init__(self, ground: Ground, chance: random.Random) -> None:
        self.ground, self.chance = ground, chance

    def price(self) -> Decimal:
        """One that comes, or one beside it."""
        step = self.chance.choice((0, 0, 0, 1, -1, 5)) * self.chance.choice((self.ground.tick, 1))
        price = self.chance.choice(self.ground.prices) + step
        return Decimal(max(price, 1)).scaleb(-self.ground.decimals)

    def part(self) -> Decimal:
        """A change up or down, nought too."""
        size = Decimal(self.chance.choice(self.ground.swings))
        return self.chance.choice((size, -size, size * 2, -size * 3, Decimal(0)))

    def size(self) -> Decimal:
        """A size that moves have."""
        return Decimal(self.chance.choice(self.ground.swings)) * self.chance.choice((1, 1, 2, 5))

    def window(self, least: int = 10) -> timedelta:
        """One of the world's."""
        return timedelta(seconds=self.chance.choice([w for w in self.ground.windows if w >= least]))

    def operator(self) -> str:
        """Any of four."""
        return self.chance.choice(OPERATORS)

    def leaf(self, signal: str, verb: str, level: object = None, *args: Argument) -> Leaf:
        """One leaf; the level as the language would keep it."""
        return Leaf(signal, args, verb, None if level is None else Decimal(str(level)).normalize() + 0)


def priced(pick: Picker) -> Iterator[Leaf]:
    """Typed prices and channels of them."""
    for verb in (*OPERATORS, *CROSSES, "crosses") * 6:
        yield pick.leaf("price", verb, pick.price())
    for verb in ("inside", "outside", "enters", "leaves") * 3:
        low, high = sorted((pick.price(), pick.price()))
        if low < high:
            yield Leaf("price", (low, high), verb)
    for verb in OPERATORS if pick.ground.shares else ():
        yield pick.leaf("market_cap", verb, pick.price() * pick.ground.shares)


def changed(pick: Picker) -> Iterator[Leaf]:
    """Percentages of earlier prices, and levels with a name."""
    for signal, verb in product(("change", "change_open", "gap"), OPERATORS * 2):
        yield pick.leaf(signal, verb, pick.part())
    for signal, verb in product(("since price", "cost"), OPERATORS):
        yield pick.leaf(signal, verb, pick.part(), pick.price())
    for signal, verb in product(("prev high", "prev low", "prev close", "open"), SIDES):
        yield pick.leaf(signal, verb)
    dates = list(pick.ground.dates)
    for day in pick.chance.sample(dates, min(4, len(dates))):
        text = day.isoformat()
        yield pick.leaf("since", pick.operator(), pick.part() * 2, text)
        yield pick.leaf("since low", pick.operator(), pick.part() * 2, text)
        yield pick.leaf("trailing", "falls", pick.size(), text)


def daily(pick: Picker) -> Iterator[Leaf]:
    """What is made of daily bars: extremes, averages, and how far the day is beyond them."""
    for name, span in product(("high", "low"), ("day", "1d", "3d", "20d")):
        yield pick.leaf(f"new {name}", "is", None, span)
    for name in ("high", "low"):
        yield pick.leaf(f"record {name}", "is")
    yield pick.leaf("record_gap", pick.operator(), pick.size())
    yield pick.leaf("record_gap", "near", pick.size())
    for verb in ("up", "down"):
        yield pick.leaf("reversal", verb)
        yield pick.leaf(f"gap {verb}", "is")
    yield pick.leaf("adr", pick.operator(), pick.size(), pick.chance.choice((3, 5)))
    for n, verb in product((2, 3, 5, 20), LINE):
        yield pick.leaf("ma", verb, None, n)


def lined(pick: Picker) -> Iterator[Leaf]:
    """Exponential averages, pairs, bands, and the crosses of oscillators' lines."""
    chance = pick.chance
    for signal, verb in product(("ema", "ema talib"), LINE):
        yield pick.leaf(signal, verb, None, chance.choice((3, 12)))
    for signal, verb in product(("ma pair", "ema pair", "ema pair talib"), SIDES):
        yield pick.leaf(signal, verb, None, *chance.choice(((3, 8), (8, 3), (5, 10))))
    for signal, verb in product(("boll", "boll talib"), LINE):
        for band in chance.sample(("upper", "mid", "lower"), 2):
            yield pick.leaf(signal, f"{verb} {band}")
    for signal, band in product(("boll", "boll talib"), ("upper", "lower")):
        yield pick.leaf(signal, f"break {band}")
    for signal, cross in product(("macd", "macd talib", "kdj", "kdj talib"), ("golden cross", "death cross")):
        yield pick.leaf(signal, cross)
    for signal, cross in product(("kdj", "kdj talib"), ("low golden cross", "high death cross")):
        yield pick.leaf(signal, cross)


def figured(pick: Picker) -> Iterator[Leaf]:
    """Oscillators and other numbers against levels."""
    chance = pick.chance
    numbers = {
        "rsi": ((6, 14), ("30", "50", "70", "85")),
        "rsi talib": ((6, 14), ("30", "50", "70")),
        "cci": ((5, 14), ("-100", "0", "50", "100")),
        "kdj k": ((), ("20", "50", "80")),
        "kdj d": ((), ("25", "50", "75")),
        "kdj j": ((), ("0", "50", "100")),
        "macd dif": ((), ("0", "0.05", "-0.1")),
        "macd bar": ((), ("0", "0.02", "-0.03")),
    }
    for signal, (counts, levels) in numbers.items():
        for verb in (*OPERATORS, *CROSSES):
            args = (chance.choice(counts),) if counts else ()
            yield pick.leaf(signal, verb, chance.choice(levels), *args)
    for verb in (*OPERATORS, *CROSSES):
        yield pick.leaf("bias", verb, pick.part(), chance.choice((3, 6, 12)))
    for _ in range(3):
        yield pick.leaf("near ma", "near", pick.size(), chance.choice((3, 6, 12)))
    for signal in ("range", "range talib"):
        for verb in OPERATORS:
            yield pick.leaf(signal, verb, chance.choice(("0.5", "0.8", "1", "1.5")), chance.choice((5, 14)))


def moving(pick: Picker) -> Iterator[Leaf]:
    """What moves within the day."""
    for verb in OPERATORS * 4:
        yield pick.leaf("move", verb, pick.part(), pick.window())
    for signal in ("rise", "fall") * 3:
        yield pick.leaf(signal, pick.operator(), pick.size(), pick.window())
    for signal, verb in product(("amplitude", "from_high", "from_low"), OPERATORS):
        yield pick.leaf(signal, verb, pick.size())
    for signal, verb in product(("opening high", "opening low"), SIDES):
        yield pick.leaf(signal, verb, None, pick.window(60))
    for signal, verb in product(("premarket high", "premarket low"), SIDES) if pick.ground.early else ():
        yield pick.leaf(signal, verb)
    for level in ("0.5", "1", "-1", "2"):
        yield pick.leaf("sigma", pick.operator(), level, pick.window())


def flowing(pick: Picker) -> Iterator[Leaf]:
    """Volume, amount and what feeds say beside the price."""
    chance = pick.chance
    for verb in OPERATORS:
        yield pick.leaf("volume", verb, chance.choice(("0.5", "0.8", "1", "1.2", "2")))
        yield pick.leaf("volume", verb, chance.choice(("0.5", "1", "2", "3")), pick.window(60))
        yield pick.leaf("volume_ratio", verb, chance.choice(("0.7", "1", "1.5", "2.5")))
        yield pick.leaf("turnover", verb, chance.choice(("1000000", "50000000", "300000000")))
        yield pick.leaf("turnover_rate", verb, chance.choice(("0.0005", "0.001", "0.01")))
    for verb in (">", "<", ">=", "<=", *CROSSES):
        yield pick.leaf("vwap", verb)
    for signal in ("big buy", "big sell"):
        yield pick.leaf(signal, "is")
    yield pick.leaf("float_cap", pick.operator(), pick.price() * 900_000_000)


def booked(pick: Picker) -> Iterator[Leaf]:
    """What a book, an indicative value or a flow says."""
    for signal in ("bid wall", "ask wall"):
        yield pick.leaf(signal, "is")
    for verb in OPERATORS:
        yield pick.leaf("premium", verb, pick.part())
    for signal in ("inflow", "outflow"):
        yield pick.leaf(signal, ">", "100000000")
        yield pick.leaf(signal, "<=", "250000000")


def limited(pick: Picker) -> Iterator[Leaf]:
    """Daily limits and their states."""
    for side in ("up", "down"):
        yield pick.leaf(f"limit {side} touched", "is")
        for near in ("0.005", "0.01", "0.03"):
            yield pick.leaf(f"limit {side} near", "near", near)
        for verb in ("sealed", "opened", "resealed", "one price"):
            yield pick.leaf(f"limit {side}", verb)
    for tail in ("", " down"):
        yield pick.leaf(f"limit openings{tail}", ">=", "1")
        yield pick.leaf(f"limit openings{tail}", "<", "2")
        for verb, level in ((">=", "1"), (">=", "2"), ("<", "1")):
            yield pick.leaf(f"limit_streak{tail}", verb, level)
            yield pick.leaf(f"limits{tail}", verb, level, "5d")
        yield pick.leaf(f"seal{tail}", ">=", "5000000")
        yield pick.leaf(f"seal{tail}", "<", "20000000")
        yield pick.leaf(f"seal{tail}", "halved")
        yield pick.leaf(f"seal_ratio{tail}", ">", "0.001")


def leaves(ground: Ground, chance: random.Random) -> list[Leaf]:
    """All kinds a world has data for, shuffled."""
    pick = Picker(ground, chance)
    found = [*priced(pick), *changed(pick), *daily(pick), *lined(pick), *figured(pick), *moving(pick)]
    if ground.volumes:
        found += flowing(pick)
    if ground.limits:
        found += limited(pick)
    if ground.books:
        found += booked(pick)
    found = list(dict.fromkeys(found))
    chance.shuffle(found)
    return found


def composites(found: Sequence[Leaf], chance: random.Random, count: int) -> list[Node]:
    """And, or, not over leaves, two to four of them, brackets in between; no `not` before a crossing."""
    calm = [leaf for leaf in found if leaf.verb in STATE_VERBS]

    def any_leaf() -> Node:
        return Not(chance.choice(calm)) if chance.random() < 0.25 else chance.choice(found)

    made: list[Node] = []
    for _ in range(count):
        one, other, third, fourth = (any_leaf() for _ in range(4))
        kind, twin = chance.choice(((And, Or), (Or, And)))
        shape = chance.randrange(4)
        if shape < 2:
            made.append(kind((one, other)))
        elif shape == 2:
            made.append(kind((one, twin((other, third)))))
        else:
            made.append(kind((twin((one, other)), twin((third, fourth)))))
    return made
