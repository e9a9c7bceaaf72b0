"""Daily bars in a real store: packed without loss, written whole, read back as they were."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import StoreError
from bot.store.bars import BAR_KEYS, Bars, Filled
from bot.store.client import Store
from bot.store.packing import packed, unpacked
from rules.model import History

SYMBOL = "300308.SZ"
NOW = datetime(2025, 11, 26, 12, tzinfo=UTC)


def bars(days: int, seed: int = 1, first: str = "2023-12-20", volume: float = 100.0) -> History:
    """Made daily bars, a factor that changes once."""
    chance = np.random.default_rng(seed)
    close = 100_000 + 10 * np.cumsum(chance.integers(-900, 900, days))
    opened = close + 10 * chance.integers(-300, 300, days)
    spread = 10 * chance.integers(0, 200, (2, days))
    return History(
        symbol=SYMBOL,
        dates=np.datetime64(first, "D") + np.arange(days),
        open=opened,
        high=np.maximum(opened, close) + spread[0],
        low=np.minimum(opened, close) - spread[1],
        close=close,
        volume=(volume * chance.integers(0, 10_000_000, days)).astype(np.float64),
        factor=np.where(np.arange(days) < days // 2, 1.0, 1.0123456789),
    )


def same(one: History, other: History) -> bool:
    """Whether two histories are the same numbers of the same types."""
    names = ("dates", "open", "high", "low", "close", "volume", "factor")
    pairs = [(getattr(one, name), getattr(other, name)) for name in names]
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize(("days", "volume"), [(0, 100.0), (1, 100.0), (500, 100.0), (500, 0.001)])
def test_nothing_is_lost(days: int, volume: float) -> None:
    """What is unpacked is what was packed, fractions of shares and changing factors too."""
    found = bars(days, volume=volume)
    assert same(found, unpacked(SYMBOL, packed(found)))


@given(
    rows=st.lists(
        st.tuples(st.integers(1, 10**16), st.integers(1, 10**16), st.integers(0, 10**15), st.floats(0, 1e20)),
        min_size=1,
        max_size=30,
    ),
    gaps=st.integers(1, 200),
)
@settings(max_examples=60, deadline=None)
def test_any_numbers_survive(rows: list[tuple[int, int, int, float]], gaps: int) -> None:
    """Whatever the prices, volumes and holes between days are."""
    opened, close, spread, volume = (np.array(column) for column in zip(*rows, strict=True))
    found = History(
        symbol=SYMBOL,
        dates=np.datetime64("1990-12-19", "D") + gaps * np.arange(len(rows)),
        open=opened,
        high=np.maximum(opened, close) + spread,
        low=np.minimum(opened, close) - spread,
        close=close,
        volume=volume.astype(np.float64),
        factor=np.ones(len(rows)),
    )
    assert same(found, unpacked(SYMBOL, packed(found)))


def test_a_bar_takes_few_bytes() -> None:
    """At most 14 bytes a bar of a usual year, so that 5,500 x 20 years fit in 400 MB."""
    found = packed(bars(244, first="2024-01-02"))
    assert list(found) == ["2024"]
    assert len(found["2024"]) < 14 * 244


@pytest.mark.parametrize("cut", [0, 2, 40, -1])
def test_bytes_that_are_cut_are_no_bars(cut: int) -> None:
    """Each is one error that names the instrument."""
    year = packed(bars(20, first="2024-01-02"))["2024"]
    with pytest.raises(StoreError, match=r"300308\.SZ"):
        unpacked(SYMBOL, {"2024": year[:cut]})
    with pytest.raises(StoreError, match="version 9"):
        unpacked(SYMBOL, {"2024": b"\x09" + year[1:]})
    with pytest.raises(StoreError, match="too many"):
        unpacked(SYMBOL, {"2024": year + b"x"})


async def test_they_come_back_whole_and_by_year(store: Store) -> None:
    """A later write replaces its years and leaves the others; the index says what is there."""
    kept, whole = Bars(store), bars(500)
    filled = Filled(source="tencent", checked=NOW, first=date(2023, 12, 20), days=500)
    assert await kept.index() == {}
    assert await kept.read([SYMBOL]) == {}
    await kept.write(SYMBOL, whole, filled)
    await kept.write("AAPL.US", None, filled)
    assert await kept.index() == {SYMBOL: filled, "AAPL.US": filled}
    found = await kept.read([SYMBOL, "AAPL.US"])
    assert list(found) == [SYMBOL]
    assert same(unpacked(SYMBOL, found[SYMBOL]), whole)
    year = whole.dates.astype("datetime64[Y]") == np.datetime64("2025", "Y")
    later = History(
        symbol=SYMBOL,
        dates=whole.dates[year],
        open=whole.open[year],
        high=whole.high[year],
        low=whole.low[year],
        close=whole.close[year],
        volume=whole.volume[year] + 7,
        factor=whole.factor[year],
    )
    assert list(await kept.write(SYMBOL, later, filled)) == ["2025"]
    again = unpacked(SYMBOL, (await kept.read([SYMBOL]))[SYMBOL])
    assert np.array_equal(again.volume, whole.volume + 7 * year)


def test_the_keys_are_in_the_table() -> None:
    """All are of the instrument's partition, so one script may write them."""
    patterns = ["{i:NN}:bars:<symbol>", "{i:NN}:barred", "{i:NN}:unbarred"]
    assert [key.pattern for key in BAR_KEYS] == patterns
