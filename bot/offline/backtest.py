"""`backtest`: one rule over daily bars or recorded quotes; how often, when, and what followed, as JSON."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean, median
from zoneinfo import ZoneInfo

import msgspec

from bot.errors import InputError
from bot.files.quotes import read
from bot.history.folder import Folder
from bot.intake.gate import Gate
from bot.master.calendar import hours, zone
from bot.master.reference import Reference
from bot.offline.replay import existing, expanded, merged
from rules.backtest import HORIZONS, Outcome, Study, Tape, day_frames, is_intraday, study
from rules.engine import Engine
from rules.language import canonical, parse
from rules.language.figures import plain
from rules.language.presets import NAMES
from rules.model import Condition, State, currency
from rules.signal import others

DIGITS = 4  # of percent points


def backtest(
    text: str,
    history: Path,
    quotes: Sequence[Path] = (),
    reference: Reference | None = None,
    presets: Mapping[str, str] = NAMES,
) -> str:
    """The study of a rule as one JSON object; InputError where a file or the rule's symbol is bad.

    Without quotes each daily bar is read as open, envelope and close; with them the gate runs, and the bars
    are history alone. The rule's mode filters nothing: `per_day` is what would ring without it.
    """
    master = reference or Reference.load()
    line = parse(text, master.find, presets=presets)
    folder = Folder(existing(history), master.get)
    if not quotes and is_intraday(line.condition.root):
        raise InputError("a rule on minutes cannot be read off daily bars: give --quotes")
    members = master.members(line.condition.symbol)
    conditions = tuple(one for rung in line.conditions for one in expanded(rung, members))
    engine = Engine(hours(), master.get, folder.get, master.members)
    for condition in conditions:
        engine.add(condition)
    found = _quoted(engine, quotes, master) if quotes else _daily(engine, conditions, folder, master)
    return msgspec.json.encode(_report(canonical(line), found, is_daily=not quotes)).decode()


def _quoted(engine: Engine, quotes: Sequence[Path], master: Reference) -> Study:
    gate = Gate(hours(), master.get)
    frames = merged([read(path, master.find) for path in quotes])
    return study(frames, engine, Tape(hours()), judge=lambda frame: gate.judge(frame).frame)


def _daily(engine: Engine, conditions: Sequence[Condition], folder: Folder, master: Reference) -> Study:
    asked = {name for one in conditions for name in (master.members(one.symbol) or (one.symbol,))}
    compared = {name for one in conditions for name in others(one.root, master.get(one.symbol))}
    names = sorted(asked.union(*((name, *master.members(name)) for name in compared)))
    known = {name: history for name in names if (history := folder.get(name)) is not None}
    missing = [name for name in sorted(compared) if known.keys().isdisjoint((name, *master.members(name)))]
    if missing or not known:
        told = ", ".join(missing or sorted(asked)) or "this group"
        raise InputError(f"no daily bars of {told} in the history folder")
    frames, skipped = day_frames([(master.get(name), history) for name, history in known.items()], hours())
    return replace(study(frames, engine, Tape(hours()), by_day=True), skipped=skipped)


def _report(rule: str, found: Study, *, is_daily: bool) -> dict[str, object]:
    outcomes, days = found.outcomes, found.sessions
    ended = Counter(outcome.ended for outcome in outcomes)
    by_day = Counter(outcome.event.session for outcome in outcomes)
    return {
        "rule": rule,
        "bars": "day" if is_daily else "quotes",
        "from": str(days[0]) if days else None,
        "to": str(days[-1]) if days else None,
        "days": len(days),
        "skipped": found.skipped,
        "count": len(outcomes),
        "per_day": round(len(outcomes) / len(days), DIGITS) if days else 0.0,
        "days_with_rings": len(by_day),
        "most_in_a_day": max(by_day.values(), default=0),
        "confirmed": ended[State.CONFIRMED],
        "withdrawn": ended[State.WITHDRAWN],
        "followed": {name: _followed(outcomes, name) for name in HORIZONS},
        "times": [_ring(outcome) for outcome in outcomes],
    }


def _ring(outcome: Outcome) -> dict[str, object]:
    event = outcome.event
    market = "GROUP" if event.symbol.startswith("@") else event.symbol.rpartition(".")[2]
    price = None if event.price is None else plain(currency(event.price, event.decimals))
    return {
        "time": event.time.astimezone(ZoneInfo(zone(market))).isoformat(timespec="seconds"),
        "symbol": event.symbol,
        "state": outcome.ended or event.state,
        "touched": event.touched,
        "value": event.value,
        "level": event.level,
        "price": None if price is None else msgspec.Raw(price.encode()),
        "after": {name: _points(change) for name, change in outcome.after.items()},
    }


def _followed(outcomes: Sequence[Outcome], name: str) -> dict[str, object]:
    changes = [100 * change for outcome in outcomes if (change := outcome.after[name]) is not None]
    if not changes:
        return {"count": 0, "mean": None, "median": None, "up": None}
    return {
        "count": len(changes),
        "mean": round(fmean(changes), DIGITS),
        "median": round(median(changes), DIGITS),
        "up": sum(change > 0 for change in changes),
    }


def _points(change: float | None) -> float | None:
    return None if change is None else round(100 * change, DIGITS)
