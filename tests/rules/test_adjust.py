"""Both conventions of adjusted prices: from corporate actions, on recorded bars, and in what signals say."""

import csv
import gzip
from dataclasses import replace
from datetime import date, datetime
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from rules.actions import Action, affine, ratios
from rules.adjust import AFFINE, RATIO, appended, believed, ended, factors
from rules.language import parse
from rules.levels import compiled, inputs_of, outlook
from rules.model import Bar, Condition, History, Instrument
from rules.region import Absent, Inputs, Region
from tests.recorded import DATA, needs
from tests.rules.world import DAY, HOURS, SYMBOL, World, history, leaf, q, visible

EVE = date(2025, 11, 25)
ACTIONS = "ashare/hikyuu/corporate_actions_stkWeight.csv"
BARS = "ashare/hikyuu/daily_raw_{}.csv.gz"
EXPORT = "history/tdx_export/SH_601003_qfq_gb18030.txt"
SHARE = Instrument(symbol=SYMBOL)


def cut(bars: History, gain: list[float], shift: list[float]) -> History:
    """The same bars with the affine convention's columns, the shift in currency."""
    return replace(bars, gain=np.array(gain), shift=np.array(shift) * 1000)


def test_an_action_is_the_exchanges_formula() -> None:
    """Ten shares at 10.00 with 5 transferred, 2.00 paid and 3 offered at 8.00."""
    action = Action(day=DAY, cash=0.2, bonus=0.5, rights=0.3, rights_price=8.0)
    assert action.reference(10.0) == pytest.approx((10 - 0.2 + 2.4) / 1.8)


def test_columns_of_both_conventions_follow_from_actions() -> None:
    """Cash shifts, bonus shares divide; what lies after the newest bar or before the first is nothing."""
    bars = history(["10", "9", "4.5", "4.4"])  # 20th, 21st, 24th, 25th
    actions = [
        Action(day=date(2025, 11, 24), bonus=1.0),
        Action(day=date(2025, 11, 21), cash=1.0),
        Action(day=date(2025, 11, 28), cash=1.0),
        Action(day=date(2025, 11, 1), cash=1.0),
    ]
    gain, shift = affine(bars.dates, actions, 3)
    assert gain.tolist() == [0.5, 0.5, 1.0, 1.0]
    assert shift.tolist() == [-500.0, 0.0, 0.0, 0.0]
    assert ratios(bars.close, gain, shift) == pytest.approx([0.45, 0.5, 1.0, 1.0])
    assert affine(bars.dates[:0], actions, 3)[0].tolist() == []
    assert ratios(bars.close[:0], gain[:0], shift[:0]).tolist() == []


def test_affine_bars_are_scaled_and_shifted() -> None:
    """Relative to the newest bar's own columns, so that backward-adjusted ones do as well."""
    bars = history(["10", "9", "4.5", "4.4"])
    for columns in (([0.5, 0.5, 1, 1], [-0.5, 0, 0, 0]), ([1, 1, 2, 2], [0, 1, 1, 1])):
        daily, _ = believed(cut(bars, *columns), DAY, q("4.4"), EVE)
        assert daily is not None
        assert daily.close.tolist() == [4500, 4500, 4500, 4400]
        assert (daily.adjusted, daily.before().adjusted) == (AFFINE, AFFINE)
    by_ratio, _ = believed(replace(bars, factor=np.array([0.45, 0.5, 1, 1])), DAY, q("4.4"), EVE)
    assert by_ratio is not None
    assert by_ratio.close == pytest.approx([4500, 4500, 4500, 4400])
    assert by_ratio.adjusted == RATIO
    plain, _ = believed(cut(bars, [1, 1, 1, 1], [0, 0, 0, 0]), DAY, q("4.4"), EVE)
    assert plain is not None
    assert (plain.adjusted, plain.close.dtype.kind) == ("", "i")


def test_an_ex_date_that_the_columns_do_not_know_yet_is_taken_by_ratio() -> None:
    """The feed's previous close says how much, not why; a bar of the stream carries it on."""
    bars = cut(history(["10", "9", "4.5", "4.4"]), [0.5, 0.5, 1, 1], [-0.5, 0, 0, 0])
    daily, _ = believed(bars, DAY, q("2.2"), EVE)
    assert daily is not None
    assert daily.close.tolist() == [2250, 2250, 2250, 2200]
    grown = appended(bars, SYMBOL, Bar(date=DAY, open=2200, high=2300, low=2100, close=2250, volume=1), 0.5)
    after, _ = believed(grown, date(2025, 11, 27), q("2.25"), DAY)
    assert after is not None
    assert after.close.tolist() == [2250, 2250, 2250, 2200, 2250]
    first = ended(grown, 4)
    assert first.gain is not None
    assert first.shift is not None
    assert (len(first.dates), len(first.gain), len(first.shift)) == (4, 4, 4)
    begun = appended(replace(ended(bars, 0), gain=np.empty(0), shift=np.empty(0)), SYMBOL, _bar())
    assert begun.gain is not None
    assert begun.shift is not None
    assert (begun.gain.tolist(), begun.shift.tolist()) == ([1.0], [0.0])
    assert ended(history(["1"]), 1).gain is None


def _bar() -> Bar:
    return Bar(date=DAY, open=1, high=1, low=1, close=1, volume=1)


def test_typed_levels_follow_the_affine_convention_too() -> None:
    """A dividend of 1.00 takes 1.00 off the level, whatever the level was."""
    bars = cut(history(["10", "9"]), [1, 1], [-1, 0])
    found = factors(bars, "SZ", DAY, q("9"), EVE)
    assert found is not None
    assert found.since(date(2025, 11, 24)) == (1.0, -1000.0)
    world = World({SYMBOL: bars}, prev_close="9")
    world.engine.add(_condition("price > 12 | as of 2025-11-24"))
    assert world.see("10:00:00", "11") == []
    assert world.see("10:00:03", "11.001") == ["fired"]
    assert visible(world.events[0]) == {"typed": "12", "as of": "2025-11-24", "factor": 1.0, "moved by": -1.0}
    (notice,) = [event for step in world.steps for event in step.notices]
    assert (notice.evidence["now"], notice.evidence["moved by"]) == ("11", -1.0)


@pytest.mark.parametrize("factor", [None, [1.0] * 100 + [2.0] * 200], ids=["raw", "adjusted"])
def test_totals_and_extremes_of_many_days_are_those_of_few(factor: list[float] | None) -> None:
    """However many days: sums of the newest closes, exact on raw bars; the extreme of a span and of all bars.

    Bars of the session itself and later are not among them.
    """
    closes = [100 + (day * 37) % 53 / 4 for day in range(300)]
    bars = history([*closes, 999], last=DAY, factor=factor and [*factor, 2.0])
    daily, _ = believed(bars, DAY, q(closes[-1]), EVE)
    assert daily is not None
    column = daily.close.tolist()
    for days in (0, 1, 2, 127, 128, 129, 300):
        total = daily.total(days)
        assert total == pytest.approx(sum(column[300 - days :]), rel=1e-15)
        assert isinstance(total, int if factor is None else float)
    given = Inputs(instrument=SHARE, history=daily)
    for name, args, days in (
        ("new high", ("60d",), 60),
        ("new high", ("250d",), 250),
        ("record low", (), 300),
    ):
        found = compiled(leaf(name, "is", None, *args), given)
        newest = column[300 - days :]
        assert isinstance(found, Region)
        assert found.levels == (max(newest) if name == "new high" else min(newest),)


def test_what_was_adjusted_says_by_which_convention() -> None:
    """Events and answers name it where bars had to be adjusted, and are silent where none had."""
    flat = ["10"] * 9
    affine_bars = cut(history([*flat, "9"]), [1.0] * 10, [-1.0] * 9 + [0.0])
    ratio_bars = history([*flat, "9"], factor=[0.9] * 9 + [1.0])
    for bars, name in ((affine_bars, AFFINE), (ratio_bars, RATIO), (history(["9"] * 10), None)):
        world = World({SYMBOL: bars}, prev_close="9")
        world.add(leaf("ma", "above", None, 5))
        world.add(leaf("change", ">", "0.01"))
        world.see("10:00:00", "9.1")
        found = {event.signal: visible(event).get("adjusted") for event in world.events}
        assert found == {"ma(5)": name, "change": None}
        quote = world.quote("10:00:03", "9.1")
        inputs = inputs_of(quote, bars, SHARE, HOURS)
        for text, adjusted in (("price > ma(5)", name or ""), ("price > 9.2", "")):
            assert outlook(_condition(text), inputs, quote).adjusted == adjusted


def _condition(text: str) -> Condition:
    return parse(f"{SYMBOL} {text}", lambda word: SHARE if word == SYMBOL else None).condition


@cache
def actions(code: str) -> tuple[Action, ...]:
    """Recorded events of a share; a tenth of what ten shares got."""
    with (DATA / ACTIONS).open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["code"] == code]
    found = (
        Action(
            day=datetime.strptime(row["date"], "%Y%m%d").date(),  # noqa: DTZ007 - a date alone
            cash=float(row["cash_per10"]) / 10,
            bonus=(float(row["bonus_shares_per10"]) + float(row["transfer_per10"])) / 10,
            rights=float(row["rights_per10"]) / 10,
            rights_price=float(row["rights_price"]),
        )
        for row in rows
    )
    return tuple(action for action in found if (action.gain, action.shift) != (1.0, 0.0))


def bars_of(
    dates: npt.NDArray[np.datetime64],
    prices: tuple[npt.NDArray[np.int64], ...],
    volume: npt.NDArray[np.float64],
) -> History:
    """Bars without factors."""
    opened, high, low, close = prices
    return History(
        symbol=SYMBOL,
        dates=dates,
        open=opened,
        high=high,
        low=low,
        close=close,
        volume=volume,
        factor=np.ones(len(dates)),
    )


@cache
def recorded(code: str) -> History:
    """Recorded raw bars, quanta of 0.001."""
    with gzip.open(DATA / BARS.format(code), "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    opened, high, low, close = (
        np.array([round(1000 * float(row[name])) for row in rows], np.int64)
        for name in ("open", "high", "low", "close")
    )
    days = [f"{row['date'][:4]}-{row['date'][4:6]}-{row['date'][6:]}" for row in rows]
    ones = np.ones(len(rows))
    dates = np.array(days, "datetime64[D]")
    return bars_of(dates, (opened, high, low, close), ones)


CODES = ("SH600000", "SZ000001", "SZ000002")
recordings = needs(ACTIONS, *map(BARS.format, CODES))


@recordings
@pytest.mark.parametrize("code", CODES)
def test_recorded_ex_dates_begin_at_the_reference_price(code: str) -> None:
    """From 1997 on the day's high and low lie within 10 % of the formula's price, but for one day a share.

    Those are share reforms (2006-05-12, 2007-06-20), whose first day had no limits and no reference price,
    and a rights issue (2000-01-10) whose recorded day is not its ex-date.
    """
    bars, fits = recorded(code), list[bool]()
    for action in actions(code):
        at = int(np.searchsorted(bars.dates, np.datetime64(action.day, "D")))
        if action.day.year < 1997 or at >= len(bars.dates) or bars.dates[at].astype(date) != action.day:
            continue
        reference = action.reference(bars.close[at - 1] / 1000)
        is_under = bars.high[at] / 1000 <= reference * 1.1 + 0.01
        fits.append(bool(is_under and bars.low[at] / 1000 >= reference * 0.9 - 0.01))
    assert len(fits) >= 7
    assert fits.count(False) == 1


@recordings
@pytest.mark.parametrize("code", CODES)
def test_recorded_bars_are_adjusted_as_a_walk_through_the_actions_does(code: str) -> None:
    """Each close taken through every later ex-date one by one, and the ratio convention by its references."""
    bars = recorded(code)
    gain, shift = affine(bars.dates, actions(code), 3)
    walked, multiplied = bars.close / 1000, bars.close / 1000
    for action in actions(code):
        before = bars.dates < np.datetime64(action.day, "D")
        if before.all():
            continue
        last = bars.close[before][-1] / 1000 if before.any() else 1.0
        walked = np.where(before, walked * action.gain + action.shift, walked)
        multiplied = np.where(before, multiplied * (action.reference(last) / last), multiplied)
    found = (bars.close * gain + shift) / 1000
    assert found == pytest.approx(walked, rel=1e-12, abs=1e-12)
    by_ratio = bars.close * ratios(bars.close, gain, shift) / 1000
    assert by_ratio == pytest.approx(multiplied, rel=1e-9)
    assert float(np.abs(by_ratio - found).max()) > 0.1  # the conventions are not the same
    full = replace(bars, gain=gain, shift=shift)
    day = bars.dates[-1].astype(date)
    daily, reason = believed(full, date(2012, 1, 4), int(bars.close[-1]), day)
    assert (reason, daily is not None) == ("", True)
    assert daily is not None
    assert daily.total(60) / 60000 == pytest.approx(walked[-60:].mean())


@cache
def export() -> History:
    """The terminal's own forward-adjusted prices, read as bars."""
    text = (DATA / EXPORT).read_bytes().decode("gb18030")
    rows = [line.split(",") for line in text.splitlines() if line[:1] == "2" and line.count(",") == 6]
    days = np.array([row[0].replace("/", "-") for row in rows], "datetime64[D]")
    opened, high, low, close = (
        np.array([round(1000 * float(row[n])) for row in rows], np.int64) for n in range(1, 5)
    )
    volume = np.array([float(row[6]) / float(row[5]) if float(row[5]) else np.nan for row in rows])
    ones = np.ones(len(rows))
    return History(
        symbol="601003.SH",
        dates=days,
        open=opened,
        high=high,
        low=low,
        close=close,
        volume=volume,
        factor=ones,
    )


@needs(EXPORT)
def test_the_terminals_convention_is_affine() -> None:
    """Its prices lie a constant beneath what was paid (amount / volume) from one dividend to the next."""
    bars = export()
    span = (bars.dates >= np.datetime64("2013-07-01")) & (bars.dates < np.datetime64("2014-06-01"))
    paid, told = bars.volume[span], (bars.high[span] + bars.low[span]) / 2000
    slope, offset = np.polyfit(paid, told, 1)
    assert slope == pytest.approx(1, abs=0.02)
    assert offset == pytest.approx(-1.89, abs=0.05)
    assert float((paid / told).std()) > 1  # no ratio would do


@needs(EXPORT)
def test_prices_beneath_zero_are_lived_with() -> None:
    """The low of 4 November 2008 is -0.02: a percentage of it means nothing, the rest goes on."""
    told = export()
    shift = np.full(len(told.dates), -5_000.0)
    shift[-1] = 0.0
    raw = replace(
        told,
        open=told.open + 5000,
        high=told.high + 5000,
        low=told.low + 5000,
        close=np.append(told.close[:-1] + 5000, told.close[-1]),
        gain=np.ones(len(told.dates)),
        shift=shift,
    )
    day = date(2021, 9, 24)
    daily, _ = believed(raw, day, int(raw.close[-1]), raw.dates[-1].astype(date))
    assert daily is not None
    assert daily.close.tolist() == told.close.tolist()
    assert float(daily.low.min()) == -20.0
    share = Instrument(symbol="601003.SH")
    inputs = Inputs(instrument=share, session=day, prev_close=int(raw.close[-1]), history=daily)
    since = compiled(leaf("since low", ">", "0.5", "2008-11-04"), inputs)
    assert since == Absent("the adjusted price of 2008-11-04 is not above zero")
    after = compiled(leaf("since low", ">", "0.5", "2008-11-05"), inputs)
    assert isinstance(after, Region)
    low = compiled(leaf("record low", "is"), inputs)
    assert isinstance(low, Region)
    assert low.boundaries == (-20,)
    assert not low.truth(1)
