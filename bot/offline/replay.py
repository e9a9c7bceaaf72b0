"""Recorded quotes through gate and engine: every event of every rule, the same bytes for the same files."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from bot.errors import InputError
from bot.files.quotes import read
from bot.files.rules import read as rules_of
from bot.history.folder import Folder
from bot.intake.gate import Gate
from bot.master.calendar import hours, zone
from bot.master.reference import Reference
from bot.recorder.reels import is_recording
from rules.engine import Engine
from rules.language import Line
from rules.language.figures import plain
from rules.language.presets import NAMES
from rules.model import Condition, Event, Frame, Quote, currency


@dataclass(frozen=True, slots=True)
class Outcome:
    """A replay's lines, and how many quotes the gate refused, by reason."""

    lines: tuple[str, ...]
    refused: Mapping[str, int]


def replay(
    quotes: Sequence[Path],
    rules: Path,
    history: Path | None = None,
    reference: Reference | None = None,
    presets: Mapping[str, str] = NAMES,
) -> Outcome:
    """Play the files; all of them are read before anything is returned, InputError at the first fault.

    Modes, expiry and the other options of a rule filter nothing; its kinds of session do, being part of it.
    """
    master = reference or Reference.load()
    written = rules_of(rules, master.find, presets)
    folder = None if history is None else Folder(existing(history), master.get)
    listeners = _listeners(written, master)
    engine = Engine(
        hours(), master.get, (lambda _symbol: None) if folder is None else folder.get, master.members
    )
    for condition, _ in listeners.values():
        if folder is not None:
            _read_bars(folder, condition, master)  # a bad file is named before the first quote
        engine.add(condition)
    gate = Gate(hours(), master.get)
    lines: list[str] = []
    for frame in _played(quotes, master):
        lines.extend(_told(engine.take(gate.judge(frame).frame).events, listeners))
    lines.extend(_told(engine.finish().events, listeners))
    return Outcome(tuple(lines), Counter(gate.counts))


def _played(paths: Sequence[Path], master: Reference) -> Iterator[Frame]:
    """The frames of all files; those of one recording as they were received, each on its own."""
    if len(paths) == 1 and is_recording(paths[0]):
        return read(paths[0], master.find)
    return merged([read(path, master.find) for path in paths])


def merged(sources: Sequence[Iterator[Frame]]) -> Iterator[Frame]:
    """The frames of several files in order of time; those of one time and market become one frame."""
    ordered = heapq.merge(*sources, key=attrgetter("received"))
    for received, frames in groupby(ordered, key=attrgetter("received")):
        markets: dict[str, list[Quote]] = {}
        for frame in frames:
            markets.setdefault(frame.market, []).extend(frame.quotes)
        for market, batch in markets.items():
            yield Frame(market=market, received=received, quotes=tuple(batch))


def expanded(condition: Condition, members: Sequence[str]) -> tuple[Condition, ...]:
    """`any @g X` as X on each member; any other condition as itself."""
    if not condition.each:
        return (condition,)
    return tuple(replace(condition, symbol=symbol, each=False) for symbol in members)


def existing(folder: Path) -> Path:
    """The folder itself; InputError where there is none."""
    if not folder.is_dir():
        raise InputError("this is no folder of <symbol>.csv files", file=str(folder))
    return folder


def _listeners(
    written: Iterable[tuple[str, Line]], master: Reference
) -> dict[str, tuple[Condition, list[str]]]:
    """Every condition once, by id, with the lines that ask for it in the order of the file."""
    found: dict[str, tuple[Condition, list[str]]] = {}
    for text, line in written:
        members = master.members(line.condition.symbol)
        for condition in (one for rung in line.conditions for one in expanded(rung, members)):
            found.setdefault(condition.id, (condition, []))[1].append(text)
    return found


def _read_bars(folder: Folder, condition: Condition, master: Reference) -> None:
    for symbol in (condition.symbol, *master.members(condition.symbol)):
        folder.get(symbol)


def _told(events: Iterable[Event], listeners: Mapping[str, tuple[Condition, list[str]]]) -> Iterator[str]:
    for event in events:
        for text in listeners[event.condition][1]:
            yield _line(event, text)


def _line(event: Event, rule: str) -> str:
    market = "GROUP" if event.symbol.startswith("@") else event.symbol.rpartition(".")[2]
    price = None if event.price is None else plain(currency(event.price, event.decimals))
    return msgspec.json.encode(
        {
            "time": event.time.astimezone(ZoneInfo(zone(market))).isoformat(),
            "symbol": event.symbol,
            "rule": rule,
            "state": event.state,
            "signal": event.signal,
            "value": event.value,
            "level": event.level,
            "price": None if price is None else msgspec.Raw(price.encode()),
        }
    ).decode()
