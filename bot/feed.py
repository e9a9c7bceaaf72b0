"""The contract of a feed: declared endpoints and limits, a pure parser, and a stream of raw payloads."""

from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib.util import find_spec
from typing import Protocol, TypeVar, runtime_checkable

import aiohttp
import msgspec
from yarl import URL

from bot.clock import WallClock
from bot.errors import FeedError
from bot.intake.posts import Posts
from bot.settings import Setting, Settings
from rules.model import Frame
from rules.registry import Registry

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of a feed; the setting TICKBELL_<FEED>_<NAME>_URL replaces its base URL."""

    name: str  # "ws", "rest"
    url: str
    summary: str


class Payload(msgspec.Struct, frozen=True, gc=False):
    """Raw bytes as they came, with the time they came at: one a message, so made in C."""

    data: bytes
    received: datetime
    closing: bool = False  # the source announces its end: connect anew before it hangs up
    gap: bool = False  # messages before this one were lost, so its high and low touch nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a running feed is given."""

    http: aiohttp.ClientSession
    urls: Mapping[str, str]  # endpoint name -> base URL in force
    symbols: Sequence[str]  # full symbols of this feed's markets that somebody listens to
    options: Mapping[str, str] = field(repr=False)  # further settings of this feed by name, keys too
    groups: Sequence[str] = ()  # boards (`@bk1128`) that somebody listens to, for sources that know them
    now: Callable[[], datetime] = field(default=WallClock().now)  # what payloads are received by
    wished: Callable[[], Sequence[str]] | None = None  # `symbols` as they are now, for feeds that follow
    posts: Posts | None = None  # what is posted to the web server, where there is one that takes posts

    @property
    def wanted(self) -> frozenset[str]:
        """All that a connection is made for: where it changes another one is due."""
        return frozenset((*self.symbols, *self.groups))


class Feed(Protocol):
    """One source of quotes; everything a source needs lies in its one file."""

    name: str
    summary: str  # one sentence for the generated table
    markets: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    key_needed: bool
    latency: str  # "push", "3 s snapshots" ...
    limits: str
    terms: str
    silence: timedelta  # without data this long while its market is open, the connection counts as dead
    lifetime: timedelta | None  # the source cuts connections older than this; ours are replaced before
    replays: bool  # its frames carry a clock of their own and end: no watchdog, no empty frames beside them

    def payloads(self, context: Context) -> AsyncGenerator[Payload, None]:
        """Connect once and yield payloads until the source closes or FeedError; it never connects twice."""
        ...

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """Payload -> frames, at most one a market; pure; the unreadable is a FeedError or a flawed quote."""
        ...


FEEDS: Registry[Feed] = Registry("feed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What some feeds need beyond the contract, as their attribute `needs`."""

    settings: tuple[Setting, ...] = ()  # their own, each TICKBELL_<FEED>_<NAME>
    package: str = ""  # an optional one, without which they do not start
    follows: bool = False  # takes new wishes on the open connection: a second one is not needed for them


@runtime_checkable
class Needing(Protocol):
    """A feed that says what it needs."""

    needs: Needs


def needs(feed: Feed) -> Needs:
    """What a feed needs; most need nothing."""
    return feed.needs if isinstance(feed, Needing) else Needs()


def own(feed: str, name: str, summary: str, default: str = "", *, key: bool = False) -> Setting:
    """A feed's own setting; a key is secret, and the feed does not start without it."""
    return Setting(name=_setting(feed, name), default=default, summary=summary, secret=key, required=key)


def declared() -> tuple[Setting, ...]:
    """The own settings of all feeds."""
    return tuple(setting for feed in FEEDS.values() for setting in needs(feed).settings)


def options(feed: Feed, settings: Settings) -> dict[str, str]:
    """A feed's own settings by their short names: TICKBELL_ALPACA_KEY is `key`."""
    start = len(f"tickbell_{feed.name}_")
    return {s.name[start:].lower(): settings.get(s.name, s.default) for s in needs(feed).settings}


def lacking(feed: Feed, settings: Settings) -> str:
    """A sentence about what a feed does not start without; empty where it has everything."""
    package = needs(feed).package
    if package and find_spec(package) is None:
        return f"the feed {feed.name} needs the package {package}; run: pip install 'tickbell[{package}]'"
    names = [s.name for s in needs(feed).settings if s.required and not settings.get(s.name, s.default)]
    return f"the feed {feed.name} needs {' and '.join(names)}" if names else ""


BODY_LIMIT = 2_000_000  # a whole batch of 60 is 30 kB; a bomb of 100 kB inflates to 100 MB
TIMEOUT = aiohttp.ClientTimeout(total=5)
CHUNK = 65_536
REFUSALS = frozenset({403, 418, 429, 456})  # walls and bans: asking again soon makes them longer


class RefusedError(FeedError):
    """The source turned us away; come back after `after`, or much later where it named no time."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class NoStreamError(FeedError):
    """Nothing like a stream is at its address; what it would push can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A body with the server's own time, where it sent one (whole seconds)."""

    body: bytes
    date: datetime | None


class Decoder(Protocol[T_co]):
    """msgspec's, of JSON or MessagePack."""

    def decode(self, buf: bytes, /) -> T_co:
        """The value in the bytes."""
        ...


def decoded(source: str, decoder: Decoder[T_co], message: bytes) -> T_co:
    """A message as its decoder reads it; FeedError where it cannot."""
    try:
        return decoder.decode(message)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FeedError(f"{source}: unreadable message: {message[:40]!r}") from error


def chosen(source: str, name: str, given: Mapping[str, str], choices: Collection[str]) -> str:
    """A feed's own setting that has choices; FeedError names them."""
    value = given.get(name, "")
    if value not in choices:
        raise FeedError(f"{_setting(source, name)} is {value!r}; one of {', '.join(choices)} would fit")
    return value


def counted(source: str, name: str, given: Mapping[str, str], most: int) -> int:
    """A feed's own setting that is a count from 1 on; FeedError where it is none."""
    value = given.get(name, "")
    if not (value.isascii() and value.isdecimal() and 1 <= int(value[:9]) <= most):
        raise FeedError(f"{_setting(source, name)} is {value!r}; a number from 1 to {most} would fit")
    return int(value)


def _setting(source: str, name: str) -> str:
    return f"TICKBELL_{source}_{name}".upper()


def refused(source: str, status: int, retry: str | None) -> FeedError:
    """The error that an HTTP status other than success means."""
    if status == HTTPStatus.UNAUTHORIZED:
        return RefusedError(f"{source} does not accept the key (401)")
    if status not in REFUSALS:
        return FeedError(f"{source} answered {status}")
    after = timedelta(seconds=int(retry)) if retry and retry.isascii() and retry.isdigit() else None
    return RefusedError(f"{source} refuses with {status}", after)


async def fetch(http: aiohttp.ClientSession, url: str, headers: Mapping[str, str] | None = None) -> Answer:
    """GET an address as it is written, at most 2 MB once inflated, within 5 s; FeedError otherwise."""
    address = URL(url, encoded=True)
    source = address.host or "the feed"
    try:
        async with http.get(address, headers=headers, timeout=TIMEOUT, allow_redirects=False) as answer:
            if answer.status != HTTPStatus.OK:
                raise refused(source, answer.status, answer.headers.get("Retry-After"))
            body = bytearray()
            async for chunk in answer.content.iter_chunked(CHUNK):
                body += chunk
                if len(body) > BODY_LIMIT:
                    raise FeedError(f"{source} sends more than {BODY_LIMIT} bytes")
            return Answer(body=bytes(body), date=_date(answer.headers.get("Date")))
    except TimeoutError as error:
        raise FeedError(f"{source} did not answer within 5 s") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise FeedError(f"{source} could not be reached: {type(error).__name__}") from error


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else None
