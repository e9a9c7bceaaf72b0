"""Recorded payloads read aloud: every quote of a file as the feed's parser and the gate see it."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from bot import feeds as feeds  # noqa: PLC0414 -- fills the registry
from bot.errors import FeedError, InputError
from bot.feed import FEEDS, Feed
from bot.files import quotes
from bot.intake.gate import Gate
from bot.master.calendar import hours, zone
from bot.master.reference import Reference
from bot.offline.contents import sentences
from bot.offline.messages import EPOCH, Message, messages
from rules.language.figures import plain
from rules.model import Frame, Quote, currency
from rules.registry import UnknownPluginError

SILENT = "nothing here tells of a price"
MOST = 500_000_000  # bytes once inflated
PRICES = frozenset({"price", *quotes.PRICES})


def lines(
    feed: str, file: Path, at: datetime | None = None, note: Callable[[str], None] = lambda _: None
) -> Iterator[str]:
    """One JSON line a quote: the columns of the quotes file and `verdict`, "ok" or the gate's reason.

    A frame is judged as received when it was recorded, else when its newest quote was made, or `at` instead.
    What a payload holds beside quotes (k-lines, minutes, states, a refusal) is told to `note` in sentences;
    where it holds nothing else, each is a line with empty columns and the verdict "no quote: ...". InputError
    for an unknown feed, or a file that is none of its payloads.
    """
    try:
        source = FEEDS[feed]
    except UnknownPluginError as error:
        raise InputError(str(error)) from error
    master = Reference.load()
    gate = Gate(hours(), master.get)
    is_silent = True
    for frame in _frames(source, file, master, note):
        if isinstance(frame, str):
            is_silent = False
            yield _nothing(feed, frame)
            continue
        received = at or frame.received
        for quote in frame.quotes:
            is_silent = False
            verdicts = gate.judge(Frame(market=frame.market, received=received, quotes=(quote,)))
            refused = dict(verdicts.refused)
            yield _line(
                verdicts.frame.quotes[0] if not refused else quote,
                refused.get(quote, "ok"),
                master.get(quote.symbol).decimals,
            )
    if is_silent:
        yield _nothing(feed, SILENT)


def _frames(feed: Feed, file: Path, master: Reference, note: Callable[[str], None]) -> Iterator[Frame | str]:
    """Frames with the time they are judged at, and sentences on payloads without quotes."""
    if feed.replays:
        yield from quotes.read(file, master.find)
        return
    for number, received, payload in _cut(feed.name, file):
        held = sentences(feed.name, payload) if number is None else []
        try:
            frames = feed.parse(payload, received or EPOCH)
        except FeedError as error:
            if not held:
                raise InputError(str(error), file=str(file), line=number) from error
            frames = ()
        if not any(frame.quotes for frame in frames):
            yield from held
        else:
            for sentence in held:
                note(sentence)
        for frame in frames:
            newest = max((quote.time for quote in frame.quotes), default=EPOCH)
            yield Frame(market=frame.market, received=received or newest, quotes=frame.quotes)


def _cut(feed: str, file: Path) -> Iterator[Message]:
    try:
        yield from messages(feed, _read(file), str(file))
    except FeedError as error:
        raise InputError(str(error), file=str(file)) from error


def _read(file: Path) -> bytes:
    try:
        if file.suffix != ".gz":
            return file.read_bytes()
        with gzip.open(file) as packed:
            body = packed.read(MOST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"this cannot be read: {type(error).__name__}", file=str(file)) from error
    if len(body) > MOST:
        raise InputError(f"this is larger than {MOST} bytes once unpacked", file=str(file))
    return body


def _nothing(feed: str, sentence: str) -> str:
    """A line without a quote."""
    cells: dict[str, Any] = dict.fromkeys(quotes.QUOTE_COLUMNS)
    return msgspec.json.encode(cells | {"source": feed, "verdict": f"no quote: {sentence}"}).decode()


def _line(quote: Quote, verdict: str, decimals: int) -> str:
    """Prices print exactly as decimal numbers, times in the market's own zone."""
    cells: dict[str, Any] = {}
    market = quote.symbol.rpartition(".")[2]
    for column in quotes.QUOTE_COLUMNS:
        value = getattr(quote, column)
        if column in PRICES and value is not None:
            value = msgspec.Raw(plain(currency(value, decimals)).encode())
        cells[column] = value
    cells["time"] = quote.time.astimezone(ZoneInfo(zone(market))).isoformat()
    cells["phase"] = quote.phase or hours().phase(market, quote.time)
    cells["verdict"] = verdict
    return msgspec.json.encode(cells).decode()
