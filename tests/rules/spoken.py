"""Conditions in words for the engine's tests."""

from rules.language import parse
from rules.model import Condition, Instrument
from tests.rules.world import SYMBOL, World


def spoken(text: str, symbol: str = SYMBOL, instrument: Instrument | None = None) -> Condition:
    """A condition of the language on one instrument."""
    known = instrument or Instrument(symbol=symbol)
    return parse(f"{symbol} {text}", {symbol: known}.get).condition


def listen(world: World, text: str, symbol: str = SYMBOL) -> Condition:
    """Add a condition in words and return it."""
    made = spoken(text, symbol, world.instrument(symbol))
    world.engine.add(made)
    return made


def clock(world: World, times: str, price: float | str, **fields: str) -> list[list[str]]:
    """Quotes of one price at several times of the day; the states of each."""
    return [world.see(time, price, **fields) for time in times.split()]
