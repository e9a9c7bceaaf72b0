"""Where bars lie: by trading time, none across a break, half days and changes of the clock included."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.master.calendar import hours
from rules.slots import MICROSECOND, Slots, begins, runs

HOURS = hours()
ZONES = {"SZ": "Asia/Shanghai", "HK": "Asia/Hong_Kong", "US": "America/New_York", "BINANCE": "UTC"}
SIZES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
MINUTE = timedelta(minutes=1)


def slots_of(market: str, day: date, minutes: int) -> Slots:
    """The bars of a session."""
    session = HOURS.on(market, day)
    assert session is not None
    return Slots(session, timedelta(minutes=minutes))


def starts(slots: Slots, market: str) -> list[str]:
    """The beginnings of all of them, by the market's clock."""
    found, moment = [], datetime.min.replace(tzinfo=UTC)
    while (slot := slots.after(moment)) is not None:
        found.append(slot.start.astimezone(ZoneInfo(ZONES[market])).strftime("%H:%M"))
        moment = slot.start + MICROSECOND
    return found


@pytest.mark.parametrize(
    ("market", "day", "minutes", "expected"),
    [
        ("SZ", "2025-11-26", 60, "09:30 10:30 13:00 14:00"),
        ("HK", "2025-11-26", 60, "09:30 10:30 11:30 13:00 14:00 15:00 16:00"),
        ("HK", "2025-12-24", 60, "09:30 10:30 11:30"),
        ("HK", "2025-12-24", 30, "09:30 10:00 10:30 11:00 11:30 12:00"),
        ("US", "2025-11-26", 60, "09:30 10:30 11:30 12:30 13:30 14:30 15:30"),
        ("US", "2025-11-28", 60, "09:30 10:30 11:30 12:30"),
    ],
)
def test_bars_are_aligned_to_trading_time(market: str, day: str, minutes: int, expected: str) -> None:
    """From the start of each run; a run's last bar may be short; a half day has fewer."""
    found = slots_of(market, date.fromisoformat(day), minutes)
    assert starts(found, market) == expected.split()


@pytest.mark.parametrize(("market", "count"), [("SZ", 240), ("HK", 340), ("US", 390), ("BINANCE", 1440)])
def test_every_minute_of_trading_lies_in_one_bar_of_each_size(market: str, count: int) -> None:
    """Bars follow one another without a hole but for breaks, and no bar is longer than its size."""
    for size in SIZES:
        slots = slots_of(market, date(2025, 11, 26), size // MINUTE)
        minutes = 0
        for start, end in runs(slots.session):
            moment = start
            while moment < end:
                slot = slots.at(moment)
                assert slot.start == moment
                assert slot.end - slot.start <= size
                assert slots.at(slot.end - MICROSECOND) == slot
                minutes, moment = minutes + (slot.end - slot.start) // MINUTE, slot.end
        assert minutes == count


def test_the_closing_auction_adjoins() -> None:
    """Continuous trading until 14:57 and the auction are one run: the last quarter begins at 14:45."""
    slots = slots_of("SZ", date(2025, 11, 26), 15)
    close = datetime(2025, 11, 26, 7, tzinfo=UTC)
    slot = slots.at(close - 3 * MINUTE)
    assert (slot.start, slot.end, slot.due) == (close - 15 * MINUTE, close, close + MINUTE)
    assert len(runs(slots.session)) == 2


def test_what_is_printed_after_a_run_belongs_to_its_last_bar() -> None:
    """Up to the next run, as the session says of its phase; before the open it is the first one's."""
    slots = slots_of("SZ", date(2025, 11, 26), 5)
    noon = datetime(2025, 11, 26, 3, 30, tzinfo=UTC)
    for late in (timedelta(), timedelta(seconds=59), timedelta(minutes=89)):
        assert slots.at(noon + late).start == noon - 5 * MINUTE
    assert slots.at(noon).due == noon + MINUTE
    assert slots.at(noon + 90 * MINUTE).start == noon + 90 * MINUTE
    assert slots.at(slots.session.open - MINUTE).start == slots.session.open


def test_round_the_clock_bars_are_aligned_to_utc() -> None:
    """The last bar of the day ends at midnight and is due then."""
    slots = slots_of("BINANCE", date(2025, 11, 26), 60)
    midnight = datetime(2025, 11, 27, tzinfo=UTC)
    last = slots.at(midnight - MICROSECOND)
    assert (last.start, last.end, last.due) == (midnight - 60 * MINUTE, midnight, midnight)
    assert starts(slots, "BINANCE")[:2] == ["00:00", "01:00"]


@pytest.mark.parametrize(("day", "opens"), [("2025-03-07", 14), ("2025-03-10", 13), ("2025-11-03", 14)])
def test_bars_follow_the_clock_of_their_market(day: str, opens: int) -> None:
    """New York opens at 14:30 UTC in winter and 13:30 in summer."""
    slots = slots_of("US", date.fromisoformat(day), 60)
    assert slots.after(datetime.min.replace(tzinfo=UTC)) == slots.at(slots.session.open)
    assert (slots.session.open.hour, slots.session.open.minute) == (opens, 30)


@pytest.mark.parametrize(
    ("after", "upto", "expected"),
    [
        ("26 01:30", "26 01:34:59", False),
        ("26 01:30", "26 01:35", True),
        ("26 01:34:59", "26 01:35", True),
        ("26 03:29", "26 04:59:59", False),  # the break
        ("26 03:29", "26 05:00", True),
        ("26 06:58", "27 01:29:59", False),  # the night
        ("26 06:58", "27 01:30", True),
        ("28 06:58", "01 01:29", False),  # the weekend
        ("24 06:58", "01 01:29", True),
    ],
)
def test_whether_a_bar_began_between(after: str, upto: str, *, expected: bool) -> None:
    """After the first moment, and not after the second; breaks, nights and holidays have none."""

    def moment(text: str) -> datetime:
        day, clock = text.split()
        month = 12 if day == "01" else 11
        return datetime.fromisoformat(f"2025-{month}-{day}T{clock}+00:00")

    assert begins(HOURS, "SZ", timedelta(minutes=5), (moment(after), moment(upto))) is expected
