"""Limit states, streaks and seals in words: both languages, and where they are refused."""

import pytest

from rules.language import LanguageError, canonical, parse, phrase
from rules.model import Instrument, Kind

KNOWN = {
    "600000.SH": Instrument(symbol="600000.SH"),
    "000300.SH": Instrument(symbol="000300.SH", kind=Kind.INDEX, decimals=8, tick=1),
    "@bank": Instrument(symbol="@bank", kind=Kind.GROUP, decimals=8, tick=1),
    "BTCUSDT.BINANCE": Instrument(symbol="BTCUSDT.BINANCE", kind=Kind.COIN, decimals=8, tick=1),
}
PHRASES = [
    ("limit up sealed", "封涨停"),
    ("limit up opened", "打开涨停"),
    ("limit up resealed", "回封涨停"),
    ("limit up one price", "一字涨停"),
    ("limit down sealed", "封跌停"),
    ("limit down opened", "打开跌停"),
    ("limit down resealed", "回封跌停"),
    ("limit down one price", "一字跌停"),
    ("first seal", "首次封涨停"),
    ("first seal within 30m", "开盘30分钟内首次封涨停"),
    ("first seal down", "首次封跌停"),
    ("first seal down within 1h", "开盘1小时内首次封跌停"),
    ("limit openings >= 2", "涨停打开次数 >= 2"),
    ("limit openings down >= 2", "跌停打开次数 >= 2"),
    ("limit_streak >= 3", "连续涨停 >= 3"),
    ("limit_streak down >= 3", "连续跌停 >= 3"),
    ("limits(5d) >= 3", "5日涨停次数 >= 3"),
    ("limits down(5d) >= 3", "5日跌停次数 >= 3"),
    ("seal > 100M", "涨停封单 > 1亿"),
    ("seal down > 100M", "跌停封单 > 1亿"),
    ("seal halved", "涨停封单减半"),
    ("seal down halved", "跌停封单减半"),
    ("seal_ratio > 0.5%", "涨停封单占比 > 0.5%"),
    ("seal_ratio down > 0.5%", "跌停封单占比 > 0.5%"),
]


@pytest.mark.parametrize(("english", "chinese"), PHRASES)
def test_said_in_both_languages(english: str, chinese: str) -> None:
    """Each is read in both and printed in both."""
    line = parse(f"600000.SH {english}", KNOWN.get)
    assert parse(f"600000.SH {chinese}", KNOWN.get) == line
    assert canonical(line) == f"600000.SH {english}"
    assert phrase(line, "zh") == f"600000.SH {chinese}"


@pytest.mark.parametrize(("english", "_chinese"), PHRASES)
@pytest.mark.parametrize("symbol", ["000300.SH", "@bank", "BTCUSDT.BINANCE"])
def test_refused_where_there_are_no_limits(english: str, _chinese: str, symbol: str) -> None:
    """An index, a group, a coin has no limits; a group's members may."""
    with pytest.raises(LanguageError, match=f"does not exist on {symbol}"):
        parse(f"{symbol} {english}", KNOWN.get)
    assert symbol != "@bank" or parse(f"any @bank {english}", KNOWN.get).condition.each


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("600000.SH limits(1d) >= 1", "'1d' is out of bounds: 2d to 250d would fit"),
        ("600000.SH limits(day) >= 1", "'day' is out of bounds: 2d to 250d would fit"),
        ("600000.SH limit_streak >= 2.5", "must be a whole number"),
    ],
)
def test_counts_have_bounds(text: str, wanted: str) -> None:
    """Two sessions at least, whole counts."""
    with pytest.raises(LanguageError, match=wanted):
        parse(text, KNOWN.get)
