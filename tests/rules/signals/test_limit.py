"""Near and touched: limit prices as levels of the price axis, said by the feed or by the table."""

from datetime import date
from decimal import Decimal

import pytest

from rules.language import canonical, parse
from rules.language.fault import LanguageError
from rules.model import Instrument, Kind, Leaf
from tests.rules.world import World, leaf, q, visible

FIRED, NONE = ["fired"], list[str]()
NEAR_UP, NEAR_DOWN = leaf("limit up near", "near", "0.01"), leaf("limit down near", "near", "0.01")
TOUCH_UP, TOUCH_DOWN = leaf("limit up touched", "is"), leaf("limit down touched", "is")
CODE = "600000.SH"


def resolve(word: str) -> Instrument | None:
    """A few instruments."""
    known = {
        CODE: Instrument(symbol=CODE),
        "000300.SH": Instrument(symbol="000300.SH", kind=Kind.INDEX, decimals=8, tick=1),
        "@bank": Instrument(symbol="@bank", kind=Kind.GROUP, decimals=8, tick=1),
        "AAPL.US": Instrument(symbol="AAPL.US", decimals=4, tick=100),
    }
    return known.get(word)


def test_near_the_upper_limit_by_the_table() -> None:
    """Previous close 10.00: limit 11.00, within 1 % of it from 10.89 on; seen false first."""
    world = World(prev_close="10")
    world.add(NEAR_UP, CODE)
    assert world.see("09:30:00", "10.50", CODE) == NONE
    assert world.see("09:30:03", "10.88", CODE) == NONE
    assert world.see("09:30:06", "10.89", CODE) == FIRED
    (event,) = world.events
    assert event.value == pytest.approx(1.0)
    assert event.level == 1.0
    assert event.level_price == pytest.approx(10.89)
    assert visible(event) == {"limit": 11.0}


def test_near_the_lower_limit() -> None:
    """Limit 9.00: within 1 % of it from 9.09 downwards."""
    world = World(prev_close="10")
    world.add(NEAR_DOWN, CODE)
    assert world.see("09:30:00", "9.50", CODE) == NONE
    assert world.see("09:30:03", "9.10", CODE) == NONE
    assert world.see("09:30:06", "9.09", CODE) == FIRED
    assert world.events[0].value == pytest.approx(1.0)
    assert world.events[0].direction.value == "down"


def test_touched_at_the_limit_and_by_the_days_high() -> None:
    """At the limit itself, and where only the day's high reached it between two quotes."""
    world = World(prev_close="10")
    world.add(TOUCH_UP, CODE)
    assert world.see("09:30:00", "10.99", CODE, high="10.99", low="10.50") == NONE
    assert world.see("09:30:03", "10.90", CODE, high="11", low="10.50") == FIRED
    assert world.events[0].touched
    assert world.events[0].value == 11.0


def test_touched_below() -> None:
    """The lower limit is touched from above."""
    world = World(prev_close="10")
    world.add(TOUCH_DOWN, CODE)
    assert world.see("09:30:00", "9.01", CODE) == NONE
    assert world.see("09:30:03", "9.00", CODE) == FIRED
    assert visible(world.events[0]) == {"limit": 9.0}


def test_the_feeds_limits_come_first() -> None:
    """A feed's own limit prices stand above the table, also where they come with a later quote."""
    world = World(prev_close="10")
    world.add(TOUCH_UP, CODE)
    world.add(TOUCH_DOWN, CODE)
    assert world.see("09:30:00", "10.50", CODE, limit_up="10.50", limit_down=q("9.50")) == FIRED
    assert world.see("09:30:03", "9.60", CODE) == NONE
    assert world.see("09:30:06", "9.59", CODE, limit_up="10.40", limit_down=q("9.59")) == FIRED


def test_armed_anew_each_session() -> None:
    """A stock at its limit two days running rings on both; the table follows the previous close."""
    world = World()
    world.add(TOUCH_UP, CODE)
    assert world.see("10:00", "11", CODE, prev_close="10") == FIRED
    assert world.see("10:00", "11", CODE, prev_close="11", day="2025-11-27") == NONE
    assert world.see("10:01", "12.1", CODE, prev_close="11", day="2025-11-27") == FIRED


def test_a_new_listing_has_no_limit() -> None:
    """On its fifth session none, on its sixth the table's."""
    stock = Instrument(symbol=CODE, listed=date(2025, 11, 20))  # Thursday
    world = World(instruments=[stock], prev_close="10")
    world.add(TOUCH_UP, CODE)
    assert world.see("10:00", "15", CODE, day="2025-11-26") == NONE
    assert world.see("10:00", "15", CODE, day="2025-11-27") == FIRED


def test_no_limit_is_unknown_not_false() -> None:
    """Without a previous close nothing is said, in either form."""
    world = World()
    for one in (TOUCH_UP, NEAR_UP):
        world.add(one, CODE)
    assert world.see("10:00", "15", CODE) == NONE
    assert world.steps[-1].seen == ()


@pytest.mark.parametrize(
    ("english", "chinese", "wanted"),
    [
        ("limit up near 1%", "临近涨停 1%", Leaf("limit up near", (), "near", Decimal("0.01"))),
        ("limit down near 1.5%", "临近跌停 1.5%", Leaf("limit down near", (), "near", Decimal("0.015"))),
        ("limit up touched", "触及涨停", TOUCH_UP),
        ("limit down touched", "触及跌停", TOUCH_DOWN),
    ],
)
def test_said_in_both_languages(english: str, chinese: str, wanted: Leaf) -> None:
    """Canonical phrases."""
    for text in (english, chinese):
        line = parse(f"{CODE} {text}", resolve)
        assert line.condition.root == wanted
        assert canonical(line) == f"{CODE} {english}"


@pytest.mark.parametrize("symbol", ["000300.SH", "@bank", "AAPL.US"])
def test_refused_where_there_are_no_limits(symbol: str) -> None:
    """Indices, groups and other countries' stocks have none; each member of a group may."""
    with pytest.raises(LanguageError, match=f"'limit up touched' does not exist on {symbol}"):
        parse(f"{symbol} limit up touched", resolve)
    if symbol == "@bank":
        assert parse("any @bank limit up touched", resolve).condition.each
