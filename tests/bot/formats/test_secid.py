"""Eastmoney's names: the exchange decides, not the first digit."""

import pytest

from bot.formats.secid import secid_of, symbol_in


@pytest.mark.parametrize(
    ("symbol", "secid"),
    [
        ("588330.SH", "1.588330"),
        ("600519.SH", "1.600519"),
        ("000001.SH", "1.000001"),
        ("000001.SZ", "0.000001"),
        ("159326.SZ", "0.159326"),
        ("399001.SZ", "0.399001"),
        ("920002.BJ", "0.920002"),
        ("899050.BJ", "0.899050"),
        ("00700.HK", "116.00700"),
        ("HSI.HK", "100.HSI"),
        ("@bk1128", "90.BK1128"),
        ("@optical-modules", None),
        ("AAPL.US", None),
        ("BTCUSDT.BINANCE", None),
    ],
)
def test_each_instrument_is_asked_for_by_its_market(symbol: str, secid: str | None) -> None:
    """Shanghai's funds are market 1, Beijing shares Shenzhen's 0, boards are 90."""
    assert secid_of(symbol) == secid


@pytest.mark.parametrize(
    ("market", "code", "symbol"),
    [
        (1, "588330", "588330.SH"),
        (0, "300308", "300308.SZ"),
        (0, "399001", "399001.SZ"),
        (0, "920002", "920002.BJ"),
        (0, "830799", "830799.BJ"),
        (90, "BK1128", "@bk1128"),
        (116, "00700", "00700.HK"),
        (105, "AAPL", "AAPL.US"),
        (106, "BRK_B", "BRK.B.US"),
        (1, "58833", None),
        (90, "1128", None),
        (116, "700", None),
        (105, "../x", None),
        (8, "IF2612", None),
    ],
)
def test_each_row_is_an_instrument_or_not_ours(market: int, code: str, symbol: str | None) -> None:
    """A code of another shape than its market's, and futures, are nobody's."""
    assert symbol_in(market, code) == symbol
