"""Numbers and names as people read them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from handlers.command import Language
from handlers.wording import amount, change, moment, money, name, percent, price, trimmed
from rules.model import Instrument, Kind, Quote
from tests.fakes.ports import APPLE, BANK, BITCOIN, FUND, INDEX, INNOLIGHT


def test_names_follow_the_language_and_fall_back_to_what_there_is() -> None:
    """A Chinese chat reads the market's name, an English one the English, else the symbol."""
    assert name(INNOLIGHT, Language.EN) == "Innolight"
    assert name(INNOLIGHT, Language.ZH) == "中际旭创"
    assert name(Instrument(symbol="1.SH", name="甲"), Language.EN) == "甲"
    assert name(Instrument(symbol="1.SH"), Language.ZH) == "1.SH"


@pytest.mark.parametrize(
    ("quanta", "instrument", "text"),
    [
        (479_660, INNOLIGHT, "479.66"),
        (542_000, INNOLIGHT, "542.00"),
        (542_005, INNOLIGHT, "542.005"),
        (1_234, FUND, "1.234"),
        (1_200, FUND, "1.200"),
        (2_715_000, APPLE, "271.50"),
        (100_012_34000000, BITCOIN, "100012.34"),
        (4_517_63000000, INDEX, "4517.63"),
    ],
)
def test_prices_have_the_decimals_of_the_tick(quanta: int, instrument: Instrument, text: str) -> None:
    """Two for stocks, three for funds, more only where the price has more."""
    assert price(quanta, instrument) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [("0.1", "+10%"), ("-0.03125", "-3.12%"), ("0", "0%"), ("-0.00001", "0%"), ("0.000149", "+0.01%")],
)
def test_percentages_carry_their_sign(fraction: str, text: str) -> None:
    """Two decimals at most, no trailing zeros, no minus zero."""
    assert percent(Decimal(fraction)) == text


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (610e9, "610B", "6100亿"),
        (1.5e12, "1.5T", "1.5万亿"),
        (8.2e8, "820M", "8.2亿"),
        (45_000, "45K", "4.5万"),
        (12.5, "12.5", "12.5"),
    ],
)
def test_amounts_read_as_people_say_them(value: float, english: str, chinese: str) -> None:
    """Thousands in one language, myriads in the other."""
    assert amount(value, Language.EN) == english
    assert amount(value, Language.ZH) == chinese


def test_trimmed_keeps_the_decimals_asked_for() -> None:
    """A whole number stays whole."""
    assert trimmed(Decimal("5.00")) == "5"
    assert trimmed(Decimal(5), 2) == "5.00"
    assert trimmed(Decimal("1E+3")) == "1000"


def test_change_needs_a_price_and_a_previous_close() -> None:
    """A price of nothing or no close before gives no percentage."""
    quote = Quote(symbol="1.SH", time=datetime.now(UTC), price=110, prev_close=100)
    assert change(quote) == Decimal("0.1")
    assert change(Quote(symbol="1.SH", time=quote.time, price=None, prev_close=100)) is None
    assert change(Quote(symbol="1.SH", time=quote.time, price=110)) is None
    assert change(Quote(symbol="1.SH", time=quote.time, price=110, prev_close=0)) is None


def test_times_and_money_are_the_markets_own() -> None:
    """Shanghai reads China's clock, New York its own, coins UTC."""
    time = datetime(2025, 11, 26, 1, 40, tzinfo=UTC)
    assert moment(time, BANK) == "2025-11-26 09:40:00 CST"
    assert moment(time, APPLE) == "2025-11-25 20:40:00 EST"
    assert moment(time, BITCOIN) == "2025-11-26 01:40:00 UTC"
    assert (money(BANK), money(APPLE), money(BITCOIN)) == ("¥", "$", "")
    assert Instrument(symbol="@x", kind=Kind.GROUP).market == "GROUP"
