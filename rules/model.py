"""The values that cross module borders: frozen, slotted, with units.

Prices are whole numbers of a decimal quantum (10**-decimals of the currency), so ties are exact; percent
levels are fractions (5 % is Decimal("0.05")); times are aware UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from rules.frozen import Late

# The finest price each market prints: 0.001 SH, SZ, BJ, HK; 0.0001 US; 1e-8 crypto, indices and groups.
INDEX_DECIMALS = 8
DECIMALS: Mapping[str, int] = MappingProxyType({"SH": 3, "SZ": 3, "BJ": 3, "HK": 3, "US": 4})


class OffGridError(ValueError):
    """A price finer than its market's quantum."""


class Kind(StrEnum):
    """What an instrument is; limits, lots and which signals exist follow from it."""

    STOCK = "stock"
    FUND = "fund"
    INDEX = "index"
    COIN = "coin"
    GROUP = "group"


class Phase(StrEnum):
    """The part of its session a market is in."""

    CLOSED = "closed"
    PRE_OPEN = "pre-open"
    AUCTION = "auction"
    CONTINUOUS = "continuous"
    BREAK = "break"
    CLOSING_AUCTION = "closing auction"
    AFTER_HOURS = "after-hours"
    HALTED = "halted"


class SessionKind(StrEnum):
    """Which phases a condition listens to (the `session` option); default is regular alone."""

    AUCTION = "auction"
    REGULAR = "regular"
    EXTENDED = "extended"


class Direction(StrEnum):
    """Which way a ring points; alerts of one direction share an episode."""

    UP = "up"
    DOWN = "down"


class State(StrEnum):
    """The states of one ring; only forward: provisional -> confirmed | withdrawn."""

    FIRED = "fired"
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """Anything with a price series; `symbol` is `code.MARKET` or `@group`."""

    symbol: str
    kind: Kind = Kind.STOCK
    name: str = ""  # as its market prints it
    english: str = ""
    pinyin: str = ""  # initials, lower case
    decimals: int = 3  # prices are whole numbers of 10**-decimals
    tick: int = 10  # the exchange's tick, in quanta
    lot: int | None = None  # the least number of shares that can be bought; None: each company's own, or none
    limit: Decimal | None = None  # daily limit as a fraction of the previous close
    shares: int | None = None
    shares_as_of: date | None = None  # the day the share count was stated for
    earnings: date | None = None  # the next ones, where anybody says when
    listed: date | None = None  # first trading day: new listings have no limits in their first days

    @property
    def market(self) -> str:
        """The market's code: SH, SZ, BJ, HK, US, BINANCE, OKX ...; GROUP for a group."""
        return "GROUP" if self.symbol.startswith("@") else self.symbol.rpartition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote(Late):
    """One snapshot of one instrument at an exchange time.

    Prices are in quanta, None where absent; volume (shares) and amount the day's; `flaw` is for the gate.
    """

    symbol: str
    time: datetime
    price: int | None
    open: int | None = None
    high: int | None = None
    low: int | None = None
    prev_close: int | None = None
    volume: float | None = None
    amount: float | None = None
    limit_up: int | None = None
    limit_down: int | None = None
    market_cap: float | None = None
    shares: int | None = None
    float_shares: int | None = None
    free_float_shares: int | None = None  # of these, the ones that are not held for good
    bid: int | None = None
    ask: int | None = None
    bid_size: float | None = None
    ask_size: float | None = None
    traded: float | None = None  # volume of this very trade, where the source keeps no count of the day's
    bid_depth: float | None = None  # currency on all levels that the feed shows
    ask_depth: float | None = None
    volume_ratio: float | None = None  # the feed's own
    unmatched: float | None = None  # in an auction: shares without counterpart, above zero where buyers wait
    indicative: Decimal | None = None  # a fund's value per share, currency; finer than its price
    earnings: date | None = None  # the company's next ones, where the feed says when
    inflow: float | None = None  # net, of the day so far, in currency, by the source's own definition
    status: str = ""  # "" trading, "halted", "suspended", "delisted" ...
    phase: Phase | None = None
    source: str = ""
    flaw: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A batch of quotes of one market that arrived together; may be empty (time passed, nothing came)."""

    market: str
    received: datetime
    quotes: Sequence[Quote] = ()  # a tuple, or a large page's (rules.sheet)
    halted: tuple[Quote, ...] = ()  # what says of an instrument that it is halted: news, no prices


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One finished bar; prices in quanta, volume in shares."""

    date: date
    open: int
    high: int
    low: int
    close: int
    volume: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    """Daily bars of one instrument, oldest first, raw, with dated factors; all columns have shape (days,).

    `factor` follows the ratio convention: an adjusted price is raw x factor / factor of the newest bar.
    `gain` and `shift` (quanta), where corporate actions are known, follow the affine one: an adjusted price
    is (raw x gain + shift - shift of the newest bar) / gain of the newest bar; with them it is used.
    """

    symbol: str
    dates: npt.NDArray[np.datetime64]  # datetime64[D], strictly increasing
    open: npt.NDArray[np.int64]  # quanta
    high: npt.NDArray[np.int64]
    low: npt.NDArray[np.int64]
    close: npt.NDArray[np.int64]
    volume: npt.NDArray[np.float64]  # shares
    factor: npt.NDArray[np.float64]
    gain: npt.NDArray[np.float64] | None = None
    shift: npt.NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Minutes:
    """One-minute bars of one instrument, oldest first, raw; all columns have shape (bars,)."""

    symbol: str
    begins: npt.NDArray[np.int64]  # microseconds since 1970, UTC
    open: npt.NDArray[np.int64]  # quanta
    high: npt.NDArray[np.int64]
    low: npt.NDArray[np.int64]
    close: npt.NDArray[np.int64]
    volume: npt.NDArray[np.float64]  # shares


Argument: TypeAlias = int | timedelta | str | Decimal


@dataclass(frozen=True, slots=True)
class Leaf:
    """One signal compared: `change > 5%`, `price crosses above ma(60)`, `record high`."""

    signal: str  # the name in SIGNALS
    args: tuple[Argument, ...]
    verb: str  # > >= < <= or a phrase's verb: "crosses above", "reclaim", "golden cross", "is" ...
    level: Decimal | None = None  # currency, fraction, count; None where the phrase carries no number
    made: date | None = None  # the day whose prices a typed price is of; None: of every day's, as typed


@dataclass(frozen=True, slots=True)
class Not:
    """True where its part is false; unknown stays unknown."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """True where all parts are."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True where any part is."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Then:
    """`A then B within w`: true from B's ring at most w after A's, on a later quote, until B goes back."""

    first: "Node"
    second: "Node"
    within: timedelta  # trading time


@dataclass(frozen=True, slots=True)
class Held:
    """`X for w`: true where X is, and was on every quote since one at least w earlier."""

    part: "Node"
    span: timedelta  # trading time


@dataclass(frozen=True, slots=True)
class At:
    """`X at 14:50`: true on the session's first quote from that time on, where X is; false on every other."""

    part: "Node"
    clock: time  # of the market


@dataclass(frozen=True, slots=True)
class Between:
    """`X between 10:00 and 14:30`: X within these times, ends included; a crossing has to ring there."""

    part: "Node"
    start: time  # of the market
    end: time


@dataclass(frozen=True, slots=True)
class OnClose:
    """`X on close`: as the close of X's bar decided last; the session's day bar where X names none."""

    part: "Node"


Remembered: TypeAlias = Then | Held | At | Between | OnClose  # not of this quote alone
Node: TypeAlias = Leaf | Not | And | Or | Remembered
REGULAR = frozenset({SessionKind.REGULAR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Signals compared with levels, bound to one instrument and kinds of session.

    Made by `rules.language.parse`; `text` is the canonical form without the symbol, which identity rests on.
    """

    symbol: str
    root: Node
    text: str
    sessions: frozenset[SessionKind] = REGULAR
    hysteresis: Decimal | None = None  # as a fraction of the level; None: the axis's default
    each: bool = False  # `any @group X`: X on each member, expanded by whoever knows the members
    made: date | None = None  # the day whose prices its typed prices are of (rules.dated)
    id: str = field(init=False, default="")  # 16 hex digits

    def __post_init__(self) -> None:
        options = spoken(self.sessions, self.hysteresis, self.made)
        object.__setattr__(self, "id", identity_of("any " * self.each + self.symbol, self.text, options))


def spoken(sessions: frozenset[SessionKind], hysteresis: Decimal | None, made: date | None = None) -> str:
    """The options that are part of a condition, as its identity has them."""
    margin = "" if hysteresis is None else str(hysteresis.normalize())
    return "|".join((",".join(sorted(sessions)), margin, *(() if made is None else (made.isoformat(),))))


def identity_of(subject: str, text: str, options: str) -> str:
    """A condition's id: 16 hex digits of what it is about, its canonical text and its options."""
    return blake2b(f"{subject}|{text}|{options}".encode(), digest_size=8).hexdigest()


class Mode(StrEnum):
    """How often a rule may be heard."""

    ONCE = "once"
    DAILY = "daily"
    EVERY = "every"


class Loudness(StrEnum):
    """How an alert enters its episode: a ringing card, a silent card, or an edit of the card."""

    RING = "ring"
    SILENT = "silent"
    EDIT = "edit"


class Start(StrEnum):
    """Whether a rule hears what is already true when it is made (`now`) or only later rings (`next`)."""

    NOW = "now"
    NEXT = "next"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A condition that a chat listens to."""

    id: str
    chat: str
    condition: str  # its id
    symbol: str
    text: str  # canonical condition with options, parsed again where the condition is needed
    mode: Mode = Mode.DAILY
    every: timedelta | None = None  # with Mode.EVERY
    until: date | None = None
    note: str = ""
    loudness: Loudness = Loudness.RING
    start: Start = Start.NOW
    created: datetime
    watch: bool = False  # armed by /watch, removed by /unwatch
    whole: bool = False  # heard through its parts alone: `any @group X`, which is X on each member
    of: str = ""  # the whole this rule is a part of; it comes and goes with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The engine's word about one state of one ring, with its evidence; see `id`."""

    condition: str
    ring: int
    state: State
    symbol: str
    text: str  # the condition's canonical text
    time: datetime  # exchange time of the quote, or of the bar's end
    session: date  # trading day of the market (24/7: UTC day)
    direction: Direction
    signal: str  # of the leaf that decided: "change", "ma(20)", "record high"
    value: float | None  # in the unit the language writes: percent points, currency, counts
    level: float | None  # same unit as value
    price: int | None  # last price in quanta
    decimals: int
    change: float | None = None  # fraction of the previous close at the ring
    level_price: float | None = None  # the unrounded price at which it is true, in currency
    touched: bool = False  # rang from the day's high or low, not the last price
    away: bool = False  # became true while the engine was not running
    evidence: Mapping[str, str | float] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Identity of this event in streams, claims and the ledger."""
        return f"{self.condition}:{self.ring}:{self.state}"


def decimals_of(symbol: str, kind: Kind = Kind.STOCK) -> int:
    """Decimals of the price quantum of a symbol's market."""
    is_index = kind in (Kind.INDEX, Kind.GROUP)
    return INDEX_DECIMALS if is_index else DECIMALS.get(symbol.rpartition(".")[2], INDEX_DECIMALS)


def quanta(price: Decimal, decimals: int) -> int:
    """Price in currency -> whole quanta; OffGridError where it is finer than the grid."""
    scaled = price.scaleb(decimals)
    whole = int(scaled)
    if whole != scaled:
        raise OffGridError(f"{price} is finer than {decimals} decimals")
    return whole


def currency(price: int, decimals: int) -> Decimal:
    """Whole quanta -> price in currency, exact, without trailing zeros beyond the tick's."""
    return Decimal(price).scaleb(-decimals)
