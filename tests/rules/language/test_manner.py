"""How often, until when and how loudly: options said in words, at a condition's end or behind its bar."""

import pytest

from bot.master.reference import Reference
from rules.language import LanguageError, canonical, parse
from rules.language.manner import mannered

MASTER = Reference.load()
SAID = (
    ("btc above 100k, remind me every 15 min", "BTCUSDT.BINANCE price >= 100000 | every 15m"),
    ("btc above 100k every half an hour", "BTCUSDT.BINANCE price >= 100000 | every 30m"),
    ("btc above 100k, max once an hour", "BTCUSDT.BINANCE price >= 100000 | every 1h"),
    ("btc above 100k hourly", "BTCUSDT.BINANCE price >= 100000 | every 1h"),
    ("btc above 100k every time", "BTCUSDT.BINANCE price >= 100000 | every 1m"),
    ("btc above 100k (silent)", "BTCUSDT.BINANCE price >= 100000 | silent"),
    ("btc above 100k until jan 5 2027", "BTCUSDT.BINANCE price >= 100000 | until 2027-01-05"),
    ("btc above 100k until 5th of january 2027", "BTCUSDT.BINANCE price >= 100000 | until 2027-01-05"),
    ("btc above 100k expires 2027/1/5", "BTCUSDT.BINANCE price >= 100000 | until 2027-01-05"),
    ('btc above 100k note "sell half"', 'BTCUSDT.BINANCE price >= 100000 | note "sell half"'),
    (
        'btc above 100k silently, every 2h until 2027-01-05 note "x"',
        'BTCUSDT.BINANCE price >= 100000 | every 2h until 2027-01-05 note "x" silent',
    ),
    ("btc above 100k once per bar close", "BTCUSDT.BINANCE price >= 100000 on close"),
    ("btc price > 100000 | once per bar close", "BTCUSDT.BINANCE price > 100000 on close"),
    (
        "btc price > 100000 | once per bar close | silent",
        "BTCUSDT.BINANCE price > 100000 on close | silent",
    ),
    ("btc price > 100000 | every 30 minutes", "BTCUSDT.BINANCE price > 100000 | every 30m"),
    ("btc price > 100000 | every time", "BTCUSDT.BINANCE price > 100000 | every 1m"),
    ("btc price > 100000 | only once", "BTCUSDT.BINANCE price > 100000"),
    (
        'btc price > 100000 | note "every time, daily" | hourly',
        'BTCUSDT.BINANCE price > 100000 | every 1h note "every time, daily"',
    ),
    ("btc golden cross on the daily", "BTCUSDT.BINANCE ma(50) crosses above ma(200)"),
    ("btc rsi above 70 on the hourly", "BTCUSDT.BINANCE rsi(14, 60m) >= 70"),
    ("300308跌破480，只提醒一次", "300308.SZ price <= 480"),
    ("300308涨超5%，一次就够", "300308.SZ change >= 5% | once"),
    ("300308涨超5%，每隔十五分钟提醒我一次", "300308.SZ change >= 5% | every 15m"),
    ("300308涨超5%每小时提醒", "300308.SZ change >= 5% | every 1h"),
    ("300308涨超5%，一小时最多提醒一次", "300308.SZ change >= 5% | every 1h"),
    ("300308跌破480 每次都提醒我", "300308.SZ price <= 480 | every 1m"),
    ("300308跌破480（每天提醒）", "300308.SZ price <= 480 | daily"),
    ("300308每天涨超5%提醒我", "300308.SZ change >= 5%"),
    ("300308每天跌破480提醒我", "300308.SZ price <= 480 | daily"),
    ("300308涨超5%，别响", "300308.SZ change >= 5% | silent"),
    ("300308涨超5%，有效期至2026年6月30日", "300308.SZ change >= 5% | until 2026-06-30"),
    ("300308涨超5%，备注“每次，减仓”", '300308.SZ change >= 5% | note "每次，减仓"'),
    ("300308涨5%、8%、10%各提醒一次", "300308.SZ change >= 5%, 8%, 10% | once"),
    ("300308涨5%、8%、10%都提醒", "300308.SZ change >= 5%, 8%, 10%"),
    ("300308 涨超3% | 每次", "300308.SZ change >= 3% | every 1m"),
    ("300308 火箭发射，每次提醒", "300308.SZ rise(5m) >= 3% and new high(day) | every 1m"),
)
REFUSED = (
    "btc above 100k until feb 30 2027",
    "btc above 100k (really)",
    "300308涨超3%每次",
    "300308 涨超3% |每次",
    "300308每天涨超5%",
    "300308每天涨超5% | 一次",
    "300308涨超3%，提醒两次",
)


@pytest.mark.parametrize(("text", "said"), SAID)
def test_words_are_options(text: str, said: str) -> None:
    """What was typed is the line beside it, and that line parses to itself."""
    line = parse(text, MASTER.find)
    assert canonical(line) == said
    assert parse(said, MASTER.find) == line


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_option_is_an_error_with_a_column(text: str) -> None:
    """Words that leave no room for the option, or are none, are named."""
    with pytest.raises(LanguageError, match="column"):
        parse(text, MASTER.find)


def test_columns_stay() -> None:
    """Whatever is written is as long as what it stands for, in the line and in the line as typed."""
    for text, _ in SAID:
        new, typed = mannered(text, text, 0)
        assert len(new) == len(typed) == len(text)


def test_nothing_is_looked_for_where_nothing_is_said() -> None:
    """A line without such words is the same line."""
    assert mannered("price > 5", "price > 5", 0) == ("price > 5", "price > 5")
