"""Ex-dates in a running engine: levels typed before ring at today's prices; owners are told once."""

from datetime import date

import pytest

from rules.language import of_day, parse
from rules.model import Condition, Event
from rules.rescale import EX_DATE
from tests.rules.test_dated import BEFORE, EVE, resolve
from tests.rules.world import DAY, SYMBOL, World, history, leaf, q


def rule(world: World, text: str, made: date | None = EVE) -> Condition:
    """A condition of the language, its prices those of a day."""
    made_of = of_day(parse(f"{SYMBOL} {text}", resolve), made).condition
    world.engine.add(made_of)
    return made_of


def notices(world: World) -> list[Event]:
    """Every notice so far."""
    return [event for step in world.steps for event in step.notices]


def prepared(*, closes: tuple[str, ...] = ("500", "560"), prev_close: str = "400") -> World:
    """Closed at 560 on the eve; today the exchange begins at `prev_close`."""
    return World({SYMBOL: history(closes)}, prev_close=prev_close)


def test_a_level_typed_before_the_ex_date_rings_at_todays_price() -> None:
    """560 is 400 of a share that went from 560 to 400; typed today it is still 560."""
    world = prepared()
    old, new, undated = (
        rule(world, "price > 574"),
        rule(world, "price > 574", DAY),
        rule(world, "price > 574", None),
    )
    assert len({old.id, new.id, undated.id}) == 3
    assert world.see("10:00:00", "410") == []
    assert world.see("10:00:03", "410.001") == ["fired"]
    (event,) = world.events
    assert event.condition == old.id
    assert event.level_price == pytest.approx(410.0)
    assert event.level == pytest.approx(410.0)
    assert event.value == pytest.approx(410.001)
    assert event.text == "price > 574"
    assert event.evidence == {"typed": "574", "as of": "2025-11-25", "factor": pytest.approx(400 / 560)}
    assert world.see("10:00:06", "574") == []
    assert world.see("10:00:09", "574.001") == ["fired", "fired"]
    assert {event.condition for event in world.events} == {old.id, new.id, undated.id}


def test_a_level_that_falls_on_the_grid_is_reached_there() -> None:
    """560 x 400 / 560 is 400 and not a hair above it."""
    world = prepared()
    rule(world, "price >= 560")
    assert world.see("10:00:00", "399.999") == []
    assert world.see("10:00:03", "400") == ["fired"]


def test_dated_factors_of_the_history_count_as_well() -> None:
    """Typed on Friday, ex on Monday, looked at on Wednesday: by the factors of the bars."""
    bars = history(["200", "100", "101"], factor=[0.5, 1.0, 1.0])
    world = World({SYMBOL: bars}, prev_close="101")
    rule(world, "price > 220", date(2025, 11, 21))
    assert world.see("10:00:00", "110") == []
    assert world.see("10:00:03", "110.01") == ["fired"]
    rule(world, "price < 100.5", EVE)
    assert world.see("10:00:06", "100.5") == []
    assert world.see("10:00:09", "100.49") == ["fired"]


def test_its_owner_is_told_once_an_ex_date() -> None:
    """At the session's first quote, with both prices; not again the next day, nor of what was typed after."""
    world = prepared()
    old = rule(world, "price > 560")
    rule(world, "price > 560", DAY)
    both = rule(world, "price > 700 or price outside (480, 600) and change > 5%")
    rule(world, "change > 50%")
    world.see("10:00:00", "399")
    assert [event.condition for event in notices(world)] == [old.id, both.id]
    one, two = notices(world)
    assert (one.signal, one.ring, one.state, one.session) == (EX_DATE, 0, "fired", DAY)
    assert (one.symbol, one.text, one.price, one.direction) == (SYMBOL, "price > 560", q(399), "up")
    assert one.evidence == {
        "ex-date": "2025-11-26",
        "factor": pytest.approx(400 / 560),
        "typed": "560",
        "as of": "2025-11-25",
        "now": "400",
    }
    assert (two.evidence["typed"], two.evidence["now"]) == ("700, 480, 600", "500, 342.8571, 428.5714")
    assert world.events == []
    world.see("10:00:03", "398")
    world.pass_time("15:05:00")
    world.see("10:00:00", "399", day="2025-11-27", prev_close="398")
    assert len(notices(world)) == 2


@pytest.mark.parametrize(("bars_since", "count"), [(1, 1), (20, 1), (25, 0)])
def test_a_start_after_the_ex_date_tells_it_again_for_the_store_to_drop(bars_since: int, count: int) -> None:
    """Within a month; what is older is no news, though its level is rescaled all the same."""
    closes = ["560"] * 5 + ["400"] * bars_since
    world = World({SYMBOL: history(closes, factor=[5 / 7] * 5 + [1.0] * bars_since)}, prev_close="400")
    rule(world, "price > 560", date(2025, 1, 1))
    assert world.see("10:00:00", "400") == []
    assert len(notices(world)) == count
    assert world.see("10:00:03", "400.1") == ["fired"]


def test_a_ring_goes_on_over_the_ex_date() -> None:
    """True before and after it: no second ring, and it re-arms beneath today's level."""
    world = World({SYMBOL: history(["500", "550"])}, prev_close="550")
    rule(world, "price > 560")
    assert world.see("10:00:00", "570") == ["fired"]
    world.see("15:00:00", "574")
    world.pass_time("15:05:00")
    morning = {"day": "2025-11-27", "prev_close": "410"}  # 574 became 410
    assert world.see("10:00:00", "405", **morning) == []
    assert world.see("10:00:03", "399.5", **morning) == []  # 400 less a hysteresis of 0.2 % is 399.2
    assert world.see("10:00:06", "400.1", **morning) == []
    assert world.see("10:00:09", "399.1", **morning) == []
    assert world.see("10:00:12", "400.1", **morning) == ["fired"]
    assert len(notices(world)) == 1


@pytest.mark.parametrize("text", ["price crosses above 560", "price crosses 560", "price enters (560, 600)"])
def test_a_gap_through_todays_level_is_seen_from_yesterdays_side(text: str) -> None:
    """Closed beneath 560, which is 400 today, and opens above: crossed; opened beneath: not."""
    for opened, states in (("405", ["fired"]), ("395", [])):
        world = World({SYMBOL: history(["500", "550"])}, prev_close="550")
        rule(world, text)
        world.see("10:00:00", "555")
        world.see("15:00:00", "553")
        world.pass_time("15:05:00")
        # The ex-date multiplies by 395 / 553 = 5 / 7.
        assert world.see("09:30:00", opened, day="2025-11-27", prev_close="395") == states


def test_costs_and_bases_move_with_the_price() -> None:
    """Profit and loss over an ex-date are what they were: the value is told in today's prices too."""
    world = prepared()
    rule(world, "cost 560 < -5%")
    rule(world, "since(560) > 5%")
    assert world.see("10:00:00", "390") == []
    assert world.see("10:00:03", "379.99") == ["fired"]
    assert world.see("10:00:06", "420.01") == ["fired"]
    loss = world.events[0]
    assert [event.value for event in world.events] == [pytest.approx(-5.0025), pytest.approx(5.0025)]
    assert loss.evidence["base"] == pytest.approx(400)
    assert (loss.evidence["typed"], loss.level) == ("560", -5.0)
    assert loss.level_price == pytest.approx(380)


def test_bars_of_the_stream_keep_the_ex_date() -> None:
    """No provider ever said the factor: the day after, levels and averages still know of it."""
    world = World({}, prev_close="560")
    rule(world, "price > 574", EVE)
    world.see("10:00:00", "560")
    world.see("15:00:00", "560")
    world.pass_time("15:05:00")
    second, third = {"day": "2025-11-27", "prev_close": "400"}, {"day": "2025-11-28", "prev_close": "404"}
    assert world.see("10:00:00", "404", **second) == []
    world.see("15:00:00", "404", **second)
    world.pass_time("15:05:00", day=date(2025, 11, 27))
    world.add(leaf("record high", "is"))
    assert world.see("10:00:00", "405", **third) == ["fired"]
    (record,) = [event for event in world.events if event.signal == "record high"]
    assert record.level_price == pytest.approx(404)
    assert world.see("10:00:03", "410", **third) == []
    assert world.see("10:00:06", "410.001", **third) == ["fired"]


def test_a_close_that_nobody_saw_is_the_feeds_previous_close() -> None:
    """The last quote was not the session's last: a small difference is what was missed, not an ex-date."""
    world = World({}, prev_close="560")
    rule(world, "price > 560", EVE)
    world.see("14:58:00", "557")
    world.pass_time("15:05:00")
    morning = {"day": "2025-11-27", "prev_close": "558"}
    assert world.see("10:00:00", "560", **morning) == []
    assert notices(world) == []
    assert world.see("10:00:03", "560.001", **morning) == ["fired"]
    world = World({}, prev_close="560")
    rule(world, "price > 560", EVE)
    world.see("14:58:00", "557")
    world.pass_time("15:05:00")
    assert world.see("10:00:00", "280", day="2025-11-27", prev_close="278.5") == []
    assert [event.evidence["now"] for event in notices(world)] == ["280"]


def test_the_feeds_word_may_come_late() -> None:
    """The first quote names no previous close; when one does, levels follow within the session."""
    world = World({SYMBOL: history(["500", "560"])})
    rule(world, "price > 560")
    assert world.see("10:00:00", "410") == []
    assert notices(world) == []
    assert world.see("10:00:03", "410", prev_close="400") == ["fired"]
    assert len(notices(world)) == 1


def test_a_rule_that_comes_within_the_session_is_rescaled_at_once() -> None:
    """A day given with it is minded; the chat that gave it is told nothing."""
    world = prepared()
    world.see("10:00:00", "399")
    rule(world, "price > 560")
    assert world.see("10:00:03", "400") == []
    assert world.see("10:00:06", "400.001") == ["fired"]
    assert notices(world) == []


def test_a_removed_rule_is_followed_no_more() -> None:
    """Off every list, the dated one too."""
    world = prepared()
    gone = rule(world, "price > 560")
    kept = rule(world, "price > 567")
    world.engine.remove(gone.id)
    world.see("10:00:00", "399")
    assert [event.condition for event in notices(world)] == [kept.id]


def test_conditions_come_back_whole_from_the_engine() -> None:
    """With their day, from the columns."""
    world = prepared()
    texts = ("price > 560", "price outside (480, 600)", "price > 1 and price < 2")
    made = [rule(world, text) for text in texts]
    assert list(world.engine.conditions()) == made
    assert all(one.made == EVE for one in world.engine.conditions())
    world.see("10:00:00", "399")
    seen = world.engine.explain(made[0].id)
    assert seen is not None
    assert (seen.level, seen.level_price, seen.evidence["typed"]) == (400.0, 400.0, "560")


def test_a_session_without_history_rescales_nothing() -> None:
    """The level stays as typed: there is nothing to go by."""
    world = World({}, prev_close="400")
    rule(world, "price > 560")
    assert world.see("10:00:00", "410") == []
    assert world.see("10:00:03", "560.01") == ["fired"]
    assert notices(world) == []


def test_a_provider_may_take_a_factor_back() -> None:
    """What was rescaled by mistake reads as typed again, from the session on in which the bars say so."""
    world = World({SYMBOL: history(["560", "400"], factor=[5 / 7, 1.0])}, prev_close="400")
    rule(world, "price > 560", BEFORE)
    assert world.see("10:00:00", "399") == []
    world.see("15:00:00", "399")
    world.pass_time("15:05:00")
    world.histories[SYMBOL] = history(["560", "400", "399"], last=DAY)
    morning = {"day": "2025-11-27", "prev_close": "399"}
    assert world.see("10:00:00", "401", **morning) == []
    assert world.see("10:00:03", "560.01", **morning) == ["fired"]
    assert len(notices(world)) == 1


def test_levels_added_together_are_rescaled_as_those_added_one_by_one() -> None:
    """All of a pattern are seated like its first; each is told and rings at its new price; gone is gone."""
    world = prepared()
    texts = ("price > 574", "price > 581", "price > 588", "change > 3.5%")
    made = [of_day(parse(f"{SYMBOL} {text}", resolve), EVE).condition for text in texts]
    world.engine.add_all(made)
    world.engine.remove(made[1].id)
    assert world.see("10:00:00", "410") == []
    assert [event.condition for event in notices(world)] == [made[0].id, made[2].id]
    assert world.see("10:00:03", "416") == ["fired", "fired"]
    assert [event.condition for event in world.events] == [made[0].id, made[3].id]
    world.engine.remove(made[0].id)
    assert world.see("10:00:06", "420.01") == ["fired"]
    again = World({SYMBOL: history(("500", "560"))}, prev_close="400")
    again.engine.add_all(made)
    assert again.see("10:00:00", "410") == []
    again.engine.add_all([of_day(parse(f"{SYMBOL} price > 595", resolve), EVE).condition])
    assert again.see("10:00:03", "425.01")[-1] == "fired"
