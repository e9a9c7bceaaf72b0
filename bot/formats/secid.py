"""Eastmoney's names of instruments: a market's number and a code, as `1.588330` or `90.BK1128`.

The number follows the exchange, never the code's first digit: Shanghai's funds (588330) are market 1 as its
stocks are, Shenzhen and Beijing share 0. Source: efinance's table of markets (reference feeds.md 1.3).
"""

import re
from types import MappingProxyType

from bot.master.listing import shaped, symbol_of
from rules.model import Kind

NUMBERS = MappingProxyType({"SH": 1, "SZ": 0, "BJ": 0, "HK": 116})
GLOBAL, BOARD = 100, 90
_SIX = re.compile(r"[0-9]{6}", re.ASCII)
_BOARD = re.compile(r"@bk[0-9]{4}", re.ASCII)


def secid_of(symbol: str) -> str | None:
    """What to ask for; None for what Eastmoney names by more than our symbol says (New York, coins)."""
    if symbol.startswith("@"):
        return f"{BOARD}.{symbol[1:].upper()}" if _BOARD.fullmatch(symbol) else None
    code, _, market = symbol.rpartition(".")
    if market == "HK" and shaped(symbol).kind is Kind.INDEX:
        return f"{GLOBAL}.{code}"
    number = NUMBERS.get(market)
    return None if number is None else f"{number}.{code}"


def symbol_in(market: int, code: str) -> str | None:
    """The full symbol of a row, a board's as `@bk1128`; None for markets that are not ours."""
    for numbers, pattern, suffix in _ROWS:
        if market in numbers:
            return _named(code, suffix) if pattern.fullmatch(code) else None
    return None


_ROWS = (
    ({BOARD}, re.compile(r"BK[0-9]{4}", re.ASCII), "@"),
    ({NUMBERS["SH"]}, _SIX, "SH"),
    ({NUMBERS["SZ"]}, _SIX, "SZ"),
    ({116, 128}, re.compile(r"[0-9]{5}", re.ASCII), "HK"),
    ({105, 106, 107}, re.compile(r"[A-Z][A-Z0-9_.]{0,11}", re.ASCII), "US"),
)


def _named(code: str, suffix: str) -> str:
    if suffix == "@":
        return f"@{code.lower()}"
    if suffix == "SZ" and (symbol_of(code) or "").endswith(".BJ"):
        return f"{code}.BJ"
    return f"{code.replace('_', '.')}.{suffix}"
