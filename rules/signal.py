"""The contract of a signal: a named number that follows an instrument, and the words people use for it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from rules.model import Direction
from rules.registry import Registry


class Unit(StrEnum):
    """What a signal's level is counted in; the language reads and prints levels by it."""

    PRICE = "price"  # currency
    PERCENT = "percent"  # written 5%, stored 0.05
    AMOUNT = "amount"  # currency with K M B 万 亿
    COUNT = "count"
    NONE = "none"  # the phrase carries no number


class Form(StrEnum):
    """State forms ring when found true; crossing forms must be seen false first (design 4.3)."""

    STATE = "state"
    CROSSING = "crossing"


class ParameterKind(StrEnum):
    """What may stand between a signal's brackets."""

    COUNT = "count"  # 20
    WINDOW = "window"  # 5m, 10s, 1h
    SPAN = "span"  # 60d or day


@dataclass(frozen=True, slots=True)
class Parameter:
    """One bracketed argument with its bounds, both inclusive (counts, days or seconds)."""

    name: str
    kind: ParameterKind
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way a signal can stand in a condition.

    `en` is the canonical template, `zh` its Chinese twin; fields: {op} {level} and the parameters' names. `verb`
    goes into `Leaf.verb`; a phrase with {op} stands for all four of > >= < <= and its verb is the operator.
    """

    verb: str
    en: str
    zh: str
    form: Form
    direction: Direction | None = None  # None: by the operator, else by the sign of the day's change


class Words(Protocol):
    """The part of a signal the language, /help and the README read."""

    summary: str  # one sentence for /help and the README
    summary_zh: str
    unit: Unit
    parameters: tuple[Parameter, ...]
    phrases: tuple[Phrase, ...]
    groups_only: bool  # exists on groups alone (leaders, breadth)
    resets: bool  # measured within a session, so armed again at each (design 4.3)
    unfinished: bool  # lives on an open bar: provisional -> confirmed | withdrawn


SIGNALS: Registry[Words] = Registry("signal")

# Said by design.md 4.5, built later: the language answers "not available yet: ..." for these first words.
LATER = (
    "rise", "fall", "gap", "amplitude", "from_high", "from_low", "since", "change_open", "ema", "rsi", "kdj", "boll",
    "cci", "atr", "vwap", "volume", "volume_ratio", "turnover", "turnover_rate", "float_cap", "limit", "limit_streak",
    "near", "inflow", "breadth", "bias", "cost", "reversal", "sigma", "adr", "deviation", "premium", "for", "at",
    "between", "on", "then", "enters", "leaves", "outside",
)  # fmt: skip
