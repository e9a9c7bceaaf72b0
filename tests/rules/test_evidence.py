"""Every event of every signal carries what it was made of; the number can be made again from that alone."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from rules.captions import label
from rules.evidence import ADJUSTED, BEFORE, COUNTED, FED, FORMULA, HISTORY, PRICE, PRICES, formula_of
from rules.formulas.auction import Growth, Share
from rules.formulas.orders import Worth
from rules.limits import Side
from rules.model import And, Event, History, Instrument, Kind, Leaf, Not, SessionKind, Then
from rules.signal import SIGNALS
from rules.signals.prints import Print
from rules.signals.volume import Within
from rules.signals.volume_ratio import Pace
from tests.bot.offline.test_replay import CLOSES
from tests.brute.compare import Pair
from tests.brute.definitions import DEFINITIONS
from tests.brute.worlds import nodes_of, unkind
from tests.rules import scenes
from tests.rules.proofs import LEVELS, NUMBERS, STATES, TOLD, days_until, dif
from tests.rules.world import SYMBOL, World, condition, history, leaf

RANG = frozenset({"fired", "provisional"})


def numbers(event: Event) -> Mapping[str, float]:
    """The figures that are numbers."""
    return {name: figure for name, figure in event.evidence.items() if isinstance(figure, int | float)}


@cache
def told() -> dict[str, list[tuple[Leaf, Event]]]:
    """Events of some made-up worlds, and of hand-made ones, by the signal of their single condition."""
    found: dict[str, list[tuple[Leaf, Event]]] = {}
    for seed in (3, 6, 17, 31, 44):
        world = unkind(seed)
        chance = random.Random(seed)  # noqa: S311 - a seeded choice
        pair = Pair(world)
        leaves = [node for node in nodes_of(world, chance, composed=0) if isinstance(node, Leaf)]
        made = {pair.add(one).id: one for one in leaves}
        for frame in world.frames:
            for event in pair.engine.take(frame).events:
                one = made[event.condition]
                found.setdefault(one.signal, []).append((one, event))
    for one, event in scenes.told():
        found.setdefault(one.signal, []).append((one, event))
    return found


def test_every_signal_has_a_row() -> None:
    """Its number made again, the level it turns at, the truth of a state, or a word that is told."""
    rows = [*NUMBERS, *LEVELS, *STATES, *TOLD]
    assert len(rows) == len(set(rows))
    assert set(rows) == set(SIGNALS)


@pytest.mark.parametrize(
    "signal", sorted((set(NUMBERS) | set(LEVELS) | set(STATES)) - {"macd", "macd talib"})
)
def test_the_number_can_be_made_again(signal: str) -> None:
    """From the price and the evidence alone, by formulas written a second time, to a millionth."""
    events = [(one, event) for one, event in told().get(signal, ()) if event.state.value in RANG]
    assert events, f"no {signal} rang"
    assert signal not in LEVELS or any(event.level_price is not None for _, event in events)
    checked = 0
    for one, event in events:
        figures, price = numbers(event), (event.price or 0) / 10**event.decimals
        if signal in LEVELS and event.level_price is not None:
            assert LEVELS[signal](event.level_price, figures, one), (one, event)
        if event.touched:
            continue
        assert event.value is not None
        if signal in NUMBERS:
            made = NUMBERS[signal](price, figures, one)
            assert made == pytest.approx(event.value, rel=1e-6, abs=1e-6), (one, event)
        elif signal in LEVELS:
            assert event.value == price
        else:
            assert STATES[signal](price, figures, one), (one, event)
        checked += 1
    assert checked


def test_what_a_feed_or_the_bars_tell() -> None:
    """A date, a halt's beginning; days in a row that the history ends with, today's seal counted."""
    days = [event for _, event in told()["earnings"]]
    assert {event.value for event in days} == {
        days_until(str(event.evidence["earnings"]), event.session) for event in days
    }
    assert told()["halt"][0][1].evidence["halted since"] == scenes.clock("10:00:03")
    for signal in ("limit_streak", "limits"):
        _, event = told()[signal][-1]
        assert event.value == len(("11", "12.1", "13.31", "today"))
        assert event.evidence[HISTORY] == "2025-11-25"
    assert told()["highest_streak"][-1][1].value == len(("today",))


@pytest.mark.parametrize("signal", sorted(SIGNALS))
def test_every_event_says_what_it_rests_on(signal: str) -> None:
    """Level, formula, the number before, the bars' newest day and their adjustment."""
    for one, event in told().get(signal, ()):
        words = event.evidence
        assert words[FORMULA] == formula_of(signal)
        has_level = event.level is not None or event.level_price is not None or "level" in words
        assert (
            has_level
            or signal in ("gap up", "gap down", "adr", "opens", "range", "range talib")
            or not event.price
        )
        if signal == "price" and event.state.value == "fired":
            assert isinstance(words[BEFORE], float)
        if SIGNALS[signal].need(one.args) or signal in ("since", "since low", "trailing"):
            is_today = HISTORY not in words and (signal in ("trailing", "prev close") or event.price is None)
            assert is_today or date.fromisoformat(str(words[HISTORY])) < event.session
            assert is_today or words[ADJUSTED] in ("raw", "ratio", "affine")
        else:
            assert HISTORY not in words


def test_every_figure_has_a_name_in_both_languages() -> None:
    """What lies behind events is told to people who read Chinese, too."""
    names = {name for events in told().values() for _, event in events for name in event.evidence}
    names = {name for name in (*names, *PRICES, *FED, *COUNTED) if not name.startswith("beside ")}
    apart = {"formula", "history", "adjusted", "ADR5 %", "ADR14 %", "ADR20 %"}
    plain = {name for name in names if label(name)[0] == label(name)[1]}
    assert {name for name in plain - apart if not name.startswith("ADR")} <= {"atr", "reason"}


def test_a_price_told_in_haste_says_what_others_say() -> None:
    """The words of its signal."""
    assert formula_of("price") == PRICE
    assert formula_of("macd talib").startswith(SIGNALS["macd"].summary)


@pytest.mark.parametrize("signal", ["macd", "macd talib"])
def test_a_cross_has_its_lines_behind_it(signal: str) -> None:
    """The founding day's golden cross: DIF at the price beyond yesterday's DEA, by the figures told."""
    world = World({SYMBOL: history(CLOSES)}, prev_close="479.66")
    one = leaf(signal, "golden cross")
    world.add(one)
    world.walk(["475.20", "556.88"])
    (event,) = world.events
    figures = numbers(event)
    assert dif(556.88, figures) > figures["dea"] > dif(475.20, figures)
    assert event.level is not None
    assert LEVELS[signal](event.level, figures, one)


def test_the_number_before_is_the_one_of_the_quote_before() -> None:
    """On the price axis, on an axis of its own, by the previous close at the first quote."""
    world = World({SYMBOL: history(["100"] * 10)}, prev_close="100")
    world.add(leaf("change", ">", "0.02"))
    world.add(leaf("price", ">", "103"))
    world.add(leaf("volume_ratio", ">", "2"))
    world.see("09:30:00", "102.5", volume_ratio=1.5)
    world.see("09:30:03", "103.5", volume_ratio=3.0)
    before = {event.signal: event.evidence.get(BEFORE) for event in world.events}
    assert before == {"change": 0.0, "price": 102.5, "volume_ratio": 1.5}
    after = {event.signal: event.value for event in world.events}
    assert after == {"change": pytest.approx(2.5), "price": 103.5, "volume_ratio": 3.0}


def test_without_a_number_before_nothing_is_said_of_it() -> None:
    """The first quote ever, no previous close: there was none."""
    world = World()
    world.add(leaf("price", ">", "99"))
    world.add(leaf("since price", ">", "0", "90"))
    world.add(leaf("turnover", ">", "1"))
    world.see("09:30:00", "100", amount=5.0)
    assert [BEFORE in event.evidence for event in world.events] == [False] * 3


SPLIT = history(["200"] * 5 + ["100"] * 5, factor=[1.0] * 5 + [2.0] * 5)


@pytest.mark.parametrize(("bars", "convention"), [(history(["100"] * 10), "raw"), (SPLIT, "ratio")])
def test_the_adjustment_is_named(bars: History, convention: str) -> None:
    """Dated factors scale older prices; where there are none, raw prices are what they were."""
    world = World({SYMBOL: bars}, prev_close="100")
    world.add(leaf("new high", "is", None, "9d"))
    world.see("09:30:00", "100.1")
    (event,) = world.events
    assert (event.evidence[HISTORY], event.evidence[ADJUSTED]) == ("2025-11-25", convention)


def test_a_groups_number_has_its_members_behind_it() -> None:
    """How many traded and advanced; what is measured against another names it with its figures."""
    index = Instrument(symbol="000001.SH", kind=Kind.INDEX)
    world = World(instruments=[index], groups={"@g": ("000001.SZ", SYMBOL)})
    world.add(leaf("change", ">", "0.02"), "@g", "mean")
    world.add(leaf("advancers", ">=", "2"), "@g", "advancers")
    world.add(leaf("strength", ">", "0.01", "000001.SH"), SYMBOL, "strength")
    world.add(leaf("ratio", ">", "0.5", "@g"), SYMBOL, "ratio")
    for symbol, price in (("000001.SH", "101"), ("000001.SZ", "102"), (SYMBOL, "103")):
        world.see("09:30:00", price, symbol, prev_close="100")
    found = {event.text: event for event in world.events}
    assert set(found) == {"mean", "advancers", "strength"}
    assert {found["mean"].evidence[name] for name in ("members", "advancers")} == {2.0}
    assert found["mean"].evidence[FORMULA] == SIGNALS["change"].summary
    assert found["strength"].evidence["beside 000001.SH"] == 101.0
    assert found["strength"].evidence["beside 000001.SH change %"] == pytest.approx(1.0)


@pytest.mark.parametrize("signal", sorted(DEFINITIONS))
def test_every_condition_is_explained(signal: str) -> None:
    """Last value, level, distance, state, the gate's last words, of every condition of the signal."""
    world = unkind(17)
    pair = Pair(world)
    chance = random.Random(1)  # noqa: S311 - a seeded choice
    leaves = [node for node in nodes_of(world, chance, composed=0) if isinstance(node, Leaf)]
    made = [pair.add(one) for one in leaves if one.signal == signal]
    for frame in world.frames[:200]:
        pair.engine.take(frame)
    for one in made:
        found = pair.engine.explain(one.id, ("09:31 jump",))
        assert found is not None
        assert found.refusals == ("09:31 jump",)
        assert found.state
        if found.state == "absent":
            assert found.reason
            continue
        assert found.evidence[FORMULA] == formula_of(signal)
        assert found.value is not None
        if found.level is not None:
            assert found.remaining == pytest.approx(found.level - found.value)
        if found.level_price is not None:
            assert found.distance is not None


def test_a_composite_has_its_other_parts_beside_it() -> None:
    """Each number of now; the price at which a cross would turn; what it remembers; no unknown."""
    bars = history(["100", "101", "99", "98", "97"])
    world = World({SYMBOL: bars}, prev_close="97")
    parts = (leaf("price", ">", "100"), Not(leaf("change", ">", "0.2")), leaf("ma", "above", None, 5))
    world.add(And((*parts, leaf("volume_ratio", ">", "0"))), text="all")
    world.add(And((parts[0], leaf("ma", "below", None, 60))), text="unknown")
    world.add(Then(leaf("change", ">", "0.01"), parts[0], timedelta(minutes=30)), text="then")
    world.see("09:30:00", "98.5", volume_ratio=1.5)
    world.see("09:31:00", "101", volume_ratio=1.5)
    found = {event.text: event.evidence for event in world.events}
    assert set(found) == {"all", "then"}
    every = found["all"]
    assert every[FORMULA] == PRICE
    assert every[BEFORE] == 98.5
    assert {name: figure for name, figure in every.items() if name.startswith("beside ")} == {
        "beside change": pytest.approx(100 * (101 / 97 - 1)),
        "beside ma(5) above": pytest.approx(98.75),
        "beside volume_ratio": 1.5,
    }
    assert found["then"]["first"] == "09:30:00"
    assert found["then"]["beside change"] == pytest.approx(100 * (101 / 97 - 1))


def test_what_a_close_or_a_return_decides_has_its_figures_too() -> None:
    """Withdrawn within the day with the number before; confirmed at the close, when no quote came."""
    world = World({SYMBOL: history(["100", "101", "99", "98", "97"])}, prev_close="97")
    world.add(leaf("ma", "reclaim", None, 5))
    world.walk(["97", "99", "97", "99"])
    world.pass_time("15:01")
    rang, withdrawn, again, confirmed = world.events
    assert [event.state.value for event in world.events] == [
        "provisional", "withdrawn", "provisional", "confirmed",
    ]  # fmt: skip
    for event in world.events:
        assert event.evidence["average"] == pytest.approx(98.75)
        assert (event.evidence[HISTORY], event.evidence[ADJUSTED]) == ("2025-11-25", "raw")
    assert (rang.evidence[BEFORE], withdrawn.evidence[BEFORE], again.evidence[BEFORE]) == (97.0, 99.0, 97.0)
    assert BEFORE not in confirmed.evidence


def test_outside_regular_hours_the_quote_before_is_theirs() -> None:
    """Before the open and after it the newest price counts; at the day's first quote the close before."""
    world = World(instruments=[Instrument(symbol="AAPL.US", decimals=4)], prev_close="90")
    one = replace(
        condition(leaf("price", ">", "100"), "AAPL.US", hysteresis="0"),
        sessions=frozenset({SessionKind.REGULAR, SessionKind.EXTENDED}),
    )
    world.engine.add(one)
    for moment, price in (
        ("21:00:00", "101"), ("21:10:00", "99"), ("21:20:00", "102"), ("22:00:00", "99.5"),
        ("22:30:00", "103"), ("22:31:00", "98"), ("22:32:00", "104"),
    ):  # fmt: skip
        world.see(moment, price, "AAPL.US")
    assert [event.evidence[BEFORE] for event in world.events] == [90.0, 99.0, 99.5, 98.0]


def test_minute_bars_are_named() -> None:
    """The bar that decides, and the number before on the same bars; no day bar is spoken of."""
    world = World(prev_close="100")
    one = world.add(leaf("bias", ">", "0.001", 2, timedelta(minutes=1)))
    for moment, price in (
        ("09:30:00", "100"),
        ("09:31:00", "100"),
        ("09:31:30", "100.1"),
        ("09:31:40", "101"),
    ):
        world.see(moment, price)
    (event,) = world.events
    explained = world.engine.explain(one.id)
    assert explained is not None
    assert explained.evidence["bar"] == event.evidence["bar"] == scenes.clock("09:31")
    assert event.evidence["minutes"] == 1.0
    assert event.evidence[BEFORE] == pytest.approx(100 * (100.1 / 100.05 - 1))
    assert HISTORY not in event.evidence


def test_others_are_told_as_far_as_they_are_known() -> None:
    """A group has no price, an instrument without a close before no change, one that never traded neither."""
    world = World(groups={"@g": ("000002.SZ",)})
    against = {
        other: world.add(leaf(signal, ">", "-0.5", other), SYMBOL, other)
        for signal, other in (("strength", "@g"), ("ratio", "000001.SZ"), ("ratio", "000003.SZ"))
    }
    world.see("09:30:00", "100", "000002.SZ", prev_close="99")
    world.see("09:30:00", "50", "000001.SZ")
    world.see("09:30:01", "100", prev_close="100")
    found = {event.text: event.evidence for event in world.events}
    assert {name for name in found["@g"] if name.startswith("beside ")} == {"beside @g change %"}
    assert {name for name in found["000001.SZ"] if name.startswith("beside ")} == {"beside 000001.SZ"}
    silent = world.engine.explain(against["000003.SZ"].id)
    assert silent is not None
    assert not [name for name in silent.evidence if name.startswith("beside ")]


def test_what_read_nothing_tells_nothing() -> None:
    """Meters before their first quote."""
    made = (Print(1, 20, 2), Pace(), Growth(2), Share(2), Worth(Side.UP), Within(timedelta(minutes=1), 2))
    assert [dict(meter.evidence()) for meter in made] == [{}] * len(made)
    assert label("a new one") == ("a new one", "a new one")
    assert label("@g change %")[1] == "@g 涨跌幅%"
