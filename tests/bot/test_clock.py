"""Clocks are values."""

from datetime import UTC, datetime, timedelta

from bot.clock import MarketClock, WallClock

NOON = datetime(2025, 11, 26, 12, tzinfo=UTC)


def test_the_wall_clock_is_aware_and_runs() -> None:
    """Two readings differ by nothing or a little, and know their zone."""
    clock = WallClock()
    first, second = clock.now(), clock.now()
    assert first.tzinfo is not None
    assert timedelta() <= second - first < timedelta(seconds=5)
    assert abs(first - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_wall_clock_may_start_at_another_time() -> None:
    """Recordings are served at their own time."""
    assert timedelta() <= WallClock(NOON).now() - NOON < timedelta(seconds=5)


def test_a_market_clock_never_goes_back() -> None:
    """An older frame does not turn the market's time back."""
    clock = MarketClock(NOON)
    clock.advance(NOON + timedelta(minutes=1))
    clock.advance(NOON)
    assert clock.now() == NOON + timedelta(minutes=1)
