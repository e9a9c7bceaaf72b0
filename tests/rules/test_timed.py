"""`X at 14:50`, `X between 10:00 and 14:30`: by the market's own clock."""

from datetime import UTC, datetime

import pytest

from rules.engine import Engine
from rules.language import parse
from rules.model import Condition, Event, Frame, Instrument, Kind, Phase, Quote
from rules.rings import Row
from rules.sessions import default_hours
from tests.rules.spoken import clock, listen, spoken
from tests.rules.world import SYMBOL, World, at, history

FIRED, NONE = ["fired"], list[str]()
NEXT = "2025-11-27"


@pytest.fixture
def world() -> World:
    """One instrument with a flat history; previous close 100."""
    return World({SYMBOL: history(["100"] * 10)}, prev_close="100")


def truth_of(world: World, condition: Condition) -> bool | None:
    """The engine's word."""
    found = world.engine.explain(condition.id)
    assert found is not None
    return found.truth


def test_at_is_decided_on_the_first_quote_from_that_time_on(world: World) -> None:
    """True there it rings, on the next quote it is armed again."""
    listen(world, "price > 105 at 14:50")
    assert clock(world, "09:30:00 14:49:59", "106") == [NONE, NONE]
    assert world.engine.waits(SYMBOL) == at("14:50:00")
    assert world.see("14:50:02", "106") == FIRED
    assert world.see("14:50:05", "106") == NONE
    assert [row.ring for row in world.steps[-1].armed] == [1]
    assert world.see("14:50:00", "106", day=NEXT, prev_close="106") == FIRED


def test_at_does_not_wait_for_it_to_become_true(world: World) -> None:
    """False on that quote is false for the day."""
    listen(world, "price > 105 at 14:50")
    world.see("09:30:00", "106")
    assert [world.see(time, price) for time, price in (("14:50:00", "104"), ("14:50:03", "106"))] == [
        NONE,
        NONE,
    ]


def test_a_rule_made_after_its_time_waits_for_the_next_session(world: World) -> None:
    """Even where no quote has come since."""
    world.see("14:50:00", "106")
    listen(world, "price > 105 at 14:50")
    assert clock(world, "14:50:03 14:50:06", "106") == [NONE, NONE]
    assert world.see("14:51:00", "106", day=NEXT, prev_close="106") == FIRED


def test_a_rule_made_before_its_time_need_not_have_seen_a_quote(world: World) -> None:
    """The market's clock says that it was made in time."""
    world.see("14:49:59", "106")
    listen(world, "price > 105 at 14:50")
    assert world.see("14:55:00", "106") == FIRED


def test_a_time_in_the_break_is_decided_after_it(world: World) -> None:
    """12:00 in Shanghai is the first quote of the afternoon, unless one came at 11:30 itself."""
    listen(world, "price > 105 at 12:00")
    assert clock(world, "09:30:00 11:30:00 13:00:00", "106") == [NONE, NONE, FIRED]


def test_an_instrument_that_seldom_trades_is_decided_when_it_does(world: World) -> None:
    """Its first quote of the day comes at 14:56."""
    listen(world, "price > 105 at 14:50")
    world.see("09:30:00", "100", symbol="300502.SZ")
    assert world.see("14:56:00", "106") == FIRED


def test_where_the_market_was_joined_later_it_is_absent(world: World) -> None:
    """Nobody knows whether the first quote seen is the first; the next one surely is not."""
    made = listen(world, "price > 105 at 14:50")
    assert world.see("14:51:00", "106") == NONE
    assert truth_of(world, made) is None
    assert world.see("14:51:03", "106") == NONE
    assert truth_of(world, made) is False


def test_the_very_first_quote_of_a_market_may_be_the_one(world: World) -> None:
    """At 14:50:00 sharp none can have come before it."""
    listen(world, "price > 105 at 14:50")
    assert world.see("14:50:00", "106") == FIRED


def test_at_asks_a_crossing_whether_it_stands(world: World) -> None:
    """Crossed in the morning and not gone back."""
    listen(world, "price crosses above 105 at 14:50")
    world.walk(["100", "106"])
    assert world.see("14:50:00", "107") == FIRED
    world.walk(["100", "106"], day=NEXT)
    world.see("11:00:00", "104", day=NEXT)
    assert world.see("14:50:00", "104", day=NEXT) == NONE


def test_an_unfinished_bar_makes_at_provisional_until_the_close(world: World) -> None:
    """The clock alone does not withdraw it; going back does, and the close decides."""
    listen(world, "price > ma(5) at 14:50")
    world.see("09:30:00", "100")
    assert clock(world, "14:50:00 14:50:03 14:58:00", "106") == [["provisional"], NONE, NONE]
    assert world.pass_time("15:01") == ["confirmed"]
    assert world.see("09:30:00", "106", day=NEXT, prev_close="106") == NONE
    assert [row.ring for row in world.steps[-1].armed] == [1]
    assert world.see("14:50:00", "108", day=NEXT, prev_close="106") == ["provisional"]
    assert world.see("14:50:03", "90", day=NEXT, prev_close="106") == ["withdrawn"]


def test_at_is_withdrawn_by_a_close_on_the_other_side(world: World) -> None:
    """Within the hysteresis, so not before."""
    listen(world, "price > ma(5) at 14:50")
    world.see("09:30:00", "100")
    world.see("14:50:00", "106")
    assert world.see("14:59:00", "99.9") == NONE
    assert world.pass_time("15:01") == ["withdrawn"]


def test_a_provisional_ring_of_at_survives_a_restart(world: World) -> None:
    """What stood at 14:50 the row says; whether it stands at the close the quotes do."""
    made = spoken("price > ma(5) at 14:50")
    row = Row(
        condition=made.id, ring=1, state="provisional", time=at("14:50:00"), session=at("14:50:00").date()
    )
    world.engine.add(made, row=row, seen=True)
    assert clock(world, "14:55:00 14:56:00", "106") == [NONE, NONE]
    assert world.pass_time("15:01") == ["confirmed"]


@pytest.mark.parametrize(
    ("day", "opens"),
    [("2026-03-06", 15), ("2026-03-09", 14), ("2025-10-31", 14), ("2025-11-03", 15)],
)
def test_new_york_keeps_its_own_clock(day: str, opens: int) -> None:
    """10:00 is 15:00 UTC in winter and 14:00 in summer; the clocks change over week-ends."""
    made = spoken("price > 105 at 10:00", "SPY.US", Instrument(symbol="SPY.US", decimals=4))
    engine = Engine(
        default_hours(), lambda name: Instrument(symbol=name, decimals=4), lambda _: None, lambda _: ()
    )
    engine.add(made)
    told: list[Event] = []
    for hour, minute in ((opens - 1, 30), (opens - 1, 59), (opens, 0), (opens, 1)):
        time = datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=UTC)
        quote = Quote(symbol="SPY.US", time=time, price=1_060_000, phase=Phase.CONTINUOUS)
        told += engine.take(Frame(market="US", received=time, quotes=(quote,))).events
    assert [(event.time.hour, event.time.minute) for event in told] == [(opens, 0)]


def test_round_the_clock_it_is_utc() -> None:
    """Midnight is the first quote of the UTC day."""
    made = spoken("price > 105 at 00:00", "X.BINANCE", Instrument(symbol="X.BINANCE", decimals=8))
    engine = Engine(
        default_hours(), lambda name: Instrument(symbol=name, decimals=8), lambda _: None, lambda _: ()
    )
    engine.add(made)
    told: list[Event] = []
    for hour in (47, 48, 49):
        time = datetime(2025, 11, 26 + hour // 24, hour % 24, tzinfo=UTC)
        quote = Quote(symbol="X.BINANCE", time=time, price=106 * 10**8, phase=Phase.CONTINUOUS)
        told += engine.take(Frame(market="BINANCE", received=time, quotes=(quote,))).events
    assert [str(event.time) for event in told] == ["2025-11-28 00:00:00+00:00"]


def test_between_rings_from_its_start_on_and_leaves_at_its_end(world: World) -> None:
    """True already at ten it rings on the first quote from then on; both ends are within."""
    listen(world, "price > 105 between 10:00 and 14:30")
    assert clock(world, "09:59:59 10:00:00 14:30:00", "106") == [NONE, FIRED, NONE]
    assert not world.steps[-1].armed
    assert world.see("14:30:01", "106") == NONE
    assert [row.ring for row in world.steps[-1].armed] == [1]
    assert clock(world, "09:30:00 10:00:03", "106", day=NEXT, prev_close="106") == [NONE, FIRED]


def test_between_rings_when_it_becomes_true_within(world: World) -> None:
    """And again after it was back."""
    listen(world, "price > 105 between 10:00 and 14:30")
    assert world.walk(["100", "106", "104.9", "106", "104.7", "106"], "10:30") == [
        NONE,
        FIRED,
        NONE,
        NONE,
        NONE,
        FIRED,
    ]
    world.see("14:29:00", "100")
    assert world.see("14:31:00", "106") == NONE


@pytest.mark.parametrize(("time", "expected"), [("14:30:00", FIRED), ("14:30:01", NONE)])
def test_the_end_belongs_to_it(world: World, time: str, expected: list[str]) -> None:
    """Becoming true on its last second rings, a second later no more."""
    listen(world, "price > 105 between 10:00 and 14:30")
    world.see("14:29:59", "100")
    assert world.see(time, "106") == expected


def test_between_a_night_it_leaves_too(world: World) -> None:
    """The window is the whole session: the next day is another one."""
    listen(world, "price > 105 between 09:30 and 15:00")
    assert clock(world, "09:30:00 15:00:00", "106") == [FIRED, NONE]
    assert world.see("09:30:00", "106", day=NEXT, prev_close="106") == FIRED


def test_a_crossing_has_to_ring_within(world: World) -> None:
    """Crossed before ten and above since: no ring at ten; crossed at half past: a ring."""
    listen(world, "price crosses above 105 between 10:00 and 14:30")
    world.walk(["100", "106"], "09:50")
    assert world.see("10:00:00", "106") == NONE
    assert world.walk(["104", "106"], "10:30") == [NONE, FIRED]
    world.see("14:00:00", "100")
    assert world.see("14:30:01", "106") == NONE


def test_a_crossing_that_rang_within_stands_after(world: World) -> None:
    """Inside a composite it is true until it goes back, and no longer than its session."""
    listen(world, "(price crosses above 105 between 10:00 and 14:30) and price > 107")
    world.walk(["100", "106"], "10:30")
    assert world.see("14:40:00", "108") == FIRED
    world.see("14:41:00", "100")
    assert clock(world, "14:42:00", "108") == [NONE]
    world.walk(["100", "106"], "10:30", day=NEXT)
    assert world.see("10:00:00", "108", day="2025-11-28", prev_close="106") == NONE


def test_within_its_hysteresis_a_crossing_lasts(world: World) -> None:
    """Back over the level after the window it rings no second time, for it was not armed."""
    listen(world, "price crosses above 105 between 10:00 and 14:30")
    world.walk(["100", "106", "104.9", "106"], "10:30")
    assert not any(step.armed for step in world.steps)
    world.see("10:40:00", "104.7")
    assert [row.ring for row in world.steps[-1].armed] == [1]


def test_each_crossing_both_ways_is_judged_by_its_own_time(world: World) -> None:
    """Up before ten does not count, down at eleven does, up again after half past two does not."""
    made = listen(world, "price crosses 105 between 10:00 and 14:30")
    world.walk(["104", "106"], "09:50")
    assert truth_of(world, made) is False
    assert world.see("11:00:00", "104") == FIRED
    world.see("14:40:00", "106")
    assert truth_of(world, made) is False


def test_a_sequence_has_to_ring_within(world: World) -> None:
    """B rings at ten past ten; A may have rung before ten."""
    listen(world, "price > 105 then price < 95 within 30m between 10:00 and 14:30")
    world.see("09:45:00", "106")
    assert world.see("10:10:00", "94") == FIRED
    world.see("10:11:00", "106")
    world.see("14:29:00", "106")
    assert world.see("14:31:00", "94") == NONE


def test_an_unfinished_ring_outlives_the_window(world: World) -> None:
    """Leaving it withdraws nothing; the close decides."""
    listen(world, "price > ma(5) between 10:00 and 14:30")
    assert clock(world, "10:00:00 14:31:00", "106") == [["provisional"], NONE]
    assert not world.steps[-1].armed
    assert world.pass_time("15:01") == ["confirmed"]


def test_what_never_rang_within_stands_for_nothing(world: World) -> None:
    """The other branch rang; at the close it is false, and the window's was never true."""
    listen(world, "(price > ma(5) between 10:00 and 10:30) or price > ma(3)")
    world.see("09:50:00", "99")
    assert world.see("10:40:00", "106") == ["provisional"]
    assert world.see("10:41:00", "99") == ["withdrawn"]


def test_qualifiers_follow_each_other(world: World) -> None:
    """Held for five minutes, at a time within the window."""
    listen(world, "price > 105 between 10:00 and 14:30 for 5m")
    world.see("09:50:00", "100")
    world.see("09:58:00", "106")
    assert clock(world, "10:02:59 10:03:00", "106") == [NONE, FIRED]


def test_quotes_out_of_the_session_decide_nothing(world: World) -> None:
    """A condition of regular hours does not hear the auction; one of the auction does."""
    regular = listen(world, "price > 105 between 09:30 and 10:00")
    both = listen(world, "price > 105 between 09:30 and 10:00 | session auction,regular")
    assert world.see("09:20:00", "106") == NONE
    assert world.see("09:30:00", "106") == FIRED * 2
    assert {event.condition for event in world.events} == {regular.id, both.id}


def test_a_rule_that_joins_withdraws_nothing(world: World) -> None:
    """What stood at 14:50 stands until the close, whoever comes to listen."""
    made = listen(world, "price > ma(5) at 14:50")
    world.see("09:30:00", "100")
    clock(world, "14:50:00 14:50:03", "106")
    world.engine.rejoin(made.id)
    assert world.pass_time("14:51") == NONE
    assert world.pass_time("15:01") == ["confirmed"]


def test_another_instruments_quote_is_not_ones_own() -> None:
    """A rule that reads another instrument is looked at with it; one that does not waits for a quote."""
    other = "000300.SH"
    world = World(
        instruments=[Instrument(symbol=SYMBOL), Instrument(symbol=other, kind=Kind.INDEX, decimals=3)],
        prev_close="100",
    )
    known = {SYMBOL: world.instrument(SYMBOL), other: world.instrument(other)}
    ids = {}
    for text in ("strength(000300.SH) > 2% for 5m", "price > 105 for 5m", "price > 105 at 09:35"):
        made = parse(f"{SYMBOL} {text}", known.get).condition
        world.engine.add(made)
        ids[made.id] = text
    world.take(world.quote("09:30:00", "106"), world.quote("09:30:00", "101", other))
    world.take(world.quote("09:35:00", "101", other))
    assert [ids[event.condition] for event in world.events] == ["strength(000300.SH) > 2% for 5m"]
    world.take(world.quote("09:35:10", "106"))
    assert sorted(ids[event.condition] for event in world.events[1:]) == [
        "price > 105 at 09:35",
        "price > 105 for 5m",
    ]
    assert {str(event.time)[11:19] for event in world.events[1:]} == {"01:35:10"}


def test_a_group_keeps_its_members_time() -> None:
    """Held for five minutes of their trading, decided at their market's time."""
    world = World(groups={"@g": [SYMBOL]}, prev_close="100")
    group = Instrument(symbol="@g", kind=Kind.GROUP, decimals=8)
    for text in ("change > 5% for 5m", "change > 5% at 14:50"):
        world.engine.add(spoken(text, "@g", group))
    assert clock(world, "11:28:00 13:02:59 13:03:00", "106") == [NONE, NONE, FIRED]
    assert clock(world, "14:49:59 14:50:01 14:50:04", "106") == [NONE, FIRED, NONE]


def test_a_window_told_after_a_restart(world: World) -> None:
    """A state is known at once; a sequence within it is not."""
    state = spoken("price > 105 between 10:00 and 14:30")
    ring = spoken("price > 105 then price < 107 within 30m between 10:00 and 14:30")
    for made in (state, ring):
        world.engine.add(made, seen=True)
    assert world.see("10:10:00", "106") == FIRED
    assert (truth_of(world, state), truth_of(world, ring)) == (True, None)
    world.see("10:11:00", "108")
    assert truth_of(world, ring) is False
