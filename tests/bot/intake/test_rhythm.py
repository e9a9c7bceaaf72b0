"""How often polled sources are asked."""

from datetime import datetime

import pytest

from bot.intake.rhythm import IDLE, POLL, pause, pulsed


@pytest.mark.parametrize(
    ("clock", "symbols", "quiet", "expected"),
    [
        ("10:00:00", ["300308.SZ"], 9, POLL),  # trading: a quiet market is still asked
        ("09:20:00", ["300308.SZ"], 9, POLL),  # auction
        ("12:00:00", ["300308.SZ"], 0, POLL),
        ("12:00:00", ["300308.SZ"], 2, POLL * 2.25),
        ("12:00:00", ["300308.SZ"], 9, IDLE),
        ("12:59:30", ["300308.SZ"], 9, POLL),  # about to open
        ("12:30:00", ["300308.SZ", "00700.HK"], 9, IDLE),  # both at lunch
        ("11:45:00", ["300308.SZ", "00700.HK"], 9, POLL),  # Hong Kong trades until noon
        ("23:30:00", ["300308.SZ", "AAPL.US"], 9, POLL),
        ("23:30:00", ["300308.SZ"], 99, IDLE),
    ],
)
def test_markets_at_work_are_asked_often(clock: str, symbols: list[str], quiet: int, expected: float) -> None:
    """The pause grows only while every wanted market rests, and ends before one opens."""
    assert pause(symbols, datetime.fromisoformat(f"2025-11-26T{clock}+08:00"), quiet) == expected


def test_each_market_brings_its_index_once() -> None:
    """Shanghai's index stands for all of China; a wanted one is not asked for twice."""
    assert pulsed(["300308.SZ", "920002.BJ"]) == ["300308.SZ", "920002.BJ", "000001.SH"]
    assert pulsed(["000001.SH", "AAPL.US", "00700.HK"])[2:] == ["00700.HK", "HSI.HK", "SPX.US"]
    assert pulsed([]) == []
