"""The quiet zone between boundaries lets quotes pass unlooked at, and never one that a rule waits for."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from rules.columns import PART, RANG, SLOW, TRUE, WAIT
from rules.engine import Engine
from rules.live import Lane
from rules.model import REGULAR, Condition, Event, Frame, Instrument, Leaf, Phase, Quote
from rules.sessions import default_hours
from tests.rules.world import World, leaf

START = datetime(2025, 11, 26, 1, tzinfo=UTC)
SYMBOL = "X.BINANCE"
LEVEL = Condition(symbol=SYMBOL, root=Leaf("price", (), ">", Decimal(101)), text="price > 101")


def price(engine: Engine, whole: int, seconds: int) -> tuple[Event, ...]:
    """One quote in continuous trading, and what it rang."""
    time = START + timedelta(seconds=seconds)
    quote = Quote(symbol=SYMBOL, time=time, price=whole * 10**8, phase=Phase.CONTINUOUS)
    return engine.take(Frame(market="BINANCE", received=time, quotes=(quote,))).events


def test_a_rule_made_where_no_other_is_left_is_judged_at_the_next_quote() -> None:
    """The only rule of an instrument goes and comes back between two quotes: true already, it rings again."""
    engine = Engine(
        default_hours(), lambda symbol: Instrument(symbol=symbol, decimals=8), lambda _: None, lambda _: ()
    )
    engine.add(LEVEL)
    assert [event.ring for event in price(engine, 102, 0)] == [1]
    engine.remove(LEVEL.id)
    assert price(engine, 102, 1) == ()
    engine.add(LEVEL)
    assert [event.ring for event in price(engine, 102, 2)] == [1]


def test_quiet_is_what_nobody_wants_a_look_at() -> None:
    """Up to the next boundary that says something, the nearest ways back and the given ends."""
    code = bytearray(20)
    lane = Lane(None, REGULAR, code)
    lane.stand(50)
    assert lane.quiet(0, 100) == (0, 100)
    lane.extend(range(10, 100, 10), range(1, 10))
    assert lane.quiet(0, 100) == (50, 60)
    assert lane.quiet(55, 57) == (55, 57)
    code[6] = code[7] = RANG  # passing 60 and 70 makes true what rang
    code[5] = TRUE  # falling below 50 makes false what nobody waits for
    code[4] = TRUE | WAIT
    assert lane.quiet(0, 100) == (40, 80)
    code[6] |= PART
    code[5] |= SLOW
    assert lane.quiet(0, 100) == (50, 60)
    lane.await_return(1, 52, 57)
    assert lane.quiet(0, 100) == (53, 57)


def test_only_so_many_boundaries_are_looked_through() -> None:
    """Past a cache line of dull ones the quiet ends all the same."""
    lane = Lane(None, REGULAR, bytearray([RANG] * 40))
    lane.extend(range(1, 31), range(1, 31))
    lane.stand(15)
    assert lane.quiet(0, 100) == (7, 24)


def test_the_first_word_on_the_open_is_heard() -> None:
    """Joined late without one: the same price with an open makes true what is measured from it."""
    for others in ((), (leaf("change", ">", "0.5"),)):  # the short look, and the full one
        world = World(prev_close=100)
        for root in (leaf("change_open", ">", "0.04"), leaf("price", ">", "200"), *others):
            world.add(root)
        assert world.walk([100, 100, 100], "10:30") == [[], [], []]
        assert world.see("10:31:00", 100, open=95) == ["fired"]
        assert world.see("10:31:03", 100, open=95) == []


def test_another_share_count_is_heard() -> None:
    """A market value follows a count that a quiet quote brings; one that is left out changes nothing."""
    world = World(prev_close=100, instruments=[Instrument(symbol="300308.SZ", shares=9)])
    world.add(leaf("market_cap", ">", "1000"))
    world.add(leaf("price", ">", "200"))
    assert world.walk([100, 100], "10:30") == [[], []]
    assert world.see("10:31:03", 100, shares=9) == []
    assert world.see("10:31:06", 100, shares=11) == ["fired"]
