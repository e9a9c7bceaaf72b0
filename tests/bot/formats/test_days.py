"""The day's figures of US stocks: today's are the day, another day's give the previous close."""

from datetime import UTC, datetime

import pytest

from bot.formats import alpaca, finnhub
from bot.formats.numeral import NumeralError
from bot.intake.daily import Day

NOON = datetime(2026, 3, 3, 17, tzinfo=UTC)
BAR = b'{"t":"%s","o":10,"h":12.5,"l":9.5,"c":11.25,"v":200,"vw":11}'
TODAY, MONDAY = BAR % b"2026-03-03T05:00:00Z", BAR % b"2026-03-02T05:00:00Z"
WHOLE = Day(price=112_500, open=100_000, high=125_000, low=95_000, volume=200.0, amount=2200.0)
QUOTE = b'{"c":%s,"h":12.5,"l":9.5,"o":%s,"pc":8,"t":%d}'
AT, BEFORE = int(NOON.timestamp()), int(NOON.timestamp()) - 86_400


@pytest.mark.parametrize(
    ("snapshot", "day"),
    [
        (b'{"dailyBar":%s}' % TODAY, WHOLE),
        (b'{"dailyBar":%s,"prevDailyBar":%s}' % (MONDAY, MONDAY), Day(prev_close=112_500)),
        (b"{}", None),
    ],
)
def test_a_snapshot_of_alpaca(snapshot: bytes, day: Day | None) -> None:
    """Before the first trade of a day its daily bar is still the last one's."""
    assert alpaca.day("X", snapshot, NOON) == day


@pytest.mark.parametrize(
    ("body", "day"),
    [
        (
            QUOTE % (b"11.25", b"10", AT),
            Day(price=112_500, open=100_000, high=125_000, low=95_000, prev_close=80_000),
        ),
        (QUOTE % (b"11.25", b"10", BEFORE), Day(prev_close=112_500)),
        (QUOTE % (b"0", b"0", 0), None),
    ],
)
def test_a_quote_of_finnhub(body: bytes, day: Day | None) -> None:
    """An unknown stock is answered with zeros."""
    assert finnhub.day("X", body, NOON) == day


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"c":NaN}', b"[" * 5000, QUOTE % (b"1", b"1", 10**17)])
def test_rubbish_is_no_day(body: bytes) -> None:
    """And one error for all of it."""
    with pytest.raises(NumeralError):
        finnhub.day("X", body, NOON)
    with pytest.raises(NumeralError):
        alpaca.day("X", body.replace(b'"t"', b'"dailyBar"'), NOON)
