"""Rows of a measure with a name: the name, a comparison word or none, and a figure."""

from rules.language.words import Friendly
from rules.model import Argument


def reached(
    head: str, signal: str, tail: str = "", sign: int = 0, fixed: tuple[Argument, ...] = ()
) -> tuple[Friendly, ...]:
    """`head 5%` is 5 % or beyond; `head 大于 5%` is what the comparison says."""
    return (
        Friendly(f"{head} {{level}}{tail}", signal, "<=" if sign < 0 else ">=", sign, fixed),
        Friendly(f"{head} {{op}} {{level}}{tail}", signal, "", sign, fixed),
    )


def measured(
    head: str, signal: str, tail: str = "", fixed: tuple[Argument, ...] = ()
) -> tuple[Friendly, ...]:
    """A number that rises to a level, sinks to it, or compares with it; one of the three has to be said."""
    return (
        Friendly(f"{head} {{op}} {{level}}{tail}", signal, "", fixed=fixed),
        Friendly(f"{head}<升到>{{level}}{tail}", signal, ">=", fixed=fixed),
        Friendly(f"{head}<降到>{{level}}{tail}", signal, "<=", fixed=fixed),
    )


def crossed(head: str, signal: str, tail: str = "", fixed: tuple[Argument, ...] = ()) -> tuple[Friendly, ...]:
    """A number that passes a level."""
    return (
        Friendly(
            f"{head}[上穿|向上穿越|穿过|升穿|向上突破]{{level}}{tail}", signal, "crosses above", fixed=fixed
        ),
        Friendly(f"{head}[下穿|向下穿越|向下突破]{{level}}{tail}", signal, "crosses below", fixed=fixed),
    )
