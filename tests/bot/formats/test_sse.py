"""Event streams and the lists in them."""

import json
from typing import Any

import pytest

from bot.errors import FeedError
from bot.formats.push2 import quotes
from bot.formats.sse import Events, Rows
from rules.model import Quote
from tests.bot.china import Stock, push2
from tests.bot.sources import BUSY


def event(diff: Any) -> bytes:
    """The data of an event."""
    return json.dumps({"rc": 0, "data": None if diff is None else {"total": 2, "diff": diff}}).encode()


def told(rows: Rows, diff: Any) -> list[Quote]:
    """The quotes that an event leads to."""
    body = rows.take(event(diff))
    return quotes(body, BUSY) if body else []


def test_events_are_cut_wherever_chunks_end() -> None:
    """Any split of the stream gives the same events; comments and other fields are no data."""
    stream = b": hello\n\nevent: x\ndata: one\n\ndata: two\r\ndata: lines\r\n\r\nretry: 5\n\ndata: rest"
    for cut in range(len(stream)):
        events = Events()
        found = [*events.take(stream[:cut]), *events.take(stream[cut:])]
        assert found == [b"one", b"two\nlines"]


def test_an_endless_event_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound of a body it is no event."""
    monkeypatch.setattr("bot.formats.sse.BODY_LIMIT", 10)
    with pytest.raises(FeedError, match="more than 10"):
        list(Events().take(b"data: 12345678"))


def test_changed_fields_are_laid_over_whole_rows() -> None:
    """The first event is whole; later ones name by index what changed; null is a heartbeat."""
    rows = Rows()
    one, other = push2(Stock(symbol="300308.SZ")), push2(Stock(symbol="600519.SH", last=20.0))
    assert [quote.symbol for quote in told(rows, {"0": one, "1": other})] == ["300308.SZ", "600519.SH"]
    assert told(rows, None) == []
    (changed,) = told(rows, {"1": {"f2": 20.5, "f124": one["f124"] + 3}})
    assert (changed.symbol, changed.price, changed.open) == ("600519.SH", 20500, 10000)
    assert (changed.time - BUSY).total_seconds() == 3
    (again,) = told(rows, {"1": {"f5": 200}})
    assert (again.price, again.volume) == (20500, 20000)


def test_an_index_that_nothing_whole_was_told_of_is_left_out() -> None:
    """After a lost beginning there is nothing to lay a change over."""
    rows = Rows()
    assert told(rows, {"7": {"f2": 20.5}}) == []
    assert rows.take(b'{"rc":0,"data":{"total":0}}') is None


def test_another_instrument_at_the_same_place_starts_anew() -> None:
    """Nothing of the one before shines through."""
    rows = Rows()
    told(rows, {"0": push2(Stock(symbol="300308.SZ", inflow=5.0))})
    (found,) = told(rows, {"0": {"f12": "600519", "f13": 1, "f2": 20.0, "f124": 1764122400}})
    assert (found.symbol, found.inflow, found.flaw) == ("600519.SH", None, None)


def test_an_unreadable_event_is_an_error() -> None:
    """A page within a stream ends it."""
    with pytest.raises(FeedError, match="eastmoney"):
        Rows().take(b"<html>")
