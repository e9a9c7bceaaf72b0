"""The terminals' intraday anomalies as conditions: each name, each text, and what is not built yet."""

import pytest

from rules.language import LanguageError, canonical, parse
from rules.model import Instrument
from rules.presets import PRESETS, Preset
from tests.rules.world import SYMBOL, World, history


def known(name: str) -> Instrument | None:
    """One share by code and symbol."""
    return Instrument(symbol=SYMBOL) if name.strip() in (SYMBOL, "300308") else None


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.en)
def test_a_preset_is_its_text_under_either_name(preset: Preset) -> None:
    """Options stay; the canonical form is the text."""
    for name in (preset.en, preset.zh, f"  {preset.en.upper()}  "):
        assert canonical(parse(f"300308 {name}", known)) == f"{SYMBOL} {preset.text}"
        line = parse(f'300308 {name} | every 30m | note "A|b"', known)
        assert (line.condition.text, line.options.note) == (preset.text, "A|b")


def test_numbers_and_names_are_used_once() -> None:
    """Twenty-two kinds are published; six of them are not built yet and say so."""
    for names in zip(*((p.number, p.en, p.zh) for p in PRESETS), strict=True):
        assert len(set(names)) == len(names)
    assert len(PRESETS) == 16
    for later in ("auction up", "竞价上涨", "opens over ma5"):
        with pytest.raises(LanguageError):
            parse(f"300308 {later}", known)


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("rocket", ["100", "101", "103.1"], ["fired"]),
        ("rocket", ["100", "104", "100.5", "103.6"], ["fired"]),  # the second rise is fast, but no new high
        ("slide", ["100", "99", "96.5"], ["fired"]),
        ("slide", ["100", "101", "102"], []),
        ("rebound", ["100", "95", "97.5"], ["fired"]),
        ("rebound", ["100", "101", "104"], []),
        ("dive", ["100", "105", "102.5"], ["fired"]),
        ("dive", ["100", "99", "96"], []),
    ],
)
def test_the_fast_ones_ring_on_a_made_day(name: str, path: list[str], expected: list[str]) -> None:
    """Prices a minute apart from the open."""
    world = World({SYMBOL: history(["100"] * 5)}, prev_close="100")
    world.engine.add(parse(f"300308 {name}", known).condition)
    said = [
        state
        for minute, price in enumerate(path)
        for state in world.see(f"09:{30 + minute}", price, open="100")
    ]
    assert said == expected


@pytest.mark.parametrize(("name", "opened"), [("gap up", "103"), ("gap down", "97"), ("60-day high", "104")])
def test_the_slow_ones_ring_at_the_open(name: str, opened: str) -> None:
    """Beyond yesterday's span, or that of sixty days."""
    world = World({SYMBOL: history(["100"] * 70, highs={69: "102"})}, prev_close="100")
    world.engine.add(parse(f"300308 {name}", known).condition)
    assert world.see("09:30", opened, open=opened) == ["fired"]
