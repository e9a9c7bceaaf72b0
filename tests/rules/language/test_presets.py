"""The twenty-two intraday anomalies: each name, each text, and the quotes that ring it or do not."""

from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pytest

from rules.language import LanguageError, canonical, parse
from rules.language.presets import PRESETS, Preset, UnknownPresetError, with_conditions
from rules.model import Instrument
from tests.rules.world import World, history, q

CODE = "600000.SH"
SHARE = Instrument(symbol=CODE)
Step: TypeAlias = tuple[str, str, dict[str, Any]]


def known(name: str) -> Instrument | None:
    """One share by code and symbol."""
    return SHARE if name.strip() in (CODE, "600000") else None


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.en)
def test_a_preset_is_its_text_under_every_name(preset: Preset) -> None:
    """English, Chinese, by its number in the list; options stay; the canonical form is the text."""
    number = f"anomaly {preset.number}"
    for name in (preset.en, preset.zh, f"  {preset.en.upper()}  ", number, f"异动{preset.number}"):
        assert canonical(parse(f"600000 {name}", known)) == f"{CODE} {preset.text}"
        line = parse(f'600000 {name} | every 30m | note "A|b"', known)
        assert (line.condition.text, line.options.note) == (preset.text, "A|b")
    assert canonical(parse(f"600000 {preset.text}", known)) == f"{CODE} {preset.text}"


ROCKET, DIVE = (next(one for one in PRESETS if one.en == name) for name in ("rocket", "dive"))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("rocket and price > 5", f"{ROCKET.text} and price > 5"),
        ("火箭发射且涨超5%", f"{ROCKET.text} and change >= 5%"),
        ("高台跳水 或 (rocket 且 price > 5)", f"{DIVE.text} or {ROCKET.text} and price > 5"),
        ("not rocket", f"not ({ROCKET.text})"),
        ("big buy(20) >= 5M and rocket", f"big buy(20) >= 5M and {ROCKET.text}"),
    ],
)
def test_beside_other_conditions(text: str, meant: str) -> None:
    """A name is a part like any other, in brackets of its own."""
    assert canonical(parse(f"600000 {text}", known)) == f"{CODE} {meant}"


@pytest.mark.parametrize(
    ("text", "column", "word"),
    [
        ("rocket and volum > 3x", 19, "volum"),
        ("rocket | onec", 17, "onec"),
        ("volum > 3x or rocket", 8, "volum"),
    ],
)
def test_columns_stay_those_of_the_typed_line(text: str, column: int, word: str) -> None:
    """However long the conditions behind the names are."""
    with pytest.raises(LanguageError) as caught:
        parse(f"600000 {text}", known)
    assert (caught.value.column, caught.value.word) == (column, word)


def test_numbers_and_names_are_those_of_the_list() -> None:
    """Twenty-two, each once; a bare number is no name, for it might be meant as a price."""
    assert {preset.number for preset in PRESETS} == {
        *(4, 8, 16, 32, 64, 128, 8193, 8194, *range(8201, 8205), *range(8207, 8217))
    }
    for names in zip(*((p.number, p.en, p.zh) for p in PRESETS), strict=True):
        assert len(set(names)) == len(names) == 22
    with pytest.raises(LanguageError):
        parse("600000 64", known)


def steps(*prices: str, **fields: Any) -> list[Step]:
    """Prices a minute apart from the open on."""
    return [(f"09:{30 + at}:00", price, {"open": prices[0], **fields}) for at, price in enumerate(prices)]


def seal(price: str, clock: str) -> Step:
    """A snapshot at a limit with nobody on the other side."""
    own = "bid" if price == "110" else "ask"
    return clock, price, {own: q(price), f"{own}_size": 1e6}


def off(price: str, clock: str) -> Step:
    """A snapshot with a book about the price."""
    return clock, price, {"bid": q(price) - 10, "ask": q(price) + 10}


def traded(*amounts: float, side: str) -> list[Step]:
    """Running amounts three seconds apart, at the ask (bought) or at the bid (sold)."""
    at, other = ("ask", "bid") if side == "buy" else ("bid", "ask")
    book = {at: q("100"), other: q("99.99" if side == "buy" else "100.01")}
    return [(f"10:00:{3 * n:02}", "100", {"amount": amount, **book}) for n, amount in enumerate(amounts)]


FLAT = ["100"] * 70
HIGH, LOW = [*FLAT[:-1], "102"], [*FLAT[:-1], "98"]  # yesterday's close beyond its five-day average
RISEN, FALLEN = [*["62.5"] * 11, *["99"] * 59], [*["250"] * 11, *["101"] * 59]
# name, closes before, what rings, what does not.
CASES: tuple[tuple[str, list[str], list[Step], list[Step]], ...] = (
    ("rocket", FLAT, steps("100", "101", "103.1"), steps("104", "100.5", "103.6")),
    ("rebound", FLAT, steps("100", "95", "97.5"), steps("100", "95", "96.8")),
    ("dive", FLAT, steps("100", "105", "102.5"), steps("100", "105", "103")),
    ("slide", FLAT, steps("100", "99", "96.5"), steps("100", "99", "97.1")),
    ("big buy", FLAT, traded(1e9, 1.02e9, side="buy"), traded(1e9, 1.0199e9, side="buy")),
    ("big sell", FLAT, traded(1e9, 1.02e9, side="sell"), traded(1e9, 1.02e9, side="buy")),
    ("bid wall", FLAT, steps("100", bid_depth=5e7), steps("100", bid_depth=4.99e7, ask_depth=9e7)),
    ("ask wall", FLAT, steps("100", ask_depth=5e7), steps("100", bid_depth=9e7)),
    (
        "sealed up",
        FLAT,
        [seal("110", "10:00:00"), seal("110", "10:00:03")],
        [seal("110", "10:00:00"), off("109.99", "10:00:03")],
    ),
    (
        "sealed down",
        FLAT,
        [seal("90", "10:00:00"), seal("90", "10:00:03")],
        [seal("90", "10:00:00"), off("90.01", "10:00:03")],
    ),
    (
        "opened up",
        FLAT,
        [seal("110", c) for c in ("10:00:00", "10:00:03")]
        + [off("109", c) for c in ("10:01:00", "10:01:03")],
        [seal("110", c) for c in ("10:00:00", "10:00:03")]
        + [off("109", c) for c in ("10:00:57", "10:01:00")],
    ),
    (
        "opened down",
        FLAT,
        [seal("90", c) for c in ("10:00:00", "10:00:03")] + [off("91", c) for c in ("10:01:00", "10:01:03")],
        [seal("90", c) for c in ("10:00:00", "10:00:03")] + [off("91", "10:01:00")],
    ),
    ("auction up", FLAT, [("09:22:00", "103", {})], [("09:19:59", "109", {}), ("09:24:59", "102.99", {})]),
    ("auction down", FLAT, [("09:25:03", "97", {"open": "97"})], [("09:22:00", "97.01", {})]),
    ("opens over MA5", LOW, steps("101"), steps("99")),
    ("opens under MA5", HIGH, steps("99"), steps("101")),
    ("gap up", FLAT, steps("100.01"), steps("100", "109")),
    ("gap down", FLAT, steps("99.99"), steps("100", "91")),
    ("60-day high", FLAT, steps("100", "100.01"), steps("100", "99")),
    ("60-day low", FLAT, steps("100", "99.99"), steps("100", "101")),
    ("large 60-day rise", RISEN, steps("99", "100"), steps("99", "99.99")),
    ("large 60-day fall", FALLEN, steps("101", "100"), steps("101", "100.01")),
)


def played(name: str, closes: list[str], quotes: list[Step]) -> list[str]:
    """What a preset says of a day of quotes."""
    bars = replace(history(closes, CODE), volume=np.full(len(closes), 48_000.0))
    world = World({CODE: bars}, prev_close=closes[-1])
    world.engine.add(parse(f"600000 {name}", known).condition)
    return [state for clock, price, fields in quotes for state in world.see(clock, price, CODE, **fields)]


@pytest.mark.parametrize(("name", "closes", "rings", "near"), CASES, ids=lambda case: str(case)[:18])
def test_each_rings_and_rings_not(name: str, closes: list[str], rings: list[Step], near: list[Step]) -> None:
    """At its last quote in the one case, never in the other, which is as near as can be."""
    assert played(name, closes, rings) == ["fired"]
    assert played(name, closes, rings[:-1]) == []
    assert played(name, closes, near) == []


def test_every_preset_has_its_case() -> None:
    """None is left out."""
    assert [case[0] for case in CASES] == [preset.en for preset in PRESETS]


def test_an_operator_puts_another_condition_behind_a_name() -> None:
    """By any of its names; the others stay, and so does the program's own table."""
    names = with_conditions({"Rocket": "rise(5m) >= 4%", "异动64": "bid wall > 80M"})
    for name, text in (
        ("rocket", "rise(5m) >= 4%"),
        ("火箭发射", "rise(5m) >= 4%"),
        ("有大买盘", "bid wall > 80M"),
        ("dive", PRESETS[2].text),
    ):
        assert parse(f"600000 {name}", known, presets=names).condition.text == text
    assert parse("600000 rocket", known).condition.text == PRESETS[0].text
    with pytest.raises(UnknownPresetError, match="rokcet"):
        with_conditions({"rokcet": "rise(5m) >= 4%"})
