"""Signals whose number is not the price but is decided by it: an oscillator's value at any price."""

from collections.abc import Mapping
from typing import Protocol, TypeGuard, runtime_checkable

from rules.contract import keeps
from rules.dated import current
from rules.model import Leaf
from rules.region import Inputs
from rules.signal import SIGNALS


@runtime_checkable
class Measured(Protocol):
    """A signal that needs its arguments to say its number."""

    def measure(self, leaf: Leaf, inputs: Inputs, price: int) -> float | None:
        """The signal's number at a price, in the unit the language writes; None while it has none."""
        ...


@runtime_checkable
class Behind(Protocol):
    """A signal whose number takes figures that its level does not: an event carries them."""

    def behind(self, leaf: Leaf, inputs: Inputs, price: int) -> Mapping[str, float]:
        """By name, at a price, in the units that the language writes."""
        ...


def is_measured(signal: object) -> TypeGuard[Measured]:
    """Whether a signal is one of these."""
    return keeps(type(signal), Measured)


def is_behind(signal: object) -> TypeGuard[Behind]:
    """Whether a signal is one of these."""
    return keeps(type(signal), Behind)


def number_of(leaf: Leaf, inputs: Inputs, price: int) -> float | None:
    """A leaf's number at a price, in the unit the language writes (price axis)."""
    signal = SIGNALS[leaf.signal]
    if is_measured(signal):
        return signal.measure(current(leaf, inputs), inputs, price)
    return signal.value(inputs, price)
