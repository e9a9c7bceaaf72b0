"""Closed forms: a condition on today's unfinished bar -> none, one or two boundaries; and where it would ring."""

from dataclasses import dataclass

from rules.model import Condition, History, Instrument, Leaf, Quote
from rules.region import Absent as Absent
from rules.region import Inputs as Inputs
from rules.region import Region as Region
from rules.sessions import Hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a condition says now and where it would ring; numbers in the unit the language writes."""

    value: float | None  # the deciding leaf's value: percent points, currency, counts
    level: float | None  # same unit as value
    rings_at: tuple[int, ...] = ()  # prices in quanta, on the exchange's tick, at which it would ring
    truth: bool | None = None  # None: unknown
    absent: str = ""  # why it is unknown


def region(leaf: Leaf, inputs: Inputs) -> Region | Absent:
    """A leaf as a region of the price axis (quanta), or why it has none."""
    raise NotImplementedError


def inputs_of(quote: Quote | None, history: History | None, instrument: Instrument, hours: Hours) -> Inputs:
    """The inputs of the session a stored quote belongs to, from raw history."""
    raise NotImplementedError


def outlook(condition: Condition, inputs: Inputs, quote: Quote | None) -> Outlook:
    """A condition's value, level and ringing prices on today's inputs."""
    raise NotImplementedError
