"""`forecast`: at which prices an instrument's usual conditions would ring next, nearest first."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from bot.errors import InputError
from bot.files.quotes import read
from bot.history.folder import Folder
from bot.intake.gate import Gate
from bot.master.calendar import hours
from bot.master.reference import Reference
from bot.offline.replay import existing
from handlers.arming import arms, usual_range
from rules.engine import Engine
from rules.language import LanguageError, parse
from rules.language.figures import plain
from rules.model import Condition, Instrument, Kind, Quote, currency

# What people watch beside the set that /watch arms; a condition an instrument cannot have is left out.
USUAL = (
    *(f"change {verb}{step}%" for verb in (">= ", "<= -") for step in (1, 2, 3, 5, 7, 10, 15, 20)),
    *(f"{verb} ma({days})" for verb in ("reclaim", "lose") for days in (5, 10, 20, 30, 60, 120, 250)),
    *(f"new {end}({span})" for end in ("high", "low") for span in ("20d", "60d", "250d")),
    "kdj golden cross",
    "kdj death cross",
    "rsi(6) > 80",
    "rsi(6) < 20",
    "boll break upper",
    "boll break lower",
    "limit up touched",
    "limit down touched",
)
MOST = 1000


def lines(
    symbol: str, quotes: list[Path], history: Path, reference: Reference | None = None
) -> Iterator[str]:
    """JSON lines {"condition","price","distance"}, nearest first: price on the tick, distance in percent."""
    master = reference or Reference.load()
    instrument = master.find(symbol)
    if instrument is None or instrument.kind is Kind.GROUP:
        raise InputError(f"{symbol!r} is not a known symbol with a price")
    folder = Folder(existing(history), master.get)
    frames = [frame for path in quotes for frame in read(path, master.find)]
    last = next(
        (quote for frame in reversed(frames) for quote in frame.quotes if quote.symbol == instrument.symbol),
        None,
    )
    if last is None:
        raise InputError(f"no quote of {instrument.symbol} in the quotes files")
    engine = Engine(hours(), master.get, folder.get, master.members)
    for condition in _conditions(instrument, last, folder, master):
        engine.add(condition)
    gate = Gate(hours(), master.get)
    for frame in frames:
        engine.take(gate.judge(frame).frame)
    for one in sorted(engine.ahead(instrument.symbol, MOST), key=lambda one: abs(one.distance)):
        price = plain(currency(one.price, instrument.decimals))
        said = {
            "condition": f"{instrument.symbol} {one.text}",
            "price": msgspec.Raw(price.encode()),
            "distance": round(100 * one.distance, 4),
        }
        yield msgspec.json.encode(said).decode()


def _conditions(
    instrument: Instrument, last: Quote, folder: Folder, master: Reference
) -> Iterator[Condition]:
    """The set of /watch for this instrument, then the usual ones, each once."""
    found: dict[str, Condition] = {}
    armed = arms(instrument, last, usual_range(folder.get(instrument.symbol)))
    for text in (*(arm.text.partition(" | ")[0] for arm in armed), *USUAL):
        try:
            condition = parse(f"{instrument.symbol} {text}", master.find).condition
        except LanguageError:
            continue
        found.setdefault(condition.text, condition)
    yield from found.values()
