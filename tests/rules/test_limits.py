"""The dated table of daily limits, its rounding, and which finished days closed at them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.adjust import Daily, believed
from rules.levels import inputs_of
from rules.limits import NEW as YOUNG
from rules.limits import Limits, Side, band, closed_at, has_limits, is_free, limits, streak
from rules.model import Instrument, Kind, Quote
from tests.rules.world import HOURS, World, at, history, leaf, q

DAY = date(2025, 11, 26)
NEW = date(2026, 7, 6)


def stock(symbol: str, name: str = "", **fields: object) -> Instrument:
    """An instrument; funds by their kind."""
    return Instrument(symbol=symbol, name=name, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "day", "wanted"),
    [
        (stock("600519.SH"), DAY, "0.1"),
        (stock("000001.SZ"), DAY, "0.1"),
        (stock("300308.SZ"), DAY, "0.2"),
        (stock("301269.SZ"), DAY, "0.2"),
        (stock("302132.SZ"), DAY, "0.2"),
        (stock("300308.SZ"), date(2020, 8, 21), "0.1"),
        (stock("300308.SZ"), date(2020, 8, 24), "0.2"),
        (stock("688256.SH"), DAY, "0.2"),
        (stock("689009.SH"), DAY, "0.2"),
        (stock("920002.BJ"), DAY, "0.3"),
        (stock("600518.SH", "ST康美"), NEW - timedelta(days=1), "0.05"),
        (stock("600518.SH", "ST康美"), NEW, "0.1"),
        (stock("000004.SZ", "*ST国华"), DAY, "0.05"),
        (stock("600001.SH", "S*ST旧"), DAY, "0.05"),
        (stock("300010.SZ", "*ST豆神"), DAY, "0.2"),
        (stock("600001.SH", "BEST"), DAY, "0.1"),
        (stock("588330.SH", kind=Kind.FUND, limit=Decimal("0.2")), DAY, "0.2"),
        (stock("510300.SH", kind=Kind.FUND, limit=Decimal("0.1")), DAY, "0.1"),
        (stock("510300.SH", kind=Kind.FUND), DAY, "0.1"),
        (stock("113050.SH", kind=Kind.FUND, limit=Decimal("0.1")), DAY, "0.2"),
        (stock("123107.SZ"), DAY, "0.2"),
    ],
)
def test_the_table(one: Instrument, day: date, wanted: str) -> None:
    """Each board, fund, bond and special treatment on its side of each date."""
    assert has_limits(one)
    assert band(one, day) == Fraction(wanted)


@pytest.mark.parametrize(
    "one",
    [
        stock("000300.SH", kind=Kind.INDEX),
        stock("@bank", kind=Kind.GROUP),
        stock("00700.HK"),
        stock("AAPL.US"),
        stock("BTCUSDT.BINANCE", kind=Kind.COIN),
    ],
)
def test_where_there_are_none(one: Instrument) -> None:
    """Indices, groups, other markets."""
    assert not has_limits(one)
    assert band(one, DAY) is None
    assert limits(one, 1000, DAY) == Limits()


def test_the_founding_day() -> None:
    """Limit-ups of 26 November 2025 as the exchange published them (conditions.md section 4)."""
    days = {
        "300308.SZ": ("479.66", "575.59"),
        "300502.SZ": ("304.72", "365.66"),
        "300394.SZ": ("147.73", "177.28"),
        "300476.SZ": ("265.05", "318.06"),
        "688256.SH": ("1260.00", "1512.00"),
    }
    for symbol, (before, up) in days.items():
        assert limits(stock(symbol), q(before), DAY).up == q(up)


@given(
    st.integers(1, 300_000),
    st.sampled_from(["600000.SH", "300308.SZ", "920002.BJ", "510300.SH"]),
)
def test_rounding_is_the_exchanges(cents: int, symbol: str) -> None:
    """Half up to the tick (funds 0.001); Beijing rounds the upper limit down and the lower one up."""
    kind, tick = (Kind.FUND, 1) if symbol.startswith("5") else (Kind.STOCK, 10)
    one = stock(symbol, kind=kind, tick=tick)
    share = {"6": "0.1", "3": "0.2", "9": "0.3", "5": "0.1"}[symbol[0]]
    up, down = ROUND_HALF_UP, ROUND_HALF_UP
    if symbol.endswith("BJ"):
        up, down = ROUND_FLOOR, ROUND_CEILING
    step = Decimal(tick) / 1000
    before = cents * step
    found = limits(one, cents * tick, DAY)
    assert found.up is not None
    assert found.down is not None
    assert Decimal(found.up) / 1000 == (before * (1 + Decimal(share)) / step).quantize(Decimal(1), up) * step
    assert (
        Decimal(found.down) / 1000 == (before * (1 - Decimal(share)) / step).quantize(Decimal(1), down) * step
    )


@pytest.mark.parametrize(
    ("one", "free", "bound"),
    [
        (stock("600000.SH", listed=date(2025, 11, 20)), "2025-11-26", "2025-11-27"),
        (stock("920002.BJ", listed=date(2025, 11, 20)), "2025-11-20", "2025-11-21"),
    ],
)
def test_a_new_listings_first_days(one: Instrument, free: str, bound: str) -> None:
    """Five sessions without limits, in Beijing one; funds and unknown dates have none such."""

    def previous(day: date) -> date:
        return HOURS.previous(one.market, day)

    assert is_free(one, date.fromisoformat(free), previous)
    assert not is_free(one, date.fromisoformat(bound), previous)
    fund = stock("510300.SH", kind=Kind.FUND, listed=date(2025, 11, 26))
    assert not is_free(fund, DAY, previous)
    assert not is_free(stock("600000.SH"), DAY, previous)


def test_what_a_feed_calls_new_has_no_limits_of_the_table() -> None:
    """Its first days rise by hundreds of percent: not at a limit, not beyond one; the next ones have one."""
    world = World(prev_close="25")
    world.add(leaf("limit up touched", "is"), "301700.SZ")
    young = {"symbol": "301700.SZ", "status": YOUNG}
    assert [world.see(f"10:00:0{n}", price, **young) for n, price in enumerate((90, 30, 29.9))] == [[]] * 3
    quote = world.quote("10:00:03", "30", **young)
    assert inputs_of(quote, None, stock("301700.SZ"), HOURS).limit_up is None
    assert inputs_of(replace(quote, status=""), None, stock("301700.SZ"), HOURS).limit_up == q("30")
    assert world.see("10:00:00", "36", "301700.SZ", prev_close="30", day="2025-11-27") == ["fired"]


def bars(closes: list[str], symbol: str = "600000.SH", **fields: object) -> Daily:
    """Days up to the 25th as the session of the 26th believes them."""
    past = history(closes, symbol, **fields)  # type: ignore[arg-type]
    daily, _ = believed(past, DAY, int(past.close[-1]), date(2025, 11, 25))
    assert daily is not None
    return daily


def test_a_streak_counts_back_from_yesterday() -> None:
    """10.00, 11.00, 12.10, 13.31: three at the limit; a cent less ends it, the first bar never counts."""
    one = stock("600000.SH")
    assert streak(one, bars(["10", "11", "12.1", "13.31"]), Side.UP) == 3
    assert streak(one, bars(["10", "11", "12.09", "13.30"]), Side.UP) == 1
    assert streak(one, bars(["10", "11", "12.1", "13.30"]), Side.UP) == 0
    assert streak(one, bars(["10", "9", "8.1"]), Side.DOWN) == 2
    assert streak(one, bars(["10", "9", "8.1"]), Side.UP) == 0
    twice = bars(["10", "11"])
    assert [streak(one, twice, Side.UP) for _ in range(2)] == [1, 1]


@given(st.lists(st.integers(-1, 1), min_size=1, max_size=12), st.sampled_from(["600000.SH", "920002.BJ"]))
def test_a_factor_changes_no_streak(ticks: list[int], symbol: str) -> None:
    """An ex-date scales every older bar; at the limit stays so, two ticks beneath stays beneath."""
    one = stock(symbol)
    closes, wanted = [q("10")], list[bool]()
    for step in ticks:
        up = limits(one, closes[-1], DAY).up
        assert up is not None
        closes.append(up + min(step, 0) * 20)
        wanted.append(step >= 0)
    raw = history([str(Decimal(close) / 1000) for close in closes], symbol)
    prev_close = int(closes[-1]) - 10  # an ex-date today: a dividend of a cent
    daily, _ = believed(raw, DAY, prev_close, date(2025, 11, 25))
    assert daily is not None
    assert daily.close.dtype == np.float64
    for place in range(len(ticks) - 1):  # the newest is the previous close itself, whole
        assert closed_at(one, daily, place + 1, Side.UP) is wanted[place]
        assert not closed_at(one, daily, place + 1, Side.DOWN)


def test_where_nothing_can_close_at_a_limit() -> None:
    """Abroad no close is one, on whole prices nor on scaled ones."""
    daily = bars(["10", "11", "12.1"], "00700.HK", factor=[1.0, 0.9, 0.95])
    assert not any(closed_at(stock("00700.HK"), daily, place, Side.UP) for place in range(3))
    assert streak(stock("00700.HK"), bars(["10", "11"], "00700.HK"), Side.UP) == 0


def test_first_days_close_at_no_limit() -> None:
    """Five bars from the listing on; where the history begins later, all of it counts."""
    closes = ["10", "11", "12.1", "13.31", "14.64", "16.10", "17.71"]
    daily = bars(closes)
    first, later = daily.dates[0].item(), date(2025, 1, 2)
    assert streak(stock("600000.SH", listed=first), daily, Side.UP) == 2
    assert streak(stock("600000.SH", listed=later), bars(closes), Side.UP) == 6
    assert streak(stock("600000.SH", listed=date(2026, 1, 5)), bars(closes), Side.UP) == 6
    assert streak(stock("123107.SZ", kind=Kind.FUND, listed=first), bars(["10", "12"]), Side.UP) == 1


def test_a_stored_quotes_limits() -> None:
    """The feed's own first, else the table's, none in a new listing's first days or without a close."""
    one = stock("600000.SH")
    bare = Quote(symbol=one.symbol, time=at("10:00"), price=q("10"), prev_close=q("10"))
    fed = Quote(
        symbol=one.symbol, time=at("10:00"), price=q("10"), prev_close=q("10"), limit_up=1, limit_down=2
    )
    young = stock("600000.SH", listed=DAY)
    found = [
        inputs_of(quote, None, instrument, HOURS)
        for quote, instrument in (
            (bare, one),
            (fed, one),
            (bare, young),
            (Quote(symbol=one.symbol, time=at("10:00"), price=1), one),
        )
    ]
    assert [(each.limit_up, each.limit_down) for each in found] == [
        (11_000, 9_000),
        (1, 2),
        (None, None),
        (None, None),
    ]
    assert limits(one, q("10"), DAY) == Limits(11_000, 9_000)
