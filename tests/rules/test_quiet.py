"""The quiet zone between boundaries lets quotes pass unlooked at, and never one that a rule waits for."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from rules.engine import Engine
from rules.model import Condition, Event, Frame, Instrument, Leaf, Phase, Quote
from rules.sessions import default_hours

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
