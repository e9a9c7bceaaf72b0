"""What is kept of quotes that were not taken, and how a cursor counts frames."""

from dataclasses import replace
from datetime import timedelta

from bot.intake.held import Held, merged
from bot.roles.cursor import Cursor
from rules.model import Frame
from tests.bot.rig import COIN, OTHER, frame, moment


def test_held_frames_become_one_a_market() -> None:
    """The newest quote of each instrument at the newest receive time; then nothing is held any more."""
    held = Held()
    assert not held
    held.add(frame(1, 100))
    held.add(frame(2, 50, symbol=OTHER))
    held.add(Frame(market="OKX", received=moment(2)))
    held.add(frame(3, 101))
    coins, others = held.release()
    assert (coins.market, coins.received, others.market) == ("BINANCE", moment(3), "OKX")
    assert {quote.symbol: quote.price for quote in coins.quotes} == {
        COIN: 10_100_000_000,
        OTHER: 5_000_000_000,
    }
    assert others.quotes == ()
    assert not held
    assert held.release() == ()


def test_a_held_halt_is_kept_until_it_ends() -> None:
    """The newest word of each instrument counts; nothing is left over for the next time."""
    held = Held()
    halted = frame(1, 100).quotes
    held.add(
        Frame(market="BINANCE", received=moment(1), halted=(*halted, *frame(1, 50, symbol=OTHER).quotes))
    )
    held.add(frame(2, 50, symbol=OTHER))
    (released,) = held.release()
    assert released.halted == halted
    held.add(frame(3, 50, symbol=OTHER))
    assert held.release()[0].halted == ()


def test_the_days_extremes_survive_merging() -> None:
    """A high or low once shown stays, on the same day; prices without extremes make none up."""
    first = replace(frame(1, 100).quotes[0], high=110, low=90)
    second = replace(frame(2, 101).quotes[0], high=105, low=80)
    assert merged(None, first) == first
    assert merged(first, second) == replace(second, high=110, low=80)
    assert merged(first, frame(2, 101).quotes[0]) == replace(frame(2, 101).quotes[0], high=110, low=90)
    plain = frame(1, 100).quotes[0]
    assert merged(plain, plain) == plain
    tomorrow = replace(second, time=second.time + timedelta(days=1))
    assert merged(first, tomorrow) == tomorrow


def test_a_cursor_counts_the_frames_of_its_own_time() -> None:
    """Two markets' frames of one instant are two steps; times that run backwards move nothing."""
    cursor = Cursor(moment(1), 1)
    assert cursor.passed(frame(1)) == Cursor(moment(1), 2)
    assert cursor.passed(frame(2)) == Cursor(moment(2), 1)
    assert cursor.passed(frame(0)) == cursor
    assert Cursor.parse(str(cursor)) == cursor
