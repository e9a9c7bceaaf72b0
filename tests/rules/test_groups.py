"""Groups: the mean of their members' changes, and how many lead."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from rules.limits import NEW
from rules.model import And, Instrument, Leaf
from tests.rules.world import World, at, leaf

GROUP = "@optics"
A, B, C = "300308.SZ", "300502.SZ", "688256.SH"
FIRED, NONE = ["fired"], list[str]()
RICH = 6e8


@pytest.fixture
def world() -> World:
    """Three members that closed at 100.00; the third has a band of 20 %."""
    instruments = [Instrument(symbol=C, limit=Decimal("0.2"))]
    return World(groups={GROUP: (A, B, C)}, prev_close="100", instruments=instruments)


def both(world: World, clock: str, first: str, second: str) -> list[str]:
    """One frame with a quote of two members."""
    events = world.take(world.quote(clock, first, A), world.quote(clock, second, B))
    return [event.state.value for event in events]


def test_change_is_the_mean_over_members_that_trade(world: World) -> None:
    """A member without a quote today does not count."""
    world.add(leaf("change", ">", "0.05"), GROUP)
    assert world.see("10:00:00", "106", A) == FIRED
    (event,) = world.events
    assert (event.symbol, event.price, event.signal) == (GROUP, None, "change")
    assert event.value == pytest.approx(6.0)
    assert event.level == 5.0
    assert event.change == pytest.approx(0.06)
    assert event.level_price is None


def test_a_group_is_evaluated_after_all_quotes_of_the_frame(world: World) -> None:
    """Between two members of one frame there is no moment."""
    world.add(leaf("change", ">", "0.05"), GROUP)
    assert both(world, "10:00:00", "112", "95") == NONE
    assert both(world, "10:00:03", "112", "98.001") == FIRED
    assert world.events[0].time == at("10:00:03")


def test_the_newest_member_quote_gives_the_time(world: World) -> None:
    """Not the last in the frame."""
    world.add(leaf("change", ">", "0.05"), GROUP)
    world.take(world.quote("10:00:03", "106", A), world.quote("10:00:01", "106", B))
    assert world.events[0].time == at("10:00:03")


def test_own_percent_axes_rearm_by_points(world: World) -> None:
    """5 % re-arms at 4.8 %."""
    world.add(leaf("change", ">=", "0.05"), GROUP)
    path = ["105", "104.9", "105", "104.801", "105", "104.8", "105"]
    assert [world.see(f"10:00:{index:02}", price, A) for index, price in enumerate(path)] == [
        FIRED,
        NONE,
        NONE,
        NONE,
        NONE,
        NONE,
        FIRED,
    ]


def test_leaders(world: World) -> None:
    """45 % of the member's own band and 500 M: 4.5 % of 10 %, 9 % of 20 %, the feed's limit before both."""
    world.add(leaf("leaders", ">=", "2"), GROUP)
    assert world.see("10:00:00", "104.5", A, amount=RICH) == NONE
    assert world.see("10:00:01", "104.499", B, amount=RICH) == NONE
    assert world.see("10:00:02", "108.9", C, amount=RICH) == NONE
    assert world.see("10:00:03", "109", C, amount=4e8) == NONE
    assert world.see("10:00:04", "109", C, amount=RICH) == FIRED
    (event,) = world.events
    assert (event.signal, event.value, event.level, event.direction.value) == ("leaders", 2.0, 2.0, "up")
    assert world.see("10:00:05", "101", C, amount=RICH) == NONE
    assert world.see("10:00:06", "102.25", C, amount=RICH, limit_up="105") == FIRED


@pytest.mark.parametrize(
    ("one", "least", "most"),
    [
        (Instrument(symbol=C, limit=Decimal("0.2")), "108.99", "109"),
        (Instrument(symbol="600518.SH", name="ST康美", limit=Decimal("0.1")), "102.24", "102.25"),
        (Instrument(symbol="600001.SH", limit=Decimal("0.1")), "104.49", "104.5"),
        (Instrument(symbol="600001.SH"), "104.49", "104.5"),  # nobody knows its band: 10 %
        (Instrument(symbol="AAPL.US", decimals=4, limit=Decimal("0.2")), "108.99", "109"),
    ],
)
def test_a_leaders_band_is_that_of_the_day(one: Instrument, least: str, most: str) -> None:
    """Special treatment has 5 % until July 2026, whatever its board has."""
    world = World(groups={GROUP: (one.symbol,)}, prev_close="100", instruments=[one])
    world.add(leaf("leaders", ">=", "1"), GROUP)
    hour = "23" if one.market == "US" else "10"
    assert world.see(f"{hour}:00:00", least, one.symbol, amount=RICH) == NONE
    assert world.see(f"{hour}:00:03", most, one.symbol, amount=RICH) == FIRED


def test_a_new_listing_leads_nobody() -> None:
    """No limit in its first five sessions, so no band; on the sixth it has one."""
    new = Instrument(symbol="600001.SH", limit=Decimal("0.1"), listed=date(2025, 11, 20))
    world = World(groups={GROUP: (new.symbol,)}, prev_close="100", instruments=[new])
    world.add(leaf("leaders", ">=", "1"), GROUP)
    assert world.see("10:00:00", "150", new.symbol, amount=RICH) == NONE
    assert world.see("10:00:00", "105", new.symbol, amount=RICH, day="2025-11-27") == FIRED


def test_what_a_feed_calls_new_leads_nobody() -> None:
    """Nobody knows when it was listed, but the feed says that it is in its first days: no band."""
    young = Instrument(symbol="301700.SZ", limit=Decimal("0.2"))
    world = World(groups={GROUP: (young.symbol,)}, prev_close="25", instruments=[young])
    world.add(leaf("leaders", ">=", "1"), GROUP)
    assert world.see("10:00:00", "90", young.symbol, amount=RICH, status=NEW) == NONE
    morning = {"day": "2025-11-27", "prev_close": "90", "amount": RICH}
    assert world.see("10:00:00", "100", young.symbol, **morning) == FIRED


def test_leaders_start_armed_each_session(world: World) -> None:
    """Yesterday's members say nothing today."""
    world.add(leaf("leaders", ">=", "1"), GROUP)
    assert world.see("10:00:00", "105", A, amount=RICH) == FIRED
    assert world.see("10:00:00", "101", B, amount=RICH, day="2025-11-27") == NONE
    assert world.see("10:00:03", "105", A, amount=RICH, day="2025-11-27") == FIRED


@pytest.mark.parametrize(
    ("symbol", "root"),
    [(GROUP, leaf("price", ">", "1")), (GROUP, leaf("record high", "is")), (A, leaf("leaders", ">=", "0"))],
)
def test_signals_that_do_not_exist_here(world: World, symbol: str, root: Leaf) -> None:
    """A group has no price, a stock no leaders: absent."""
    world.add(root, symbol)
    assert world.see("10:00:00", "100", A, amount=RICH) == NONE


def test_composites_of_a_group(world: World) -> None:
    """Both axes of the group move in one turn."""
    world.add(And((leaf("change", ">", "0.05"), leaf("leaders", ">=", "1"))), GROUP)
    assert world.see("10:00:00", "106", A) == NONE
    assert world.see("10:00:03", "106", A, amount=RICH) == FIRED


def test_an_auction_quote_moves_no_group(world: World) -> None:
    """Only regular quotes of members count."""
    world.add(leaf("change", ">", "0.05"), GROUP)
    assert world.see("09:20:00", "109", A) == NONE


def test_a_group_of_nobody_is_silent(world: World) -> None:
    """A group without members never rings."""
    world.add(leaf("change", ">", "0.05"), "@nobody")
    assert world.see("10:00:00", "109", A) == NONE


def test_members_without_a_previous_close_do_not_count(world: World) -> None:
    """Their change is unknown; the group's is too while nobody else trades."""
    world.prev_close = None
    world.add(leaf("change", ">", "0.05"), GROUP)
    world.add(leaf("leaders", ">=", "0"), GROUP)
    assert world.see("10:00:00", "109", A) == FIRED
    assert world.events[0].signal == "leaders"
    assert world.events[0].change is None


def test_a_member_of_another_exchange_wakes_the_group_next_day(world: World) -> None:
    """Another market's quote opens the session of a group that keeps its first member's hours."""
    world.add(leaf("change", ">", "0.05"), GROUP)
    assert world.see("10:00:00", "106", A) == FIRED
    assert world.see("09:30:00", "106", C, day="2025-11-27") == FIRED


def test_a_member_that_trades_on_a_day_off_wakes_nobody(world: World) -> None:
    """A coin trades on Sunday; a group that keeps Shenzhen's hours does not."""
    coin = "BTCUSDT.BINANCE"
    world.groups["@mixed"] = (A, coin)
    world.add(leaf("change", ">", "0.05"), "@mixed")
    assert world.see("10:00:00", "106", coin, day="2025-11-23", prev_close="100") == NONE


def test_the_mean_is_exact_at_its_ties(world: World) -> None:
    """Thirds that add up to 5 % sharp are 5 % sharp, whatever floors say."""
    third, twelfth = Fraction(1, 30), Fraction(1, 12)
    assert (2 * third + twelfth) / 3 == Fraction(1, 20)
    world.add(leaf("change", ">=", "0.05"), GROUP)
    world.add(leaf("change", ">", "0.05"), GROUP)
    world.see("10:00:00", "30", A, prev_close="30")
    world.see("10:00:00", "31", B, prev_close="30")
    world.see("10:00:00", "13", C, prev_close="12")
    assert world.see("10:00:03", "31", A, prev_close="30") == FIRED
    assert world.see("10:00:06", "31.001", B, prev_close="30") == FIRED
    assert [event.text.count(">=") for event in world.events] == [1, 0]
