"""What is made up for the founding day: the crowd's figures and everybody's daily bars.

No number here was published; each follows from a seed, so that every run shows the same.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import numpy as np
import numpy.typing as npt

from bot.founding import published
from bot.founding.published import Figure
from bot.master.calendar import hours
from rules.model import History, Instrument

Floats = npt.NDArray[np.float64]

BARS, CROWD_BARS = 129, 70
LOT = 100
CENT = Decimal("0.01")
BANDS = {"SZ": Decimal("0.2"), "SH": Decimal("0.1")}


def uniform(seed: int, count: int) -> Floats:
    """`count` numbers in [0, 1) that no version of numpy changes: PCG64's raw stream is promised."""
    raw = np.asarray(np.random.PCG64(seed).random_raw(count), dtype=np.uint64)
    return np.asarray(raw >> np.uint64(11), dtype=np.float64) * 2.0**-53


@dataclass(frozen=True, slots=True)
class Extra:
    """One made-up instrument with its made-up day."""

    instrument: Instrument
    figure: Figure


def crowd() -> tuple[Extra, ...]:
    """Shenzhen's and Shanghai's made-up instruments."""
    names = [(first, last) for last in published.LAST for first in published.FIRST]
    codes = [f"{309001 + number}.SZ" for number in range(published.CROWD_SZ)]
    codes += [f"{609001 + number}.SH" for number in range(published.CROWD_SH)]
    return tuple(
        _extra(code, name, seed) for seed, (code, name) in enumerate(zip(codes, names, strict=True), 1000)
    )


def _extra(symbol: str, name: tuple[published.Name, published.Name], seed: int) -> Extra:
    first, last = name
    band = BANDS[symbol.rpartition(".")[2]]
    instrument = Instrument(
        symbol=symbol,
        name=first[0] + last[0],
        english=f"{first[1]} {last[1]} (made up)",
        pinyin=first[2] + last[2],
        limit=band,
    )
    price, gap, morning, evening, size, auction = (float(number) for number in uniform(seed, 6))
    prev_close = round(5 + 75 * price * price, 2)
    opened = round(prev_close * (0.996 + 0.008 * gap), 2)
    noon = round(prev_close * (0.985 + 0.035 * morning), 2)
    closed = round(noon * (0.99 + 0.025 * evening), 2)
    ends = (opened, noon, closed)
    exact = Decimal(str(prev_close))
    figure = Figure(
        symbol=symbol,
        prev_close=prev_close,
        open=opened,
        high=round(max(ends) * 1.003, 2),
        low=round(min(ends) * 0.997, 2),
        close=closed,
        limit_up=float((exact * (1 + band)).quantize(CENT, ROUND_HALF_UP)),
        limit_down=float((exact * (1 - band)).quantize(CENT, ROUND_HALF_UP)),
        indicated=round(opened * (0.995 + 0.01 * auction), 2),
        volume=round(1e6 + 1.2e7 * size * size),
        shares=round(2e8 + 1e9 * size),
        path=(("09:30:00", opened), ("11:30:00", noon), ("13:00:00", noon), ("14:57:00", closed)),
    )
    return Extra(instrument, figure)


@cache
def days(count: int) -> tuple[date, ...]:
    """The last `count` trading days of Shanghai before the founding day, oldest first."""
    calendar, found, day = hours(), list[date](), published.DAY
    while len(found) < count:
        day = calendar.previous("SH", day)
        found.append(day)
    return tuple(reversed(found))


def history(instrument: Instrument, figure: Figure, seed: int, bars: int) -> History:
    """Daily bars that end at the figure's previous close; 300308's and the fund's closes are given."""
    given = {published.INNOLIGHT.symbol: published.CLOSES, published.FUND.symbol: published.FUND_CLOSES}
    close = np.array(given.get(instrument.symbol) or _closes(figure, seed, bars))
    count = len(close)
    noise = uniform(seed + 7, 4 * count).reshape(4, count)
    opened = np.concatenate((close[:1], close[:-1])) * (0.997 + 0.006 * noise[0])
    top, bottom = np.maximum(opened, close), np.minimum(opened, close)
    high, low = top * (1.001 + 0.008 * noise[1]), bottom * (0.999 - 0.008 * noise[2])
    if instrument.symbol == published.INNOLIGHT.symbol:
        high = np.minimum(high, published.RECORD - 1.0)
        high[published.CLOSES.index(published.RECORD_CLOSE)] = published.RECORD
    scale, tick = 10**instrument.decimals, instrument.tick

    def whole(prices: Floats) -> npt.NDArray[np.int64]:
        return np.asarray(np.round(prices * scale / tick) * tick, dtype=np.int64)

    return History(
        symbol=instrument.symbol,
        dates=np.array(days(count), dtype="datetime64[D]"),
        open=whole(opened),
        high=np.maximum(whole(high), whole(top)),
        low=np.minimum(whole(low), whole(bottom)),
        close=whole(close),
        volume=np.round(figure.volume * (0.6 + 0.8 * noise[3]) / LOT) * LOT,
        factor=np.ones(count),
    )


def _closes(figure: Figure, seed: int, bars: int) -> list[float]:
    """A made-up climb to a peak above the day's high, and back to the previous close."""
    line = np.interp(
        np.arange(bars),
        (0, round(bars * 0.6), bars - 1),
        (figure.prev_close * 0.8, figure.high * figure.peak, figure.prev_close),
    )
    closes = line * (0.99 + 0.02 * uniform(seed, bars))
    closes[-1] = figure.prev_close
    return [float(price) for price in closes]
