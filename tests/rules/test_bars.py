"""Unfinished bars: provisional, confirmed, withdrawn; day bars closed and the history they grow."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rules.model import Condition, Frame, Quote, SessionKind
from rules.sessions import Hours
from tests.rules.world import CLOSE, SYMBOL, World, history, leaf, q

P, C, W, NONE = ["provisional"], ["confirmed"], ["withdrawn"], list[str]()
# Ten closes of 100, so every average of n <= 10 has the level 100.
FLAT = ["100"] * 10


@pytest.fixture
def world() -> World:
    """One instrument with a flat history."""
    return World({SYMBOL: history(FLAT)}, prev_close="100")


def test_provisional_then_confirmed(world: World) -> None:
    """Above the average at the close: confirmed at the session's end, a minute after it."""
    world.add(leaf("ma", "above", None, 5))
    assert world.walk(["100", "100.001", "101"]) == [NONE, P, NONE]
    assert world.pass_time("15:00:59") == NONE
    assert world.pass_time("15:01:00") == C
    confirmed = world.events[-1]
    assert (confirmed.time, confirmed.ring, confirmed.price) == (CLOSE, 1, q("101"))
    assert confirmed.direction == world.events[0].direction
    assert world.pass_time("15:02:00") == NONE


def test_provisional_then_withdrawn_in_the_session(world: World) -> None:
    """False and back by the hysteresis is withdrawn; the next ring is another one."""
    world.add(leaf("ma", "crosses above", None, 5))
    assert world.walk(["100", "100.01", "99.9", "99.8", "100.01"]) == [NONE, P, NONE, W, P]
    assert [(event.ring, event.state.value) for event in world.events] == [
        (1, "provisional"),
        (1, "withdrawn"),
        (2, "provisional"),
    ]
    assert not world.steps[3].armed


def test_at_the_close_truth_alone_decides(world: World) -> None:
    """Just beneath the level, not back by the hysteresis: withdrawn, and armed for the next day."""
    world.add(leaf("ma", "above", None, 5))
    world.walk(["100", "101", "99.999"])
    assert world.pass_time("15:01") == W
    # Closes of 100, 100, 100 and 99.999 make 99.99975 the level.
    assert world.walk(["100"], day="2025-11-27", prev_close="99.999") == [P]


def test_a_confirmed_ring_rearms_later_without_a_word(world: World) -> None:
    """The day after, back beneath the average: armed, not withdrawn."""
    world.add(leaf("ma", "above", None, 5))
    world.walk(["100", "101"])
    world.pass_time("15:01")
    assert world.see("09:30:00", "101", day="2025-11-27", prev_close="101") == NONE
    assert world.see("09:30:03", "99", day="2025-11-27", prev_close="101") == NONE
    assert [row.state for row in world.steps[-1].armed] == ["armed"]


def test_the_next_session_closes_an_open_bar_first(world: World) -> None:
    """Without a word of time between, the first quote of the next day decides yesterday's ring first."""
    world.add(leaf("ma", "above", None, 5))
    world.walk(["100", "101"])
    assert world.see("09:30:00", "90", day="2025-11-27", prev_close="101") == C


def test_any_instrument_of_the_market_moves_its_time(world: World) -> None:
    """Market time is the market's: another stock's quote closes the bar; other markets do not."""
    world.add(leaf("ma", "above", None, 5))
    world.walk(["100", "101"])
    assert world.pass_time("15:01", market="SH") == NONE
    assert world.see("15:01:00", "9", "000001.SZ") == C


def test_a_print_after_the_bar_closed_changes_nothing(world: World) -> None:
    """A late print of the closed session neither rings nor moves the bar."""
    world.add(leaf("ma", "above", None, 5))
    world.walk(["100"])
    world.pass_time("15:01")
    assert world.see("15:00:30", "105") == NONE
    assert world.see("09:30:00", "100.5", day="2025-11-27", prev_close="100") == P


def test_averages_move_with_the_bars_of_the_stream(world: World) -> None:
    """The closed bar joins the history: tomorrow's level holds today's close."""
    made = world.add(leaf("ma", "above", None, 2))
    world.walk(["100", "110"])
    assert world.events[-1].level == 100.0
    world.pass_time("15:01")
    world.walk(["109", "111"], day="2025-11-27", prev_close="110")
    assert world.engine.last_ring(made.id) == world.events[-1]
    assert [event.level for event in world.events if event.state == "provisional"] == [100.0, 110.0]


def test_the_bar_of_the_stream_has_the_envelope(world: World) -> None:
    """A high between quotes, or of a price that no figure named, is a high of tomorrow's history."""
    world.add(leaf("new high", "is", None, "1d"))
    world.walk(["100", "120"], high="130", low="90")
    world.walk(["105"], "10:00", high="130", low="90")
    world.pass_time("15:01")
    assert world.walk(["125", "130", "130.01"], day="2025-11-27", prev_close="105") == [NONE, NONE, ["fired"]]


def test_the_providers_bar_wins(world: World) -> None:
    """A history that has the closed session itself, adjusted or corrected, replaces the stream's bar."""
    world.add(leaf("ma", "above", None, 2))
    world.walk(["100", "110"])
    world.pass_time("15:01")
    world.histories[SYMBOL] = history([*FLAT, "120"], last=date(2025, 11, 26))
    assert world.walk(["119", "121"], day="2025-11-27", prev_close="120") == [NONE, P]


def test_history_beyond_the_session_is_not_seen(world: World) -> None:
    """A replayed day does not know its own bar, nor later ones."""
    world.histories[SYMBOL] = history([*FLAT, "500", "600"], last=date(2025, 11, 27))
    world.engine = world.fresh()
    world.add(leaf("record high", "is"))
    assert world.walk(["100", "100.01"]) == [NONE, ["fired"]]


@pytest.mark.parametrize("verb", ["reclaim", "lose"])
def test_reclaim_and_lose_need_yesterday_on_the_other_side(verb: str) -> None:
    """CROSS on day bars: yesterday at its average counts, yesterday beyond it does not."""
    sign = 1 if verb == "reclaim" else -1
    for last, rings in ((0, True), (-1 * sign, True), (1 * sign, False)):
        world = World({SYMBOL: history([*FLAT, str(100 + last)])}, prev_close=str(100 + last))
        world.add(leaf("ma", verb, None, 5))
        assert world.walk([str(100 - 2 * sign), str(100 + 3 * sign)]) == [NONE, P if rings else NONE]


def test_a_reclaim_can_ring_again_the_next_day(world: World) -> None:
    """Withdrawn at the close just beneath the average; the next session decides anew."""
    world.add(leaf("ma", "reclaim", None, 5))
    world.walk(["100", "101", "99.99"])
    assert world.pass_time("15:01") == W
    assert world.walk(["100.5"], day="2025-11-27", prev_close="99.99") == [P]


def test_a_confirmed_reclaim_is_armed_anew_at_the_next_session(world: World) -> None:
    """Confirmed yesterday, impossible today: armed at once, so that it rings when it is possible again."""
    world.add(leaf("ma", "reclaim", None, 5))
    world.walk(["100", "101"])
    assert world.pass_time("15:01") == C
    assert world.walk(["90", "105"], day="2025-11-27", prev_close="101") == [NONE, NONE]
    assert [row.state for step in world.steps for row in step.armed] == ["armed"]


def test_a_reclaim_added_while_it_is_true_waits(world: World) -> None:
    """Added in mid-session above the average, it must be seen false first."""
    world.walk(["100", "101"])
    world.add(leaf("ma", "reclaim", None, 5))
    assert world.walk(["101", "100", "100.01"], "10:00") == [NONE, NONE, P]


def test_the_last_bar_with_its_own_inputs_counts_as_seen() -> None:
    """Yesterday 99 under its own average of 100.25: opening above today's rings."""
    world = World({SYMBOL: history([*FLAT, "102", "99"])}, prev_close="99")
    world.add(leaf("ma", "crosses above", None, 4))
    world.add(leaf("ma", "crosses below", None, 4))
    assert world.walk(["101"]) == [P]
    assert world.events[0].direction.value == "up"


def test_the_last_bar_beyond_its_own_average_is_no_gap() -> None:
    """Yesterday closed above its average: opening above it crosses nothing."""
    world = World({SYMBOL: history([*FLAT, "101"])}, prev_close="101")
    world.add(leaf("ma", "crosses above", None, 5))
    assert world.walk(["102", "99", "102"]) == [NONE, NONE, P]


def test_a_last_bar_without_enough_history_is_not_seen() -> None:
    """Where yesterday's own average is absent, nothing was seen and the first quote arms."""
    world = World({SYMBOL: history(["100"] * 3)}, prev_close="100")
    world.add(leaf("ma", "crosses above", None, 4))
    assert world.walk(["102"]) == [P]


@pytest.mark.parametrize(
    ("closes", "previous", "reason"),
    [(["100"] * 3, "100", "needed"), (None, "100", "no history"), (FLAT, "123", "")],
)
def test_absent_history_rings_nothing(closes: list[str] | None, previous: str, reason: str) -> None:
    """Too few bars, none, or ones that are not the previous session's: neither ring nor re-arm."""
    histories = {} if closes is None else {SYMBOL: history(closes, last=date(2025, 11, 20))}
    world = World(histories, prev_close=previous)
    world.add(leaf("ma", "above", None, 5))
    assert world.walk(["1000", "1"]) == [NONE, NONE], reason
    assert not any(step.seen for step in world.steps)


def test_an_ex_date_scales_the_history() -> None:
    """The feed's previous close against the last close is the factor of older prices."""
    world = World({SYMBOL: history(["200"] * 10)}, prev_close="100")
    world.add(leaf("ma", "above", None, 5))
    world.add(leaf("record high", "is"))
    assert world.walk(["100", "100.001"]) == [NONE, ["provisional", "fired"]]


def test_replays_end_with_finish(world: World) -> None:
    """A file whose last time is at the session's end closes it; one that ends earlier confirms nothing."""
    world.add(leaf("ma", "above", None, 5))
    world.walk(["100", "101"], "14:59")
    assert world.engine.finish().events == ()
    world.see("15:00:00", "101")
    (event,) = world.engine.finish().events
    assert event.state.value == "confirmed"
    assert world.engine.finish().events == ()


def test_finish_knows_the_time_of_the_hot_path(world: World) -> None:
    """Quotes that nothing looked at move the market's time too."""
    world.add(leaf("ma", "above", None, 5))
    world.walk(["101", "101", "101"], "14:59:57", high="101", low="101")
    assert [event.state.value for event in world.engine.finish().events] == ["confirmed"]


def test_round_the_clock_the_day_closes_at_midnight() -> None:
    """The UTC day is the session; its bar closes with the first time of the next one."""
    symbol = "BTCUSDT.BINANCE"
    world = World({symbol: history(FLAT, symbol)})
    world.add(leaf("ma", "above", None, 5), symbol)
    start = datetime(2025, 11, 26, 23, 59, 58, tzinfo=UTC)

    def see(second: int, price: int) -> list[str]:
        quote = Quote(symbol=symbol, time=start + timedelta(seconds=second), price=price * 10**8)
        frame = Frame(market="BINANCE", received=quote.time, quotes=(quote,))
        return [event.state.value for event in world.engine.take(frame).events]

    assert see(0, 101) == P
    assert see(1, 102) == NONE
    assert see(2, 99) == C
    assert see(3, 103) == P


def test_without_a_price_there_is_no_bar(world: World) -> None:
    """An instrument seen in the auction alone leaves no bar of the day."""
    root = leaf("price", ">", "1000")
    kinds = frozenset({SessionKind.AUCTION})
    world.engine.add(Condition(symbol=SYMBOL, root=root, text="a", sessions=kinds))
    world.add(leaf("ma", "above", None, 5))
    world.see("09:20:00", "105")
    world.pass_time("15:01")
    assert world.walk(["100.5"], day="2025-11-27") == [P]


def test_hours_without_a_table_never_close() -> None:
    """A market nobody described trades round the clock."""
    world = World(hours=Hours({}))
    world.add(
        leaf(
            "price",
            ">",
            "1",
        ),
        "X.MARS",
    )
    frame = Frame(
        market="MARS", received=CLOSE, quotes=(Quote(symbol="X.MARS", time=CLOSE, price=2 * 10**8),)
    )
    assert [event.symbol for event in world.engine.take(frame).events] == ["X.MARS"]
