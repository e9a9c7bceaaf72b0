"""How conditions behave as a whole: which last, which cross, which bar decides them."""

from datetime import timedelta

import pytest

from rules.forms import bar_of, ends, is_anew, is_crossing, is_state
from rules.memory import DAY_BAR
from rules.model import And, OnClose
from rules.nodes import leaves_of, parts_of, remembers
from tests.rules.spoken import spoken
from tests.rules.world import leaf


@pytest.mark.parametrize(
    ("text", "lasts"),
    [
        ("price > 5", True),
        ("change < -3%", True),
        ("record high", True),
        ("price crosses 5", False),
        ("reclaim ma(20)", False),
        ("not price > 5", True),
        ("price > 5 and change > 3%", True),
        ("price > 5 or macd golden cross", False),
        ("price > 5 for 5m", True),
        ("price > 5 between 10:00 and 11:00", True),
        ("price crosses 5 for 5m", False),
        ("price > 5 then price > 6 within 5m", False),
        ("price > 5 at 14:50", False),
        ("price > 5 on close", False),
        ("price > 5 and (price > 6 at 14:50)", False),
    ],
)
def test_a_state_form_lasts_and_a_crossing_does_not(text: str, lasts: bool) -> None:  # noqa: FBT001 - a table's column
    """A composite lasts where all its parts do."""
    assert is_state(spoken(text).root) is lasts


@pytest.mark.parametrize(
    ("text", "rings", "day"),
    [
        ("price > 5", False, False),
        ("price crosses 5", True, True),
        ("price crosses 5 between 10:00 and 11:00", True, True),
        ("price crosses 5 and price > 4", False, False),
        ("price > 5 then price > 6 within 5m", True, False),
    ],
)
def test_what_rings_by_itself(text: str, rings: bool, day: bool) -> None:  # noqa: FBT001 - a table's columns
    """A crossing ends with its session, a sequence need not."""
    assert (is_crossing(spoken(text).root), ends(spoken(text).root)) == (rings, day)


def test_bars_decide_crosses_anew() -> None:
    """CROSS on bars, not a crossing of the price."""
    assert is_anew(spoken("reclaim ma(5)").root)
    assert not is_anew(spoken("price crosses above ma(5)").root)
    assert not is_anew(spoken("reclaim ma(5) and price > 5").root)


def test_the_largest_open_bar_decides() -> None:
    """The session's where no part has an unfinished bar, or one has it; else the largest."""
    quarter, hour = timedelta(minutes=15), timedelta(hours=1)
    small, large = leaf("ma", "above", None, 5, quarter), leaf("ma", "below", None, 5, hour)
    daily = leaf("ma", "above", None, 5)
    assert bar_of(spoken("price > 5").root) == DAY_BAR
    assert bar_of(And((small, leaf("price", ">", "5")))) == quarter
    assert bar_of(And((small, large))) == hour
    assert bar_of(And((small, large, daily))) == DAY_BAR


def test_walks_meet_every_node() -> None:
    """Parts in the order written, leaves in the order written."""
    root = spoken("(price > 5 then not price > 6 within 5m) and (price > 7 on close)").root
    assert [str(one.level) for one in leaves_of(root)] == ["5", "6", "7"]
    assert [type(part).__name__ for part in parts_of(root)] == ["Then", "OnClose"]
    assert remembers(root)
    assert isinstance(parts_of(root)[1], OnClose)
    assert not remembers(spoken("not price > 5 or price > 6").root)
