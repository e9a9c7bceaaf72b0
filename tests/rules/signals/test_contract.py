"""What every signal owes the engine: a region or a reason, whatever is known of the instrument."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from rules.adjust import believed
from rules.formulas.curves import share
from rules.levels import compiled
from rules.measured import number_of
from rules.meter import Moment, Telling, decode
from rules.model import Argument, Instrument, Kind, Leaf, Phase, Quote
from rules.region import Absent, Inputs, Region
from rules.signal import SIGNALS, Follows, Parameter, ParameterKind, Phrase, Unit, named
from rules.timeframe import size_of
from tests.rules.world import CLOSE, DAY, HOURS, OPEN, SYMBOL, history, q

ARGUMENTS: dict[ParameterKind, tuple[Argument, ...]] = {
    ParameterKind.COUNT: (5, 20),
    ParameterKind.WINDOW: (timedelta(minutes=5), timedelta(minutes=15)),
    ParameterKind.SPAN: ("5d", "20d"),
    ParameterKind.BAR: (timedelta(minutes=5), timedelta(minutes=15)),
    ParameterKind.DATE: ("2025-11-03", "2025-11-04"),
    ParameterKind.PRICE: (Decimal(95), Decimal(105)),
    ParameterKind.SYMBOL: ("000001.SH", "000001.SH"),
}
LEVEL = {Unit.PERCENT: Decimal("0.01"), Unit.NONE: None}


def argument(parameter: Parameter, place: int) -> Argument:
    """A usual one; the second of a kind differs from the first."""
    if parameter.kind is ParameterKind.SPAN and parameter.low <= 1 and parameter.high > 1000 and not place:
        return "day"
    return ARGUMENTS[parameter.kind][place % 2]


def leaves() -> Iterator[tuple[str, Phrase, Leaf]]:
    """Each phrase of each signal with usual arguments."""
    for name, signal in SIGNALS.items():
        for phrase in signal.phrases:
            for verb in (">", "<=") if "{op}" in phrase.en else (phrase.verb,):
                args = tuple(argument(p, at) for at, p in enumerate(named(signal, phrase)))
                level = LEVEL.get(signal.unit, Decimal(3)) if "{level}" in phrase.en else None
                yield name, phrase, Leaf(name, args, verb, level)


CASES = list(leaves())


def inputs(days: int, factor: float = 1.0, **known: Any) -> Inputs:
    """A share with so many days of bars; `factor` splits it in the middle."""
    chance = np.random.default_rng(5)
    closes = [f"{close:.2f}" for close in 100 + chance.normal(0, 2, max(days, 1))]
    factors = [1.0] * (days // 2) + [factor] * (max(days, 1) - days // 2)
    bars = history(closes, factor=factors)
    bars = replace(bars, high=bars.high + 900, low=bars.low - 1100) if days else bars
    session = HOURS.on("SZ", DAY)
    assert session is not None
    daily, stale = believed(bars if days else None, DAY, None, date(2025, 11, 25))
    return Inputs(instrument=Instrument(symbol=SYMBOL), session=DAY, history=daily, stale=stale, **known)


KNOWN = {"prev_close": q(100), "open": q(101), "day_high": q(103), "day_low": q(99), "shares": 10**9}
WORLDS = [
    inputs(0, open=q(100)),
    inputs(0),
    inputs(0, prev_close=q(100)),
    inputs(1, prev_close=q(100), open=q(100)),
    inputs(3, **KNOWN),
    inputs(300, **KNOWN),
    inputs(300, 2.0, **KNOWN),
    replace(inputs(300, **KNOWN), day_high=None, day_low=None, open=None),
]


def worlds(leaf: Leaf) -> list[Inputs]:
    """A leaf on minute bars sees these as bars of its size too, with a cross that came before and without."""
    size = size_of(leaf)
    held = [replace(world, size=size, held=is_held) for world in WORLDS for is_held in (False, True)]
    return WORLDS if size is None else [*WORLDS, *held]


@pytest.mark.parametrize(("name", "phrase", "leaf"), CASES)
def test_a_signal_has_a_region_or_says_why_not(name: str, phrase: Phrase, leaf: Leaf) -> None:
    """With no history, little of it, all of it, adjusted or raw, before the open and after: no error."""
    signal = SIGNALS[name]
    assert signal.need(leaf.args) >= 0
    assert signal.follows(leaf.args) in Follows
    assert signal.fresh(leaf.args) in (True, False)
    for world in worlds(leaf):
        kind = Kind.GROUP if signal.groups_only else Kind.STOCK
        given = replace(world, instrument=replace(world.instrument, kind=kind))
        found = compiled(leaf, given)
        if isinstance(found, Absent):
            assert found.reason
            continue
        assert size_of(leaf) == given.size
        assert list(found.boundaries) == sorted(found.boundaries)
        assert len(found.ratios) == len(found.boundaries)
        if signal.axis(leaf, given) is None:
            assert np.isfinite(signal.value(given, q(100)))
            assert phrase.direction is not None or leaf.verb[0] in "<>" or phrase.verb


class Even:
    """An instrument that trades the same at all times (rules.formulas.curves.Profile)."""

    def volume_until(self, elapsed: int) -> Fraction | None:
        """A thousand a minute."""
        return Fraction(1000 * elapsed, 60_000_000) or None

    def volume_between(self, start: int, end: int) -> Fraction | None:
        """A thousand a minute."""
        return Fraction(1000 * (end - start), 60_000_000)

    def print_amount(self) -> Fraction | None:
        """A million in three seconds."""
        return Fraction(1_000_000)

    def usual_move(self, window: int, elapsed: int) -> float | None:
        """A percent."""
        del window, elapsed
        return 0.01


SESSION = HOURS.on("SZ", DAY)
BARE = Quote(symbol=SYMBOL, time=OPEN, price=q(100), phase=Phase.CONTINUOUS)
FULL = replace(BARE, volume=1e6, amount=1e8, high=q(101), low=q(99))
QUOTES = (
    BARE,
    replace(BARE, phase=Phase.PRE_OPEN),
    replace(BARE, phase=Phase.AUCTION),
    replace(FULL, ask=q(100), ask_size=100.0, bid=q("99.9"), bid_size=100.0),
    replace(FULL, time=OPEN + timedelta(seconds=3), volume=2e7, amount=2e9),
    replace(FULL, time=OPEN + timedelta(minutes=9), volume=3e7, amount=3e9),
    replace(FULL, time=CLOSE - timedelta(seconds=1), volume=4e7, amount=4e9, phase=Phase.CLOSING_AUCTION),
)


def test_a_usual_profile_is_asked_before_the_curve() -> None:
    """Where the instrument's own minutes are known, its volume is measured against them."""
    leaf = Leaf("volume", (), ">", Decimal(2))
    own = SIGNALS["volume"].axis(leaf, WORLDS[-1])
    assert own is not None
    moment = Moment(
        replace(FULL, volume=30_000.0), q(100), 600_000_000, None, early=True, session=SESSION, profile=Even()
    )
    code = own.meter().read(moment)
    assert code is not None
    assert decode(code, own.scale) == 3.0


def test_a_meter_without_a_number_has_no_evidence() -> None:
    """Nothing was read, so there is nothing to tell."""
    for _, _, leaf in CASES:
        own = SIGNALS[leaf.signal].axis(leaf, WORLDS[-1])
        meter = None if own is None else own.meter()
        if isinstance(meter, Telling):
            assert isinstance(meter.evidence(), dict)


def test_around_the_clock_the_curve_is_even() -> None:
    """No open, so no rush after it."""
    around = HOURS.on("BINANCE", DAY)
    assert around is not None
    assert share(around, 6 * 3_600_000_000) == Fraction(1, 4)


@pytest.mark.parametrize(("name", "phrase", "leaf"), CASES)
def test_a_meter_knows_nothing_before_it_has_read(name: str, phrase: Phrase, leaf: Leaf) -> None:
    """Without a quote, and with a bare one, a meter says a whole number or nothing, also after a restart."""
    del phrase
    signal = SIGNALS[name]
    for world in WORLDS:
        own = signal.axis(leaf, world)
        if own is None:
            continue
        meter = own.meter()
        for at, quote in enumerate((None, *QUOTES)):
            elapsed = 60_000_000 * at
            for profile in (None, Even()):
                moment = Moment(
                    quote, q(100), elapsed, None, early=bool(at % 3), session=SESSION, profile=profile
                )
                value = meter.read(moment)
                assert value is None or isinstance(value, int)
        meter.restart()
        assert isinstance(signal.boundaries(leaf, world), Region | Absent)


@pytest.mark.parametrize(
    ("text", "args", "verb", "expected"),
    [
        ("since price", (Decimal(80),), ">", 25.0),
        ("cost", (Decimal(125),), "<", -20.0),
        ("since", ("2025-11-03",), ">", None),
        ("trailing", ("2025-11-26",), "falls", 100 * (1 - 100 / 103)),
    ],
)
def test_percentages_are_told_in_percent_points(
    text: str, args: tuple[Argument, ...], verb: str, expected: float | None
) -> None:
    """The number an event carries is in the unit its level is written in; unknown without the bar."""
    told = number_of(Leaf(text, args, verb, Decimal("0.05")), inputs(0, **KNOWN), q(100))
    assert told == (None if expected is None else pytest.approx(expected))
    bars = inputs(300, **KNOWN)
    if text == "since" and bars.history is not None:
        close = float(bars.history.close[list(bars.history.dates).index(np.datetime64("2025-11-03"))])
        assert number_of(Leaf(text, args, verb, Decimal("0.05")), bars, q(100)) == pytest.approx(
            100 * (q(100) / close - 1)
        )
    if text == "trailing":
        late = replace(inputs(0), day_high=None)
        assert number_of(Leaf(text, args, verb, Decimal("0.05")), late, q(100)) is None


@pytest.mark.parametrize("name", ["opening high", "big buy", "sigma", "turnover_pace", "volume_ratio"])
def test_a_meter_that_joins_late_or_outside_any_session_knows_nothing(name: str) -> None:
    """The first minutes were not watched and no feed says their high; without a session there is no clock."""
    leaf = next(case for signal, _, case in CASES if signal == name)
    own = SIGNALS[name].axis(leaf, WORLDS[0])
    assert own is not None
    meter = own.meter()
    for session in (SESSION, None):
        for second in (0, 3, 3600):
            moment = Moment(
                replace(BARE, volume=1e6, amount=1e8),
                q(100),
                second * 1_000_000,
                q(100),
                early=False,
                session=session,
            )
            assert meter.read(moment) is None
