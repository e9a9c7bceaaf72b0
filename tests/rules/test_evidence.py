"""Every event of every signal carries what it was made of; the number can be made again from that alone."""

import random
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import TypeAlias

import pytest

from rules.evidence import ADJUSTED, BEFORE, FORMULA, HISTORY
from rules.model import Event, History, Instrument, Kind, Leaf
from rules.signal import SIGNALS
from tests.bot.test_replay import CLOSES
from tests.brute.compare import Pair
from tests.brute.definitions import DEFINITIONS, UNPROVED
from tests.brute.worlds import nodes_of, unkind
from tests.rules.world import SYMBOL, World, history, leaf

Figures: TypeAlias = Mapping[str, float]
Maker: TypeAlias = Callable[[float, Figures, int], float]  # of the price, the evidence, the first argument


def base(e: Figures) -> float:
    """What a window counts from."""
    return e["since the open"] if "since the open" in e else e["base"]


def kd(price: float, e: Figures) -> tuple[float, float]:
    """K and D with the open bar at a price."""
    low, high = min(e["lowest"], price), max(e["highest"], price)
    k = (100 * (price - low) / (high - low) + 2 * e["k"]) / 3
    return k, (k + 2 * e["d"]) / 3


def dif(price: float, e: Figures) -> float:
    """MACD's DIF with the price as the open bar's close."""
    return (11 * e["ema 12"] + 2 * price) / 13 - (25 * e["ema 26"] + 2 * price) / 27


def rsi(price: float, e: Figures, n: int) -> float:
    """RSI with one more change."""
    change = price - e["previous close"]
    rises, falls = (n - 1) * e["rises"] + max(change, 0), (n - 1) * e["falls"] + max(-change, 0)
    return 100 * rises / (rises + falls)


def span(price: float, e: Figures) -> float:
    """The open bar's true range in times of the usual one."""
    ends = (e.get("high before", price), e.get("low before", price), e["previous close"], price)
    return (max(ends) - min(ends)) / e["atr"]


MADE_AGAIN: dict[str, Maker] = {
    "amplitude": lambda _, e, __: 100 * (e["high"] - e["low"]) / e["previous close"],
    "bias": lambda p, e, n: 100 * (n * p / ((n - 1) * e["average"] + p) - 1),
    "change": lambda p, e, _: 100 * (p / e["previous close"] - 1),
    "change_open": lambda p, e, _: 100 * (p / e["open"] - 1),
    "cost": lambda p, e, _: 100 * (p / e["base"] - 1),
    "fall": lambda p, e, _: 100 * (1 - p / base(e)),
    "float_cap": lambda p, e, _: p * e["float shares"],
    "from_high": lambda p, e, _: 100 * (e["high"] - p) / e["previous close"],
    "from_low": lambda p, e, _: 100 * (p - e["low"]) / e["previous close"],
    "gap": lambda _, e, __: 100 * (e["open"] / e["previous close"] - 1),
    "kdj d": lambda p, e, _: kd(p, e)[1],
    "kdj j": lambda p, e, _: 3 * kd(p, e)[0] - 2 * kd(p, e)[1],
    "kdj k": lambda p, e, _: kd(p, e)[0],
    "limit down near": lambda p, e, _: 100 * (p - e["limit"]) / e["limit"],
    "limit up near": lambda p, e, _: 100 * (e["limit"] - p) / e["limit"],
    "macd bar": lambda p, e, _: 2 * (dif(p, e) - (2 * dif(p, e) + 8 * e["dea"]) / 10),
    "macd dif": lambda p, e, _: dif(p, e),
    "market_cap": lambda p, e, _: p * e["shares"] if "shares" in e else e["market cap"],
    "move": lambda p, e, _: 100 * (p / base(e) - 1),
    "near ma": lambda p, e, n: 100 * (n * p / ((n - 1) * e["average"] + p) - 1),
    "premium": lambda p, e, _: 100 * (p / e["indicative"] - 1),
    "range": lambda p, e, _: span(p, e),
    "range talib": lambda p, e, _: span(p, e),
    "record_gap": lambda p, e, _: 100 * (1 - p / e["extreme"]),
    "rise": lambda p, e, _: 100 * (p / base(e) - 1),
    "rsi": rsi,
    "rsi talib": rsi,
    "sigma": lambda p, e, _: 100 * (p / base(e) - 1) / e["usual move %"],
    "since": lambda p, e, _: 100 * (p / e["base"] - 1),
    "since low": lambda p, e, _: 100 * (p / e["base"] - 1),
    "since price": lambda p, e, _: 100 * (p / e["base"] - 1),
    "trailing": lambda p, e, _: 100 * (1 - p / e["highest"]),
    "turnover_rate": lambda _, e, __: 100 * e["volume"] / e["float shares"],
    "vwap": lambda p, e, _: 100 * (p * e["volume"] / e["amount"] - 1),
}
# The price itself against a level that the evidence names.
LEVELS: dict[str, str] = {
    "ma": "average", "new high": "extreme", "new low": "extreme", "open": "bound", "prev close": "bound",
    "prev high": "bound", "prev low": "bound", "record high": "extreme", "record low": "extreme",
    "limit up touched": "limit", "limit down touched": "limit",
}  # fmt: skip
# Figures that stand behind a state or a cross, or the feed's own number.
STATES: dict[str, tuple[str, ...]] = {
    "big buy": ("amount",), "big sell": ("amount",), "boll": ("mean of 19",), "boll talib": ("mean of 19",),
    "cci": ("mean",), "ema": ("average",), "ema talib": ("average",), "gap down": ("open", "extreme"),
    "gap up": ("open", "extreme"), "kdj": ("k", "d", "lowest", "highest"), "limit down": ("limit",),
    "kdj talib": ("k", "d", "lowest", "highest"), "limit openings": ("limit",), "limit up": ("limit",),
    "limit openings down": ("limit",), "macd": ("dif", "dea", "ema 12", "ema 26"),
    "macd talib": ("dif", "dea", "ema 12", "ema 26"), "opening high": ("bound",), "opening low": ("bound",),
    "premarket high": ("bound",), "premarket low": ("bound",), "reversal": ("ADR20", "previous close"),
    "volume": ("usual volume", "volume"),
}  # fmt: skip
# What a feed says whole: its number is the event's.
FED = frozenset(
    {
        "adr", "ask wall", "bid wall", "ema pair", "ema pair talib", "inflow", "limit_streak", "limits",
        "limit_streak down", "limits down", "ma pair", "outflow", "price", "seal", "seal down", "seal_ratio",
        "seal_ratio down", "turnover", "volume_ratio",
    }
)  # fmt: skip
DATED = {"since", "since low", "trailing"}


@cache
def told() -> dict[str, list[tuple[Leaf, Event]]]:
    """Events of some made-up worlds by the signal of their single condition."""
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
    return found


def test_every_signal_has_a_row_here() -> None:
    """Its number made again, the level it stands at, or the figures behind it."""
    rows = {*MADE_AGAIN, *LEVELS, *STATES, *FED}
    assert rows == set(DEFINITIONS)
    assert rows | UNPROVED == set(SIGNALS)


@pytest.mark.parametrize("signal", sorted(set(DEFINITIONS) - {"macd", "macd talib"}))
def test_the_number_can_be_made_again(signal: str) -> None:
    """From the price and the evidence alone, to a millionth; figures behind states are there."""
    events = [
        (one, event) for one, event in told().get(signal, ()) if event.state.value in ("fired", "provisional")
    ]
    assert events, f"no {signal} rang"
    for one, event in events:
        evidence = {
            name: figure for name, figure in event.evidence.items() if isinstance(figure, int | float)
        }
        assert event.value is not None
        for name in STATES.get(signal, ()):
            assert name in evidence, (one, event)
        if event.touched or event.price is None:
            continue
        price = event.price / 10**event.decimals
        n = next((argument for argument in one.args if isinstance(argument, int)), 0)
        if signal in MADE_AGAIN:
            assert MADE_AGAIN[signal](price, evidence, n) == pytest.approx(event.value, rel=1e-6, abs=1e-6), (
                event
            )
        if signal in LEVELS:
            assert event.value == price
            assert event.level == pytest.approx(evidence[LEVELS[signal]])


@pytest.mark.parametrize("signal", sorted(DEFINITIONS))
def test_every_event_says_what_it_rests_on(signal: str) -> None:
    """Level, formula, the number before, the bars' newest day and their adjustment."""
    for one, event in told().get(signal, ()):
        words = event.evidence
        plain = signal == "price" and not one.args and one.verb != "crosses"
        assert plain or words[FORMULA] == SIGNALS[signal].summary
        has_level = event.level is not None or event.level_price is not None or "level" in words
        assert has_level or signal in ("gap up", "gap down", "adr", "range", "range talib") or not event.price
        if event.state.value == "fired" and plain:
            assert isinstance(words[BEFORE], float)
        if SIGNALS[signal].need(one.args) or signal in DATED:
            is_today = signal in ("trailing", "prev close") and HISTORY not in words  # needs no bar
            assert is_today or date.fromisoformat(str(words[HISTORY])) < event.session
            assert is_today or words[ADJUSTED] in ("raw", "ratio")
        else:
            assert HISTORY not in words


@pytest.mark.parametrize("signal", ["macd", "macd talib"])
def test_a_cross_has_its_lines_behind_it(signal: str) -> None:
    """The founding day's golden cross: DIF at the price beyond yesterday's DEA, by the figures told."""
    world = World({SYMBOL: history(CLOSES)}, prev_close="479.66")
    world.add(leaf(signal, "golden cross"))
    world.walk(["475.20", "556.88"])
    (event,) = world.events
    figures = {name: figure for name, figure in event.evidence.items() if isinstance(figure, float)}
    assert set(STATES[signal]) <= set(figures)
    assert dif(556.88, figures) > figures["dea"] > dif(475.20, figures)
    assert event.level is not None
    assert dif(event.level, figures) == pytest.approx(figures["dea"])


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
    assert found["strength"].evidence["000001.SH"] == 101.0
    assert found["strength"].evidence["000001.SH change %"] == pytest.approx(1.0)


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
        assert found.evidence[FORMULA] == SIGNALS[signal].summary
        assert found.value is not None
        if found.level is not None:
            assert found.remaining == pytest.approx(found.level - found.value)
        if found.level_price is not None:
            assert found.distance is not None
