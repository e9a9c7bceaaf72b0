"""Two connections at once: each quote is told once, and none behind a newer one."""

from datetime import UTC, datetime, timedelta

from bot.intake.overlap import Overlap
from rules.model import Frame, Quote

START = datetime(2026, 9, 10, 2, tzinfo=UTC)


def quote(second: int, price: int, symbol: str = "BTCUSDT.BINANCE") -> Quote:
    """A trade so many seconds in."""
    return Quote(symbol=symbol, time=START + timedelta(seconds=second), price=price)


def told(overlap: Overlap, *quotes: Quote) -> list[int | None]:
    """The prices that pass."""
    frame = overlap.filtered(Frame(market="BINANCE", received=START, quotes=quotes))
    return [one.price for one in frame.quotes]


def test_what_both_bring_is_told_once() -> None:
    """The slower connection adds nothing, nor does a snapshot that is older than the last trade."""
    overlap = Overlap()
    assert told(overlap, quote(1, 100), quote(2, 101)) == [100, 101]
    assert told(overlap, quote(1, 100), quote(2, 101), quote(3, 102)) == [102]
    assert told(overlap, quote(2, 999)) == []


def test_trades_of_one_instant_are_all_told() -> None:
    """Several trades share a millisecond: each passes, its twin from the other connection does not."""
    overlap = Overlap()
    assert told(overlap, quote(1, 100), quote(1, 101)) == [100, 101]
    assert told(overlap, quote(1, 101), quote(1, 102), quote(1, 100)) == [102]


def test_instruments_do_not_wait_for_each_other() -> None:
    """Order is one instrument's own."""
    overlap = Overlap()
    assert told(overlap, quote(5, 100), quote(1, 7, "ETHUSDT.BINANCE")) == [100, 7]


def test_a_frame_of_news_is_passed_on_as_it_is() -> None:
    """Nothing is copied where nothing is dropped."""
    frame = Frame(market="BINANCE", received=START, quotes=(quote(1, 100),))
    assert Overlap().filtered(frame) is frame
