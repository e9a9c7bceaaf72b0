"""Trading time forth and back, the market's own clock, and where a session's hours end."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.dial import Dial
from rules.model import Instrument
from rules.sessions import Hours, MarketHours, default_hours, usual_hours
from tests.rules.spoken import listen
from tests.rules.world import CLOSE, OPEN, SYMBOL, World, at, history

if TYPE_CHECKING:
    from rules.live import Live

MINUTE = timedelta(minutes=1)


def dial_of(hours: Hours, symbol: str = SYMBOL) -> Dial:
    """The dial of an instrument under some hours."""
    world = World(hours=hours, instruments=[Instrument(symbol=symbol)])
    market = world.engine._market
    live: Live = market.live(symbol)
    return Dial(market, live)


@given(minutes=st.integers(0, 3 * 1440), span=st.integers(1, 240))
def test_what_is_due_is_the_first_instant_with_so_much_trading_behind_it(minutes: int, span: int) -> None:
    """Not one before it has, wherever the start lies: in a session, its break, a night or a week-end."""
    dial, start, wanted = dial_of(default_hours()), OPEN + timedelta(minutes=minutes), span * MINUTE
    due = dial.due(start, wanted)
    assert due is not None
    assert dial.elapsed(start, due, wanted) == wanted
    assert dial.elapsed(start, due - timedelta(microseconds=1), wanted) < wanted


def test_counting_ends_beyond_what_is_asked() -> None:
    """A year need not be walked to know it is more than five minutes; round the clock all time counts."""
    dial = dial_of(default_hours())
    assert dial.elapsed(OPEN, OPEN + timedelta(days=365), 5 * MINUTE) == timedelta(hours=4)
    crypto = dial_of(default_hours(), "X.BINANCE")
    assert crypto.elapsed(OPEN, OPEN + timedelta(hours=20), timedelta(hours=24)) == timedelta(hours=20)
    assert crypto.due(OPEN, timedelta(hours=24)) == OPEN + timedelta(hours=24)


def test_where_no_session_is_in_sight_nothing_is_due() -> None:
    """A calendar that ends."""
    asleep = Hours({"SZ": MarketHours(tz="Asia/Shanghai", weekdays=frozenset())})
    assert dial_of(asleep).due(OPEN, MINUTE) is None


def test_a_session_knows_its_instants() -> None:
    """Over the break, to the edge of it, and never beyond the close."""
    session = default_hours().on("SZ", date(2025, 11, 26))
    assert session is not None
    assert session.instant(timedelta(hours=2)) == at("11:30")
    assert session.instant(timedelta(hours=2, minutes=1)) == at("13:01")
    assert session.instant(timedelta(hours=9)) == CLOSE


def test_a_market_has_its_own_clock() -> None:
    """By the date's own offset."""
    hours = default_hours()
    assert hours.at("US", date(2026, 3, 6), time(10)) == datetime(2026, 3, 6, 15, tzinfo=UTC)
    assert hours.at("US", date(2026, 3, 9), time(10)) == datetime(2026, 3, 9, 14, tzinfo=UTC)
    assert hours.local("SZ", OPEN).time() == time(9, 30)
    assert dial_of(hours).written(OPEN) == "09:30:00"


@pytest.mark.parametrize(
    ("market", "expected"),
    [
        ("SH", (time(9, 30), time(15))),
        ("GROUP", (time(9, 30), time(15))),
        ("HK", (time(9, 30), time(16, 10))),
        ("US", (time(9, 30), time(16))),
        ("BINANCE", None),
    ],
)
def test_usual_hours_are_those_of_the_regular_phases(market: str, expected: tuple[time, time] | None) -> None:
    """What the language may name; half days lie within."""
    assert usual_hours(market) == expected


def test_after_the_close_nothing_is_quiet_whatever_waits() -> None:
    """A condition of extended hours that holds into the evening; trading minutes have ended."""
    world = World({SYMBOL: history(["100"] * 10)})
    spy = Instrument(symbol="SPY.US", decimals=4)
    world.instruments["SPY.US"] = spy
    made = listen(world, "price > 105 for 5m | session extended,regular", "SPY.US")
    for clock, price in (("03:58:00", "100"), ("04:59:00", "106"), ("05:30:00", "106"), ("05:40:00", "106")):
        world.see(clock, price, symbol="SPY.US")
    found = world.engine.explain(made.id)
    assert found is not None
    assert (found.truth, found.waits) == (False, datetime(2025, 11, 26, 14, 34, tzinfo=UTC))
