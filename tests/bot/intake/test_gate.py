"""The gate: what it passes, what it refuses, and the word it gives for it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from bot.intake.gate import SAMPLES, SYMBOLS, Gate, Verdicts
from rules.model import Frame, Instrument, Kind, Phase, Quote
from rules.sessions import default_hours

CHINA = timezone(timedelta(hours=8))
SYMBOL = "300308.SZ"


def at(clock: str, day: str = "2025-11-26") -> datetime:
    """A Chinese wall-clock time as UTC."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=CHINA).astimezone(UTC)


def instrument(symbol: str) -> Instrument:
    """A ChiNext stock, a Beijing stock, an index or a coin, by market and code."""
    market = symbol.rpartition(".")[2]
    if market == "BINANCE":
        return Instrument(symbol=symbol, kind=Kind.COIN, decimals=8, tick=1)
    if symbol.startswith("399"):
        return Instrument(symbol=symbol, kind=Kind.INDEX, decimals=8, tick=1)
    share = {"SZ": Decimal("0.2"), "BJ": Decimal("0.3")}.get(market)
    return Instrument(symbol=symbol, limit=share)


def quote(clock: str = "10:00:00", price: float | None = 500.0, **fields: Any) -> Quote:
    """A quote of 300308 at a Chinese time; prices in yuan."""
    for name in ("open", "high", "low", "prev_close", "limit_up", "limit_down"):
        if fields.get(name) is not None:
            fields[name] = round(fields[name] * 1000)
    whole = None if price is None else round(price * 1000)
    plain = Quote(symbol=SYMBOL, time=at(clock), price=whole, source="test")
    return replace(plain, **fields)


def judge(gate: Gate, *quotes: Quote, received: datetime | None = None) -> Verdicts:
    """The verdict on one frame, received when its newest quote was made unless said otherwise."""
    market = quotes[0].symbol.rpartition(".")[2]
    moment = received or max(q.time for q in quotes)
    return gate.judge(Frame(market=market, received=moment, quotes=quotes))


def reason(gate: Gate, given: Quote, received: datetime | None = None) -> str:
    """The reason of a refusal, "ok" where the quote passed."""
    verdicts = judge(gate, given, received=received)
    return verdicts.refused[0][1] if verdicts.refused else "ok"


@pytest.fixture
def gate() -> Gate:
    """A gate over usual weekdays."""
    return Gate(default_hours(), instrument)


@pytest.mark.parametrize(
    ("given", "received", "expected"),
    [
        (quote(), None, "ok"),
        (quote(price=None), None, "absent price"),
        (quote(price=0.0), None, "absent price"),
        (quote(price=-1.0), None, "absent price"),
        (quote("09:10:00", None, open=0, prev_close=479.66), None, "absent price"),
        (quote("09:41:00", None, open=0, prev_close=479.66), None, "untraded"),
        (quote("09:41:00", 479.66, open=0, prev_close=479.66), None, "untraded"),
        (quote("09:22:33", 479.66, open=0, prev_close=479.66), None, "ok"),
        (quote(status="suspended"), None, "halted"),
        (quote(status="trading"), None, "ok"),
        (quote(phase=Phase.HALTED), None, "halted"),
        (quote(flaw="off grid: 12.3456"), None, "off grid"),
        (quote(), at("10:00:00") - timedelta(seconds=5), "ok"),
        (quote(), at("10:00:00") - timedelta(seconds=6), "future"),
        (quote(), at("10:02:00"), "ok"),
        (quote(), at("10:02:01"), "stale"),
        (quote("11:29:59"), at("13:01:50"), "ok"),
        (quote("11:29:59"), at("13:02:00"), "stale"),
        (quote("15:00:00"), at("22:00:00"), "ok"),
        (quote("15:00:00"), at("09:00:00", "2025-11-27"), "yesterday's snapshot"),
        (quote("15:00:00"), at("12:00:00", "2025-11-29"), "yesterday's snapshot"),
        (quote(prev_close=416.67), None, "ok"),
        (quote(prev_close=416.66), None, "outside the limit band"),
        (quote(prev_close=625.01), None, "outside the limit band"),
        (quote(prev_close=400.0, limit_up=600.0), None, "ok"),
        (quote(prev_close=480.0, limit_up=499.99), None, "outside the limit band"),
        (quote(prev_close=480.0, limit_down=500.01), None, "outside the limit band"),
        (quote(low=490.0, high=510.0, volume=1e6, amount=5e8), None, "ok"),
        (quote(low=490.0, high=510.0, volume=1e4, amount=5e8), None, "unit mismatch"),
        (quote(low=490.0, high=510.0, volume=1e6, amount=5e4), None, "unit mismatch"),
        (quote(low=490.0, high=510.0, volume=1e6, amount=5.2e8), None, "unit mismatch"),
        (quote(low=490.0, high=510.0, volume=100, amount=60000), None, "ok"),
    ],
)
def test_each_quote_passes_or_has_its_reason(
    gate: Gate, given: Quote, received: datetime | None, expected: str
) -> None:
    """Absent, untraded, halted, flawed, late, early, out of band and mixed units are told apart."""
    assert reason(gate, given, received) == expected
    assert gate.counts == ({} if expected == "ok" else {expected: 1})
    assert gate.passed == (expected == "ok")


@pytest.mark.parametrize(
    ("clock", "received", "phase"),
    [
        ("09:10:00", None, Phase.CLOSED),
        ("09:20:00", None, Phase.AUCTION),
        ("09:25:02", None, Phase.PRE_OPEN),
        ("09:30:00", None, Phase.CONTINUOUS),
        ("11:30:00", at("11:45:00"), Phase.BREAK),
        ("12:05:00", None, Phase.BREAK),
        ("14:58:00", None, Phase.CLOSING_AUCTION),
        ("15:00:00", None, Phase.CLOSING_AUCTION),
        ("15:00:00", at("15:10:00"), Phase.CLOSED),
        ("15:04:59", None, Phase.CLOSED),
        ("15:10:00", None, Phase.AFTER_HOURS),
        ("15:06:00", at("15:10:00"), Phase.CLOSED),
        ("15:10:00", at("15:34:00"), Phase.CLOSED),
        ("15:34:59", None, Phase.CLOSED),
        ("16:29:45", None, Phase.CLOSED),
    ],
)
def test_the_phase_is_stamped(gate: Gate, clock: str, received: datetime | None, phase: Phase) -> None:
    """A post-close clock and an old quote in a break are out of session, so regular rules never see them."""
    verdicts = judge(gate, quote(clock), received=received)
    assert [q.phase for q in verdicts.frame.quotes] == [phase]


@pytest.mark.parametrize(
    ("symbol", "phase"),
    [("688256.SH", Phase.AFTER_HOURS), ("600036.SH", Phase.CLOSED), ("920002.BJ", Phase.CLOSED)],
)
def test_only_some_boards_trade_after_the_close(gate: Gate, symbol: str, phase: Phase) -> None:
    """Others' lines keep a running clock, which is no trading."""
    verdicts = judge(gate, quote("15:10:00", symbol=symbol))
    assert [q.phase for q in verdicts.frame.quotes] == [phase]


def test_the_sources_own_word_on_the_phase_holds(gate: Gate) -> None:
    """A recording may say that its market was in an auction at an unusual time."""
    assert judge(gate, quote(phase=Phase.AUCTION)).frame.quotes[0].phase is Phase.AUCTION


def test_an_empty_frame_passes(gate: Gate) -> None:
    """Nothing came, but time passed."""
    frame = Frame(market="SZ", received=at("10:00:00"))
    assert gate.judge(frame) == Verdicts(frame, ())


def test_time_runs_forward(gate: Gate) -> None:
    """An older quote is refused; the same again, another of the same time and a newer one pass."""
    assert reason(gate, quote("10:00:03")) == "ok"
    assert reason(gate, quote("10:00:00"), at("10:00:04")) == "backwards"
    assert reason(gate, quote("10:00:03"), at("10:00:05")) == "ok"
    assert reason(gate, quote("10:00:03", 500.1)) == "ok"
    assert reason(gate, quote("10:00:06")) == "ok"


def test_a_frozen_source_is_named(gate: Gate) -> None:
    """A quote seen before and now too old says that the source's clock stands still."""
    assert reason(gate, quote()) == "ok"
    assert reason(gate, quote(), at("10:05:00")) == "frozen"


def test_a_delayed_source_goes_backwards_not_forwards(gate: Gate) -> None:
    """A 15-minute delayed line of the same instrument is stale."""
    real, late = quote("10:15:00"), quote("10:00:00", source="delayed")
    assert judge(gate, real, late).refused == ((late, "stale"),)


def test_a_jump_waits_for_the_next_quote(gate: Gate) -> None:
    """Over 5 % within a session passes only with a second quote within 1 % of it, at that one's time."""
    assert reason(gate, quote("10:00:00", 480.0)) == "ok"
    assert reason(gate, quote("10:00:03", 505.0)) == "unconfirmed jump"
    assert reason(gate, quote("10:00:03", 505.0)) == "unconfirmed jump"
    passed = judge(gate, quote("10:00:06", 506.0)).frame.quotes[0]
    assert passed.time == at("10:00:06")
    assert reason(gate, quote("10:00:09", 480.0)) == "unconfirmed jump"
    assert reason(gate, quote("10:00:12", 506.0)) == "ok"
    assert reason(gate, quote("10:00:15", 480.0)) == "unconfirmed jump"


def test_a_jump_that_moves_on_waits_again(gate: Gate) -> None:
    """A second stray print far from the first confirms nothing; 5 % exactly is no jump."""
    assert reason(gate, quote("10:00:00", 500.0)) == "ok"
    assert reason(gate, quote("10:00:03", 525.0)) == "ok"
    assert reason(gate, quote("10:00:06", 560.0)) == "unconfirmed jump"
    assert reason(gate, quote("10:00:09", 580.0)) == "unconfirmed jump"
    assert reason(gate, quote("10:00:12", 581.0)) == "ok"


@pytest.mark.parametrize(
    ("listed", "verdict"),
    [
        (None, "outside the limit band"),
        (date(2025, 11, 20), "ok"),  # its fifth session
        (date(2025, 11, 19), "outside the limit band"),
    ],
)
def test_a_new_listing_is_outside_no_band(listed: date | None, verdict: str) -> None:
    """+300 % is possible in a share's first five sessions, where the feed states no limits."""
    gate = Gate(default_hours(), lambda symbol: replace(instrument(symbol), listed=listed))
    assert reason(gate, quote(price=1918.64, prev_close=479.66)) == verdict
    closed = quote("10:00:00", price=1918.64, prev_close=479.66)
    assert reason(gate, replace(closed, time=at("10:00:00", "2025-11-23"))) != ""


@pytest.mark.parametrize(
    ("given", "received", "passes"),
    [
        (quote(status="suspended"), None, True),
        (quote(price=None, status="halted"), None, True),
        (quote(phase=Phase.HALTED), None, True),
        (quote(status="suspended"), at("14:00:00"), True),  # its clock stands still
        (quote(status="suspended"), at("10:00:00", "2025-11-27"), False),  # yesterday's
        (quote(status="suspended"), at("09:59:00"), False),  # of the future
        (quote(price=None), None, False),
        (quote(flaw="unreadable", status="suspended"), None, False),
    ],
)
def test_a_halt_is_news_though_its_price_is_refused(
    gate: Gate, given: Quote, received: datetime | None, *, passes: bool
) -> None:
    """The refusal stands and is counted; what is of today goes on as a halt."""
    verdicts = judge(gate, given, received=received)
    assert verdicts.frame.quotes == ()
    assert len(verdicts.refused) == 1
    assert verdicts.frame.halted == ((given,) if passes else ())


def test_sessions_sources_and_auctions_start_afresh(gate: Gate) -> None:
    """The first quote of a session, of another source, or after an auction's indications is no jump."""
    assert reason(gate, quote("14:59:00", 480.0)) == "ok"
    tomorrow = replace(quote("10:00:00", 520.0), time=at("10:00:00", "2025-11-27"))
    assert reason(gate, tomorrow) == "ok"
    other = replace(tomorrow, time=tomorrow.time + timedelta(seconds=3), price=480000, source="other")
    assert reason(gate, other) == "ok"
    fresh = Gate(default_hours(), instrument)
    assert reason(fresh, quote("09:20:00", 520.0, open=0)) == "ok"
    assert reason(fresh, quote("09:21:00", 480.0, open=0)) == "ok"
    assert reason(fresh, quote("09:30:00", 520.0, open=520.0)) == "ok"


def test_a_day_off_has_no_session(gate: Gate) -> None:
    """A quote of a holiday passes as closed and is compared with nothing."""
    saturday = replace(quote(), time=at("10:00:00", "2025-11-29"))
    assert judge(gate, saturday).frame.quotes[0].phase is Phase.CLOSED
    later = replace(saturday, time=saturday.time + timedelta(seconds=3), price=700000)
    assert reason(gate, later) == "ok"


def test_beijing_rounds_its_limits_inwards() -> None:
    """30 % of 10.05 is 13.065 up and 7.035 down: 13.06 and 7.04 are the last prices inside."""
    stock = replace(quote(), symbol="920002.BJ", prev_close=10050)
    for price, expected in ((13060, "ok"), (13070, "outside the limit band"), (7040, "ok"), (7030, "out")):
        one = Gate(default_hours(), instrument)
        assert reason(one, replace(stock, price=price)).startswith(expected)


def test_a_round_the_clock_market_has_no_yesterday(gate: Gate) -> None:
    """A coin's quote of just before midnight may come after it; the new day starts without old figures."""
    midnight = datetime(2025, 11, 26, tzinfo=UTC)
    coin = Quote(symbol="BTCUSDT.BINANCE", time=midnight - timedelta(seconds=1), price=10**13)
    old = replace(coin, open=10**13, high=11 * 10**12, low=9 * 10**12, prev_close=10**13)
    assert reason(gate, old, midnight + timedelta(seconds=10)) == "ok"
    new = judge(gate, replace(coin, time=midnight)).frame.quotes[0]
    assert (new.phase, new.open, new.high, new.prev_close) == (Phase.CONTINUOUS, None, None, None)


def test_a_trade_carries_the_days_figures_on(gate: Gate) -> None:
    """A bare trade takes the day's figures of the snapshot before it, and widens high and low."""
    judge(gate, quote("10:00:00", 500.0, open=490.0, high=501.0, low=488.0, prev_close=480.0, shares=7))
    up = judge(gate, quote("10:00:01", 502.0)).frame.quotes[0]
    down = judge(gate, quote("10:00:02", 487.0)).frame.quotes[0]
    assert (up.open, up.high, up.low, up.prev_close, up.shares) == (490000, 502000, 488000, 480000, 7)
    assert (down.high, down.low, down.volume) == (502000, 487000, None)


def test_figures_are_not_invented(gate: Gate) -> None:
    """Where nobody sent a high there is none, and an auction's indications widen nothing."""
    judge(gate, quote("09:24:00", 530.0, open=0, prev_close=480.0))
    first = judge(gate, quote("09:30:00", 490.0)).frame.quotes[0]
    second = judge(gate, quote("09:30:03", 491.0)).frame.quotes[0]
    assert (first.open, first.high, first.low, second.high, second.low) == (None, None, None, None, None)


def test_an_index_has_no_units_to_check(gate: Gate) -> None:
    """An index's amount over volume is no price."""
    index = Quote(symbol="399001.SZ", time=at("10:00:00"), price=1, low=1, high=1, volume=5.0, amount=1e9)
    assert reason(gate, index) == "ok"


def test_refusals_are_kept_for_why(gate: Gate) -> None:
    """The last refusals of an instrument are kept with time, price and reason; others have none."""
    for second in range(SAMPLES + 3):
        judge(gate, quote(f"10:00:{second:02}", status="halted"))
    kept = gate.refusals(SYMBOL)
    assert len(kept) == SAMPLES
    assert (kept[-1].reason, kept[-1].price, kept[-1].time) == ("halted", 500000, at("10:00:10"))
    assert gate.refusals("600519.SH") == ()
    assert gate.counts["halted"] == SAMPLES + 3
    assert gate.figures() == {}


def test_a_refusal_that_others_decided_on_is_counted_as_its_own(gate: Gate) -> None:
    """Who compares sources takes back what one of their gates had passed."""
    judge(gate, quote())
    assert gate.refuse(quote(), "disagreement", at("10:00:01")) == "disagreement"
    assert (gate.passed, gate.counts) == (0, {"disagreement": 1})
    assert [one.reason for one in gate.refusals(SYMBOL)] == ["disagreement"]


def test_memory_is_bounded(gate: Gate) -> None:
    """Beyond the bound the oldest instrument is forgotten."""
    for number in range(SYMBOLS + 1):
        judge(gate, replace(quote(), symbol=f"{number}.SH", status="halted"))
    assert gate.refusals("0.SH") == ()
    assert len(gate.refusals("1.SH")) == 1


def test_a_groups_own_quote_needs_no_price(gate: Gate) -> None:
    """It brings figures; without any it is refused as every other."""
    bare = Quote(symbol="@electronics", time=at("10:00:00"), price=None)
    frame = Frame(market="SZ", received=at("10:00:00"), quotes=(replace(bare, inflow=1e9), bare))
    verdicts = gate.judge(frame)
    assert [one.inflow for one in verdicts.frame.quotes] == [1e9]
    assert [why for _, why in verdicts.refused] == ["absent price"]


def test_trades_add_up_to_the_days_volume_from_a_known_start(gate: Gate) -> None:
    """A source that keeps no count: its trades are added to the figures of the last quote that had them."""

    def passed(second: int, price: float, **fields: Any) -> tuple[float | None, float | None]:
        given = quote(f"10:00:{second:02}", price, **fields)
        (found,) = judge(gate, given).frame.quotes
        return found.volume, found.amount

    assert passed(0, 500.0, traded=100.0) == (None, None)
    assert passed(1, 500.0, volume=1000.0, amount=500_000.0) == (1000.0, 500_000.0)
    assert passed(2, 501.0, traded=200.0) == (1200.0, 600_200.0)
    assert passed(3, 502.0, traded=0.0) == (1200.0, 600_200.0)
    assert passed(4, 502.0, volume=5000.0, traded=100.0) == (5000.0, None)
    assert passed(5, 502.0, traded=100.0) == (5100.0, None)
    assert passed(6, 502.0) == (None, None)
