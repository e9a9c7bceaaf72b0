"""Where a leaf that no single price decides could ring soonest: at the limit, or a move away from here."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from math import ceil, floor

from rules.model import Leaf
from rules.region import Inputs

# Signals that need the price at a limit, by the side; what leaves one is not among them.
_AT_LIMIT = frozenset({"seal", "seal_ratio", "limit_streak", "limits"})
_STATES = frozenset({"sealed", "resealed", "one price"})


class Way(StrEnum):
    """Why it rings there at the earliest."""

    LIMIT = "limit"  # it needs the price at its limit, and more
    MOVE = "move"  # so much from here, within the window


@dataclass(frozen=True, slots=True)
class Earliest:
    """The price, in quanta on the tick, and why; `within` is the window of a move."""

    price: int
    way: Way
    within: timedelta | None = None


def earliest(leaf: Leaf, inputs: Inputs, price: int) -> Earliest | None:
    """The nearest price at which a leaf could ring, seen from `price`; None where that says nothing."""
    if leaf.signal in ("move", "move_by", "rise", "fall"):
        return _moved(leaf, inputs, price)
    name, _, side = leaf.signal.partition(" ")
    is_limit = leaf.signal in ("limit up", "limit down") and leaf.verb in _STATES
    if not is_limit and not (name in _AT_LIMIT and (leaf.verb[0] == ">" or leaf.verb == "halved")):
        return None
    found = inputs.limit_down if side == "down" else inputs.limit_up
    return None if found is None else Earliest(found, Way.LIMIT)


def _moved(leaf: Leaf, inputs: Inputs, price: int) -> Earliest | None:
    """A rise from here, whatever else lies in the window, is at least a rise from its start or its lowest."""
    level, window = leaf.level or Decimal(), leaf.args[0]
    size = -level if leaf.signal == "fall" else level
    if not isinstance(window, timedelta) or (leaf.verb[0] == ">") is not (level > 0):
        return None
    way = size * 10**inputs.instrument.decimals if leaf.signal == "move_by" else price * size
    tick, far = inputs.instrument.tick, price + way
    rounded = ceil(far / tick) if size > 0 else floor(far / tick)
    return Earliest(rounded * tick, Way.MOVE, window)
