"""What is said of conditions that remember: explained, forecast, looked ahead; and read off stored bars."""

from datetime import date, datetime, timedelta

import pytest

from rules.backtest import Tape, day_frames, is_intraday, minute_events, study
from rules.engine import Engine
from rules.explain import ABSENT, ARMED, RINGING
from rules.levels import inputs_of, outlook
from rules.model import Event, Frame, Instrument, Quote
from rules.sessions import default_hours
from tests.fixtures import lean
from tests.recorded import needs
from tests.rules.spoken import listen, spoken
from tests.rules.test_backtest import SPY, every_bar, minutes_of
from tests.rules.world import SYMBOL, World, at, history, q

FIRED, NONE = ["fired"], list[str]()


@pytest.fixture
def world() -> World:
    """One instrument with a flat history; previous close 100."""
    return World({SYMBOL: history(["100"] * 10)}, prev_close="100")


def test_it_explains_what_it_remembers_and_waits_for(world: World) -> None:
    """When A rang, since when X holds, from which moment the next quote decides."""
    then = listen(world, "price > 105 then price < 95 within 30m")
    held = listen(world, "(price > 105 for 5m) and (price > 104 for 10m)")
    timed = listen(world, "price > 105 at 14:50")
    world.walk(["100", "106"])
    found = [world.engine.explain(one.id) for one in (then, held, timed)]
    assert [(one.state, one.truth, dict(one.memory), one.waits) for one in found if one] == [
        (ARMED, False, {"first": "09:30:03"}, None),
        (ARMED, False, {"held": "5m, 10m", "since": "09:30:03, 09:30:03"}, at("09:35:03")),
        (ARMED, False, {}, at("14:50:00")),
    ]
    assert [part.text for part in found[0].parts] == ["price", "price"] if found[0] else False
    world.see("09:31:00", "94")
    again = world.engine.explain(then.id)
    assert again is not None
    assert (again.state, again.truth) == (RINGING, True)


def test_what_is_absent_is_explained_as_such(world: World) -> None:
    """After a restart, and where a part is unknown."""
    made = spoken("price > 105 then price > ma(60) within 30m")
    world.engine.add(made, seen=True)
    world.see("09:30:00", "106")
    found = world.engine.explain(made.id)
    assert found is not None
    assert (found.state, found.truth, found.waits) == (ABSENT, None, None)
    assert "59 daily bars needed" in found.reason


@pytest.mark.parametrize(
    ("text", "rings_at", "holds"),
    [
        ("price > 105 for 5m", [105.01], False),
        ("price > 105 at 14:50", [105.01], False),
        ("price > 105 between 10:00 and 14:30", [105.01], False),
        ("price > 105 on close", [105.01], False),
        ("change > 5% then price < 95 within 30m", [94.99], False),
        ("(change > 5% then price < 95 within 30m) or price > 110", [94.99, 110.01], False),
        ("not (price < 105 for 5m)", [105], False),
        ("price > 101 for 5m", [101.01], True),
    ],
)
def test_the_outlook_is_that_of_the_present_quote(text: str, rings_at: list[float], *, holds: bool) -> None:
    """Where the price would make it true, whatever else it waits for."""
    quote = Quote(symbol=SYMBOL, time=at("10:00"), price=q("102.5"), prev_close=q("100"))
    seen = outlook(spoken(text), inputs_of(quote, None, Instrument(symbol=SYMBOL), default_hours()), quote)
    assert [price / 1000 for price in seen.rings_at] == rings_at
    assert seen.truth is holds


def test_forecasts_name_the_price_of_what_is_ahead(world: World) -> None:
    """By the whole condition's words."""
    listen(world, "price > 105 for 5m")
    listen(world, "change > 5% then price < 95 within 30m")
    world.see("09:30:00", "100")
    ahead = world.engine.ahead(SYMBOL)
    assert [(one.text, one.price) for one in ahead] == [
        ("change > 5% then price < 95 within 30m", 94_990),
        ("price > 105 for 5m", 105_010),
    ]


def test_days_are_enough_for_what_a_close_decides() -> None:
    """On daily bars: open and close of each day, decided at its end; spans and times want quotes."""
    assert not is_intraday(spoken("reclaim ma(5) on close").root)
    for text in ("for 5m", "at 14:50", "between 10:00 and 14:30"):
        assert is_intraday(spoken(f"price > 5 {text}").root)
    assert is_intraday(spoken("price > 5 then price > 6 within 5m").root)
    bars = history(["100"] * 10 + ["90", "103", "104", "90", "110"])
    engine = Engine(default_hours(), lambda name: Instrument(symbol=name), {SYMBOL: bars}.get, lambda _: ())
    engine.add(spoken("reclaim ma(5) on close"))
    frames, _ = day_frames([(Instrument(symbol=SYMBOL), bars)], default_hours())
    found = study(frames, engine, Tape(default_hours()), by_day=True)
    assert [outcome.event.session for outcome in found.outcomes] == [date(2025, 11, 20), date(2025, 11, 25)]
    assert {(outcome.ended, outcome.event.time.hour) for outcome in found.outcomes} == {(None, 7)}
    assert found.outcomes[0].after["next_day"] == pytest.approx(104 / 103 - 1)


LINES = (
    "change > 0.2% for 10m",
    "rise(10m) > 0.1% for 3m",
    "change < 0% then change > 0.1% within 1h",
    "new high(day) then from_high > 0.3% within 30m",
    "change > 0.1% at 15:50",
    "change > 0% between 10:00 and 11:30",
    "change > 0% on close",
    "move(5m) > 0.1% for 3m between 10:00 and 15:00",
    "(change > 0% for 30m) then (change < 0% for 5m) within 2h",
)


def spoken_all(symbol: str) -> list[tuple[str, str]]:
    """The lines above with their conditions' ids."""
    return [(spoken(text, symbol, SPY).id, text) for text in LINES]


@needs("us")
def test_minutes_of_spy_are_skipped_only_while_nothing_waits() -> None:
    """Recorded days: what skips quiet bars says the same as what takes every bar, line by line."""
    told: list[list[tuple[str, int, str, datetime]]] = []
    for play in (minute_events, every_bar):
        engine = Engine(default_hours(), lambda _: SPY, lambda _: None, lambda _: ())
        for text in LINES:
            engine.add(spoken(text, SPY.symbol, SPY))
        said: list[Event] = []
        close = None
        for day in lean.minutes("spy"):
            bars = minutes_of(day)
            said += play(engine, bars, close or int(bars.open[0]))
            said += engine.take(Frame(market="US", received=day[-1].start + timedelta(hours=5))).events
            close = int(bars.close[-1])
        told.append([(one.condition, one.ring, one.state.value, one.time) for one in said])
    assert told[0] == told[1]
    counts = {text: sum(word[0] == name for word in told[0]) for name, text in spoken_all(SPY.symbol)}
    assert all(counts.values()), counts


def test_bars_are_taken_from_the_moment_on_that_a_condition_waits_for() -> None:
    """Prices that stand still: the tenth minute is looked at all the same."""
    start = datetime(2025, 11, 26, 9, 30, tzinfo=lean.NEW_YORK)
    flat = [
        lean.Bar(start + n * lean.MINUTE, 1_060_000, 1_060_000, 1_060_000, 1_060_000, 100) for n in range(30)
    ]
    engine = Engine(default_hours(), lambda _: SPY, lambda _: None, lambda _: ())
    engine.add(spoken("price > 105 for 10m", SPY.symbol, SPY))
    (event,) = minute_events(engine, minutes_of(flat), 1_000_000)
    assert (event.time - start) // lean.MINUTE == 10
