"""What /watch arms: rungs by board, fast moves, records, averages, milestones; the rarer the louder."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

import numpy as np

from handlers.wording import trimmed
from rules.model import History, Instrument, Kind, Loudness, Quote

# A rung this many usual day's ranges away rings; nearer ones post silently (reached on 14-18 % of days).
RARE = Decimal("1.25")
# A five-minute move of this part of a usual day's range is fast on any instrument.
FAST = Decimal("0.6")
# Hysteresis of records and averages: this part of a usual day's range, at least three ticks.
CALM = Decimal("0.15")
MOST_CALM = Decimal(50)  # percent; the language takes no more
USUAL_DAYS = 20
MILESTONE = Decimal(100_000_000_000)
AVERAGES = (5, 10, 20, 60)


class Part(StrEnum):
    """The parts of the set, in the order the answer names them."""

    RUNG = "rung"
    EXTENDED = "extended"
    RECORD = "record"
    MOVE = "move"
    MILESTONE = "milestone"
    LEADERS = "leaders"
    AVERAGE = "average"
    MACD = "macd"


@dataclass(frozen=True, slots=True)
class Board:
    """Rungs and the fast move of one kind of instrument, in percent."""

    rungs: tuple[str, ...]
    move: str
    extended: tuple[str, ...] = ()  # rungs outside regular hours
    quiet_first: bool = False  # the first rung never rings


MAIN = Board(("3", "5", "7", "9"), "2", quiet_first=True)
GROWTH = Board(("5", "10", "15"), "3")  # ChiNext, STAR, Beijing: daily limits of 20 % and more
FUND = Board(("2", "3", "5"), "1.2")
WIDE_FUND = Board(("2.5", "4", "6"), "1.5")  # funds with a daily limit of 20 %
INDEX = Board(("1", "2", "3"), "0.7")
US = Board(("3", "5", "8"), "1.5", extended=("3", "6"))
HK = Board(("3", "5", "8"), "1.5")
COIN = Board(("3", "5", "8"), "1.2")
GROUP = Board(("3", "5", "8"), "")
_GROWTH_CODES = ("300", "301", "302", "688", "689")
_WIDE = Decimal("0.2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One condition of the set, as the language writes it without the symbol."""

    text: str
    part: Part
    loudness: Loudness
    label: str = ""  # the number in it as the answer shows it: "+5", "20"


def board(instrument: Instrument) -> Board:
    """The row of defaults for an instrument's kind and market."""
    match instrument.kind:
        case Kind.GROUP:
            return GROUP
        case Kind.COIN:
            return COIN
        case Kind.INDEX:
            return INDEX
        case Kind.FUND:
            return WIDE_FUND if (instrument.limit or 0) >= _WIDE else FUND
    return _stock_board(instrument)


def _stock_board(instrument: Instrument) -> Board:
    if instrument.market in {"US", "HK"}:
        return US if instrument.market == "US" else HK
    wide = instrument.market == "BJ" or instrument.symbol.startswith(_GROWTH_CODES)
    return GROWTH if wide else MAIN


def usual_range(history: History | None) -> Decimal | None:
    """ADR20: mean true range of the last 20 days in percent of the close before; None without 20 days.

    Wilder's true range (the day's span, stretched to the close before) on adjusted prices; the oldest bar of
    a history has no close before it and is measured against its own open.
    """
    if history is None or len(history.dates) < USUAL_DAYS:
        return None
    high, low, close, opened = (
        column * history.factor for column in (history.high, history.low, history.close, history.open)
    )
    before = np.concatenate((opened[:1], close[:-1]))[-USUAL_DAYS:]
    top = np.maximum(high[-USUAL_DAYS:], before)
    bottom = np.minimum(low[-USUAL_DAYS:], before)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = float(np.mean((top - bottom) / before)) * 100
    return round(Decimal(str(mean)), 4) if np.isfinite(mean) else None


def arms(instrument: Instrument, quote: Quote | None, usual: Decimal | None) -> tuple[Arm, ...]:
    """The whole set for one instrument; `usual` is ADR20 in percent points, None where unknown."""
    row = board(instrument)
    rungs = _rungs(row, instrument, quote, usual)
    if instrument.kind is Kind.GROUP:
        return (*rungs, Arm(text="leaders >= 3", part=Part.LEADERS, loudness=Loudness.RING, label="3"))
    calm = _hysteresis(instrument, quote, usual)
    return (
        *rungs,
        *_records(calm),
        *_moves(row, usual),
        *_milestone(instrument, quote),
        *_averages(calm),
    )


def _rungs(row: Board, instrument: Instrument, quote: Quote | None, usual: Decimal | None) -> tuple[Arm, ...]:
    out = []
    for part, steps in ((Part.RUNG, row.rungs), (Part.EXTENDED, row.extended)):
        for number, sign in ((number, sign) for sign in ("+", "-") for number in range(len(steps))):
            step = Decimal(steps[number])
            if not _reachable(step if sign == "+" else -step, instrument, quote):
                continue
            quiet = (row.quiet_first and number == 0) or (usual is not None and step < RARE * usual)
            loudness = Loudness.SILENT if quiet else Loudness.RING
            verb = ">= " if sign == "+" else "<= -"
            text = f"change {verb}{steps[number]}%"
            text += " | silent" * quiet + " | session extended" * (part is Part.EXTENDED)
            out.append(Arm(text=text, part=part, loudness=loudness, label=f"{sign}{steps[number]}"))
    return tuple(out)


def _reachable(step: Decimal, instrument: Instrument, quote: Quote | None) -> bool:
    """Whether the day's limit lets the price get there; today's limit prices know better than the board."""
    if quote is not None and quote.prev_close and quote.limit_up and quote.limit_down:
        target = quote.prev_close * (1 + step / 100)
        return quote.limit_down <= target <= quote.limit_up
    return instrument.limit is None or abs(step) / 100 <= instrument.limit


def _hysteresis(instrument: Instrument, quote: Quote | None, usual: Decimal | None) -> str:
    """How far a price must go back before records and averages ring again, as an option of the language."""
    if usual is None:
        return ""
    ticks = Decimal(300 * instrument.tick) / quote.price if quote is not None and quote.price else Decimal(0)
    # Whole tenths of a percent, so that the same instrument's watchers mostly share one condition.
    tenths = max(CALM * usual, ticks).quantize(Decimal("0.1"), ROUND_CEILING)
    return f" | hysteresis {trimmed(min(tenths, MOST_CALM))}%"


def _records(calm: str) -> tuple[Arm, ...]:
    return tuple(
        Arm(text=f"record {end}{calm}", part=Part.RECORD, loudness=Loudness.RING, label=end)
        for end in ("high", "low")
    )


def _moves(row: Board, usual: Decimal | None) -> tuple[Arm, ...]:
    size = Decimal(row.move) if usual is None else max(Decimal(row.move), round(FAST * usual, 1))
    label = trimmed(size)
    # Half an hour of rest after a fast move, the cooldown of the defaults.
    return tuple(
        Arm(text=f"move(5m) {verb}{label}% | every 30m", part=Part.MOVE, loudness=Loudness.RING, label=label)
        for verb in (">= ", "<= -")
    )


def _milestone(instrument: Instrument, quote: Quote | None) -> tuple[Arm, ...]:
    value = _market_value(instrument, quote)
    if instrument.kind is not Kind.STOCK or value is None:
        return ()
    count = (value / MILESTONE).to_integral_value(ROUND_FLOOR) + 1
    label = trimmed(count * MILESTONE / 1_000_000_000)
    return (Arm(text=f"market_cap > {label}B", part=Part.MILESTONE, loudness=Loudness.RING, label=label),)


def _market_value(instrument: Instrument, quote: Quote | None) -> Decimal | None:
    if quote is None:
        return None
    shares = quote.shares or instrument.shares
    if shares and quote.price:
        return Decimal(shares) * Decimal(quote.price).scaleb(-instrument.decimals)
    return None if quote.market_cap is None else Decimal(str(quote.market_cap))


def _averages(calm: str) -> tuple[Arm, ...]:
    averages = tuple(
        Arm(text=f"{verb} ma({days}){calm}", part=Part.AVERAGE, loudness=Loudness.EDIT, label=str(days))
        for days in AVERAGES
        for verb in ("reclaim", "lose")
    )
    crosses = tuple(
        Arm(text=f"macd {kind} cross", part=Part.MACD, loudness=Loudness.EDIT, label=kind)
        for kind in ("golden", "death")
    )
    return (*averages, *crosses)
