"""The change since a date's close or low, or since a typed price or own cost, on the adjusted series."""

from datetime import date
from decimal import Decimal

import numpy as np

from rules.formulas.relative import Base, points, risen
from rules.model import Argument, Leaf
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Form, Parameter, ParameterKind, Phrase, Priced, Unit, in_currency

DAY = (Parameter("date", ParameterKind.DATE, 0, 0),)


class SinceDate(Priced):
    """Price / an adjusted price of a date - 1; a date without a bar means the last bar before it."""

    unit = Unit.PERCENT
    parameters = DAY
    column = "close"

    def need(self, args: tuple[Argument, ...]) -> int:
        """At least the date's bar; how many days that is only the session knows."""
        del args
        return 1

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The date's price x (1 + level)."""
        found = self.base(leaf.args, inputs)
        return found if isinstance(found, Absent) else risen(leaf.verb, found, leaf.level)

    def measure(self, leaf: Leaf, inputs: Inputs, price: int) -> float | None:
        """Percent points since then."""
        found = self.base(leaf.args, inputs)
        return None if isinstance(found, Absent) else points(found.price, price)

    def base(self, args: tuple[Argument, ...], inputs: Inputs) -> Base | Absent:
        """The price of the last bar at or before the date, on the session's scale."""
        day, bars = date.fromisoformat(str(args[0])), inputs.history
        if bars is None:
            return Absent(inputs.stale)
        if inputs.session is not None and day >= inputs.session:
            return Absent(f"{day} has no close yet")
        at = int(np.searchsorted(bars.dates, np.datetime64(day, "D"), "right")) - 1
        if at < 0:
            return Absent(f"no bar at or before {day}")
        price: float = getattr(bars, self.column)[at].item()
        if price <= 0:  # as the affine convention has early prices
            return Absent(f"the adjusted price of {day} is not above zero")
        return Base(price, {"base": in_currency(inputs, price), "as of": str(bars.dates[at])})


@SIGNALS.add("since")
class SinceClose(SinceDate):
    """Price / that date's close - 1."""

    summary = "price / the adjusted close of a date - 1 (without a bar: of the last one before)"
    summary_zh = "自某日收盘以来涨跌幅（复权）"
    phrases = (Phrase("", "since({date}) {op} {level}", "自{date}以来涨跌幅 {op} {level}", Form.STATE),)


@SIGNALS.add("since low")
class SinceLow(SinceDate):
    """Price / that date's low - 1."""

    summary = "price / the adjusted low of a date - 1 (without a bar: of the last one before)"
    summary_zh = "自某日最低以来涨跌幅（复权）"
    phrases = (
        Phrase("", "since(low {date}) {op} {level}", "自{date}最低以来涨跌幅 {op} {level}", Form.STATE),
    )
    column = "low"


@SIGNALS.add("since price")
class SincePrice(Priced):
    """Price / a price the user typed - 1, which is one of the day it was typed (rules.dated)."""

    summary = "price / a given price - 1"
    summary_zh = "自某价以来涨跌幅"
    unit = Unit.PERCENT
    parameters = (Parameter("price", ParameterKind.PRICE, 0, 0),)
    phrases = (Phrase("", "since({price}) {op} {level}", "自{price}以来涨跌幅 {op} {level}", Form.STATE),)

    def boundaries(self, leaf: Leaf, inputs: Inputs) -> Region | Absent:
        """The typed price x (1 + level)."""
        found = typed(leaf.args, inputs)
        return found if isinstance(found, Absent) else risen(leaf.verb, found, leaf.level)

    def measure(self, leaf: Leaf, inputs: Inputs, price: int) -> float | None:
        """Percent points from it."""
        found = typed(leaf.args, inputs)
        return None if isinstance(found, Absent) else points(found.price, price)


def typed(args: tuple[Argument, ...], inputs: Inputs) -> Base | Absent:
    """A price the user typed, on the grid, or off it where an ex-date moved it since (rules.dated)."""
    price = Decimal(str(args[0]))
    if price <= 0:
        return Absent("the price typed is not above zero in today's prices")
    scaled = price.scaleb(inputs.instrument.decimals)
    whole = scaled == scaled.to_integral_value()
    return Base(int(scaled) if whole else float(scaled), {"base": float(price)})


@SIGNALS.add("cost")
class Cost(SincePrice):
    """Price / the holder's cost - 1: profit, or loss where it is negative."""

    summary = "profit and loss: price / own cost - 1"
    summary_zh = "持仓盈亏（现价对成本）"
    phrases = (Phrase("", "cost {price} {op} {level}", "成本{price}盈亏 {op} {level}", Form.STATE),)
