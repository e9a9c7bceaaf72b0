"""The contract of a feed: declared endpoints and limits, a pure parser, and a stream of raw payloads."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import aiohttp

from rules.model import Frame
from rules.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of a feed; the setting TICKBELL_<FEED>_<NAME>_URL replaces its base URL."""

    name: str  # "ws", "rest"
    url: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """Raw bytes as they came, with the time they came at."""

    data: bytes
    received: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a running feed is given."""

    http: aiohttp.ClientSession
    urls: Mapping[str, str]  # endpoint name -> base URL in force
    symbols: Sequence[str]  # full symbols of this feed's markets that somebody listens to
    options: Mapping[str, str]  # further settings of this feed by name


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

    def payloads(self, context: Context) -> AsyncIterator[Payload]:
        """Connect once and yield payloads until the source closes; raises FeedError. Reconnecting is not its job."""
        ...

    def parse(self, payload: bytes, received: datetime) -> tuple[Frame, ...]:
        """Payload -> frames, at most one a market; pure; anything unreadable becomes FeedError or a flawed quote."""
        ...


FEEDS: Registry[Feed] = Registry("feed")
