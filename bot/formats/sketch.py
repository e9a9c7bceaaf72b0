"""Quotes whose rarer figures stay in the line they came in until somebody asks for one of them.

Few rules read the book, and reading it costs more than everything else of a quote. A sketch is a quote to
whoever looks at it: asked for anything that it left out it reads the line, and is a plain quote from then on.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rules.model import Phase, Quote

# Fields that a sketch leaves out; whoever makes one sets all the others, and `late`.
ABSENT = dict.fromkeys(
    (
        *("bid", "ask", "bid_size", "ask_size", "bid_depth", "ask_depth", "market_cap", "volume_ratio"),
        *("unmatched", "free_float_shares", "indicative", "earnings", "inflow"),
    )
)


class Sketch(Quote):
    """A quote that keeps in `late` what the rest is read from, in bytes: those cost no collection.

    Nothing locks its fields until it is complete: making one of a locked class takes twice as long. Whoever
    checks types sees a frozen quote.
    """

    __slots__ = ()

    if not TYPE_CHECKING:
        __init__ = object.__init__
        __setattr__ = object.__setattr__
        __delattr__ = object.__delattr__

    def read(self, late: bytes) -> Mapping[str, Any]:
        """What was left out, by name; whoever makes one has seen that it can be read."""
        raise NotImplementedError

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


def _late(name: str) -> property:
    """A field that was left out; unlike a `__getattr__` it leaves all other fields as quick as they are."""
    return property(lambda sketch: getattr(completed(sketch), name))


for _name in ABSENT:
    setattr(Sketch, _name, _late(_name))


def completed(sketch: Any) -> Quote:
    """The same object with all its fields, a plain quote from now on."""
    figures = ABSENT | sketch.read(sketch.late)
    del sketch.late
    sketch.__class__ = Quote
    for name, value in figures.items():
        object.__setattr__(sketch, name, value)
    found: Quote = sketch
    return found


def stamped(sketch: Quote, phase: Phase) -> Quote:
    """A second sketch of the same line, in a phase."""
    draft: Any = sketch.__class__
    made = draft()
    made.symbol, made.time, made.price, made.open = sketch.symbol, sketch.time, sketch.price, sketch.open
    made.high, made.low, made.prev_close = sketch.high, sketch.low, sketch.prev_close
    made.volume, made.amount, made.traded = sketch.volume, sketch.amount, sketch.traded
    made.limit_up, made.limit_down = sketch.limit_up, sketch.limit_down
    made.shares, made.float_shares = sketch.shares, sketch.float_shares
    made.status, made.source, made.flaw, made.late = sketch.status, sketch.source, sketch.flaw, sketch.late
    made.phase = phase
    found: Quote = made
    return found
