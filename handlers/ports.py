"""What commands need from outside, each as a Protocol that `bot` satisfies; handlers only read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from rules.language.presets import NAMES
from rules.model import History, Instrument, Quote, Rule, State
from rules.sessions import Hours


class RuleBook(Protocol):
    """The rules and watchlist of one chat; another chat's are as absent as none."""

    async def rules(self, chat: str) -> Sequence[Rule]:
        """Every rule of the chat, oldest first."""
        ...

    async def watchlist(self, chat: str) -> Sequence[str]:
        """Watched symbols in the order they were added."""
        ...

    async def lists(self, chat: str) -> Mapping[str, Sequence[str]]:
        """The symbols of the chat's lists by name: the watchlist and those it named."""
        ...


class Quotes(Protocol):
    """The last stored quote of an instrument, at most about a second old."""

    async def last(self, symbol: str) -> Quote | None:
        """None where no feed has brought one."""
        ...

    async def some(self, symbols: Sequence[str]) -> Mapping[str, Quote]:
        """The stored quotes of many instruments at once; those without one are left out."""
        ...


class Bars(Protocol):
    """Daily bars as far as they are known."""

    async def daily(self, symbol: str) -> History | None:
        """Bars up to the last finished session, or None."""
        ...


class Master(Protocol):
    """Instruments and groups by what people type."""

    def find(self, text: str) -> Instrument | None:
        """The instrument a code, name, alias or initials mean, or None."""
        ...

    def get(self, symbol: str) -> Instrument:
        """The instrument of a full symbol, with prefix defaults where the master does not know it."""
        ...

    def members(self, group: str) -> Sequence[str]:
        """Symbols of `@group`, empty where unknown."""
        ...

    def also(self, symbol: str, text: str) -> Instrument | None:
        """The group that goes by the name by which a text calls an index, or None."""
        ...

    def near(self, text: str, count: int = 3) -> Sequence[Instrument]:
        """The closest matches to a text nothing matched, for "did you mean"."""
        ...


class Clock(Protocol):
    """The time by which rules are made: the market's in demo and replay, the wall's otherwise."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...


class Profiles(Protocol):
    """Which chat a Telegram id belongs to, and how it wants to be spoken to."""

    async def chat_of(self, telegram: int) -> str:
        """The chat's key: the first Telegram id it was known by."""
        ...

    async def language(self, chat: str) -> str | None:
        """The chat's choice, "en" or "zh"; None before it made one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a chat was last told by one of its rules."""

    time: datetime  # exchange time of the state
    session: date  # of the ring that the rule's claim names
    state: State
    until: datetime | None  # where the rule rings every N minutes: exchange time up to which it holds back
    text: str  # what rang, plain, in the chat's language
    basis: tuple[str, ...] = ()  # the numbers it rests on, plain lines in that language


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Quotes of one instrument and source that the gate refused for one reason, close to each other."""

    reason: str
    source: str
    price: int | None  # quanta, of the last of them
    count: int
    since: datetime  # exchange time of the first
    time: datetime  # and of the last


class Traces(Protocol):
    """What became of a chat's rules, and which quotes were not believed."""

    async def told(self, rules: Sequence[Rule], language: str) -> Mapping[str, Told]:
        """By rule id what its chat was last told by it; a rule that never rang for it is left out."""
        ...

    async def lasting(self, rules: Sequence[Rule]) -> Mapping[str, datetime]:
        """By rule id the exchange time from which a ring of its condition lasts."""
        ...

    async def doubts(self, symbol: str) -> Sequence[Doubt]:
        """The last quotes refused of an instrument that somebody listens to, oldest first."""
        ...

    async def anomalies(self, symbol: str, language: str) -> Sequence[tuple[datetime, str]]:
        """What a source's own list of anomalies said last of an instrument, by name, oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything a command may reach."""

    rulebook: RuleBook
    quotes: Quotes
    bars: Bars
    master: Master
    clock: Clock
    hours: Hours
    traces: Traces
    secret: bytes  # signs callback data
    presets: Mapping[str, str] = field(default_factory=lambda: NAMES)  # what a name alone may stand for
    loads: Callable[[str], bool] = lambda _: False  # whether a symbol's daily bars are still to be fetched
