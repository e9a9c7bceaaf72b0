"""Definitions decided by the price whose levels are exact fractions: prices, changes, extremes, averages."""

from datetime import date
from fractions import Fraction

from rules.model import Leaf
from tests.brute.sense import COMPARE, Level, Priced
from tests.brute.tape import Bar, Look, Number, Tape

UP = frozenset({"above", "crosses above", "reclaim", "is", "up"})


def days(leaf: Leaf, place: int = 0) -> int:
    """A count among a leaf's arguments: `20` or `20d`."""
    return int(str(leaf.args[place]).removesuffix("d"))


class Compared(Priced):
    """The price against one level, by the leaf's operator or by a side of its own."""

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.crossing = leaf.verb.startswith("crosses")
        self.operator = self.side()
        self.level: Level = 0

    def side(self) -> str:
        """The comparison of price and level."""
        verb = self.leaf.verb
        if verb in COMPARE:
            return verb
        return ">" if verb in UP else "<"

    def find(self, at: Look) -> Level | None:
        """The level; None where there is none today."""
        raise NotImplementedError

    def before(self, tape: Tape, bars: list[Bar] | None, close: int) -> Level | None:
        """The level that the previous session's last bar had, for crossing forms that carry over."""
        del tape, bars, close
        return None

    def prepare(self, at: Look) -> bool:
        """The level, exact."""
        found = self.find(at)
        self.level = 0 if found is None else Fraction(found)
        return found is not None

    def true_at(self, price: Number) -> bool:
        """The comparison."""
        return COMPARE[self.operator](price, self.level)

    def find_levels(self) -> tuple[Level, ...]:
        """The level itself."""
        return (self.level,)

    def yesterday(self, at: Look) -> bool | None:
        """The same comparison a day earlier."""
        close = at.tape.last_price if at.day.prev_close is None else at.day.prev_close
        if close is None:
            return None
        bars = at.day.bars
        level = self.before(at.tape, bars[:-1] if bars else None, close)
        return None if level is None else COMPARE[self.operator](close, Fraction(level))


class Price(Compared):
    """A level the user typed."""

    def find(self, at: Look) -> Level | None:
        """In quanta."""
        return Fraction(self.leaf.level or 0) * at.tape.unit

    def before(self, tape: Tape, bars: list[Bar] | None, close: int) -> Level | None:
        """The same on every day."""
        del bars, close
        return Fraction(self.leaf.level or 0) * tape.unit


class TwoWay(Price):
    """`price crosses`: either way."""

    two_way = True

    def is_back(self, at: Look) -> bool:
        """Either way."""
        self.level = self.find(at) or 0
        return super().is_back(at)

    def side_of(self, at: Look, price: int) -> int:
        """Exact."""
        level = Fraction(self.leaf.level or 0) * at.tape.unit
        return (price > level) - (price < level)


class Channel(Priced):
    """Two levels; the ends belong to the inside."""

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.crossing = leaf.verb in ("enters", "leaves")
        self.ends: tuple[Fraction, Fraction] = (Fraction(), Fraction())

    def prepare(self, at: Look) -> bool:
        """Both ends in quanta."""
        low, high = (Fraction(str(end)) * at.tape.unit for end in self.leaf.args)
        self.ends = low, high
        return True

    def true_at(self, price: Number) -> bool:
        """Inside, or not."""
        return (self.ends[0] <= price <= self.ends[1]) is (self.leaf.verb in ("inside", "enters"))

    def find_levels(self) -> tuple[Level, ...]:
        """The ends."""
        return self.ends

    def yesterday(self, at: Look) -> bool | None:
        """The same on every day."""
        close = at.tape.last_price if at.day.prev_close is None else at.day.prev_close
        return None if close is None else self.true_at(close)


class Risen(Compared):
    """price / base - 1 against the level."""

    fresh = True

    def base(self, at: Look) -> Number | None:
        """The price it is counted from."""
        raise NotImplementedError

    def find(self, at: Look) -> Level | None:
        """Base x (1 + level)."""
        base = self.base(at)
        return Fraction(base) * (1 + Fraction(self.leaf.level or 0)) if base else None


class Change(Risen):
    """From the previous close."""

    def base(self, at: Look) -> Number | None:
        """The exchange's."""
        return at.day.prev_close


class ChangeOpen(Risen):
    """From today's open."""

    def base(self, at: Look) -> Number | None:
        """Once it is known."""
        return at.day.open


class Since(Risen):
    """From the close or the low of a date, or of the last bar before it."""

    fresh = False

    def base(self, at: Look) -> Number | None:
        """On today's scale."""
        day = date.fromisoformat(str(self.leaf.args[0]))
        if at.day.bars is None or day >= at.day.date:
            return None
        bars = [bar for bar in at.day.bars if bar.date <= day]
        return None if not bars else bars[-1].low if self.leaf.signal == "since low" else bars[-1].close


class SincePrice(Risen):
    """From a typed price; own cost is one."""

    fresh = False

    def base(self, at: Look) -> Number | None:
        """As typed."""
        return int(Fraction(str(self.leaf.args[0])) * at.tape.unit)


class RecordGap(Risen):
    """1 - price / record: it grows where the price falls."""

    fresh = False

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.crossing = leaf.verb == "near"

    def side(self) -> str:
        """The price's comparison, the other way round."""
        verb = "<" if self.leaf.verb == "near" else self.leaf.verb
        return {">": "<", ">=": "<=", "<": ">", "<=": ">="}[verb]

    def base(self, at: Look) -> Number | None:
        """The highest high of all bars."""
        return max(bar.high for bar in at.day.bars) if at.day.bars else None

    def find(self, at: Look) -> Level | None:
        """Record x (1 - level)."""
        base = self.base(at)
        return Fraction(base) * (1 - Fraction(self.leaf.level or 0)) if base else None

    def before(self, tape: Tape, bars: list[Bar] | None, close: int) -> Level | None:
        """Against the record of the days before yesterday."""
        del tape, close
        top = max((bar.high for bar in bars), default=None) if bars else None
        return None if top is None else Fraction(top) * (1 - Fraction(self.leaf.level or 0))


class Trailing(Compared):
    """At or beneath the highest since a date, less the level."""

    extremes = True

    def side(self) -> str:
        """Reached."""
        return "<="

    def find(self, at: Look) -> Level | None:
        """Today's high is that of the quotes before."""
        day = date.fromisoformat(str(self.leaf.args[0]))
        if day > at.day.date or (day < at.day.date and at.day.bars is None):
            return None
        tops = [bar.high for bar in at.day.bars or () if bar.date >= day]
        tops += [] if at.day.high is None else [at.day.high]
        return Fraction(max(tops)) * (1 - Fraction(self.leaf.level or 0)) if tops else None


class Named(Compared):
    """The previous day's high, low, close; today's open."""

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.fresh = leaf.signal == "open"

    def find(self, at: Look) -> Level | None:
        """The feed's previous close before the bar's."""
        name, day = self.leaf.signal, at.day
        if name == "open":
            return day.open
        if name == "prev close" and day.prev_close:
            return day.prev_close
        if day.bars is None:
            return None
        last = day.bars[-1]
        return {"prev high": last.high, "prev low": last.low, "prev close": last.close}[name]

    def before(self, tape: Tape, bars: list[Bar] | None, close: int) -> Level | None:
        """Of the bar before yesterday's."""
        del tape, close
        if not bars or self.leaf.signal == "open":
            return None
        last = bars[-1]
        return {"prev high": last.high, "prev low": last.low, "prev close": last.close}[self.leaf.signal]


class Extreme(Compared):
    """Beyond the highest high or the lowest low of a span; strict."""

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.extremes = self.fresh = leaf.args == ("day",)

    def side(self) -> str:
        """Above a high, beneath a low."""
        return ">" if self.leaf.signal.endswith("high") else "<"

    def find(self, at: Look) -> Level | None:
        """Of today as of the quote before, of so many days, or of all."""
        high, day = self.operator == ">", at.day
        if self.extremes:
            return day.high if high else day.low
        wanted = days(self.leaf) if self.leaf.args else 1
        if day.bars is None or len(day.bars) < wanted:
            return None
        bars = day.bars[-wanted:] if self.leaf.args else day.bars
        return max(bar.high for bar in bars) if high else min(bar.low for bar in bars)


class Constant(Priced):
    """The open against yesterday: the price of now has no part in it."""

    fresh = True

    def prepare(self, at: Look) -> bool:
        """Once the open is known."""
        day, name = at.day, self.leaf.signal
        if name == "adr":
            return self._usual(at)
        if not day.open or (name != "gap" and day.bars is None) or (name == "gap" and not day.prev_close):
            return False
        if name == "gap":
            assert day.prev_close is not None
            self.said = COMPARE[self.leaf.verb](
                Fraction(day.open, day.prev_close) - 1, Fraction(self.leaf.level or 0)
            )
        else:
            assert day.bars is not None
            last = day.bars[-1]
            self.said = day.open > last.high if name == "gap up" else day.open < last.low
        return True

    def _usual(self, at: Look) -> bool:
        usual = adr(at.day.bars, days(self.leaf))
        if usual is not None:
            self.said = COMPARE[self.leaf.verb](usual, Fraction(self.leaf.level or 0))
        return usual is not None

    def true_at(self, price: Number) -> bool:
        """All day long."""
        del price
        return self.said

    def find_levels(self) -> tuple[Level, ...]:
        """None: it never goes back within the day."""
        return ()

    def is_back(self, at: Look) -> bool:
        """False altogether: its inputs were corrected."""
        del at
        return True


class Usual(Constant):
    """ADR(n): carried over from day to day."""

    fresh = False


def adr(bars: list[Bar] | None, count: int) -> Fraction | None:
    """Mean true range in parts of each day's previous close."""
    if bars is None or len(bars) <= count:
        return None
    total = Fraction()
    for before, bar in zip(bars[-count - 1 : -1], bars[-count:], strict=True):
        span = Fraction(max(bar.high, before.close)) - Fraction(min(bar.low, before.close))
        total += span / Fraction(before.close)
    return total / count


class Reversal(Priced):
    """From a usual day's range on one side of the previous close through it."""

    fresh = extremes = True

    def prepare(self, at: Look) -> bool:
        """How far the day has been, as of the quote before."""
        day = at.day
        usual = adr(day.bars, 20)
        if usual is None or not day.prev_close:
            return False
        self.close, up = day.prev_close, self.leaf.verb == "up"
        reach = day.low if up else day.high
        self.was = reach is not None and (
            Fraction(reach, self.close) - 1 <= -usual if up else Fraction(reach, self.close) - 1 >= usual
        )
        return True

    def true_at(self, price: Number) -> bool:
        """Through the previous close, strictly."""
        return self.was and (price > self.close if self.leaf.verb == "up" else price < self.close)

    def find_levels(self) -> tuple[Level, ...]:
        """The previous close, once it can be."""
        return (self.close,) if self.was else ()


class MarketCap(Compared):
    """Shares x price, where the shares are known."""

    def find(self, at: Look) -> Level | None:
        """Level / shares."""
        if not at.tape.shares:
            return None
        return Fraction(self.leaf.level or 0) * at.tape.unit / at.tape.shares


class AtLimit(Compared):
    """Near a limit price, or at it."""

    fresh = True

    def __init__(self, leaf: Leaf, margin: Fraction | None) -> None:
        super().__init__(leaf, margin)
        self.crossing = leaf.verb == "near"

    def side(self) -> str:
        """Reached."""
        return ">=" if "up" in self.leaf.signal else "<="

    def find(self, at: Look) -> Level | None:
        """Limit x (1 - x), (1 + x) for the lower one."""
        up = "up" in self.leaf.signal
        limit = at.day.limits[0 if up else 1]
        part = Fraction(self.leaf.level or 0)
        return limit * (1 - part if up else 1 + part) if limit else None
