"""Sentences of conditions.md section 1 that no signal's own tests have: bases, windows, floors, refusals."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from rules.formulas.curves import share
from rules.language import LanguageError, parse
from rules.model import Instrument, Kind
from tests.rules.world import DAY, HOURS, SYMBOL, World, history, leaf, visible

FIRED, NONE = ["fired"], list[str]()
STOCK = Instrument(symbol=SYMBOL)
MINUTE = 60_000_000
INDEX = Instrument(symbol="000001.SH", kind=Kind.INDEX, decimals=8)


def world_of(text: str, closes: list[str], **fields: str) -> World:
    """A world with one rule on 300308."""
    world = World({SYMBOL: history(closes)}, **fields)  # type: ignore[arg-type]
    world.engine.add(parse(f"300308.SZ {text}", {SYMBOL: STOCK}.get).condition)
    return world


@pytest.mark.parametrize(
    ("text", "nearly", "reached"),
    [
        ("到价560", "559.99", "560"),
        ("reaches 560", "559.99", "560"),
        ("price > 560", "560", "560.01"),
        ("record high", "500", "500.01"),
        ("new high(2d)", "500", "500.01"),
        ("price crosses above prev close", "500", "500.01"),
        ("站上2日线", "500", "500.01"),
    ],
)
def test_levels_are_reached_and_extremes_passed(text: str, nearly: str, reached: str) -> None:
    """到价 560 rings at 560.00; a tie is no new high and no cross."""
    world = world_of(text, ["500", "500", "500"], prev_close="500")
    assert world.see("10:00:00", "499") == NONE
    assert world.see("10:00:03", nearly) == NONE
    assert len(world.see("10:00:06", reached)) == 1


@pytest.mark.parametrize(
    ("text", "nearly", "reached"),
    [
        ("change >= 5%", "52.49", "52.5"),
        ("record high", "52", "52.01"),
        ("since(2025-11-24) >= 10%", "54.99", "55"),
        ("change(2d) >= 10%", "54.99", "55"),
        ("price > prev close", "50", "50.01"),
        ("price crosses above prev high", "52", "52.01"),
    ],
)
def test_on_an_ex_date_everything_counts_from_the_reference_price(
    text: str, nearly: str, reached: str
) -> None:
    """Ten for ten overnight: closes of 100 and the record of 104 are 50 and 52 today."""
    bars = history(["100", "100", "100"], highs={2: "104"})
    world = World({SYMBOL: bars}, prev_close="50")
    world.engine.add(parse(f"300308.SZ {text}", {SYMBOL: STOCK}.get).condition)
    assert world.see("10:00:00", "49") == NONE
    assert world.see("10:00:03", nearly) == NONE
    assert world.see("10:00:06", reached) == FIRED


@pytest.mark.parametrize(("minute", "median"), [(1, 4.5), (5, 2.4), (30, 1.6), (120, 1.1), (240, 1.0)])
def test_the_fixed_curve_has_the_published_medians(minute: int, median: float) -> None:
    """The usual volume ratio at each time is the curve's part of the day over the time's part of it."""
    session = HOURS.on("SZ", DAY)
    assert session is not None
    assert float(share(session, minute * MINUTE)) * 240 / minute == pytest.approx(median)


def test_a_minutes_volume_leaves_the_auctions_out() -> None:
    """A million shares of the opening auction are no busy minute, nor is the closing print."""
    bars = replace(history(["100"] * 5), volume=np.full(5, 1e6))
    world = World({SYMBOL: bars}, prev_close="100")
    world.add(leaf("volume", ">", "2", timedelta(minutes=1)))
    world.see("09:30:00", "100", volume=1e6)
    assert world.see("09:31:00", "100", volume=1.01e6) == NONE
    world.see("14:55:00", "100", volume=2e6)
    world.see("14:56:30", "100", volume=2.001e6)
    assert world.see("15:00:03", "100", volume=9e6) == NONE


def test_a_thin_name_stays_quiet() -> None:
    """Usual are a few shares a minute: what counts is 200,000 in currency at least, 2,000 shares at 100."""
    bars = replace(history(["100"] * 5), volume=np.full(5, 2400.0))
    world = World({SYMBOL: bars}, prev_close="100")
    world.add(leaf("volume", ">=", "2", timedelta(minutes=1)))
    world.see("10:00:00", "100", volume=1000.0)
    assert world.see("10:01:00", "100", volume=4999.0) == NONE
    world.see("10:30:00", "100", volume=5000.0)
    assert world.see("10:31:00", "100", volume=9000.0) == FIRED
    assert visible(world.events[0]) == {"usual volume": 2000.0}


@pytest.mark.parametrize(
    ("symbol", "kind", "longest"),
    [
        ("300308.SZ", Kind.STOCK, "4h"),
        ("00700.HK", Kind.STOCK, "5.5h"),
        ("AAPL.US", Kind.STOCK, "6.5h"),
        ("BTCUSDT.BINANCE", Kind.COIN, "24h"),
    ],
)
@pytest.mark.parametrize("signal", ["move", "rise", "fall", "move_by", "sigma"])
def test_windows_end_at_the_sessions_length(symbol: str, kind: Kind, longest: str, signal: str) -> None:
    """From ten seconds on; longer ones are a parse error, round the clock a day is the longest."""
    known = {symbol: Instrument(symbol=symbol, kind=kind)}.get
    level = "3" if signal in ("move_by", "sigma") else "3%"
    minutes = round(float(longest[:-1]) * 60)
    for window in ("10s", f"{minutes}m"):
        assert parse(f"{symbol} {signal}({window}) > {level}", known).condition.symbol == symbol
    wrong = "longer than a session" if minutes < 24 * 60 else "out of bounds"
    for window, reason in (("9s", "out of bounds"), (f"{minutes + 1}m", wrong)):
        with pytest.raises(LanguageError, match=reason):
            parse(f"{symbol} {signal}({window}) > {level}", known)


@pytest.mark.parametrize(
    "text",
    [
        "price > vwap",
        "turnover_rate > 8%",
        "turnover_rate(free) > 8%",
        "market_cap > 610B",
        "market_cap milestone",
        "float_cap > 610B",
        "limit up sealed",
        "limit down near 1%",
        "limit up touched",
        "limit_streak >= 3",
        "limits(5d) >= 3",
        "seal > 100M",
        "first seal",
        "auction change > 3%",
        "halted",
        "earnings within 3d",
    ],
)
def test_an_index_refuses_what_it_does_not_have(text: str) -> None:
    """One sentence with the words and the index."""
    with pytest.raises(LanguageError, match=rf"'.+' does not exist on {INDEX.symbol}"):
        parse(f"{INDEX.symbol} {text}", {INDEX.symbol: INDEX}.get)


def test_money_flow_is_labelled_with_whose_definition_it_is() -> None:
    """Sources differ two- or threefold; a quote without a source has no label."""
    world = World(prev_close="100")
    world.add(leaf("inflow", ">", "1e9"))
    assert world.see("10:00:00", "100", inflow=2e9, source="eastmoney") == FIRED
    assert visible(world.events[0]) == {"by the definition of": "eastmoney"}
    bare = World(prev_close="100")
    bare.add(leaf("outflow", ">", "1e9"))
    assert bare.see("10:00:00", "100", inflow=-2e9) == FIRED
    assert visible(bare.events[0]) == {}
