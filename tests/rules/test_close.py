"""`X on close`: the bar that closes decides, with its last price and its end as the time."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.closing import bar_closed
from rules.engine import Engine
from rules.events import Turn
from rules.memory import DAY_BAR
from rules.model import Condition, Event, Frame, Instrument, Kind, OnClose, Phase, Quote
from rules.rings import Row
from rules.sessions import default_hours
from tests.rules.spoken import listen, spoken
from tests.rules.world import CLOSE, OPEN, SYMBOL, World, history, leaf

FIRED, NONE = ["fired"], list[str]()
DAYS = ("2025-11-26", "2025-11-27", "2025-11-28")


@pytest.fixture
def world() -> World:
    """One instrument with a flat history; previous close 100."""
    return World({SYMBOL: history(["100"] * 10)}, prev_close="100")


def close(world: World, price: str, day: str = DAYS[0], prev_close: str = "100") -> list[str]:
    """A day of one price, and what its close says."""
    assert world.see("09:30:00", price, day=day, prev_close=prev_close) == NONE
    return world.pass_time("15:01", day=datetime.fromisoformat(day).date())


def test_it_rings_at_the_close_alone(world: World) -> None:
    """Whatever the day had; the bar's end is its time, and the last price its evidence."""
    listen(world, "change > 5% on close")
    assert world.walk(["100", "106", "104", "106"]) == [NONE] * 4
    assert world.pass_time("15:01") == FIRED
    (event,) = world.events
    assert (event.time, event.price) == (CLOSE, 106_000)
    assert event.value == pytest.approx(6)


def test_what_was_true_before_the_close_is_nothing(world: World) -> None:
    """The last price decides."""
    listen(world, "change > 5% on close")
    world.walk(["100", "106", "104"])
    assert world.pass_time("15:01") == NONE


def test_an_unfinished_bar_is_finished_then(world: World) -> None:
    """Fired, never provisional, and nothing is confirmed after it."""
    listen(world, "price > ma(5) on close")
    assert close(world, "106") == FIRED
    assert world.pass_time("15:05") == NONE


def test_a_state_is_armed_by_a_close_at_which_it_is_false(world: World) -> None:
    """Three days above, one below, one above."""
    listen(world, "price > 105 on close")
    assert close(world, "106") == FIRED
    assert close(world, "106", DAYS[1], "106") == NONE
    assert not world.steps[-1].armed
    assert close(world, "104", DAYS[2], "106") == NONE
    assert [row.ring for row in world.steps[-1].armed] == [1]
    assert close(world, "106", "2025-12-01", "104") == FIRED


def test_what_a_day_measures_is_a_state_too(world: World) -> None:
    """Up 5 % at two closes on end is one ring."""
    listen(world, "change > 5% on close")
    assert close(world, "106") == FIRED
    assert close(world, "113", DAYS[1], "106") == NONE


def test_a_cross_of_bars_is_decided_by_each(world: World) -> None:
    """Reclaimed on one day, lost on the next, reclaimed on the third: each close rings anew."""
    listen(world, "reclaim ma(5) on close")
    assert close(world, "106") == FIRED
    assert close(world, "90", DAYS[1], "106") == NONE
    assert [row.ring for step in world.steps for row in step.armed] == [1]
    assert close(world, "106", DAYS[2], "90") == FIRED


def test_a_crossing_is_asked_whether_it_stands_and_ends_with_its_session(world: World) -> None:
    """Crossed and held: a ring; still above the next day: none; crossed anew: a ring."""
    listen(world, "price crosses above 105 on close")
    world.walk(["100", "106"])
    assert world.pass_time("15:01") == FIRED
    assert close(world, "106", DAYS[1], "106") == NONE
    world.walk(["104", "106"], day=DAYS[2], prev_close="106")
    assert world.pass_time("15:01", day=datetime(2025, 11, 28, tzinfo=UTC).date()) == FIRED


def test_a_day_without_a_trade_decides_nothing(world: World) -> None:
    """Neither rings nor is armed."""
    listen(world, "price > 105 on close")
    listen(world, "price > 1000 | session auction")
    assert close(world, "106") == FIRED
    world.see("09:20:00", "90", day=DAYS[1])
    assert world.pass_time("15:01", day=datetime(2025, 11, 27, tzinfo=UTC).date()) == NONE
    assert not world.steps[-1].armed
    assert close(world, "106", DAYS[2], "106") == NONE


def test_time_alone_completes_nothing_on_a_day_without_a_trade(world: World) -> None:
    """Half an hour yesterday and a whole session of silence are no hour."""
    listen(world, "price > 105 for 1h on close")
    listen(world, "price > 1000 | session auction")
    world.see("14:30:00", "106")
    assert world.pass_time("15:01") == NONE
    world.see("09:20:00", "106", day=DAYS[1])
    assert world.pass_time("15:01", day=datetime(2025, 11, 27, tzinfo=UTC).date()) == NONE
    assert close(world, "106", DAYS[2], "106") == FIRED


def test_the_next_sessions_first_quote_closes_the_bar_before_it(world: World) -> None:
    """Where no time passed in between."""
    listen(world, "price > 105 on close")
    world.see("09:30:00", "106")
    assert world.see("09:30:00", "90", day=DAYS[1]) == FIRED
    assert world.events[0].time == CLOSE


def test_a_replay_closes_what_has_ended(world: World) -> None:
    """At or after the session's end; one that ends earlier decides nothing."""
    listen(world, "price > 105 on close")
    world.see("14:59:59", "106")
    assert not world.engine.finish().events
    world.see("15:00:00", "106")
    assert [event.state.value for event in world.engine.finish().events] == FIRED


def test_round_the_clock_the_bar_is_the_utc_day() -> None:
    """Midnight decides with the last price before it."""
    made = spoken("price > 105 on close", "X.BINANCE", Instrument(symbol="X.BINANCE", decimals=8))
    engine = Engine(
        default_hours(), lambda name: Instrument(symbol=name, decimals=8), lambda _: None, lambda _: ()
    )
    engine.add(made)
    told: list[Event] = []
    for hour, price in ((1, 104), (23, 106), (25, 90)):
        time = datetime(2025, 11, 26, tzinfo=UTC) + timedelta(hours=hour)
        quote = Quote(symbol="X.BINANCE", time=time, price=price * 10**8, phase=Phase.CONTINUOUS)
        told += engine.take(Frame(market="BINANCE", received=time, quotes=(quote,))).events
    assert [(str(event.time), event.price) for event in told] == [("2025-11-27 00:00:00+00:00", 106 * 10**8)]


def test_it_joins_with_what_quotes_decide(world: World) -> None:
    """Decided, it is true until the next close: then the other part completes the ring."""
    listen(world, "(price > 105 on close) and change < -3%")
    assert close(world, "106") == NONE
    assert world.see("09:30:00", "102", day=DAYS[1], prev_close="106") == FIRED
    assert world.see("09:30:03", "100", day=DAYS[1], prev_close="106") == NONE


def test_with_an_unfinished_part_beside_it(world: World) -> None:
    """The close completes the ring and confirms it in one go."""
    listen(world, "(price > 105 on close) and price > ma(5)")
    assert close(world, "106") == ["provisional", "confirmed"]


def test_what_comes_first_may_be_a_close(world: World) -> None:
    """Yesterday's close above 105, then a new high within half an hour of trading."""
    listen(world, "(price > 105 on close) then price > 108 within 30m")
    world.see("14:50:00", "106")
    world.pass_time("15:01")
    assert world.see("09:30:00", "106", day=DAYS[1], prev_close="106") == NONE
    assert world.see("09:59:00", "109", day=DAYS[1], prev_close="106") == FIRED


def test_held_to_the_close(world: World) -> None:
    """The last five minutes of the bar; its end completes them."""
    listen(world, "price > 105 for 5m on close")
    world.see("09:30:00", "100")
    world.see("14:55:00", "106")
    assert world.pass_time("15:01") == FIRED
    world.see("09:30:00", "100", day=DAYS[1])
    world.see("14:55:01", "106", day=DAYS[1])
    assert world.pass_time("15:01", day=datetime(2025, 11, 27, tzinfo=UTC).date()) == NONE


def test_a_time_that_no_quote_reached_is_not_decided_by_the_close(world: World) -> None:
    """Quotes alone meet a time; a close is none."""
    world.add(OnClose(spoken("price > 105 at 14:50").root))
    world.see("14:00:00", "106")
    assert world.pass_time("15:01") == NONE


def test_a_rule_made_after_the_last_quote_has_seen_nothing(world: World) -> None:
    """It is listened for from the next quote on."""
    world.see("14:59:59", "106")
    listen(world, "price > 105 on close")
    assert world.pass_time("15:01") == NONE


def test_after_a_restart_the_last_decision_is_not_known(world: World) -> None:
    """A ring lasts until a close that says otherwise."""
    made = spoken("price > 105 on close")
    row = Row(
        condition=made.id,
        ring=1,
        state="fired",
        time=OPEN - timedelta(hours=18),
        session=OPEN.date() - timedelta(1),
    )
    world.engine.add(made, row=row, seen=True)
    assert close(world, "106") == NONE
    assert not any(step.armed for step in world.steps)
    assert close(world, "104", DAYS[1], "106") == NONE
    assert [found.ring for found in world.steps[-1].armed] == [1]


def test_a_group_is_decided_by_its_members(world: World) -> None:
    """It has no price; its value at the close counts."""
    world = World(groups={"@g": [SYMBOL]}, prev_close="100")
    group = Instrument(symbol="@g", kind=Kind.GROUP, decimals=8)
    made = spoken("change > 5% on close", "@g", group)
    world.engine.add(made)
    world.see("09:30:00", "106")
    world.see("09:31:00", "106.5")
    assert world.pass_time("15:01") == FIRED
    assert world.events[0].condition == made.id


def test_a_provisional_ring_that_nobody_saw_close_is_decided_by_its_bar() -> None:
    """The bar tells what is true of one quote: X at 14:50, X between, X on close; never for how long."""
    closes = ["100"] * 9 + ["106"]
    for text, expected in (
        ("price > ma(5) at 14:50", "confirmed"),
        ("price > ma(5) between 10:00 and 14:30", "confirmed"),
        ("(price > 100 on close) and price > ma(5)", "confirmed"),
        ("price > ma(5) for 5m", "withdrawn"),
        ("price > 90 then price > ma(5) within 5m", "withdrawn"),
        ("not (price < ma(5) for 5m)", "confirmed"),
        ("price < ma(5) for 5m", "withdrawn"),
    ):
        world = World({SYMBOL: history(closes)}, prev_close="106")
        made = spoken(text)
        day = OPEN.date() - timedelta(1)
        row = Row(condition=made.id, ring=1, state="provisional", time=OPEN - timedelta(days=1), session=day)
        world.engine.add(made, row=row, seen=True)
        said = world.pass_time("09:30") or world.see("09:30:00", "106")
        assert said == [expected], text


def test_whatever_bar_closes_decides_those_that_name_it(world: World) -> None:
    """The engine asks by the bar: the next of a form on bars rings anew, other bars decide nothing."""
    made = Condition(
        symbol=SYMBOL, root=OnClose(leaf("ma", "reclaim", None, 5)), text="reclaim ma(5) on close"
    )
    world.engine.add(made)
    world.see("09:30:00", "106")
    live, rings = world.engine._market.live(SYMBOL), world.engine._rings
    said = []
    for bar in (timedelta(minutes=15), DAY_BAR, DAY_BAR):
        bar_closed(rings, Turn(live, OPEN, live.price), bar)
        said.append([event.ring for _, event in rings.said])
        rings.flush()
    assert said == [[], [1], [2]]
