"""What an event stored, told to whoever asks why: pure lines, in both languages."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rules.model import And, Event
from rules.why import figures, reasons
from tests.rules.world import SYMBOL, World, history, leaf


def clock(moment: datetime) -> str:
    """Shanghai's."""
    return f"{moment + timedelta(hours=8):%H:%M}"


def rang(world: World) -> Event:
    """Its only event."""
    (event,) = world.events
    return event


def test_an_average_is_told_with_its_bars() -> None:
    """Now, before, level; how it is made; of which bars."""
    world = World({SYMBOL: history(["100", "101", "99", "98", "97"])}, prev_close="97")
    world.add(
        And((leaf("ma", "reclaim", None, 5), leaf("change", ">", "0.01"))), text="reclaim ma(5) and more"
    )
    world.walk(["97", "99"])
    assert reasons(rang(world), "en", clock) == (
        "reclaim ma(5) and more: now 99 · before 97 · level 98.75",
        "made of: mean of the last n closes with the live price as today's",
        "average of the finished bars 98.75 · days 5",
        "beside: change 2.061856",
        "daily bars up to 2025-11-25, prices as traded",
    )
    assert reasons(rang(world), "zh", clock) == (
        "reclaim ma(5) and more: 现 99 · 此前 97 · 水平 98.75",
        "算法：n 日均线（含现价）",
        "已收K线均值 98.75 · 天数 5",
        "同时：change 2.061856",
        "日线截至2025-11-25，未复权",
    )


def test_a_minute_bar_is_told_by_the_readers_clock() -> None:
    """And no day bar."""
    world = World(prev_close="100")
    world.add(leaf("bias", ">", "0.001", 2, timedelta(minutes=1)), text="bias")
    for moment, price in (("09:30:00", "100"), ("09:31:00", "100"), ("09:31:40", "101")):
        world.see(moment, price)
    assert reasons(rang(world), "en", clock)[-1] == "decided by the 1-minute bar of 09:31"
    assert reasons(rang(world), "zh", clock)[-1] == "由09:31的1分钟线决定"


def test_an_axis_of_its_own_names_its_level_and_large_numbers_whole() -> None:
    """A wall of more than fifty million, where the rule says no number."""
    world = World(prev_close="100")
    world.add(leaf("bid wall", "is"), text="bid wall")
    world.see("09:30:00", "100", bid_depth=1e6)
    world.see("09:30:03", "100", bid_depth=61_234_567.5)
    assert reasons(rang(world), "en", clock) == (
        "bid wall: now 61,234,568 · before 1,000,000 · level 50,000,000",
        "made of: 50 M or more on the bid side of the book",
        "bid depth 61,234,568",
    )


@pytest.mark.parametrize(
    ("lang", "wanted"),
    [
        ("en", ("adjusted by ratio", "as defined by eastmoney", "average before 5 1")),
        ("zh", ("等比复权", "口径 eastmoney", "5期前均值 1")),
    ],
)
def test_words_have_both_languages(lang: str, wanted: tuple[str, str, str]) -> None:
    """Conventions, sources, names with a number in them."""
    evidence: dict[str, str | float] = {
        "history": "2025-11-25",
        "adjusted": "ratio",
        "by the definition of": "eastmoney",
        "rest 5": 1.0,
    }
    told = " / ".join(figures(evidence, lang, clock))
    for words in wanted:
        assert words in told


def test_nothing_stored_is_nothing_told() -> None:
    """The rule's words alone; a formula that no signal has today stays English."""
    assert figures({}, "en", clock) == ()
    assert figures({"formula": "of old"}, "zh", clock) == ("算法：of old",)
    assert figures({"bar": "2025-11-26T02:30:00+00:00"}, "en", clock) == ()
    world = World(prev_close="100")
    world.add(leaf("price", ">", "101"), text="price > 101")
    world.see("09:30:00", "102")
    event = rang(world)
    bare = replace(event, value=None, level=None, evidence={})
    assert reasons(bare, "en", clock) == ("price > 101",)
    assert reasons(event, "en", clock)[0] == "price > 101: now 102 · before 100 · level 101"
