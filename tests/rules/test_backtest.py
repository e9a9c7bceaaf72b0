"""Back-tests: the same engine on stored bars, what it skips says nothing, and what followed is arithmetic."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import numpy as np
import pytest

from rules.backtest import Tape, day_frames, is_intraday, minute_events, study
from rules.engine import Engine
from rules.language import parse
from rules.model import Event, Frame, History, Instrument, Minutes, Phase, Quote, State
from rules.sessions import default_hours
from tests.fixtures import lean
from tests.rules.world import SYMBOL, World, condition, history, leaf, q

SPY = Instrument(symbol="SPY.US", decimals=4, tick=100)
HOURS = default_hours()


def known(name: str) -> Instrument | None:
    """The two instruments of these tests."""
    return {SYMBOL: Instrument(symbol=SYMBOL), SPY.symbol: SPY}.get(name)


def engine_of(*texts: str, bars: History | None = None, symbol: str = SYMBOL) -> Engine:
    """An engine with these rules on one instrument."""
    engine = Engine(HOURS, lambda name: known(name) or Instrument(symbol=name), lambda _: bars, lambda _: ())
    for text in texts:
        engine.add(parse(f"{symbol} {text}", known).condition)
    return engine


def days(*rows: tuple[str, str, str, str], factor: tuple[float, ...] | None = None) -> History:
    """Daily bars (open, high, low, close) of the week before 26 November 2025 and that day."""
    made = history([row[3] for row in rows], last=date(2025, 11, 26), factor=factor)
    opened, high, low = (np.array([q(row[at]) for row in rows], np.int64) for at in range(3))
    return replace(made, open=opened, high=high, low=low)


def test_a_day_bar_is_open_envelope_and_close() -> None:
    """A level inside the day's span is touched, one the close is beyond rings there; then what followed."""
    bars = days(("10", "10", "10", "10"), ("10", "12", "9", "11"), ("11", "11", "11", "11.55"))
    engine = engine_of("price > 11.50", "price > 10.99", bars=bars)
    frames, skipped = day_frames([(Instrument(symbol=SYMBOL), bars)], HOURS)
    found = study(frames, engine, Tape(HOURS), by_day=True)
    rings = [(str(o.event.session), o.event.text, o.event.touched) for o in found.outcomes]
    assert rings == [
        ("2025-11-25", "price > 11.5", True),
        ("2025-11-25", "price > 10.99", False),
        ("2025-11-26", "price > 11.5", False),
    ]
    assert skipped == 0
    assert found.sessions == tuple(date(2025, 11, day) for day in (24, 25, 26))
    touched, beyond, last = (outcome.after for outcome in found.outcomes)
    assert touched["close"] == pytest.approx(11 / 11.5 - 1)
    assert touched["next_day"] == pytest.approx(11.55 / 11.5 - 1)
    assert beyond["close"] == 0.0
    assert beyond["next_day"] == pytest.approx(0.05)
    assert (last["5m"], last["30m"], last["next_day"]) == (None, None, None)


def test_over_an_ex_date_what_followed_is_adjusted() -> None:
    """Ten for one share: 10 to 1.05 is a gain of 5 %, and no fall of 90 % rings."""
    bars = days(
        ("10", "10", "10", "10"),
        ("10", "10.6", "10", "10.5"),
        ("1.05", "1.103", "1.05", "1.103"),
        factor=(1, 1, 10),
    )
    engine = engine_of("change >= 5%", "change < -50%", bars=bars)
    frames, _ = day_frames([(Instrument(symbol=SYMBOL), bars)], HOURS)
    found = study(frames, engine, Tape(HOURS), by_day=True)
    assert [str(o.event.session) for o in found.outcomes] == ["2025-11-25", "2025-11-26"]
    assert found.outcomes[0].after["next_day"] == pytest.approx(1.103 / 1.05 - 1)


def test_a_provisional_ring_says_how_it_ended() -> None:
    """Reclaimed at the open and lost by the close: withdrawn; held: confirmed."""
    closes = [("10", "10", "10", "10")] * 6
    bars = days(*closes, ("10.2", "10.2", "9", "9.5"), ("10.2", "10.4", "10.2", "10.4"))
    engine = engine_of("reclaim ma(5)", bars=bars)
    frames, _ = day_frames([(Instrument(symbol=SYMBOL), bars)], HOURS)
    found = study(frames, engine, Tape(HOURS), by_day=True)
    assert [outcome.ended for outcome in found.outcomes] == [State.WITHDRAWN, State.CONFIRMED]


def test_bars_on_no_session_are_skipped_and_counted() -> None:
    """A Saturday is no trading day; an empty history has no frames."""
    bars = history(["10"], last=date(2025, 11, 28))
    saturday = replace(bars, dates=np.array(["2025-11-29"], "datetime64[D]"))
    assert day_frames([(Instrument(symbol=SYMBOL), saturday)], HOURS) == ((), 1)
    nothing = replace(
        bars,
        **{
            name: getattr(bars, name)[:0]
            for name in ("dates", "open", "high", "low", "close", "volume", "factor")
        },
    )
    assert day_frames([(Instrument(symbol=SYMBOL), nothing)], HOURS) == ((), 0)


def test_what_followed_within_the_day_counts_trading_minutes() -> None:
    """Five minutes after 11:28 is 13:03; beyond the last quote nothing is known; a refused quote is none."""
    world = World(prev_close="10")
    world.add(leaf("price", ">", "10.5"))
    quotes = [
        world.quote(clock, price)
        for clock, price in (("09:30", "10"), ("11:28", "10.6"), ("13:02", "10.8"), ("13:03:01", "12"))
    ]
    frames = [Frame(market="SZ", received=one.time, quotes=(one,)) for one in quotes]
    late = replace(quotes[-1], time=quotes[-1].time + timedelta(seconds=1), price=None)
    frames.append(Frame(market="SZ", received=late.time, quotes=(late,)))
    found = study(frames, world.engine, Tape(HOURS))
    (outcome,) = found.outcomes
    assert outcome.after["5m"] == pytest.approx(10.8 / 10.6 - 1)
    assert outcome.after["30m"] is None
    assert outcome.after["close"] == pytest.approx(12 / 10.6 - 1)
    assert outcome.ended is None


def test_a_group_has_no_price_to_follow() -> None:
    """Its rings count; what followed is unknown."""
    world = World(groups={"@g": [SYMBOL]}, prev_close="10")
    world.engine.add(condition(leaf("change", ">", "0.01"), "@g"))
    quotes = [world.quote("09:30", "10"), world.quote("09:31", "11")]
    frames = [Frame(market="SZ", received=one.time, quotes=(one,)) for one in quotes]
    (outcome,) = study(frames, world.engine, Tape(HOURS)).outcomes
    assert set(outcome.after.values()) == {None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("move(5m) > 2%", True),
        ("price > 5 and move(5m) > 2%", True),
        ("change > 5%", False),
    ],
)
def test_rules_on_minutes_are_told_from_rules_on_days(text: str, *, expected: bool) -> None:
    """A window anywhere in the condition needs quotes."""
    line = parse(f"{SYMBOL} {text}", known)
    assert is_intraday(line.condition.root) is expected


def minutes_of(day: list[lean.Bar]) -> Minutes:
    """A recorded day's regular bars as columns."""
    bars = [bar for bar in day if bar.is_regular]
    columns = {
        name: np.array([getattr(bar, name) for bar in bars], np.int64)
        for name in ("open", "high", "low", "close")
    }
    begins = [round(bar.start.timestamp() * 1e6) for bar in bars]
    volume = np.array([bar.volume for bar in bars], np.float64)
    return Minutes(symbol=SPY.symbol, begins=np.array(begins, np.int64), volume=volume, **columns)


def every_bar(engine: Engine, bars: Minutes, prev_close: int) -> list[Event]:
    """The same without skipping: each bar's quote, built apart."""
    told: list[Event] = []
    for row in range(len(bars.begins)):
        time = datetime.fromtimestamp(int(bars.begins[row]) / 1e6, UTC) + timedelta(
            seconds=60, microseconds=-1
        )
        quote = Quote(
            symbol=bars.symbol, time=time, price=int(bars.close[row]), open=int(bars.open[0]),
            high=int(max(bars.high[: row + 1])), low=int(min(bars.low[: row + 1])), prev_close=prev_close,
            volume=float(sum(bars.volume[: row + 1])), phase=Phase.CONTINUOUS,
        )  # fmt: skip
        told.extend(engine.take(Frame(market="US", received=time, quotes=(quote,))).events)
    return told


def test_skipped_minutes_would_have_said_nothing() -> None:
    """Recorded days of SPY under hundreds of levels, and rules that need every quote: the same events."""
    chance, total = Random(3), 0  # noqa: S311 - a test's dice
    for recorded in lean.minutes("spy"):
        bars = minutes_of(recorded)
        middle, start = float(np.median(bars.close)) / 1e4, int(bars.open[0])
        for width, extra in ((0.2, ()), (2.0, ()), (1.0, ("move(5m) > 0.1%", "new high(day)"))):
            verbs = (">", "<", "crosses", "crosses above")
            texts = [
                f"price {chance.choice(verbs)} {middle + chance.gauss(0, width):.4f}"
                for _ in range(chance.choice((1, 5, 60)))
            ]
            engines = [engine_of(*texts, *extra, symbol=SPY.symbol) for _ in range(2)]
            told = minute_events(engines[0], bars, start)
            assert told == every_bar(engines[1], bars, start)
            total += len(told)
    assert total > 200


def test_no_bars_say_nothing() -> None:
    """An instrument that did not trade."""
    none = Minutes(
        symbol=SYMBOL, begins=np.empty(0, np.int64), open=np.empty(0, np.int64), high=np.empty(0, np.int64),
        low=np.empty(0, np.int64), close=np.empty(0, np.int64), volume=np.empty(0),
    )  # fmt: skip
    assert minute_events(engine_of("price > 5"), none, 5000) == []
