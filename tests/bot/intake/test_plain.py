"""What passes the gate in one look is what passes it when each reason is asked for, and reads the same."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot.intake.gate
from bot.formats.glance import page
from bot.formats.gtimg import quote, records
from bot.intake.frames import frames
from bot.intake.gate import Gate, Verdicts
from bot.master.listing import shaped
from rules.engine import Engine
from rules.language import parse
from rules.model import Event, Frame, Instrument, Phase, Quote
from rules.sessions import default_hours
from tests.bot.formats.test_glance import line
from tests.bot.intake.test_gate import at, instrument
from tests.sheets import Made

SYMBOL = "300308.SZ"
USUAL = Quote(
    symbol=SYMBOL,
    time=at("10:00:00"),
    price=500_000,
    open=490_000,
    high=505_000,
    low=480_000,
    prev_close=485_000,
    volume=1e6,
    amount=4.95e8,
    limit_up=582_000,
    limit_down=388_000,
    shares=10**9,
    float_shares=9 * 10**8,
    source="test",
)
ODD: dict[str, Sequence[Any]] = {
    "price": (None, 0, -1, 500_000, 470_000, 520_000, 530_000, 582_000, 582_001, 387_999),
    "open": (None, 0, 490_000),
    "high": (None, 0, 505_000, 495_000),
    "low": (None, 0, 480_000, 500_000),
    "prev_close": (None, 0, 485_000, 1_000_000),
    "volume": (None, 0.0, 1e6, 1e4, 1e8),
    "amount": (None, 0.0, 4.95e8, 5e8),
    "limit_up": (None, 0, 582_000, 499_000),
    "limit_down": (None, 0, 388_000, -1),
    "shares": (None, 0, 10**9, 10**8),
    "float_shares": (None, 0, 9 * 10**8),
    "status": ("", "trading", "new", "halted", "delisted"),
    "flaw": (None, "", "unreadable"),
    "phase": (None, *Phase),
    "source": ("test", "other"),
    "traded": (None, 100.0),
    "symbol": (SYMBOL, "399006.SZ", "920002.BJ", "@group"),
}
fields = st.sampled_from([(name, value) for name, values in ODD.items() for value in values])
seconds = st.sampled_from((0, 0, 3, 3, 3, -3, 130, 3600, 86_400, 18_000))
moments = st.tuples(seconds, st.sampled_from((0, 0, 0, 1, 10, 121, 200, -6, -4, 86_400)))
quotes = st.tuples(moments, st.lists(fields, max_size=2))


def told(told_of: Sequence[tuple[tuple[int, int], list[tuple[str, Any]]]]) -> Iterator[Frame]:
    """Frames of a quote each: seconds since the one before, delay, fields other than usual."""
    time = USUAL.time
    for (passed, delay), changes in told_of:
        time += timedelta(seconds=passed)
        quote = replace(USUAL, time=time, **dict(changes))
        yield Frame(market="SZ", received=time + timedelta(seconds=delay), quotes=(quote, quote))


def judged(frames: Sequence[Frame]) -> tuple[list[Verdicts], object]:
    """All verdicts, and what the gate counted."""
    gate = Gate(default_hours(), instrument)
    return [gate.judge(frame) for frame in frames], (gate.counts, gate.passed)


def step_by_step(frames: Sequence[Frame]) -> tuple[list[Verdicts], object]:
    """The same where nothing passes in one look."""
    with patch.object(bot.intake.gate, "passed", lambda *_: None):
        return judged(frames)


@settings(max_examples=300)
@given(st.lists(quotes, max_size=12))
def test_verdicts_are_those_of_the_whole_gate(
    made: list[tuple[tuple[int, int], list[tuple[str, Any]]]],
) -> None:
    """Whatever is odd, whenever it comes, once or twice: the same quotes passed on, the same refusals."""
    frames = [*told([((0, 0), []), *made, ((3, 0), [])])]
    assert judged(frames) == step_by_step(frames)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in ODD for value in ODD[name]])
def test_each_oddity_is_left_to_the_gate(name: str, value: Any) -> None:
    """One field is odd in the second quote, in the first, in both; the others are as usual."""
    odd = [(name, value)]
    for first, second in (([], odd), (odd, []), (odd, odd)):
        frames = [*told([((0, 0), first), ((3, 0), second), ((3, 0), [])])]
        assert judged(frames) == step_by_step(frames)


def test_a_price_that_looks_unadjusted_is_left_to_the_gate() -> None:
    """A stray price of before a split is forgotten by the next usual one: the same waits again later."""
    usual = {"symbol": "AAPL.US", "limit_up": 10**9, "limit_down": 1, "prev_close": 480_000}
    apart = {"price": 970_000, "high": 980_000}
    fields = [{}, apart, {}, {}, apart, {}]
    frames = [*told([((31, 0), [*(usual | more).items()]) for more in fields])]
    frames = [replace(frame, market="SZ") for frame in frames]  # whose hours they keep
    assert judged(frames) == step_by_step(frames)
    assert [verdicts.refused[0][1] for verdicts in judged(frames)[0] if verdicts.refused]


def test_a_usual_quote_passes_in_one_look() -> None:
    """Otherwise this file compares the gate with itself: the second quote asks for no reason."""
    gate = Gate(default_hours(), instrument)
    first, second = told([((0, 0), []), ((3, 0), [("price", 501_000)])])
    gate.judge(first)
    with patch.object(gate, "_objection", side_effect=AssertionError):
        (believed, _) = gate.judge(second).frame.quotes
    assert believed == replace(USUAL, time=second.received, price=501_000, phase=Phase.CONTINUOUS)


@pytest.mark.parametrize("price", ["18.67", "18.70", "19.61", "20.36", "0.00"])
def test_lines_read_at_a_glance_pass_alike(price: str) -> None:
    """Sketches: believed, jumping, beyond the limit and untraded, as the whole quotes."""
    received = at("09:30:05", "2026-09-10")
    bodies = [line(), line(changes={3: price, 33: "20.40", 30: "20260910093007"})]
    both: list[Any] = []
    for way in (judged, step_by_step):
        frames = [frame for body in bodies for frame in page(body.encode("gb18030"), received)]
        both.append(way(frames))
    assert both[0] == both[1]
    assert both[0][0][0].frame.quotes


RULES = (
    *("price > 18.70", "price crosses below 18.60", "change > 1%", "move(5m) > 0.3%", "market_cap > 128B"),
    *("bid wall > 1M", "volume_ratio > 0.85", "volume(1m) > 3x", "new high(day)", "amplitude > 1%"),
)


LISTED = ("000001.SZ", "600000.SH")


def known(name: str) -> Instrument | None:
    """One of the two."""
    return shaped(name) if name in LISTED else None


def day(seed: int) -> Iterator[tuple[bytes, datetime]]:
    """Two hundred answers of two stocks three seconds apart, with their times; now and then a line is odd."""
    chance = random.Random(seed)  # noqa: S311 -- a test's, not a secret's
    received, volume, prices = at("09:30:05", "2026-09-10"), 8825, [1867, 1867]
    tops, bottoms, ratio = [1870, 1870], [1860, 1860], 84
    for _ in range(200):
        received += timedelta(seconds=3)
        stamp = (received + timedelta(hours=8)).strftime("%Y%m%d%H%M%S")
        lines = []
        for place, key in enumerate(("sz000001", "sh600000")):
            volume += chance.randrange(40)
            ratio += chance.randrange(-4, 5)
            last = prices[place] = prices[place] + chance.choice((-2, -1, 0, 0, 1, 2))
            top = tops[place] = max(tops[place], last)
            bottom = bottoms[place] = min(bottoms[place], last)
            now, changes = f"{last / 100:.2f}", {30: stamp, 36: str(volume), 49: f"{abs(ratio) / 100:.2f}"}
            changes |= {3: now, 9: now, 10: str(chance.randrange(900)), 33: f"{top / 100:.2f}"}
            changes |= {34: f"{bottom / 100:.2f}", 35: f"{now}/{volume}/{volume * (top + bottom) // 2}"}
            changes |= {45: f"{last * 0.6842:.2f}"}
            if chance.random() < 0.05:
                changes |= chance.choice(
                    ({3: "0.00"}, {40: "S"}, {30: "20260910093004"}, {10: "x"}, {72: ""})
                )
            lines.append(line(key, changes))
        yield "".join(lines).encode("gb18030"), received


def events(
    read: Callable[[bytes, datetime], tuple[Frame, ...]], judge: Callable[[Gate, Frame], Verdicts], seed: int
) -> list[Event]:
    """What rings over the day."""
    gate = Gate(default_hours(), shaped)
    engine = Engine(default_hours(), shaped, lambda _: None, lambda _: ())
    for symbol in LISTED:
        for rule in RULES:
            engine.add(parse(f"{symbol} {rule}", known).condition)
    found: list[Event] = []
    for payload, received in day(seed):
        for frame in read(payload, received):
            found += engine.take(judge(gate, frame).frame).events
    return found


@pytest.mark.parametrize("seed", range(3))
def test_the_same_rings_from_bytes_to_events(seed: int) -> None:
    """Rules on prices and on what stays in the line: each way of reading and judging rings the same."""

    def slow(payload: bytes, received: datetime) -> tuple[Frame, ...]:
        return frames((quote(key, fields, received) for key, fields in records(payload)), received)

    def whole(gate: Gate, frame: Frame) -> Verdicts:
        with patch.object(bot.intake.gate, "passed", lambda *_: None):
            return gate.judge(frame)

    quick = events(page, Gate.judge, seed)
    assert quick == events(slow, whole, seed)
    assert {event.signal for event in quick} >= {"price", "bid wall", "volume_ratio", "new high(day)"}


SYMBOLS = tuple(f"3003{number:02d}.SZ" for number in range(8, 12))


@settings(max_examples=300)
@given(st.lists(st.tuples(moments, st.lists(st.tuples(st.integers(0, 3), fields), max_size=2)), max_size=12))
def test_a_page_passes_as_its_quotes_do(
    told_of: list[tuple[tuple[int, int], list[tuple[int, tuple[str, Any]]]]],
) -> None:
    """Judged as columns: the same quotes, refusals, counts and samples."""
    whole, single = (Gate(default_hours(), instrument) for _ in range(2))
    time, found, expected = USUAL.time, list[Verdicts](), list[Verdicts]()
    for (passed, delay), changes in [((3, 0), []), ((3, 0), []), *told_of, ((3, 0), [])]:
        time += timedelta(seconds=passed)
        quotes = [replace(USUAL, symbol=symbol, time=time) for symbol in SYMBOLS]
        for row, (name, value) in changes:
            quotes[row] = quotes[row] if name == "symbol" else replace(quotes[row], **{name: value})
        frame = Frame(market="SZ", received=time + timedelta(seconds=delay), quotes=tuple(quotes))
        page = replace(frame, quotes=Made(SYMBOLS, dict(enumerate(quotes))))
        found.append(whole.judge(page))
        expected.append(single.judge(frame))
        if delay % 2:  # another way to the same instrument
            found.append(whole.judge(replace(frame, quotes=frame.quotes[:1])))
            expected.append(single.judge(replace(frame, quotes=frame.quotes[:1])))
    assert found == expected
    assert (whole.counts, whole.passed) == (single.counts, single.passed)
    assert [whole.refusals(symbol) for symbol in SYMBOLS] == [single.refusals(symbol) for symbol in SYMBOLS]


def test_a_page_that_nothing_is_said_against_makes_no_quote() -> None:
    """From its second time on."""
    gate, asked = Gate(default_hours(), instrument), []
    for number in range(3):
        time = USUAL.time + timedelta(seconds=3 * number)
        page = Made(
            SYMBOLS, {row: replace(USUAL, symbol=name, time=time) for row, name in enumerate(SYMBOLS)}
        )
        judged = gate.judge(Frame(market="SZ", received=time, quotes=page)).frame.quotes
        asked.append(len(page.asked))
        assert [quote.phase for quote in judged] == [Phase.CONTINUOUS] * 4
    assert asked == [4, 0, 0]
