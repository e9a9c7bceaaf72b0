"""Quotes that pass because every axis was foreseen leave the same as if each had been looked at."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from rules import lane as lanes
from rules.calm import HORIZON, LONGEST, Calm, Trail
from rules.clock import Clock
from rules.engine import Engine
from rules.index import HIGHEST, LOWEST
from rules.language import parse
from rules.live import Live
from rules.meter import RATIO_SCALE, Moment
from rules.model import Condition, Frame, History, Instrument, Phase, Quote, decimals_of
from rules.rings import Step
from rules.signals.move import Window
from rules.signals.volume import SoFar
from rules.turns import Turns
from tests.rules.world import HOURS, at, history

SECOND = 1_000_000  # microseconds
SHARE, COIN = "300308.SZ", "BTCUSDT.BINANCE"
DAYS = (date(2025, 11, 26), date(2025, 11, 27))
LEAVES = (
    "move(10s) > {small}%", "move(10s) < -{small}%", "move(1m) > {small}%", "move(5m) > {percent}%",
    "move(5m) < -{percent}%", "move(90s) >= {small}%", "volume > {times}x", "volume < {times}x",
    "volume >= {times}x", "price > {price}", "price crosses {price}", "price crosses above {price}",
    "change > {percent}%", "new high(day)", "reclaim ma(5)", "record high",
)  # fmt: skip
STEPPED = tuple(leaf for leaf in LEAVES if leaf != "new high(day)")  # a price passed takes a short step
RARE = ("volume(1m) > 2x", "rise(1m) > 1%", "volume_ratio > 2")  # these keep an instrument under watch


def instrument(symbol: str) -> Instrument:
    """A share or a coin."""
    return Instrument(symbol=symbol, decimals=decimals_of(symbol))


def conditions(
    chance: random.Random, symbol: str, count: int, leaves: tuple[str, ...] = LEAVES
) -> list[Condition]:
    """Random leaves and composites near the prices and volumes that come."""

    def leaf() -> str:
        forms = leaves if leaves == STEPPED or chance.random() < 0.97 else RARE
        return chance.choice(forms).format(
            small=chance.randrange(1, 12) / 20, percent=chance.randrange(1, 30) / 10,
            times=chance.randrange(3, 30) / 10, price=chance.randrange(970, 1030) / 10,
        )  # fmt: skip

    found = []
    for _ in range(count):
        text = chance.choice((" and ", " or ")).join(leaf() for _ in range(chance.choice((1, 1, 1, 2))))
        options = chance.choice(("", "", "", " | session auction,regular", " | hysteresis 1%"))
        found.append(parse(f"{symbol} {text}{options}", {symbol: instrument(symbol)}.get).condition)
    return found


def quotes(chance: random.Random, symbol: str) -> list[Quote]:
    """Two days of quotes: calm stretches and bursts, gaps, a break, feeds that leave figures out."""
    found: list[Quote] = []
    scale = 10 ** instrument(symbol).decimals
    for day in DAYS:
        time, volume, price = at("09:30", day), 0.0, 100.0
        top = bottom = price
        dense = chance.random() < 0.3
        for _ in range(420):
            time += timedelta(milliseconds=chance.choice((300, 3000, 3000, 3000, 12_000, 40_000)))
            if chance.random() < 0.004:
                time += timedelta(hours=2)
            price *= 1 + chance.gauss(0, 0.0002 if chance.random() < 0.9 else 0.004)
            price = round(min(max(price, 90.0), 110.0), 2)
            top, bottom = max(top, price + chance.choice((0, 0, 0.05))), min(bottom, price)
            volume += chance.choice((0, 500, 2000, 9000)) * (5 if dense else 1)
            phase = HOURS.phase(symbol.rpartition(".")[2], time)
            if phase is not Phase.CONTINUOUS:
                continue
            quote = Quote(
                symbol=symbol, time=time, price=round(price * scale), open=100 * scale,
                high=round(top * scale), low=round(bottom * scale), prev_close=100 * scale, volume=volume,
                phase=phase,
            )  # fmt: skip
            odd = chance.random()
            if odd < 0.01:
                quote = replace(quote, volume=None)
            elif odd < 0.02:
                quote = replace(quote, volume=volume / 2)
            elif odd < 0.03:
                quote = replace(quote, high=None, low=None)
            found.append(quote)
    return found


def engine(symbol: str) -> Engine:
    """A fresh one with forty days behind it."""
    closes = [100 + (day * 7 % 5) - 2 for day in range(40)]
    bars: dict[str, History] = {
        symbol: replace(history(closes, symbol), volume=1e6 * (history(closes).volume))
    }
    return Engine(HOURS, instrument, bars.get, lambda _: ())


def play(seed: int, symbol: str, watch: Callable[[Quote], None]) -> tuple[list[Step], list[object]]:
    """A seeded life of one instrument: rules that come and go, questions in between; steps and answers."""
    chance = random.Random(seed)  # noqa: S311 - a seeded life
    made, steps, asked = engine(symbol), list[Step](), list[object]()
    leaves = LEAVES if seed % 3 == 0 else STEPPED
    held = conditions(chance, symbol, 14, leaves)
    made.add_all(held)
    for quote in quotes(chance, symbol):
        watch(quote)
        steps.append(made.take(Frame(market=symbol.rpartition(".")[2], received=quote.time, quotes=(quote,))))
        event = chance.random()
        if event < 0.01:
            asked.append(made.explain(chance.choice(held).id))
            asked.append(made.ahead(symbol))
        elif event < 0.015:
            new = conditions(chance, symbol, 1, leaves)
            held += new
            made.add(new[0])
        elif event < 0.02:
            made.remove(held.pop(chance.randrange(len(held))).id)
        elif event < 0.023:
            made.rejoin(chance.choice(held).id)
        elif event < 0.025:
            made.reconnected(symbol.rpartition(".")[2])
        elif event < 0.026:
            made.restore([], [])
    steps.append(made.finish())
    asked += [made.explain(condition.id) for condition in held]
    return steps, asked


def nothing(_quote: Quote) -> None:
    """Nobody watches."""


@pytest.mark.parametrize("symbol", [SHARE, COIN])
@pytest.mark.parametrize("seed", [*range(30), 124, 205, 216])
def test_what_passes_is_what_would_have_said_nothing(
    seed: int, symbol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events, re-arming, first looks and explanations are those of an engine that looks at every quote."""
    found = play(seed, symbol, nothing)
    with monkeypatch.context() as patched:
        patched.setattr(lanes, "is_foreseeing", lambda _meter: False)
        expected = play(seed, symbol, nothing)
    assert found == expected
    assert sum(len(step.events) for step in found[0]) > 10


def test_most_quotes_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """With rules on moves and on volume one quote in a hundred is looked at, and no trail grows for ever."""
    looked: list[Quote] = []
    attend, renew = Turns.attend, Turns.renew

    def attended(self: Turns, quote: Quote) -> None:
        looked.append(quote)
        attend(self, quote)

    def renewed(self: Turns, live: Live, trail: Trail, quote: Quote, price: int) -> None:
        looked.append(quote)
        renew(self, live, trail, quote, price)

    monkeypatch.setattr(Turns, "attend", attended)
    monkeypatch.setattr(Turns, "renew", renewed)
    made = engine(SHARE)
    for text in ("move(5m) > 2%", "move(1m) < -1%", "volume > 50x", "price > 120"):
        made.add(parse(f"{SHARE} {text}", {SHARE: instrument(SHARE)}.get).condition)
    begun = at("09:30")
    for second in range(3, 7200, 3):
        time, price = begun + timedelta(seconds=second), 100_000 + 10 * (second % 7)
        quote = Quote(
            symbol=SHARE, time=time, price=price, open=100_000, high=101_000, low=99_000, prev_close=100_000,
            volume=float(second), phase=Phase.CONTINUOUS,
        )  # fmt: skip
        made.take(Frame(market="SZ", received=time, quotes=(quote,)))
    assert len(looked) < 2400 / 15
    looked.clear()
    for _ in range(5 * LONGEST):
        made.take(Frame(market="SZ", received=quote.time, quotes=(quote,)))
    assert len(looked) >= 4
    assert made.quiet(SHARE) == (0, 0)


class Minutes:
    """A profile that says how much is usual, as far as it says anything."""

    def __init__(self, usual: list[Fraction | None]) -> None:
        self.usual = usual

    def volume_until(self, elapsed: int) -> Fraction | None:
        """By the second."""
        return self.usual[min(elapsed // 1_000_000, len(self.usual) - 1)]

    def volume_between(self, start: int, end: int) -> Fraction | None:
        """Nothing."""
        del start, end
        return None

    def print_amount(self) -> Fraction | None:
        """Nothing."""
        return None

    def usual_move(self, window: int, elapsed: int) -> float | None:
        """Nothing."""
        del window, elapsed
        return None


@pytest.mark.parametrize(
    ("usual", "foreseen"),
    [
        ([Fraction(500 + second) for second in range(400)], 900),  # never twice as much within the horizon
        ([Fraction(500 + second) for second in range(1000)], 500),
        ([Fraction(500 + second if second < 100 else 800) for second in range(400)], 900),
        ([Fraction(500 if second < 400 else 1200) for second in range(700)], 321),  # guessed 642, tried half
        ([Fraction(500 if second < 200 else 1500) for second in range(400)], 112),  # and half of that
        ([Fraction(500 if second < 40 else 1500) for second in range(400)], None),
        ([Fraction(500) if second < 30 else None for second in range(400)], None),
    ],
)
def test_a_volume_is_foreseen_as_far_as_what_is_usual(
    usual: list[Fraction | None], foreseen: int | None
) -> None:
    """Twice the usual now: above a level as long as what is usual does not grow too much, or is unknown."""
    meter, session = SoFar(), HOURS.on("SZ", DAYS[0])
    quote = Quote(symbol=SHARE, time=at("09:30"), price=100_000, volume=1000.0)
    moment = Moment(quote, 100_000, 0, 100_000, early=True, session=session, profile=Minutes(usual))
    read, calm = meter.read(moment), Calm(10**9)
    assert read == 4 * RATIO_SCALE
    assert meter.foresee(calm, moment, 2 * RATIO_SCALE, HIGHEST) is (foreseen is not None)
    if foreseen is not None:
        assert calm.until // 1_000_000 == foreseen


class Even(Minutes):
    """As much in every second of a UTC day."""

    def volume_until(self, elapsed: int) -> Fraction | None:
        """Begins anew at midnight."""
        return Fraction(elapsed % (86_400 * SECOND), SECOND)


@pytest.mark.parametrize("low", [LOWEST, 2 * RATIO_SCALE])
def test_a_volume_round_the_clock_is_not_foreseen_over_midnight(low: int) -> None:
    """What is usual begins anew there: above a level now, it may have fallen beneath it before."""
    meter, time = SoFar(), datetime(2025, 11, 26, 23, 59, tzinfo=UTC)
    quote = Quote(symbol=COIN, time=time, price=100, volume=86_350.0)
    elapsed = round(time.timestamp()) * SECOND
    session = HOURS.on("BINANCE", DAYS[0])
    moment = Moment(quote, 100, elapsed, None, early=True, session=session, profile=Even([]))
    calm = Calm(elapsed + HORIZON)
    assert meter.read(moment) is not None
    assert meter.foresee(calm, moment, low, HIGHEST)
    assert calm.until <= elapsed + (60 if low == LOWEST else 10) * SECOND


@pytest.mark.parametrize(("second", "foreseen"), [(100, 300), (2, 297)])
def test_a_move_that_was_not_seen_from_the_open_on_is_foreseen_to_the_end_of_its_window(
    second: int, foreseen: int
) -> None:
    """Up to there the fed open is the base, from there on none is known."""
    before = Quote(symbol=SHARE, time=at("09:30"), price=100_000)
    own = Live(instrument(SHARE), 0, Clock(), bytearray())
    own.quote = before
    meter, calm = Window(timedelta(minutes=5), 3), Calm(10**9)
    moment = Moment(before, 100_000, second * SECOND, 100_000, early=True, own=own)
    assert meter.read(moment) == 0
    assert meter.foresee(calm, moment, LOWEST, HIGHEST)
    assert calm.until == foreseen * SECOND


def test_what_listens_to_the_auction_alone_foresees_nothing() -> None:
    """No regular quote is read by it, so nothing is known of the next ones: each is looked at."""
    made = engine(SHARE)
    text = f"{SHARE} move(5m) > 2% | session auction"
    made.add(parse(text, {SHARE: instrument(SHARE)}.get).condition)
    for second in (1, 2):
        time = at(f"09:30:0{second}")
        quote = Quote(symbol=SHARE, time=time, price=100_000, prev_close=100_000, phase=Phase.CONTINUOUS)
        assert made.take(Frame(market="SZ", received=time, quotes=(quote,))) == Step()
    assert made.quiet(SHARE) == (0, 0)


@pytest.mark.parametrize("always", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_a_move_stays_where_it_was_foreseen(seed: int, *, always: bool) -> None:
    """Whatever prices come between the bounds until then, and however far apart, none passes a level."""
    chance = random.Random(seed)  # noqa: S311 - a seeded walk
    window = chance.choice((10, 60, 300) if always else (10, 60, 300, 3600))
    meter, price, second = Window(timedelta(seconds=window), 3), 100_000, 0
    size = chance.choice((0.0001, 0.001))
    own = Live(instrument(SHARE), 0, Clock(), bytearray())
    foreseen = 0
    for _ in range(150):
        second += chance.choice((1, 3, 3, 30))
        price = round(price * (1 + chance.gauss(0, size)))
        opened = None if always else 100_000
        moment = Moment(None, price, second * SECOND, opened, early=True, own=own)
        value = meter.read(moment)
        if value is None or chance.random() < 0.8:
            continue
        gap = chance.choice((3 * 10**7, 3 * 10**8, 1 << 40))
        low, high = value - chance.randrange(gap), value + 1 + chance.randrange(gap)
        low, high = chance.choice(((low, high), (LOWEST, high), (low, HIGHEST), (LOWEST, HIGHEST)))
        calm = Calm(moment.elapsed + HORIZON)
        assert meter.foresee(calm, moment, low, high)
        assert calm.floor <= price < calm.ceiling
        for _ in range(chance.randrange(60)):
            second += chance.choice((1, 3, 20))
            if second * SECOND >= calm.until:
                break
            edges = max(calm.floor, price * 98 // 100), min(calm.ceiling - 1, price * 102 // 100)
            price = chance.choice((*edges, price, chance.randint(*edges)))
            found = meter.read(Moment(None, price, second * SECOND, opened, early=True, own=own))
            assert found is not None
            assert low <= found < high
            foreseen += 1
    assert foreseen
