"""Quotes whose rarer figures stay in the line they came in until somebody asks for one of them.

Few rules read the book, and reading it costs more than everything else of a quote. A sketch is a quote to
whoever looks at it: asked for anything that it left out it reads the line, and is a plain quote from then on.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rules.frozen import blank
from rules.model import Phase, Quote

# Fields that a sketch leaves out; whoever makes one gives all the others.
LATE = (
    *("bid", "ask", "bid_size", "ask_size", "bid_depth", "ask_depth", "market_cap", "volume_ratio"),
    *("unmatched", "free_float_shares", "indicative", "earnings", "inflow"),
)
ABSENT = dict.fromkeys(LATE)
set_field, drop_field = object.__setattr__, object.__delattr__


class Sketch(Quote):
    """A quote with `late`: (a reader, what it reads); the reader gives figures by name and raises nothing."""

    __slots__ = ()

    if not TYPE_CHECKING:  # whoever checks types shall see a quote

        def __getattr__(self, name: str) -> Any:
            """A field that was left out."""
            if name not in ABSENT:
                raise AttributeError(name)
            return getattr(completed(self), name)

    def __eq__(self, other: object) -> bool:
        """As quotes are equal."""
        return completed(self) == other

    def __hash__(self) -> int:
        """As a quote's."""
        return hash(completed(self))

    def __repr__(self) -> str:
        """As a quote's."""
        return repr(completed(self))

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Copied and pickled as the quote it is."""
        return completed(self).__reduce_ex__(protocol)


blank_quote: Callable[[], Any] = blank(Quote)


def completed(sketch: Quote) -> Quote:
    """The same object with all its fields, a plain quote from now on."""
    read, *given = sketch.late
    figures: Mapping[str, Any] = ABSENT | read(*given)
    for name, value in figures.items():
        set_field(sketch, name, value)
    drop_field(sketch, "late")
    set_field(sketch, "__class__", Quote)
    return sketch


def restamped(sketch: Quote, phase: Phase) -> Quote:
    """A second sketch of the same line, in a phase."""
    made = blank_quote()
    made.symbol, made.time, made.price, made.open = sketch.symbol, sketch.time, sketch.price, sketch.open
    made.high, made.low, made.prev_close = sketch.high, sketch.low, sketch.prev_close
    made.volume, made.amount, made.traded = sketch.volume, sketch.amount, sketch.traded
    made.limit_up, made.limit_down = sketch.limit_up, sketch.limit_down
    made.shares, made.float_shares = sketch.shares, sketch.float_shares
    made.status, made.source, made.flaw, made.late = sketch.status, sketch.source, sketch.flaw, sketch.late
    made.phase = phase
    made.__class__ = Sketch
    return made  # type: ignore[no-any-return] - it has become one
