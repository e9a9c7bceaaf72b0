"""Prices that a user typed on a day, and how they read in another session's prices (design 4.6).

A level is stored as typed, with its day, and never rewritten. The day is part of the condition (option
`as of`), so a level typed before an ex-date and the same number typed after it are two conditions, while all
who type a number on one day share one. Compiling multiplies by the factors since.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from rules.model import And, Argument, Leaf, Node, Or, Then
from rules.region import Inputs
from rules.signal import SIGNALS, Parameter, ParameterKind, Unit, named, phrase_of

DIGITS = 4  # after the point, where a rescaled price is told
FINEST = Decimal("1e-8")  # a factor is a float: what is meant to lie on the grid lies on it


def dated(node: Node, day: date | None) -> Node:
    """The condition with its typed prices being those of a day (None: of every day's, as typed)."""
    match node:
        case Leaf():
            return replace(node, made=day) if _prices(node) or _has_level(node) else node
        case And() | Or():
            return replace(node, parts=tuple(dated(part, day) for part in node.parts))
        case Then():
            return replace(node, first=dated(node.first, day), second=dated(node.second, day))
    return replace(node, part=dated(node.part, day))


def current(leaf: Leaf, inputs: Inputs) -> Leaf:
    """The leaf with its typed prices on the session's scale; the leaf itself where nothing changed them."""
    if leaf.made is None or inputs.factors is None:
        return leaf
    gain, shift = inputs.factors.since(leaf.made)
    if (gain, shift) == (1.0, 0.0):
        return leaf
    factor, move = Decimal(gain), Decimal(shift).scaleb(-inputs.instrument.decimals)

    def moved(price: Argument) -> Decimal:
        return (Decimal(str(price)) * factor + move).quantize(FINEST)

    prices = _prices(leaf)
    args = tuple(
        moved(argument) if parameter in prices else argument
        for parameter, argument in zip(named(SIGNALS[leaf.signal], phrase_of(leaf)), leaf.args, strict=True)
    )
    level = leaf.level
    if level is not None and _has_level(leaf):
        level = moved(level)
    return Leaf(leaf.signal, args, leaf.verb, level)


def typed(leaf: Leaf) -> tuple[Decimal, ...]:
    """The prices of a leaf as typed, in the order written."""
    prices = _prices(leaf)
    found = [
        Decimal(str(argument))
        for parameter, argument in zip(named(SIGNALS[leaf.signal], phrase_of(leaf)), leaf.args, strict=True)
        if parameter in prices
    ]
    return (*found, leaf.level) if leaf.level is not None and _has_level(leaf) else tuple(found)


def told(leaf: Leaf, inputs: Inputs) -> dict[str, str | float]:
    """What an event says of a rescaled leaf: as typed, when, and by what it was multiplied and moved."""
    if leaf.made is None or inputs.factors is None:
        return {}
    gain, shift = inputs.factors.since(leaf.made)
    found: dict[str, str | float] = {"typed": written(typed(leaf)), "as of": str(leaf.made), "factor": gain}
    if shift:
        found["moved by"] = shift / 10**inputs.instrument.decimals
    return found


def written(prices: Iterable[Decimal]) -> str:
    """Prices as people write them: `560`, `480, 560`."""
    return ", ".join(f"{round(price, DIGITS).normalize():f}" for price in prices)


def _prices(leaf: Leaf) -> tuple[Parameter, ...]:
    """The parameters of the leaf's phrase that are prices: a channel's ends, a cost."""
    parameters = named(SIGNALS[leaf.signal], phrase_of(leaf))
    return tuple(one for one in parameters if one.kind is ParameterKind.PRICE)


def _has_level(leaf: Leaf) -> bool:
    """Whether the leaf's level is a price."""
    return leaf.level is not None and SIGNALS[leaf.signal].unit is Unit.PRICE
