"""What meters read of a bar that ended while nobody watched: daily bars, and nothing else."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from rules.groups import change_of, mean_change
from rules.model import And, Instrument, Kind
from rules.past import ended
from rules.rings import Row
from tests.rules.world import OPEN, SYMBOL, World, condition, history, leaf

if TYPE_CHECKING:
    from rules.meter import Standing

YESTERDAY = date(2025, 11, 25)
OTHER = "000300.SH"


def test_a_past_day_has_prices_and_bars_alone() -> None:
    """Close, the close before and the bars up to it; no quote, no members, no sums."""
    past = ended(history(["100", "102"]), Instrument(symbol=SYMBOL), YESTERDAY, 7)
    assert past is not None
    standing: Standing = past
    assert (standing.price, standing.prev_close, standing.shares) == (102_000, 100_000, 7)
    assert (standing.quote, standing.tally, tuple(standing.standing())) == (None, None, ())
    assert standing.top() == 102_000
    assert standing.daily is not None
    assert len(standing.daily) == 1
    assert standing.now().session == YESTERDAY
    change = change_of(standing)
    assert change is not None
    assert float(change) == pytest.approx(0.02)
    assert mean_change(standing) is None


def test_the_first_bar_has_nothing_before_it() -> None:
    """No previous close; without the day's own bar nothing is known at all."""
    past = ended(history(["100"]), Instrument(symbol=SYMBOL), YESTERDAY, None)
    assert past is not None
    assert (past.daily, past.prev_close) == (None, None)
    assert ended(history(["100"]), Instrument(symbol=SYMBOL), date(2025, 11, 26), None) is None
    assert ended(None, Instrument(symbol=SYMBOL), YESTERDAY, None) is None


@pytest.mark.parametrize(("level", "state"), [("0.009", "confirmed"), ("0.011", "withdrawn")])
def test_a_composite_that_compares_two_is_decided_by_both(level: str, state: str) -> None:
    """Above the average, and 1 % stronger than the index, at a close that nobody watched."""
    index = Instrument(symbol=OTHER, kind=Kind.INDEX)
    bars = {SYMBOL: history([*["100"] * 9, "102"]), OTHER: history([*["1000"] * 9, "1010"], OTHER)}
    world = World(bars, instruments=[index])
    made = condition(And((leaf("ma", "above", None, 5), leaf("strength", ">", level, OTHER))), text="x")
    yesterday = OPEN - timedelta(days=1)
    stored = Row(condition=made.id, ring=1, state="provisional", time=yesterday, session=YESTERDAY)
    world.engine.add(made, row=stored, seen=True)
    assert world.pass_time("09:00") == [state]
