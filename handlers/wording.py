"""How numbers and names are written in replies."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from handlers.command import Language
from rules.model import Instrument, Kind, Quote, currency

_BILLIONS = (
    (Decimal("1e12"), "T"),
    (Decimal("1e9"), "B"),
    (Decimal("1e6"), "M"),
    (Decimal("1e3"), "K"),
)
_CHINESE = ((Decimal("1e12"), "万亿"), (Decimal("1e8"), "亿"), (Decimal("1e4"), "万"))
_CURRENCIES = {"SH": "¥", "SZ": "¥", "BJ": "¥", "HK": "HK$", "US": "$"}
_ZONES = {
    **dict.fromkeys(("SH", "SZ", "BJ", "GROUP"), "Asia/Shanghai"),
    "HK": "Asia/Hong_Kong",
    "US": "America/New_York",
}


def name(instrument: Instrument, language: Language) -> str:
    """What the instrument is called in the chat's language, or its symbol."""
    first, second = instrument.english, instrument.name
    if language is Language.ZH:
        first, second = second, first
    return first or second or instrument.symbol


def trimmed(number: Decimal, least: int = 0) -> str:
    """The number without trailing zeros beyond `least` decimals."""
    text = f"{number:f}"
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    return f"{whole}.{decimals}" if decimals else whole


def price(quanta: int, instrument: Instrument) -> str:
    """A price with the decimals of the instrument's tick, more only where it has more."""
    tick = f"{currency(instrument.tick, instrument.decimals).normalize():f}"
    least = len(tick.partition(".")[2])
    # Where indices and groups print eight decimals, two are what their readers look for.
    if instrument.kind in {Kind.INDEX, Kind.GROUP}:
        return f"{currency(quanta, instrument.decimals):.2f}"
    return trimmed(currency(quanta, instrument.decimals), least)


def percent(fraction: Decimal | float, decimals: int = 2) -> str:
    """A signed percentage: 0.1 -> +10%, -0.0312 -> -3.12%."""
    number = round(Decimal(str(fraction)) * 100, decimals) + 0
    return f"{'+' if number > 0 else ''}{trimmed(number)}%"


def amount(value: Decimal | float, language: Language) -> str:
    """A sum of money as people say it: 610B, 6100亿."""
    number = Decimal(str(value))
    for size, unit in _CHINESE if language is Language.ZH else _BILLIONS:
        if abs(number) >= size:
            return trimmed(round(number / size, 2)) + unit
    return trimmed(round(number, 2))


def change(quote: Quote) -> Decimal | None:
    """The day's change as a fraction of the previous close."""
    if quote.price is None or not quote.prev_close:
        return None
    return Decimal(quote.price) / quote.prev_close - 1


def money(instrument: Instrument) -> str:
    """The sign of the market's currency, empty where the symbol says it."""
    return _CURRENCIES.get(instrument.market, "")


def moment(time: datetime, instrument: Instrument) -> str:
    """A time as the instrument's exchange reads it, with its zone."""
    return f"{time.astimezone(ZoneInfo(_ZONES.get(instrument.market, 'UTC'))):%Y-%m-%d %H:%M:%S %Z}"
