"""Deviations from the exchange's base index, and the abnormal moves they make."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from rules.formulas.abnormal import benchmark
from rules.language import LanguageError, canonical, parse, phrase
from rules.levels import compiled
from rules.model import History, Instrument, Kind, Leaf
from rules.region import Absent, Inputs
from rules.rings import Row
from tests.rules.signals.levels import OPERATORS
from tests.rules.world import CLOSE, OPEN, World, condition, history, leaf, q, visible

STOCK, INDEX = "600000.SH", "000002.SH"
BOARDS = {
    "600000.SH": "000002.SH",
    "000001.SZ": "399107.SZ",
    "300308.SZ": "399102.SZ",
    "688256.SH": "000688.SH",
    "920002.BJ": "899050.BJ",
}
NONE = list[str]()
RANG, CONFIRMED, WITHDRAWN = ["provisional"], ["confirmed"], ["withdrawn"]
UP20 = leaf("deviation", ">=", "0.2", "3d")


def index_of(symbol: str) -> Instrument:
    """A base index."""
    return Instrument(symbol=symbol, kind=Kind.INDEX)


def world_of(symbol: str = STOCK, days: int = 40, closes: list[str] | None = None) -> World:
    """A stock that closed at 100 and its index at 1,000, day after day."""
    index = BOARDS[symbol]
    histories: dict[str, History] = {
        symbol: history(closes or ["100"] * days, symbol),
        index: history(["1000"] * days, index),
    }
    return World(histories, instruments=[index_of(index)])


@pytest.mark.parametrize(("symbol", "index"), BOARDS.items())
def test_each_board_has_its_base_index(symbol: str, index: str) -> None:
    """Shanghai, Shenzhen, ChiNext, STAR, Beijing; what is no listed share has none."""
    assert benchmark(Instrument(symbol=symbol)) == index


@pytest.mark.parametrize(
    "one",
    [
        Instrument(symbol="588330.SH", kind=Kind.FUND),
        Instrument(symbol="113050.SH"),
        Instrument(symbol="900901.SH"),
        Instrument(symbol="200012.SZ"),
        Instrument(symbol="000300.SH", kind=Kind.INDEX),
        Instrument(symbol="00700.HK"),
        Instrument(symbol="AAPL.US"),
    ],
    ids=lambda one: one.symbol,
)
def test_what_is_measured_against_none(one: Instrument) -> None:
    """Refused with a sentence; a group's member that is one of these stays unknown."""
    assert benchmark(one) is None
    for text in ("deviation(3d) > 20%", "abnormal move"):
        with pytest.raises(LanguageError, match=f"does not exist on {one.symbol}"):
            parse(f"{one.symbol} {text}", {one.symbol: one}.get)
    for root in (UP20, leaf("abnormal move", "is")):
        assert compiled(root, Inputs(instrument=one)) == Absent("no base index")


def test_a_deviation_is_the_return_here_minus_the_return_there() -> None:
    """The index is up 1 %, so 20 % more than it is 121.00: inclusive, provisional, confirmed at the close."""
    world = world_of()
    world.add(UP20, STOCK)
    assert world.see("10:00:00", "121", STOCK) == NONE  # the index has not traded today
    assert world.see("10:00:01", "1010", INDEX) == RANG
    (event,) = world.events
    assert (event.signal, event.level, event.level_price) == ("deviation(3d)", 20.0, 121.0)
    assert event.value == pytest.approx(20.0)
    assert visible(event) == {"base": 100.0, "index %": pytest.approx(1.0)}
    assert world.pass_time("15:01:00", market="SH") == CONFIRMED


def test_a_thousandth_beneath_is_not_reached() -> None:
    """Ties are exact."""
    world = world_of()
    world.add(UP20, STOCK)
    world.see("10:00:00", "1010", INDEX)
    assert world.see("10:00:01", "120.999", STOCK) == NONE
    assert world.see("10:00:02", "121", STOCK) == RANG


def test_the_index_alone_rings_and_withdraws_it() -> None:
    """The stock stands still: the index falls 1 %, and rises again by more than 0.2 points."""
    world = world_of()
    world.add(UP20, STOCK)
    world.see("10:00:00", "119.5", STOCK)
    assert world.see("10:00:01", "1000", INDEX) == NONE
    assert world.see("10:00:02", "990", INDEX) == RANG
    assert world.see("10:00:03", "996.9", INDEX) == NONE
    assert world.see("10:00:04", "997", INDEX) == WITHDRAWN


def test_the_interval_begins_at_the_close_before_its_first_day() -> None:
    """Three days, today the third: the close of three sessions ago is the base."""
    world = world_of(closes=[*["50"] * 20, "100", "107", "109"])
    for days, expected in (("1d", 119 / 109), ("2d", 119 / 107), ("3d", 1.19), ("4d", 119 / 50)):
        world.add(leaf("deviation", ">=", "0", days), STOCK)
        world.see("10:00:00", "1000", INDEX)
        world.see("10:00:01", "119", STOCK)
        assert world.events[-1].value == pytest.approx(100 * (expected - 1)), days


def test_a_day_is_one_day() -> None:
    """`deviation(day)` is today's."""
    world = world_of()
    world.add(leaf("deviation", "<=", "-0.05", "day"), STOCK)
    world.see("10:00:00", "1020", INDEX)
    assert world.see("10:00:01", "97.001", STOCK) == NONE
    assert world.see("10:00:02", "97", STOCK) == RANG


def test_an_ex_date_scales_the_base() -> None:
    """Ten for ten today: the feed's previous close is 50, so the base of 100 is 50 as well."""
    world = world_of()
    world.add(UP20, STOCK)
    world.see("10:00:00", "1000", INDEX, prev_close="1000")
    assert world.see("10:00:01", "59.99", STOCK, prev_close="50") == NONE
    assert world.see("10:00:02", "60", STOCK, prev_close="50") == RANG
    assert world.events[0].level_price == pytest.approx(60.0)


def test_a_short_history_says_so() -> None:
    """Its own, or the index's."""
    given = Inputs(instrument=Instrument(symbol=STOCK))
    assert compiled(UP20, given) == Absent("no history")
    world = world_of(days=2)
    world.add(UP20, STOCK)
    world.add(leaf("abnormal move", "is"), STOCK)
    world.see("10:00:00", "1000", INDEX)
    assert world.see("10:00:01", "150", STOCK) == NONE
    assert {world.engine.explain(one.id).reason for one in world.engine.conditions()} == {  # type: ignore[union-attr]
        "3 daily bars needed, 2 known"
    }
    world = world_of()
    world.histories[INDEX] = history(["1000"] * 2, INDEX)
    world.engine = world.fresh()
    world.add(UP20, STOCK)
    world.add(leaf("severe abnormal move", "is"), STOCK)
    world.see("10:00:00", "1000", INDEX)
    assert world.see("10:00:01", "350", STOCK) == NONE


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "text",
    [
        "deviation(3d) >= 20%",
        "deviation(30d) < -70%",
        "abnormal move",
        "abnormal move down",
        "severe abnormal move up",
    ],
)
def test_said_in_both_languages(text: str, language: str) -> None:
    """Print, parse, print: the same."""
    known = {STOCK: Instrument(symbol=STOCK)}
    line = parse(f"{STOCK} {text}", known.get)
    assert canonical(parse(phrase(line, language), known.get)) == f"{STOCK} {text}"


@pytest.mark.parametrize(
    ("symbol", "up", "down"),
    [
        ("600000.SH", "20", "-20"),
        ("000001.SZ", "20", "-20"),
        ("300308.SZ", "30", "-30"),
        ("688256.SH", "30", "-30"),
        ("920002.BJ", "40", "-40"),
    ],
)
def test_abnormal_moves_are_the_boards(symbol: str, up: str, down: str) -> None:
    """Reached at the threshold, either way; a direction looks one way alone."""
    for size, verb, other in ((up, "up", "down"), (down, "down", "up")):
        world, reached = world_of(symbol), 100 + Decimal(size)
        world.see("10:00:00", "1000", BOARDS[symbol])
        for one in ("is", verb, other):
            world.add(leaf("abnormal move", one), symbol)
        nearly = reached - Decimal("0.001") * (1 if verb == "up" else -1)
        assert world.see("10:00:01", str(nearly), symbol) == NONE
        assert world.see("10:00:02", str(reached), symbol) == RANG * 2
        told = {event.text for event in world.events}
        assert told == {repr(leaf("abnormal move", one)) for one in ("is", verb)}
        assert {event.direction.value for event in world.events} == {verb}
        assert {event.level_price for event in world.events} == {float(reached)}
        assert visible(world.events[0]) == {"3-day deviation %": float(size)}
        assert world.events[0].value == 100.0


def test_severe_moves_have_two_measures() -> None:
    """+100 % in 10 days or +200 % in 30; the nearer price is told, the smaller share decides nothing."""
    closes = ["40"] * 11 + ["60"] * 20 + ["100"] * 9  # 30 days ago 40, ten days ago 60
    for verb, price, nearly in (("up", "120", "119.999"), ("down", "30", "30.001")):
        world = world_of(closes=closes)
        world.see("10:00:00", "1000", INDEX)
        world.add(leaf("severe abnormal move", verb), STOCK)
        assert world.see("10:00:01", nearly, STOCK) == NONE
        assert world.see("10:00:02", price, STOCK) == RANG
        assert world.events[0].level_price == float(price)
        assert set(visible(world.events[0])) == {"10-day deviation %", "30-day deviation %"}


def test_a_listing_of_ten_days_has_the_shorter_measure() -> None:
    """Thirty days are not known yet."""
    world = world_of(days=12)
    world.see("10:00:00", "1000", INDEX)
    world.add(leaf("severe abnormal move", "is"), STOCK)
    assert world.see("10:00:01", "200", STOCK) == RANG
    assert list(visible(world.events[0])) == ["10-day deviation %"]


def test_the_price_that_triggers_it_is_ahead() -> None:
    """While the index stands still; it rings there and not a tick before, above and beneath."""
    for root, expected, nearly in (
        (UP20, "121", "120.99"),
        (leaf("deviation", "<=", "-0.155", "3d"), "85.50", "85.51"),
        (leaf("abnormal move", "up"), "121", "120.99"),
    ):
        world = world_of()
        made = world.add(root, STOCK)
        world.see("10:00:00", "1010", INDEX)
        world.see("10:00:01", "100", STOCK)
        (one,) = world.engine.ahead(STOCK)
        assert (one.condition, one.price) == (made.id, q(expected))
        found = world.engine.explain(made.id)
        assert found is not None
        assert found.level_price == pytest.approx(float(expected))
        assert world.see("10:00:02", nearly, STOCK) == NONE
        assert world.see("10:00:03", expected, STOCK) == RANG
        assert world.engine.ahead(STOCK) == ()


def test_without_both_prices_nothing_is_ahead() -> None:
    """The index has not traded, so no price is known to trigger it."""
    world = world_of()
    made = world.add(UP20, STOCK)
    world.see("10:00:01", "100", STOCK)
    assert world.engine.ahead(STOCK) == ()
    found = world.engine.explain(made.id)
    assert found is not None
    assert found.level_price is None


@pytest.mark.parametrize(
    ("index", "state"),
    [("1000", CONFIRMED), ("1010", WITHDRAWN), (None, NONE)],
    ids=["up", "less", "unknown"],
)
def test_a_bar_that_ended_while_away_is_decided_by_both_histories(
    index: str | None, state: list[str]
) -> None:
    """20 % against an index that stood still, 19 % against one that rose; unknown without the index's bar."""
    bars = {STOCK: history([*["100"] * 9, "120"], STOCK)}
    if index is not None:
        bars[INDEX] = history([*["1000"] * 9, index], INDEX)
    world = World(bars, instruments=[index_of(INDEX)])
    made = condition(UP20, STOCK)
    yesterday = OPEN - timedelta(days=1)
    stored = Row(condition=made.id, ring=1, state="provisional", time=yesterday, session=yesterday.date())
    world.engine.add(made, row=stored, seen=True)
    assert world.pass_time("09:00", market="SH") == state
    assert [event.time for event in world.events] == [CLOSE - timedelta(days=1)] * len(state)
    if not state:
        assert world.see("09:31:00", "120", STOCK) == WITHDRAWN
        assert "not known" in str(world.events[0].evidence["reason"])


def rings(root: Leaf, quotes: list[tuple[bool, Fraction]], bases: tuple[Fraction, Fraction]) -> list[str]:
    """Every word of a condition by the definition: number, truth, hysteresis of 0.2 points, the close."""
    told, rang, prices = list[str](), False, dict[bool, Fraction]()
    holds, level = False, Fraction(root.level or 0)
    for at, (is_stock, price) in enumerate(quotes):
        prices[is_stock] = price
        if len(prices) < 2:
            continue
        number = prices[True] / bases[0] - prices[False] / bases[1]
        holds = OPERATORS[root.verb](number, level)
        margin = Fraction(2, 1000)
        back = number <= level - margin if root.verb[0] == ">" else number >= level + margin
        if holds and not rang:
            told.append(f"{at} provisional")
            rang = True
        elif rang and not holds and back:
            told.append(f"{at} withdrawn")
            rang = False
    if rang:
        told.append("close confirmed" if holds else "close withdrawn")
    return told


@pytest.mark.parametrize("seed", range(8))
def test_identical_words_by_the_definition(seed: int) -> None:
    """A stock and its index on random walks, 24 conditions, 600 quotes a seed: every word the same."""
    chance = Random(seed)  # noqa: S311 - a seeded walk
    closes = [f"{chance.uniform(95, 105):.2f}" for _ in range(12)]
    indices = [f"{chance.uniform(980, 1020):.2f}" for _ in range(12)]
    world = World(
        {STOCK: history(closes, STOCK), INDEX: history(indices, INDEX)}, instruments=[index_of(INDEX)]
    )
    roots = [
        leaf("deviation", verb, f"{chance.randrange(-60, 60) / 1000}", f"{days}d")
        for verb in OPERATORS
        for days in (1, 3, 10)
        for _ in range(2)
    ]
    names = {world.add(root, STOCK).id: root for root in roots}
    quotes, price, index = list[tuple[bool, Fraction]](), Fraction(100), Fraction(1000)
    told: dict[str, list[str]] = {name: [] for name in names}
    for at in range(600):
        is_stock = chance.random() < 0.5
        if is_stock:
            price += Fraction(chance.choice((0, 1, -1, 30, -30)), 100)
        else:
            index += Fraction(chance.choice((0, 1, -1, 300, -300)), 100)
        now = price if is_stock else index
        quotes.append((is_stock, now))
        minute, second = divmod(at * 3, 60)
        clock = f"10:{minute:02}:{second:02}"
        for event in world.take(world.quote(clock, f"{float(now):.2f}", STOCK if is_stock else INDEX)):
            told[event.condition].append(f"{at} {event.state}")
    world.pass_time("15:01:00", market="SH")
    for event in world.events:
        if event.time == CLOSE:
            told[event.condition].append(f"close {event.state}")
    for name, root in names.items():
        days = int(str(root.args[0]).removesuffix("d"))
        bases = Fraction(closes[-days]), Fraction(indices[-days])
        assert told[name] == rings(root, quotes, bases), root
    assert sum(map(len, told.values())) > 20
