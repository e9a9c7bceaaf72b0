"""The sentences of the design on truth, arming and forms, one test each.

Truth is what the definition says on this quote. Armed, rings when true, armed again when false and back by
the hysteresis. State forms true at creation ring at once. Crossing forms must be seen false first. The
previous session's last bar counts as seen for older rules; later rules wait. Signals measured within a
session start armed each session; others carry over. Absent values neither ring nor re-arm; composites follow
three-valued logic. The session is part of the condition. Hysteresis belongs to the shared condition. A
boundary that moves rings nothing. On an unfinished bar a ring is provisional, re-arming withdraws it, at the
close truth alone decides. Modes are the listeners' matter.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from rules.language import parse
from rules.model import And, Condition, Instrument, Leaf, Node, Or, Phase, SessionKind
from tests.bot.offline.test_replay import CLOSES
from tests.rules.world import SYMBOL, World, condition, history, leaf

FIRED, NONE = ["fired"], list[str]()
P, C, W = ["provisional"], ["confirmed"], ["withdrawn"]
TOMORROW = "2025-11-27"
FIVE = timedelta(minutes=5)


@pytest.fixture
def world() -> World:
    """One instrument that closed at 100.00 for sixty days."""
    return World({SYMBOL: history(["100"] * 60)}, prev_close="100")


def rings(world: World, prices: list[str], start: str = "09:30") -> list[int]:
    """Which quotes of a walk say something."""
    return [at for at, states in enumerate(world.walk(prices, start)) if states]


def test_truth_is_what_the_definition_says_on_this_quote(world: World) -> None:
    """`>` is strict, `>=` inclusive, whatever the quotes before were."""
    strict, inclusive = world.add(leaf("price", ">", "105")), world.add(leaf("price", ">=", "105"))
    world.walk(["104", "105"])
    assert [event.condition for event in world.events] == [inclusive.id]
    world.walk(["105.001"], "09:31")
    assert [event.condition for event in world.events] == [inclusive.id, strict.id]


@pytest.mark.parametrize(
    ("root", "there", "short", "back"),
    [
        (leaf("price", ">", "105"), "105.001", "104.791", "104.790"),  # 0.2 % of 105
        (leaf("change", ">", "0.05"), "105.001", "104.791", "104.790"),  # of its price level
        (leaf("move", ">", "0.05", FIVE), "105.001", "104.801", "104.800"),  # 0.2 points
        (leaf("volume_ratio", ">=", "5"), "5", "4.91", "4.9"),  # 2 % of the level
    ],
)
def test_armed_again_when_false_and_back_by_the_hysteresis(
    world: World, root: Node, there: str, short: str, back: str
) -> None:
    """On the price axis, on percent axes, elsewhere."""
    world.add(root)
    is_ratio = isinstance(root, Leaf) and root.signal == "volume_ratio"

    def see(second: int, number: str) -> bool:
        ratio: dict[str, Any] = {"volume_ratio": float(number)} if is_ratio else {}
        return bool(world.see(f"09:30:{second:02}", "100" if is_ratio else number, open="100", **ratio))

    path = ["1" if is_ratio else "100", there, short, there, back, there]
    assert [see(at, number) for at, number in enumerate(path)] == [False, True, False, False, False, True]


def test_the_hysteresis_is_settable(world: World) -> None:
    """A percent of the level: 103.95."""
    world.add(leaf("price", ">", "105"), hysteresis="0.01")
    assert rings(world, ["106", "103.951", "106", "103.950", "106"]) == [0, 4]


LIMITS: dict[str, Any] = {"limit_up": "105"}
BOOK: dict[str, Any] = {"bid": 105_000, "bid_size": 1000.0}


@pytest.mark.parametrize(
    "root",
    [
        leaf("price", ">", "101"),
        leaf("record high", "is"),
        leaf("new high", "is", None, "day"),
        leaf("limit up", "sealed"),
        Leaf("price", (Decimal(95), Decimal(102)), "outside"),
    ],
)
def test_state_forms_true_at_creation_ring_at_once(world: World, root: Leaf) -> None:
    """Comparisons, record and new high, sealed, outside: on the first quotes after they are made."""
    world.see("10:00:00", "104")
    world.add(root)
    quotes = (("10:00:03", "104.9"), ("10:00:06", "105"), ("10:00:09", "105"))
    assert FIRED in [world.see(clock, price, **LIMITS, **BOOK) for clock, price in quotes]


@pytest.mark.parametrize(
    ("root", "away"),
    [
        (leaf("price", "crosses above", "103"), "103"),
        (leaf("ma", "reclaim", None, 5), "100"),
        (leaf("ma", "lose", None, 5), "110"),
        (leaf("macd", "golden cross"), "90"),
        (leaf("macd", "death cross"), "110"),
        (leaf("boll", "break upper"), "100"),
        (leaf("near ma", "near", "0.1", 5), "150"),
        (Leaf("price", (Decimal(95), Decimal(105)), "enters"), "110"),
        (Leaf("price", (Decimal(95), Decimal(103)), "leaves"), "100"),
    ],
)
def test_crossing_forms_must_be_seen_false_first(world: World, root: Leaf, away: str) -> None:
    """True when made: silent until a quote found it false."""
    there = "96" if root.verb in ("lose", "death cross") else "104"
    world.see("10:00:00", there)
    world.add(root)
    assert rings(world, [there, there, away, there], "10:01") == [3]


def test_opened_must_be_seen_sealed_first(world: World) -> None:
    """Made while the limit is open already: silent until it was sealed and opened again."""
    for clock, price, ask in (("10:00", "105", None), ("10:00:03", "105", None), ("10:05", "104", 104_010)):
        world.see(clock, price, **LIMITS, bid=105_000 if ask is None else 104_000, ask=ask)
    made = world.add(leaf("limit up", "opened"))
    for clock in ("10:05:03", "10:05:06"):
        assert world.see(clock, "104", **LIMITS, bid=104_000, ask=104_010) == NONE
    sealed = [world.see(f"10:{minute}", "105", **LIMITS, **BOOK) for minute in ("06", "07", "08")]
    opened = [world.see(f"10:{minute}", "104", **LIMITS, bid=104_000, ask=104_010) for minute in ("09", "10")]
    assert (sealed, opened) == ([NONE] * 3, [NONE, FIRED])
    assert world.events[-1].condition == made.id


def test_the_previous_sessions_last_bar_counts_as_seen_for_older_rules(world: World) -> None:
    """With its own inputs: it closed on its average, so opening above today's is a crossing."""
    world.add(leaf("ma", "crosses above", None, 5))
    world.add(leaf("price", "crosses below", "99"))
    assert world.see("09:30:00", "101") == P
    assert world.see("09:30:00", "98", day=TOMORROW, prev_close="101") == [*C, *FIRED]


def test_later_rules_wait_to_be_seen_false(world: World) -> None:
    """Made after the session's first quote, the gap was none of its business."""
    world.see("09:30:00", "101")
    world.add(leaf("price", "crosses above", "100.5"))
    assert rings(world, ["101", "100.5", "101"], "09:31") == [2]


@pytest.mark.parametrize(
    ("root", "again"),
    [
        (leaf("change", ">", "0.01"), True),
        (leaf("gap", ">", "0.01"), True),
        (leaf("amplitude", ">=", "0.01"), True),
        (leaf("from_low", ">=", "0.01"), True),
        (leaf("move", ">", "0.01", FIVE), True),
        (leaf("new high", "is", None, "day"), True),
        (leaf("volume_ratio", ">", "1"), True),
        (leaf("limit up near", "near", "0.08"), True),
        (leaf("price", ">", "101"), False),
        (leaf("record high", "is"), False),
        (leaf("ma", "above", None, 5), False),
        (leaf("market_cap", ">", "1000"), False),
    ],
)
def test_what_is_measured_within_a_session_starts_armed_each_session(
    world: World,
    root: Leaf,
    again: bool,  # noqa: FBT001 - table
) -> None:
    """It rings today and tomorrow; what carries over rings once while it lasts."""
    world.add(root)
    for day, close, prices in (("2025-11-26", "100", ("102", "104")), (TOMORROW, "104", ("106", "108.5"))):
        limit: dict[str, Any] = {"limit_up": f"{float(close) * 1.1:.2f}", "shares": 1000, "volume_ratio": 2.0}
        for clock, price in zip(("09:30:00", "09:30:03"), prices, strict=True):
            world.see(clock, price, day=day, prev_close=close, open=prices[0], low=close, high=price, **limit)
        world.pass_time("15:01", day=date.fromisoformat(day))
    told = [event.session for event in world.events if event.state.value in ("fired", "provisional")]
    assert told == ([date(2025, 11, 26), date(2025, 11, 27)] if again else [date(2025, 11, 26)])


@pytest.mark.parametrize(
    "absent",
    [
        {"price": None},
        {"price": "0"},
        {"price": "90", "phase": Phase.HALTED},
        {"price": "90", "phase": Phase.BREAK},
        {"price": "90", "phase": Phase.AFTER_HOURS},
    ],
)
def test_absent_values_neither_ring_nor_rearm(world: World, absent: dict[str, object]) -> None:
    """No price, price 0, halted, outside the rule's sessions: what rang stays, what was armed stays."""
    world.add(leaf("price", ">", "101"))
    world.add(leaf("price", "<", "95"))
    world.walk(["100", "102"])
    quote = world.quote("09:31:00", absent.pop("price"), **absent)  # type: ignore[arg-type]
    assert world.take(quote) == ()
    assert not world.steps[-1].armed
    assert rings(world, ["102", "94"], "09:32") == [1]


def test_no_history_neither_rings_nor_rearms(world: World) -> None:
    """Rang, absent a week later since the bars are not believed, true the day after: the same ring."""
    world.add(leaf("new high", "is", None, "5d"))
    assert world.see("09:30:00", "102") == FIRED
    world.pass_time("15:01")
    world.histories[SYMBOL] = history(["100"] * 30, last=date(2025, 11, 20))
    assert world.see("09:30:00", "90", day="2025-12-08", prev_close="95") == NONE
    assert not world.steps[-1].armed
    world.histories[SYMBOL] = history(["100"] * 30, last=date(2025, 12, 8))
    assert world.see("09:30:00", "101", day="2025-12-09", prev_close="100") == NONE


def test_composites_follow_three_valued_logic(world: World) -> None:
    """Unknown and false is false, unknown or true is true; unknown alone rings nothing."""
    unknown, known = leaf("ma", "above", None, 200), leaf("price", ">", "101")
    both, either = (
        world.add(And((unknown, known)), text="both"),
        world.add(Or((unknown, known)), text="either"),
    )
    assert world.walk(["100", "102"]) == [NONE, P]
    assert world.events[0].condition == either.id
    assert (both.id in world.steps[0].seen, either.id in world.steps[0].seen) == (True, False)


def test_the_session_is_part_of_the_condition(world: World) -> None:
    """The same words for the auction are another condition; regular hours are the default."""
    root = leaf("price", ">", "101")
    plain = condition(root)
    early = Condition(symbol=SYMBOL, root=root, text=plain.text, sessions=frozenset({SessionKind.AUCTION}))
    assert plain.id != early.id
    assert plain.sessions == {SessionKind.REGULAR}
    for made in (plain, early):
        world.engine.add(made)
    world.see("09:20:00", "102")
    assert [event.condition for event in world.events] == [early.id]
    world.see("09:30:00", "102")
    assert [event.condition for event in world.events] == [early.id, plain.id]


def test_hysteresis_and_session_are_the_conditions_and_modes_are_not() -> None:
    """Rules that differ in mode, expiry, note or loudness share a condition; the engine knows one."""
    share = {SYMBOL: Instrument(symbol=SYMBOL)}.get
    tails = ("", "once", "daily", "every 30m", "until 2026-12-31", 'note "x"', "silent")
    same = {
        parse(f"{SYMBOL} price > 101{f' | {tail}' if tail else ''}", share).condition.id for tail in tails
    }
    other = {
        parse(f"{SYMBOL} price > 101 | {tail}", share).condition.id
        for tail in ("hysteresis 1%", "session auction")
    }
    assert (len(same), len(other), same & other) == (1, 2, set())


def test_a_boundary_that_moves_rings_nothing(world: World) -> None:
    """The previous close is corrected: the next quote compares its truth with the state held."""
    world.add(leaf("change", ">", "0.05"))
    assert world.see("09:30:00", "104") == NONE
    world.histories[SYMBOL] = history(["98"] * 30)
    assert world.see("12:00:00", "104", prev_close="98") == NONE  # a lunch quote judges nothing
    assert world.see("13:00:00", "104", prev_close="98") == FIRED


@pytest.mark.parametrize(
    "root",
    [
        leaf("ma", "above", None, 5),
        leaf("macd dif", ">", "0"),
        leaf("rsi", ">", "50", 6),
        leaf("boll", "break upper"),
    ],
)
def test_on_an_unfinished_bar_a_ring_is_provisional_and_rearming_withdraws_it(
    world: World, root: Leaf
) -> None:
    """Averages, MACD, oscillators, bands: false and back by the hysteresis is withdrawn, before the close."""
    world.add(root)
    assert world.walk(["99", "106", "99"]) == [NONE, P, W]
    assert world.pass_time("15:01") == NONE


@pytest.mark.parametrize(("close", "state"), [("100.01", C), ("99.99", W)])
def test_at_the_bars_close_truth_alone_decides(world: World, close: str, state: list[str]) -> None:
    """Within the hysteresis of the average, on its one side or on the other."""
    world.add(leaf("ma", "above", None, 5))
    world.walk(["99", "106", close])
    assert world.pass_time("15:01") == state


def test_the_golden_cross_of_the_founding_day() -> None:
    """It exists while the stock is up 15 % and is gone at the close: told, then withdrawn."""
    closes = {CLOSES.index("518.00"): "542.01"}
    world = World({SYMBOL: history(CLOSES, highs=closes)}, prev_close="479.66")
    world.add(leaf("macd", "golden cross"))
    assert world.walk(["475.20", "551.43", "551.44", "556.88", "550.34"]) == [NONE, NONE, P, NONE, NONE]
    assert world.see("14:59:57", "543.22") == W
    assert world.pass_time("15:01") == NONE
