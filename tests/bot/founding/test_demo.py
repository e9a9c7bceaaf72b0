"""The founding day: published figures hit exactly, made-up paths in order, the same at every run."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from hashlib import sha256
from itertools import pairwise

import numpy as np
import pytest

from bot.founding import published
from bot.founding.crowd import days, uniform
from bot.founding.demo import World, at, world
from bot.founding.pace import encode
from bot.intake.gate import Gate
from bot.master.calendar import hours
from bot.master.reference import Reference
from rules.model import Frame, Instrument, Kind, Phase, Quote

STOCK, FUND = "300308.SZ", "588330.SH"
REGULAR = {Phase.CONTINUOUS, Phase.CLOSING_AUCTION}


@cache
def master() -> Reference:
    """The master with the demo's instruments in it."""
    reference = Reference.load()
    reference.extend(world().instruments, world().groups)
    return reference


@cache
def day() -> tuple[Frame, ...]:
    """Every frame of the day."""
    return tuple(world().frames())


@cache
def believed() -> dict[str, list[Quote]]:
    """What the gate passes, by symbol."""
    gate, found = Gate(hours(), master().get), dict[str, list[Quote]]()
    for frame in day():
        for quote in gate.judge(frame).frame.quotes:
            found.setdefault(quote.symbol, []).append(quote)
    assert set(gate.counts) == {"absent price"}
    return found


def regular(symbol: str) -> list[Quote]:
    """The believed quotes of the regular session."""
    return [quote for quote in believed()[symbol] if quote.phase in REGULAR]


def prices(symbol: str) -> list[Decimal]:
    """Their prices in currency."""
    scale = 10 ** master().get(symbol).decimals
    return [Decimal(quote.price or 0) / scale for quote in regular(symbol)]


def first(symbol: str, level: str | Decimal, start: int = 0) -> tuple[int, Decimal]:
    """Position and price of the first quote strictly above a level."""
    found = prices(symbol)
    position = next(n for n in range(start, len(found)) if found[n] > Decimal(level))
    return position, found[position]


def average(symbol: str, days_of: int) -> Decimal:
    """The level at which the live price passes its n-day average: the mean of the last n - 1 closes."""
    scale = 10 ** master().get(symbol).decimals
    closes = world().histories[symbol].close[-(days_of - 1) :]
    return Decimal(int(closes.sum())) / Decimal((days_of - 1) * scale)


@pytest.mark.parametrize("figure", published.NAMED, ids=lambda figure: figure.symbol)
def test_published_figures_are_hit_exactly(figure: published.Figure) -> None:
    """Open, high, low and close of each named instrument, and no price beyond them."""
    found, last = prices(figure.symbol), regular(figure.symbol)[-1]
    scale = 10 ** master().get(figure.symbol).decimals
    assert found[0] == Decimal(str(figure.open))
    assert (max(found), min(found)) == (Decimal(str(figure.high)), Decimal(str(figure.low)))
    assert found[-1] == Decimal(str(figure.close))
    assert last.high == max(quote.price or 0 for quote in regular(figure.symbol))
    assert Decimal(last.prev_close or 0) / scale == Decimal(str(figure.prev_close))
    if figure.limit_up is not None:
        assert Decimal(last.limit_up or 0) / scale == Decimal(str(figure.limit_up))


def test_the_levels_of_300308_are_those_of_the_worked_example() -> None:
    """Averages 473.115, 475.664 and 481.066 from the made-up closes; the record 542.01 on the 518.00 day."""
    assert [round(average(STOCK, n), 3) for n in (5, 10, 20)] == [
        Decimal("473.115"),
        Decimal("475.664"),
        Decimal("481.066"),
    ]
    history = world().histories[STOCK]
    assert len(history.close) == 129
    assert history.high.max() == 542010
    assert history.close[int(history.high.argmax())] == 518000
    assert np.count_nonzero(history.high == 542010) == 1


def test_300308_passes_every_level_in_order() -> None:
    """Average, 5 %, 10 %, record after a tie, 610 billion at its first cent, golden cross, 15 %."""
    rungs = [
        first(STOCK, average(STOCK, 20)),
        first(STOCK, "503.643"),
        first(STOCK, "527.626"),
        first(STOCK, "542.01"),
        first(STOCK, "548.9999"),
        first(STOCK, "551.4385"),
        first(STOCK, "551.609"),
    ]
    assert [price for _, price in rungs[4:]] == [Decimal(549), Decimal("551.44"), Decimal("551.61")]
    assert rungs == sorted(rungs)
    record = rungs[3][0]
    assert prices(STOCK)[record - 1] == Decimal("542.01")
    assert Decimal("549.00") * 1_111_117_000 > 610_000_000_000 > Decimal("548.99") * 1_111_117_000


def test_the_golden_cross_is_withdrawn_once_and_for_good() -> None:
    """Between cross and high no quote falls back by 0.2 %; one does later; none passes the level again."""
    cross, _ = first(STOCK, "551.4385")
    found = prices(STOCK)
    edge = Decimal("551.4385") * Decimal("0.998")
    gone = next(n for n in range(cross, len(found)) if found[n] < edge)
    assert found.index(Decimal("556.88")) < gone
    assert max(found[gone:]) < Decimal("551.4385")
    assert found[-1] > Decimal("542.01")


def test_a_move_of_two_percent_in_five_minutes_happens() -> None:
    """The rungs do not only crawl."""
    quotes = regular(STOCK)
    steps = 300 // 5
    moves = [
        (later.price or 0) / (earlier.price or 1) - 1
        for earlier, later in zip(quotes, quotes[steps:], strict=False)
    ]
    assert max(moves) > 0.02


def test_the_fund_reclaims_two_averages_and_nears_the_third() -> None:
    """Yesterday at or below its 5- and 10-day averages, today above; under the 60-day one all day."""
    closes = world().histories[FUND].close / 1000
    assert closes[-1] < closes[-5:].mean()
    assert closes[-1] < closes[-10:].mean()
    high = max(prices(FUND))
    assert high > average(FUND, 5)
    assert high > average(FUND, 10)
    assert Decimal("0.99") < high / average(FUND, 60) < 1
    assert [round((Decimal(p) / 1042 - 1) * 100, 2) for p in (1087, 1081)] == [
        Decimal("4.32"),
        Decimal("3.74"),
    ]


def test_three_optical_modules_lead_at_once() -> None:
    """At some moment all three are at 45 % of their band with half a billion traded."""
    leading: dict[str, set[datetime]] = {}
    for symbol in world().groups["@optical-modules"]:
        leading[symbol] = {
            quote.time
            for quote in regular(symbol)
            if (quote.price or 0) >= (quote.prev_close or 0) * 1.09 and (quote.amount or 0) >= 5e8
        }
    assert set.intersection(*leading.values())


def test_others_rise_but_break_no_record() -> None:
    """Circuit boards nearly 7 %, AI chips over 5 %; only 300308 makes a record."""
    for symbol, least in (
        ("300476.SZ", 1.065),
        ("688256.SH", 1.05),
        ("300502.SZ", 1.11),
        ("300394.SZ", 1.09),
    ):
        last = regular(symbol)[-1]
        assert (last.high or 0) >= (last.prev_close or 0) * least
        assert (last.high or 0) < world().histories[symbol].high.max()


def test_the_auction_misleads_and_rings_nothing() -> None:
    """Its first indication is above +5 %, stamped as auction; before it everything is zero."""
    indicated = [quote for quote in believed()[STOCK] if quote.phase is Phase.AUCTION]
    assert max(quote.price or 0 for quote in indicated) > 479660 * 1.05
    assert all(quote.open is None and quote.high is None for quote in indicated)
    assert {quote.price for quote in day()[0].quotes} == {None}


def test_the_days_shape() -> None:
    """Frames run strictly forward on the market's clock, through lunch, to a late clock after the close."""
    assert all(a.received < b.received for a, b in pairwise(day()))
    assert day()[0].received >= world().start
    lunch = [f for f in day() if at("11:31:00") < f.received < at("13:00:00")]
    assert lunch
    assert not any(frame.quotes for frame in lunch)
    assert {frame.market for frame in day()} == {"SH", "SZ"}
    tail = believed()[STOCK][-1]
    assert (tail.time, tail.phase, tail.price) == (at("15:34:59"), Phase.CLOSED, 543220)
    assert any(frame.received >= at("15:01:00") and not frame.quotes for frame in day())
    gaps = [b.received - a.received for a, b in pairwise(f for f in day() if f.received < at("15:05:00"))]
    assert max(gaps) <= timedelta(seconds=75)


def test_the_crowd_is_quiet_and_marked() -> None:
    """Three hundred made-up names stay within 4 % of their previous close, and say what they are."""
    named = {figure.symbol for figure in published.NAMED}
    crowd = [instrument for instrument in world().instruments if instrument.symbol not in named]
    assert len(crowd) == 300
    assert len({instrument.name for instrument in crowd}) == 300
    assert all("虚构" in i.name and "made up" in i.english for i in crowd)
    for instrument in crowd:
        quotes = regular(instrument.symbol)
        assert len(quotes) > 100
        assert all(abs((q.price or 0) / (q.prev_close or 1) - 1) < 0.04 for q in quotes)


def test_everything_is_labelled_and_consistent() -> None:
    """Each quote's source is "reconstruction"; each history ends the day before at the previous close."""
    assert "reconstruction" in world().label
    assert {quote.source for frame in day() for quote in frame.quotes} == {"reconstruction"}
    for symbol, history in world().histories.items():
        assert len(history.close) >= 61
        assert history.close[-1] == believed()[symbol][-1].prev_close
        assert (history.high >= np.maximum(history.open, history.close)).all()
        assert (history.low <= np.minimum(history.open, history.close)).all()
        assert history.dates[-1] == np.datetime64("2025-11-25")
    dates = days(129)
    assert np.datetime64("2025-10-01") not in dates
    assert list(dates) == sorted(set(dates))


def test_indices_trade_nothing() -> None:
    """An index has no volume of its own; both rise."""
    for symbol in ("399006.SZ", "000688.SH"):
        last = regular(symbol)[-1]
        assert master().get(symbol).kind is Kind.INDEX
        assert (last.volume, last.amount) == (None, None)
        assert (last.price or 0) > (last.prev_close or 0)


def digest(made: World, frames: Sequence[Frame]) -> str:
    """One number for a whole world."""
    total = sha256()
    for frame in frames:
        total.update(encode(frame))
    for symbol in sorted(made.histories):
        total.update(made.histories[symbol].close.tobytes())
    return total.hexdigest()


def test_two_worlds_are_the_same_bytes() -> None:
    """Nothing depends on a clock, a hash seed or the order of runs."""
    again = world.__wrapped__()
    assert digest(again, tuple(again.frames())) == digest(world(), day())
    assert uniform(1, 3).tolist() == pytest.approx(
        [0.5118216247002567, 0.9504636963259353, 0.14415961271963373]
    )


def test_shares_of_the_milestone() -> None:
    """610 billion depends on the share count of the worked example."""
    found: Instrument = master().get(STOCK)
    assert found.shares == 1_111_117_000
