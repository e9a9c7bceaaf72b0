"""Yahoo's PricingData as quotes: floats of 32 bits made exact, hours, and which symbol is meant.

Prices are right to seven digits and are rounded to the decimals the source hints at. Zero fields are left
out: hours 0 are those before the open. A coin's day counts from its open at 00:00 UTC; its volume is that of
24 h in dollars, so it is left out. Fields: yfinance's pricing.proto.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import numpy as np

from bot.formats.numeral import NumeralError, price
from bot.formats.protobuf import signed, single
from bot.intake.daily import moment
from bot.master.listing import shaped, symbol_of
from rules.making import made
from rules.model import INDEX_DECIMALS, OffGridError, Phase, Quote

ID, PRICE, TIME, KIND, HOURS, VOLUME, HIGH, LOW, CHANGE, OPEN, BEFORE, HINT = (
    *(1, 2, 3, 6, 7, 9, 10, 11, 12),
    *(15, 16, 27),
)
COIN, REGULAR = 41, 1
PHASES = MappingProxyType({0: Phase.PRE_OPEN, 2: Phase.AFTER_HOURS, 3: Phase.AFTER_HOURS})
INDICES = MappingProxyType({"^GSPC": "SPX.US", "^IXIC": "IXIC.US", "^NDX": "NDX.US", "^DJI": "DJI.US"})
NAMES = MappingProxyType({symbol: name for name, symbol in INDICES.items()})
MOST_HINT = 8


def name_of(symbol: str) -> str:
    """Yahoo's name of an instrument: BRK-B, ^GSPC, BTC-USD."""
    code = symbol.rpartition(".")[0]
    return NAMES.get(symbol, code.replace(".", "-"))


def symbol_for(name: str, kind: int) -> str | None:
    """The full symbol of Yahoo's name; None for markets that this feed does not have."""
    if kind == COIN:
        return symbol_of(f"{name}.YAHOO")
    if name in INDICES:
        return INDICES[name]
    return None if "." in name or "=" in name else symbol_of(f"{name.replace('-', '.')}.US")


def quote(found: Mapping[int, int | bytes], received: datetime) -> Quote | None:
    """The quote of one message's fields, flawed where it cannot be read; None for other markets."""
    kind = _whole(found, KIND)
    symbol = symbol_for(_text(found, ID), kind)
    if symbol is None:
        return None
    flaw = "unreadable"
    try:
        return _read(symbol, found, kind)
    except OffGridError:
        flaw = "off grid"
    except (NumeralError, OverflowError):
        pass
    return made(symbol=symbol, time=received, price=None, source="yahoo", flaw=flaw)


def _read(symbol: str, found: Mapping[int, int | bytes], kind: int) -> Quote:
    decimals = INDEX_DECIMALS if symbol in NAMES else shaped(symbol).decimals
    hint = signed(_whole(found, HINT)) if HINT in found else None

    def cost(field: int) -> int | None:
        value = _float(found, field)
        return None if value is None else price(_rounded(value, hint), decimals)

    time, last = moment(signed(_whole(found, TIME))), cost(PRICE)
    hours = _whole(found, HOURS)
    if kind != COIN and hours != REGULAR:
        return made(symbol=symbol, time=time, price=last, phase=PHASES.get(hours), source="yahoo")
    opened, before, change, paid = cost(OPEN), cost(BEFORE), _float(found, CHANGE), _float(found, PRICE)
    if kind == COIN:
        before = opened
    elif before is None and change is not None and paid is not None:
        before = price(_rounded(paid - change, hint), decimals)
    counted = kind != COIN and VOLUME in found
    return made(
        symbol=symbol,
        time=time,
        price=last,
        open=opened,
        high=cost(HIGH),
        low=cost(LOW),
        prev_close=before,
        volume=float(signed(_whole(found, VOLUME))) if counted else None,
        source="yahoo",
    )


def _rounded(value: float, hint: int | None) -> str:
    """The decimal number that a float of 32 bits stands for: by the hint, else the shortest that makes it."""
    if hint is not None and 0 <= hint <= MOST_HINT:
        return f"{value:.{hint}f}"
    return np.format_float_positional(np.float32(value), trim="-")


def _float(found: Mapping[int, int | bytes], field: int) -> float | None:
    value = found.get(field)
    return single(value) if isinstance(value, bytes) and len(value) == np.float32().itemsize else None


def _whole(found: Mapping[int, int | bytes], field: int) -> int:
    value = found.get(field, 0)
    return value if isinstance(value, int) else 0


def _text(found: Mapping[int, int | bytes], field: int) -> str:
    value = found.get(field, b"")
    return value.decode("ascii") if isinstance(value, bytes) else ""
