"""Typed prices have a day: the one whose prices the chat sees; what an ex-date makes of them is said."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from handlers.command import Language
from handlers.desk import Desk
from handlers.pricing import has
from rules.language import of_day, parse
from rules.model import Phase
from tests.fakes.ports import (
    BITCOIN,
    CHAT,
    FUND,
    INDEX,
    INNOLIGHT,
    MODULES,
    NOW,
    World,
    bars,
    founding,
    innolight,
)
from tests.handlers.test_alert import made
from tests.handlers.test_watch import shown

TODAY, EVE = date(2025, 11, 26), date(2025, 11, 25)


@pytest.mark.parametrize(
    ("moment", "quoted", "day"),
    [
        (NOW, True, TODAY),
        (NOW, False, TODAY),  # open, and nothing came yet
        (datetime(2025, 11, 26, 0, 30, tzinfo=UTC), False, EVE),  # 8:30: yesterday's close is what people see
        (
            datetime(2025, 11, 26, 1, 20, tzinfo=UTC),
            True,
            TODAY,
        ),  # in the auction quotes carry today's prices
        (datetime(2025, 11, 26, 12, 0, tzinfo=UTC), True, TODAY),
        (datetime(2025, 11, 29, 4, 0, tzinfo=UTC), False, date(2025, 11, 28)),  # a Saturday
    ],
)
async def test_a_level_is_a_price_of_the_day_that_is_seen(
    moment: datetime, day: date, *, quoted: bool
) -> None:
    """Before the open the last session's, from the first quote or the open on today's."""
    world = founding()
    if quoted:
        quote = world.board.quotes[INNOLIGHT.symbol]
        world.board.quotes[INNOLIGHT.symbol] = replace(quote, time=moment, phase=Phase.AUCTION)
    else:
        world.board.quotes.clear()
    world.clock.moment = moment
    (rule,) = made(await world.ask("alert", "300308 price > 560"))
    assert rule.text == f"300308.SZ price > 560 | as of {day}"


@pytest.mark.parametrize(
    "text",
    [
        "300308 change > 5%",
        f"{BITCOIN.symbol} price > 100000",
        f"{INDEX.symbol} price > 4000",
        "@optical-modules change > 2%",
    ],
)
async def test_what_no_ex_date_can_move_has_no_day(text: str) -> None:
    """Percentages, coins, indices and groups: so that everybody shares one condition."""
    (rule,) = made(await founding().ask("alert", text))
    assert "as of" not in rule.text


async def test_a_day_that_is_given_stays() -> None:
    """And is read back, as nothing else is."""
    reply = await founding().ask("alert", "300308 price > 560 | as of 2025-06-02")
    assert shown(reply).startswith("✓ 300308.SZ price > 560 | as of 2025-06-02")
    assert made(reply)[0].text.endswith("as of 2025-06-02")
    plain = await founding().ask("alert", "300308 price > 560")
    assert shown(plain).startswith("✓ 300308.SZ price > 560\n")


async def test_members_share_the_day_of_their_whole() -> None:
    """The first member's market says which."""
    whole, *parts = made(await founding().ask("alert", "any @optical-modules price > 560"))
    assert whole.text == f"any {MODULES.symbol} price > 560 | as of 2025-11-26"
    assert {part.text.partition(" | ")[2] for part in parts} == {"as of 2025-11-26"}


def split(world: World) -> None:
    """Ex today: the close of 479.66 is 239.83 in today's prices."""
    world.board.set(INNOLIGHT.symbol, "245", "239.83")


async def test_the_same_number_on_another_day_is_the_same_rule_but_over_an_ex_date() -> None:
    """560 typed yesterday is 280 today, so 560 typed today is another level."""
    world = founding()
    world.clock.moment = NOW - timedelta(days=1)
    world.board.set(INNOLIGHT.symbol, "479.66", "475.20", time=world.clock.moment)
    (old,) = made(await world.ask("alert", "300308 price > 560"))
    assert old.text.endswith("as of 2025-11-25")
    world.clock.moment = NOW
    world.board.set(INNOLIGHT.symbol, "480", "479.66")
    assert made(await world.ask("alert", "300308 price > 560")) == []
    split(world)
    reply = await world.ask("alert", "300308 price > 560")
    assert len(made(reply)) == 1
    assert "rings at 560.01" in shown(reply)
    lines = shown(await world.ask("alerts")).split("\n")
    assert lines[1].startswith("1. Innolight price > 560 (today 280) ")
    assert lines[2].startswith("2. Innolight price > 560 ")
    assert "today" not in lines[2]
    assert "（折合今日280）" in shown(await world.ask("alerts", language=Language.ZH))
    near = shown(await world.ask("near"))
    assert "280.01 price > 560" in near
    assert "560.01 price > 560" in near


async def test_rules_without_a_day_are_told_apart_from_dated_ones() -> None:
    """An older store has them; a rule that reads no more is no twin of anything."""
    world = founding()
    line = parse("300308.SZ price > 560", world.master.find)
    (rule,) = made(await world.ask("alert", "300308 price > 560"))
    bare = replace(rule, text="300308.SZ price > 560", condition=line.condition.id)
    gone = replace(rule, id="x", text="300308.SZ gone")
    desk = Desk(world.ports)
    assert not await has([bare, gone], of_day(line, TODAY), world.master, desk)
    assert await has([bare], line, world.master, desk)
    world.book.held[CHAT] = {bare.id: bare, gone.id: gone}
    assert "today" not in shown(await world.ask("alerts"))


async def test_the_convention_is_printed_with_what_it_made() -> None:
    """Where bars had to be adjusted, and only with conditions that rest on them."""
    world = founding()
    raw = innolight()
    factor = raw.factor.copy()
    factor[0] = 0.5
    world.shelf.histories[INNOLIGHT.symbol] = replace(raw, factor=factor)
    assert shown(await world.ask("alert", "300308 reclaim ma(20)")).endswith("; adjusted by ratio")
    assert "adjusted" not in shown(await world.ask("alert", "300308 change > 5%"))
    world.shelf.histories[INNOLIGHT.symbol] = replace(raw, gain=raw.factor, shift=factor - 1)
    text = shown(await world.ask("alert", "300308 reclaim ma(60)", language=Language.ZH))
    assert text.endswith("；前复权（加减）")


async def test_a_fund_has_ex_dates_too() -> None:
    """Three decimals, and a level between ticks."""
    world = World()
    world.shelf.histories[FUND.symbol] = bars(FUND.symbol, *(innolight().close[-3:] for _ in range(4)))
    world.board.set(FUND.symbol, "1.234", "1.2")
    (rule,) = made(await world.ask("alert", "588330 price > 1.3"))
    assert rule.text.endswith("as of 2025-11-26")
