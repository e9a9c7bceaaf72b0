"""Turnover against the same time yesterday, how limit-ups hold, and the longest streak of a group."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from rules.formulas.curves import share
from rules.formulas.pace import Course, Pace
from rules.language import LanguageError, canonical, parse, phrase
from rules.model import Instrument, Kind, Leaf
from tests.rules.world import DAY, HOURS, SYMBOL, World, history, leaf, q, visible

FIRED, NONE = ["fired"], list[str]()
INDEX, GROUP = "000001.SH", "@market"
A, B, C = "600000.SH", "600001.SH", "000001.SZ"
SECOND = 1_000_000
NEXT = "2025-11-27"


def pace(level: str, verb: str = ">=") -> Leaf:
    """`turnover_pace >= level`."""
    return leaf("turnover_pace", verb, level)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "text",
    [
        f"{SYMBOL} turnover_pace > 1.5x",
        f"{GROUP} turnover_pace > 1.2x",
        f"{GROUP} opened_share > 30%",
        f"{GROUP} highest_streak >= 5",
    ],
)
def test_said_in_both_languages(text: str, language: str) -> None:
    """Print, parse, print: the same."""
    known = {SYMBOL: Instrument(symbol=SYMBOL), GROUP: Instrument(symbol=GROUP, kind=Kind.GROUP)}
    assert canonical(parse(phrase(parse(text, known.get), language), known.get)) == text


def test_a_single_share_has_no_boards() -> None:
    """How many of its limit-ups opened is asked of a group."""
    for text in ("opened_share > 30%", "highest_streak >= 5"):
        with pytest.raises(LanguageError, match="groups alone"):
            parse(f"{SYMBOL} {text}", {SYMBOL: Instrument(symbol=SYMBOL)}.get)


def test_the_amount_is_compared_with_yesterdays_by_the_same_minute() -> None:
    """Yesterday 1.0 M by 9:31, 2.0 M by 9:32: at 9:31:30 that is 1.5 M, so 3.0 M are twice as much."""
    world = World({SYMBOL: history(["100"] * 3)}, prev_close="100")
    world.add(pace("2"))
    for clock, amount in (("09:30:57", 1e6), ("09:31:57", 2e6), ("15:00:03", 9e6)):
        world.see(clock, "100", amount=amount)
    world.events.clear()
    world.pass_time("15:01")
    today = {"day": NEXT, "prev_close": "100"}
    assert world.see("09:31:30", "100", amount=2.99e6, **today) == NONE
    assert world.see("09:31:33", "100", amount=3.2e6, **today) == FIRED
    (event,) = world.events
    assert event.value == pytest.approx(3.2 / 1.55)
    assert visible(event) == {"against": "2025-11-26"}


def test_without_yesterdays_course_the_usual_curve_stands_in() -> None:
    """At five minutes a twentieth of the day's volume is usual; by volume, so an index has it too."""
    bars = replace(history(["100"] * 3, INDEX), volume=np.full(3, 1e6))
    world = World({INDEX: bars}, instruments=[Instrument(symbol=INDEX, kind=Kind.INDEX)])
    world.add(pace("2"), INDEX)
    assert world.see("09:34:00", "100", INDEX, volume=1e5, prev_close="100") == NONE  # no amount
    assert world.see("09:35:00", "100", INDEX, amount=1.0, prev_close="100") == NONE  # no volume
    assert world.see("09:35:03", "100", INDEX, volume=2e5, amount=1.0, prev_close="100") == FIRED
    assert visible(world.events[0]) == {"against": "yesterday, spread by the usual curve"}
    session = HOURS.on("SH", DAY)
    assert session is not None
    expected = Fraction(2, 10) / share(session, 303 * SECOND)
    assert world.events[0].value == pytest.approx(float(expected))


def test_what_is_not_known_is_absent() -> None:
    """No bars, a day without trades, no amount at all."""
    for bars in (None, replace(history(["100"] * 3), volume=np.zeros(3))):
        world = World({} if bars is None else {SYMBOL: bars}, prev_close="100")
        world.add(pace("0", ">"))
        assert world.see("09:35:00", "100", volume=1e5, amount=1e7) == NONE
        assert world.see("09:35:03", "100") == NONE


def test_another_day_than_the_one_before_is_no_yesterday() -> None:
    """The bars say that a session lies between: the curve stands in."""
    world = World({SYMBOL: history(["100"] * 3)}, prev_close="100")
    world.add(pace("0", ">"))
    world.see("09:30:00", "100", amount=1e6)
    world.histories[SYMBOL] = history(["100"] * 5, last=DAY.replace(day=27))
    assert world.see("09:30:00", "100", amount=1e6, volume=1e4, day="2025-11-28") == FIRED
    assert visible(world.events[-1]) == {"against": "yesterday, spread by the usual curve"}


def test_a_course_joined_late_is_none() -> None:
    """Watched from ten minutes after the open only: the curve stands in until then."""
    bars = replace(history(["100"] * 3), volume=np.full(3, 1e6))
    world = World({SYMBOL: bars}, prev_close="100")
    world.add(pace("0", ">"))
    world.see("09:40:00", "100", amount=1e6)
    world.see("15:00:03", "100", amount=9e6, volume=1e6)
    world.pass_time("15:01")
    world.events.clear()
    world.see("09:35:00", "100", amount=1e6, volume=1e4, day=NEXT)
    assert visible(world.events[0]) == {"against": "yesterday, spread by the usual curve"}


def test_a_groups_turnover_is_its_members() -> None:
    """Amounts of members with a price today; their volume x close by the curve, then yesterday's course."""
    bars = {name: replace(history(["10"] * 3, name), volume=np.full(3, 1e6)) for name in (A, B)}
    world = World(bars, groups={GROUP: (A, B, C)}, prev_close="10")
    world.add(pace("2"), GROUP)
    assert world.see("09:35:00", "10", A) == NONE  # nobody says an amount
    assert world.see("09:35:00", "10", A, amount=5e5) == NONE
    assert world.see("09:35:00", "10", B, amount=1.6e6) == FIRED  # usual are 0.05 x 20 M
    assert world.events[0].value == pytest.approx(2.1)
    world.see("15:00:00", "10", C, amount=1e6)
    world.pass_time("15:01", market="SH")
    assert world.see("09:36:00", "10", A, amount=2e6, day=NEXT) == NONE
    assert world.see("09:36:03", "10", B, amount=2.2e6, day=NEXT) == FIRED
    assert world.events[-1].value == pytest.approx(2.0)
    assert visible(world.events[-1]) == {"against": "2025-11-26"}


def test_a_groups_own_quote_goes_before_its_members() -> None:
    """A feed that states the market's amount knows more than the members watched."""
    world = World(groups={GROUP: (A, B)}, prev_close="10")
    world.add(pace("0.4"), GROUP)
    world.take(world.quote("09:35:00", "10", A, amount=1.0))
    world.take(world.quote("09:36:00", None, GROUP, amount=8e6, inflow=1.0))
    world.pass_time("15:01")
    world.take(world.quote("09:36:00", "10", A, amount=1.0, day=NEXT))
    assert world.see("09:36:00", None, GROUP, amount=4e6, inflow=1.0, day=NEXT) == FIRED
    assert world.events[-1].value == pytest.approx(0.5)


def by_definition(day: list[tuple[int, Fraction]], elapsed: int) -> Fraction | None:
    """Straight between the last figures of each minute; the day's first one opens its first minute."""
    minute, ends = elapsed // 60, dict[int, Fraction]()
    for second, amount in day:
        ends[second // 60] = amount
    known = [one for one in sorted(ends) if one <= minute]
    if not known or min(ends) > 5 or minute - known[-1] > 5:
        return None
    if known[-1] < minute or elapsed >= day[-1][0]:
        return ends[known[-1]]
    before = ends[known[-2]] if len(known) > 1 else day[0][1]
    return before + (ends[minute] - before) * Fraction(elapsed % 60, 60)


@pytest.mark.parametrize("seed", range(6))
def test_a_course_is_straight_from_minute_to_minute(seed: int) -> None:
    """Random days with gaps, asked at every second."""
    chance = Random(seed)  # noqa: S311 - a seeded walk
    day, second, amount = list[tuple[int, Fraction]](), chance.choice((0, 3, 290, 400)), Fraction()
    course = Course(DAY)
    assert course.at(0) is None
    for _ in range(120):
        amount += chance.choice((0, 100, 5000))
        day.append((second, amount))
        course.note(second * SECOND, amount)
        second += chance.choice((1, 3, 3, 20, 61, 200, 500))
    for at in range(0, second + 600, 7):
        assert course.at(at * SECOND) == by_definition(day, at)


def test_a_meter_alone_has_nothing_to_say() -> None:
    """Before it read anything."""
    assert Pace().evidence() == {}


def test_the_share_of_opened_limits() -> None:
    """Three touched the limit, by price or by the day's high; two left it: 66.7 %, back at it 33.3 %."""
    world = World(groups={GROUP: (A, B, C)}, prev_close="10")
    world.add(leaf("opened_share", ">", "0.5"), GROUP)
    assert world.see("10:00:00", "10.5", A) == NONE  # nobody touched it: unknown
    assert world.see("10:00:01", "11", B) == NONE
    assert world.see("10:00:02", "11", C) == NONE
    assert world.see("10:00:03", "10.5", A, high="11", low="10") == NONE
    assert world.see("10:00:04", "10.9", B) == FIRED
    (event,) = world.events
    assert event.value == pytest.approx(200 / 3)
    assert world.see("10:00:05", "11", B) == NONE
    assert len(world.steps[-1].armed) == 1
    assert world.see("10:00:06", "10.9", B, limit_up="10.9") == NONE  # the feed's limit before the table's
    assert world.see("10:00:07", "10.98", C) == FIRED
    assert world.see("10:00:00", "10", A, day=NEXT) == NONE  # a day without touched limits


def test_the_longest_streak_of_a_group() -> None:
    """Two closes at the limit and a third today; another member's one; it goes when the seal goes."""
    bars = {A: history(["10", "11", "12.1"], A), B: history(["10", "11"], B)}
    world = World(bars, groups={GROUP: (A, B, C)})
    world.add(leaf("highest_streak", ">=", "3"), GROUP)
    world.add(leaf("highest_streak", "<", "1"), GROUP)
    assert world.see("10:00:00", "9.5", C, prev_close="10") == FIRED
    assert world.see("10:00:01", "12.1", B, prev_close="11") == NONE
    assert world.see("10:00:02", "13", A, prev_close="12.1") == NONE
    assert world.see("10:00:03", "13.31", A, prev_close="12.1") == FIRED
    assert world.events[-1].value == 3.0
    assert world.see("10:00:04", "13.3", A, prev_close="12.1") == NONE
    assert len(world.steps[-1].armed) == 1
    assert world.see("10:00:05", "11", C, prev_close="10") == NONE  # without bars today's alone counts


@pytest.mark.parametrize("seed", range(3))
def test_boards_are_counted_as_by_hand(seed: int) -> None:
    """Forty members on random walks at their limits: share and streak after every quote."""
    chance = Random(seed)  # noqa: S311 - a seeded walk
    names = [f"600{number:03}.SH" for number in range(40)]
    days = {name: chance.randrange(6) for name in names}
    bars = {}
    for name, streak in days.items():
        closes = [q("10", name)]
        for _ in range(streak):
            closes.append((closes[-1] * 11 + 50) // 100 * 10)  # half up to the cent
        bars[name] = history([close / 1000 for close in closes], name)
    world = World(bars, groups={GROUP: names})
    opened = {level: world.add(leaf("opened_share", ">=", level), GROUP).id for level in ("0.2", "0.5")}
    highest = {level: world.add(leaf("highest_streak", ">=", level), GROUP).id for level in ("3", "5", "6")}
    prices, tops = dict[str, int](), dict[str, int]()
    for at in range(400):
        name = chance.choice(names)
        before = int(bars[name].close[-1])
        limit = (before * 11 + 50) // 100 * 10
        prices[name] = chance.choice((limit, limit, limit - 10, before))
        tops[name] = max(prices[name], tops.get(name, 0))
        minute, second = divmod(3 * at, 60)
        world.see(f"10:{minute:02}:{second:02}", prices[name] / 1000, name, prev_close=before / 1000)
        limits = {one: (int(bars[one].close[-1]) * 11 + 50) // 100 * 10 for one in prices}
        touched = [one for one in prices if tops[one] >= limits[one]]
        at_limit = [one for one in prices if prices[one] >= limits[one]]
        longest = max(days[one] + (one in at_limit) for one in prices)
        for level, key in highest.items():
            found = world.engine.explain(key)
            assert found is not None
            assert found.truth is (longest >= int(level))
        for level, key in opened.items():
            found = world.engine.explain(key)
            assert found is not None
            part = Fraction(len(touched) - len(at_limit), len(touched)) if touched else None
            assert found.truth is (None if part is None else part >= Fraction(level))
