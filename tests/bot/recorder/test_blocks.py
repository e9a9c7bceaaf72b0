"""Frames as blocks: whatever they hold comes back, but for small sums of the book."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.founding.demo import world
from bot.recorder.blocks import DECODER, WALLS, Reader, Writer
from bot.recorder.columns import NAMES
from bot.recorder.numbers import packed, unpacked
from rules.model import Frame, Phase, Quote
from rules.signals.walls import WALL

NOON = datetime(2026, 9, 10, 4, tzinfo=UTC)
moments = st.integers(-(10**15), 10**15).map(lambda passed: NOON + timedelta(microseconds=passed))
prices = st.none() | st.integers(-(10**17), 10**17)
floats = (
    st.none()
    | st.integers(-(10**15), 10**15).map(float)
    | st.decimals(-(10**9), 10**9, places=2).map(float)
    | st.floats(allow_nan=False)
)
words = st.text(max_size=4)
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "time": moments,
    "phase": st.none() | st.sampled_from(Phase),
    "indicative": st.none() | st.decimals(0, 100, places=4),
    "earnings": st.none() | st.dates(),
    "status": words,
    "source": words,
    "flaw": st.none() | words,
}
WHOLE = {"price", "open", "high", "low", "prev_close", "limit_up", "limit_down", "bid", "ask", "shares"}


def quotes() -> st.SearchStrategy[Quote]:
    """Any quote of a few instruments."""
    found = {}
    for name in NAMES:
        usual = prices if name in WHOLE | {"float_shares", "free_float_shares"} else floats
        found[name] = KINDS.get(name, usual)
    return st.builds(Quote, symbol=st.sampled_from(["300308.SZ", "159352.SZ", "BTC-USD.COINBASE"]), **found)


def frames() -> st.SearchStrategy[list[Frame]]:
    """A few frames of one market, some of them empty."""
    one = st.builds(
        Frame, market=st.just("SZ"), received=moments, quotes=st.lists(quotes(), max_size=3).map(tuple)
    )
    return st.lists(one, max_size=5)


def kept(frame: Frame) -> Frame:
    """What is recorded of a frame: sums of the book that are no walls are 0."""

    def rough(depth: float | None) -> float | None:
        return 0.0 if depth is not None and depth < WALLS else depth

    found = (replace(q, bid_depth=rough(q.bid_depth), ask_depth=rough(q.ask_depth)) for q in frame.quotes)
    return replace(frame, quotes=tuple(found))


def back(blocks: Sequence[bytes]) -> list[Frame]:
    """The frames of a recording's blocks."""
    reader = Reader()
    return [frame for block in blocks for frame in reader.frames(block)]


@given(first=frames(), then=frames())
def test_what_is_written_is_read(first: list[Frame], then: list[Frame]) -> None:
    """Any values, in one block or several: the same frames, in the same order."""
    writer, blocks = Writer("SZ"), []
    for some in (first, then):
        for frame in some:
            writer.add(frame)
        blocks.append(writer.take())
    assert back(blocks) == [kept(frame) for frame in (*first, *then)]


def test_a_whole_day_comes_back() -> None:
    """The beginning of the founding day, market by market."""
    day = list(islice(world().frames(), 4000))
    for market in ("SZ", "SH"):
        writer = Writer(market)
        expected = [frame for frame in day if frame.market == market]
        for frame in expected:
            writer.add(frame)
        assert back([writer.take()]) == [kept(frame) for frame in expected]


def test_an_unchanged_quote_costs_nearly_nothing() -> None:
    """A frame of a thousand instruments that did not change is a few hundred bytes before packing."""
    quote = Quote(symbol="300308.SZ", time=NOON, price=540_000, volume=1e6, amount=5e8, source="x")
    many = tuple(replace(quote, symbol=f"{300000 + number}.SZ") for number in range(1000))
    writer = Writer("SZ")
    writer.add(Frame(market="SZ", received=NOON, quotes=many))
    writer.take()
    for second in range(10):
        writer.add(Frame(market="SZ", received=NOON + timedelta(seconds=3 * second), quotes=many))
    assert len(writer.take()) < 25_000


def test_walls_are_kept() -> None:
    """What counts as a wall, and where it is armed again, is far above what is left out."""
    assert Decimal(WALLS) * 4 < WALL


def test_fields_that_came_later_are_absent_and_unknown_ones_are_refused() -> None:
    """A recording of an older program is read; one of a newer program says that it cannot be."""
    writer = Writer("SZ")
    writer.add(Frame(market="SZ", received=NOON, quotes=(Quote(symbol="300308.SZ", time=NOON, price=1),)))
    block = DECODER.decode(writer.take())
    newer = msgspec.structs.replace(block, names=[*block.names, "colour"])
    with pytest.raises(KeyError):
        back([msgspec.msgpack.encode(newer)])
    older = {name for name in NAMES if name != "flaw"}
    columns = {name: text for name, text in block.columns.items() if name.partition("/")[0] != "flaw"}
    before = msgspec.structs.replace(block, names=[n for n in block.names if n in older], columns=columns)
    (frame,) = back([msgspec.msgpack.encode(before)])
    assert frame.quotes[0].flaw is None


@given(values=st.lists(st.integers(-(1 << 63), (1 << 63) - 1)))
def test_numbers_come_back(values: list[int]) -> None:
    """Whatever their size and sign."""
    assert unpacked(packed(values)) == values


def test_numbers_that_are_none_are_refused() -> None:
    """Cut short, no width, too large."""
    for data in (b"", b"\x03abc", b"\x02abc"):
        with pytest.raises(ValueError, match="cut short"):
            unpacked(data)
    with pytest.raises(OverflowError):
        packed([1 << 64])


def test_every_field_has_a_column() -> None:
    """A new field of quotes is recorded without anybody's help."""
    assert {field.name for field in fields(Quote)} == {*NAMES, "symbol"}
