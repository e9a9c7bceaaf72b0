"""Pages taken as columns leave the same as their quotes taken one by one."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from rules.engine import Engine
from rules.language import parse
from rules.model import Condition, Frame, Phase, Quote
from rules.rings import Step
from tests.rules.test_calm import LEAVES, STEPPED, conditions, instrument, quotes
from tests.rules.world import HOURS, at, history
from tests.sheets import Made

SYMBOLS = tuple(f"3003{number:02d}.SZ" for number in range(8, 14))
ROSTERS = (SYMBOLS, SYMBOLS[:3], SYMBOLS[3:], SYMBOLS[::-1])
SIMPLE = tuple(leaf for leaf in STEPPED if leaf.startswith(("price", "change", "reclaim", "record")))


def rounds(chance: random.Random) -> list[list[Quote]]:
    """Two days of pages: each instrument's quotes, of which some are missing and many are told twice."""
    lives = [quotes(chance, symbol) for symbol in SYMBOLS]
    times = [quote.time for quote in lives[0]]
    places, found = [0] * len(lives), []
    for time in times:
        page = []
        for number, life in enumerate(lives):
            while places[number] + 1 < len(life) and life[places[number] + 1].time <= time:
                places[number] += 1
            if life[places[number]].time <= time and chance.random() < 0.99:
                page.append(replace(life[places[number]], shares=10**9))
        found.append(page)
    return found


def pages(chance: random.Random, page: Sequence[Quote]) -> list[Made | tuple[Quote, ...]]:
    """A round as pages of some rosters, or its first quotes by themselves."""
    if not page or chance.random() < 0.02:
        return [(quote,) for quote in page[:2]]
    chosen = ROSTERS[0] if chance.random() < 0.9 else chance.choice(ROSTERS)
    rosters = ROSTERS[1:3] if chance.random() < 0.1 else (chosen,)
    told = {quote.symbol: quote for quote in page}
    rows = [{row: told[name] for row, name in enumerate(roster) if name in told} for roster in rosters]
    return [Made(roster, some, Phase.CONTINUOUS) for roster, some in zip(rosters, rows, strict=True) if some]


def play(seed: int, *, as_columns: bool) -> tuple[list[Step], list[object]]:
    """A seeded life of some instruments: rules that come and go, questions in between; steps and answers."""
    chance = random.Random(seed)  # noqa: S311 - a seeded life
    made, steps, asked = world(), list[Step](), list[object]()
    leaves = (SIMPLE, STEPPED, LEAVES)[seed % 3]
    held = [
        one for symbol in SYMBOLS for one in conditions(chance, symbol, chance.choice((0, 3, 12)), leaves)
    ]
    made.add_all(held)
    for page in rounds(chance):
        for told in pages(chance, page):
            received = max(quote.time for quote in told)
            given = told if as_columns else tuple(told)
            steps.append(made.take(Frame(market="SZ", received=received, quotes=given)))
        change(chance, made, held, asked, leaves)
    steps.append(made.finish())
    asked += [made.explain(condition.id) for condition in held] + [made.last(symbol) for symbol in SYMBOLS]
    return steps, asked


def world() -> Engine:
    """All instruments with forty days behind them."""
    closes = [100 + (day * 7 % 5) - 2 for day in range(40)]
    bars = {symbol: history(closes, symbol) for symbol in SYMBOLS}
    bars = {symbol: replace(one, volume=1e6 * one.volume) for symbol, one in bars.items()}
    return Engine(HOURS, instrument, bars.get, lambda _: ())


def change(
    chance: random.Random, made: Engine, held: list[Condition], asked: list[object], leaves: tuple[str, ...]
) -> None:
    """What happens between two pages, mostly nothing."""
    event, symbol = chance.random(), chance.choice(SYMBOLS)
    if event < 0.02:
        asked += [made.ahead(symbol), made.last(symbol), made.quiet(symbol)]
        asked += [made.explain(chance.choice(held).id)] if held else []
    elif event < 0.03:
        held += conditions(chance, symbol, 1, leaves)
        made.add(held[-1])
    elif event < 0.035 and held:
        made.remove(held.pop(chance.randrange(len(held))).id)
    elif event < 0.04 and held:
        made.rejoin(chance.choice(held).id)
    elif event < 0.043:
        made.reconnected("SZ")
    elif event < 0.046:
        made.restore([], [])
    elif event < 0.05:
        made.learned(symbol)


@pytest.mark.parametrize("seed", range(24))
def test_a_page_is_its_quotes(seed: int) -> None:
    """Steps, in their order, and every answer in between."""
    found, expected = play(seed, as_columns=True), play(seed, as_columns=False)
    assert found == expected
    assert any(step.events for step in found[0])


def test_quotes_that_say_nothing_are_not_made() -> None:
    """Of a page's rows those are asked for that are looked at as they never were, or that ring."""
    made = world()
    for symbol in SYMBOLS:
        made.add(parse(f"{symbol} price > 101", {symbol: instrument(symbol)}.get).condition)
    asked = []
    for number, price in enumerate((100, 100, 100.5, 100.2, 101.5, 101.4)):
        page = [usual(symbol, number, price if symbol == SYMBOLS[2] else 100) for symbol in SYMBOLS]
        given = Made(SYMBOLS, dict(enumerate(page)), Phase.CONTINUOUS)
        step = made.take(Frame(market="SZ", received=page[0].time, quotes=given))
        asked.append(len(given.asked))
        assert [event.symbol for event in step.events] == [SYMBOLS[2]] * (number == 4)
    assert asked == [6, 0, 0, 0, 0, 0]
    assert made.last(SYMBOLS[2]) == usual(SYMBOLS[2], 5, 101.4)
    assert made.last(SYMBOLS[0]) == usual(SYMBOLS[0], 5, 100)


def usual(symbol: str, number: int, price: float) -> Quote:
    """A quote of the morning."""
    return Quote(
        symbol=symbol, time=at("10:00") + timedelta(seconds=3 * number), price=round(1000 * price),
        open=100_000, high=102_000, low=99_000, prev_close=100_000, volume=1e6 + number,
        phase=Phase.CONTINUOUS,
    )  # fmt: skip


CHANGED = [
    replace(usual(SYMBOLS[0], 3, 100), open=101_000),
    replace(usual(SYMBOLS[0], 3, 100), prev_close=101_000),
    replace(usual(SYMBOLS[0], 3, 100), limit_up=110_000),
    replace(usual(SYMBOLS[0], 3, 100), limit_down=90_000),
    replace(usual(SYMBOLS[0], 3, 100), shares=10**9),
]


@pytest.mark.parametrize("quote", CHANGED)
def test_a_change_of_what_closed_forms_are_made_of_goes_the_usual_way(quote: Quote) -> None:
    """Though the price stays."""
    made = world()
    made.add(parse(f"{SYMBOLS[0]} change > 5%", {SYMBOLS[0]: instrument(SYMBOLS[0])}.get).condition)
    asked = []
    for told in (*(usual(SYMBOLS[0], number, 100) for number in range(3)), quote):
        given = Made(ROSTERS[1], {0: told}, Phase.CONTINUOUS)
        made.take(Frame(market="SZ", received=told.time, quotes=given))
        asked.append(len(given.asked))
    assert asked == [1, 0, 0, 1]
    assert made.last(SYMBOLS[0]) == quote


@pytest.mark.parametrize(
    "text",
    [
        "price > 101 for 30s",
        "price > 101 and change > 0.5% for 1m",
        "price > ma(5) on 1m",
        "price > ma(2) on 5m",
    ],
)
def test_what_waits_for_a_moment_leaves_the_columns(text: str) -> None:
    """A page whose quotes begin a wait, or come when a minute's bar closes, is taken as its quotes are."""
    chance = random.Random(5)  # noqa: S311 - a seeded walk
    both = (world(), world())
    for made in both:
        for symbol in SYMBOLS[:3]:
            made.add(parse(f"{symbol} {text}", {symbol: instrument(symbol)}.get).condition)
    events = 0
    for number in range(400):
        price = 101 + chance.choice((1, 2, 3)) / 10 - (number // 30 % 2)
        page = [usual(symbol, number, price) for symbol in SYMBOLS]
        given = Made(SYMBOLS, dict(enumerate(page)), Phase.CONTINUOUS)
        steps = [
            made.take(Frame(market="SZ", received=page[0].time, quotes=quotes))
            for made, quotes in zip(both, (given, tuple(page)), strict=True)
        ]
        assert steps[0] == steps[1]
        events += len(steps[0].events)
    assert events


def test_an_empty_page_lets_time_pass() -> None:
    """As an empty frame does."""
    page = [usual(symbol, 0, 100) for symbol in SYMBOLS]
    given = Made(SYMBOLS, dict(enumerate(page))).judged(np.zeros(len(SYMBOLS), bool), Phase.CONTINUOUS, {})
    assert world().take(Frame(market="SZ", received=page[0].time, quotes=given)) == Step()
