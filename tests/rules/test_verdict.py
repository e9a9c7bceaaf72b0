"""Composites over bars of several sizes: the larger one decides, by what the smaller ones finished with."""

from datetime import datetime, timedelta

import pytest

from rules.engine import Engine
from rules.model import And, Event, Frame, Instrument, Node, Phase, Quote
from tests.rules.world import CLOSE, HOURS, OPEN, SYMBOL, condition, history, leaf

FIVE, FIFTEEN, SECOND = timedelta(minutes=5), timedelta(minutes=15), timedelta(seconds=1)
SPREAD = leaf("range", ">", "0.1", 2, FIVE)  # decided anew on each bar
STRONG = leaf("rsi", ">", "50", 2, FIFTEEN)


def told(root: Node, moments: list[datetime], close: datetime) -> list[tuple[str, datetime]]:
    """A rising, trembling price at these moments, then nothing up to a time: each event's state and time."""
    closes = history([100 + day for day in range(10)])
    engine = Engine(HOURS, lambda name: Instrument(symbol=name), lambda _: closes, lambda _: ())
    engine.add(condition(root))
    price = 100_000
    events: list[Event] = []
    for at, time in enumerate(moments):
        price += 300 if at % 2 else -100
        quote = Quote(symbol=SYMBOL, time=time, price=price, phase=Phase.CONTINUOUS)
        events += engine.take(Frame(market="SZ", received=time, quotes=(quote,))).events
    events += engine.take(Frame(market="SZ", received=close, quotes=())).events
    return [(event.state.value, event.time) for event in events]


def minutely(upto: datetime, since: datetime = OPEN) -> list[datetime]:
    """Every 61 seconds."""
    count = (upto - since) // (61 * SECOND) + 1
    return [since + at * 61 * SECOND for at in range(count)]


@pytest.mark.parametrize("second", [leaf("cci", ">", "-1000", 3, FIVE), SPREAD])
def test_bars_that_end_together(second: Node) -> None:
    """A five-minute bar ends with the one of a quarter of an hour: both are read before either is history."""
    end = OPEN + 4 * FIFTEEN
    states = told(And((second, STRONG)), minutely(end - SECOND), end + 61 * SECOND)
    assert ("confirmed", end) in states
    assert "withdrawn" not in [state for state, _ in states]


def test_a_smaller_bar_without_a_next_quote() -> None:
    """After it nothing was traded: what the smaller bar finished with counts when the larger one ends."""
    end = OPEN + 4 * FIFTEEN
    moments = minutely(end - FIVE - SECOND)
    for close in (end + 61 * SECOND, end + 59 * SECOND):
        states = told(And((SPREAD, STRONG)), moments, close)
        assert (states[-1] == ("confirmed", end)) is (close == end + 61 * SECOND)


def test_the_day_that_ends_with_its_last_bar() -> None:
    """A ring on day bars and minute bars is decided at the day's close, by the last minute bar."""
    root = And((leaf("ma", "above", None, 3), SPREAD))
    moments = [
        time
        for time in minutely(CLOSE)
        if not OPEN + 2 * timedelta(hours=1) <= time < OPEN + 3.5 * timedelta(hours=1)
    ]
    states = told(root, moments, CLOSE + timedelta(minutes=2))
    assert states[-1] == ("confirmed", CLOSE)
