"""move(w): the window's base in trading time."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.formulas.windows import Past
from rules.meter import Moment
from rules.model import Frame, Quote
from rules.signals.move import Window
from tests.rules.world import World, leaf

FIRED, NONE = ["fired"], list[str]()
FIVE = timedelta(minutes=5)
UP2 = leaf("move", ">", "0.02", FIVE)


@pytest.fixture
def world() -> World:
    """One instrument, watched from its open."""
    return World(prev_close="100")


def test_against_the_price_five_minutes_ago(world: World) -> None:
    """2 % above the price at the end of the last bucket that ended five minutes ago."""
    world.add(UP2)
    assert world.see("09:30:00", "100") == NONE
    assert world.see("09:34:00", "101") == NONE
    assert world.see("09:36:00", "102") == NONE  # the open's bucket is the base: 2 % sharp
    assert world.see("09:38:00", "102.001") == FIRED
    (event,) = world.events
    assert (event.signal, event.level) == ("move(5m)", 2.0)
    assert event.value == pytest.approx(2.001)
    assert event.level_price is None


def test_the_base_moves_on(world: World) -> None:
    """At 9:39:05 the price of 9:34:00 is the base, at 9:39:04 it is not yet."""
    world.add(UP2)
    world.see("09:30:00", "100")
    world.see("09:34:00", "101")
    assert world.see("09:39:04", "102.9") == FIRED
    assert world.events[0].value == pytest.approx(2.9)
    assert world.see("09:39:05", "102.8") == NONE
    assert [row.ring for row in world.steps[-1].armed] == [1]  # 1.78 % against 101


def test_since_the_open(world: World) -> None:
    """Before five minutes have passed the open is the base, the feed's if it says one."""
    world.add(UP2)
    assert world.see("09:30:03", "101", open="99") == FIRED


def test_breaks_do_not_count(world: World) -> None:
    """13:02 is two trading minutes after 11:30: the price of 11:27 is five minutes ago."""
    world.add(UP2)
    world.see("09:30:00", "101")
    world.see("11:26:50", "100")
    world.see("11:29:00", "101")
    assert world.see("13:01:54", "102.001") == NONE
    assert world.see("13:02:00", "102.001") == FIRED
    assert world.events[0].value == pytest.approx(2.001)


def test_a_window_not_seen_whole_is_absent(world: World) -> None:
    """Joined at ten without knowing the open: nothing until five minutes have passed."""
    world.add(UP2)
    assert world.see("10:00:00", "100") == NONE
    assert world.see("10:04:59", "103") == NONE
    assert world.see("10:05:00", "103") == FIRED


def test_the_open_is_known_to_who_joins_late(world: World) -> None:
    """The feed states the open, and five minutes have not passed since."""
    world.add(UP2)
    assert world.see("09:33:00", "103", open="100") == FIRED


def test_sessions_do_not_mix(world: World) -> None:
    """Tomorrow's open is tomorrow's base, and the condition starts armed."""
    world.add(UP2)
    assert world.walk(["100", "103"]) == [NONE, FIRED]
    assert world.walk(["110", "112", "112.3"], day="2025-11-27") == [NONE, NONE, FIRED]


def test_an_unchanged_price_can_ring(world: World) -> None:
    """The base moves although the price does not."""
    world.add(leaf("move", "<", "0.001", timedelta(minutes=1)))
    assert world.see("09:30:00", "100") == FIRED
    world.see("09:30:01", "102")
    assert world.see("09:31:30", "102") == FIRED


def test_round_the_clock_the_window_must_be_covered() -> None:
    """No open: absent until w has passed since the first known price; midnight changes nothing."""
    symbol = "BTCUSDT.BINANCE"
    world = World()
    world.add(leaf("move", ">", "0.02", FIVE), symbol)
    start = datetime(2025, 11, 26, 23, 57, tzinfo=UTC)

    def see(seconds: int, price: int) -> list[str]:
        quote = Quote(symbol=symbol, time=start + timedelta(seconds=seconds), price=price * 10**8)
        frame = Frame(market="BINANCE", received=quote.time, quotes=(quote,))
        return [event.state.value for event in world.engine.take(frame).events]

    assert see(0, 100) == NONE
    assert see(200, 105) == NONE
    assert see(299, 106) == NONE
    assert see(300, 106) == FIRED


@pytest.mark.parametrize(("seconds", "size"), [(10, 1), (60, 1), (300, 5), (3600, 60)])
def test_buckets(seconds: int, size: int) -> None:
    """Buckets of max(1 s, w / 60)."""
    assert Past[int](timedelta(seconds=seconds)).size == size * 1_000_000


def test_the_last_price_of_a_bucket_counts() -> None:
    """Two prices in one bucket: the later one is its end's."""
    window = Window(timedelta(seconds=10), 3)

    def read(elapsed: float, price: int) -> int | None:
        return window.read(Moment(None, price, int(elapsed * 1_000_000), 1000, early=True))

    read(0.1, 1000)
    read(0.9, 1010)
    assert read(10.99, 1010) == read(10.99, 1010)
    assert read(11.0, 1010) == 0
