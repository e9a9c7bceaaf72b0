"""/alert on conditions that remember, and on ladders: the echo, the list, undo, delete and /near."""

import pytest

from handlers.command import DeleteRule, Language
from handlers.making import OWN_RULES
from rules.model import Mode
from tests.fakes.ports import CHAT, World, founding
from tests.handlers.test_alert import made
from tests.handlers.test_watch import labels, shown

EN, ZH = Language


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("price > 560 for 5m", "rings at 560.01, +16.75% away, and then for 5m", "，且须持续5分钟"),
        ("price > 470 for 5m", "true now, and then for 5m", "现已满足，且须持续5分钟"),
        ("price > 560 at 14:50", "rings at 560.01, +16.75% away, decided at 14:50", "，14:50判定"),
        ("price > 560 between 10:00 and 14:30", "+16.75% away, between 10:00 and 14:30", "，限10:00至14:30"),
        ("reclaim ma(20) on close", "rings at 481.07, +0.29% away, decided at the close", "，以收盘为准"),
        (
            "change > 5% then price < 470 within 30m",
            "rings at 469.99, -2.02% away, within 30m after change > 5%",
            "，须在 涨跌幅 &gt; 5% 之后30分钟内",
        ),
        (
            "(price > 560 then price < 470 for 5m within 30m) and change < 9% between 10:00 and 14:30",
            "rings at 469.99, -2.02% away, and then for 5m, within 30m after price > 560, between 10:00",
            "，且须持续5分钟，须在 价格 &gt; 560 之后30分钟内，限10:00至14:30",
        ),
        ("move(5m) > 2% for 5m", "no single price rings it, and then for 5m", "，且须持续5分钟"),
        ("price > 600 and price < 500 for 5m", "not true yet, and then for 5m", "尚未满足，且须持续5分钟"),
    ],
)
async def test_the_echo_says_where_it_rings_and_what_else_it_waits_for(
    text: str, english: str, chinese: str
) -> None:
    """As far as today's price decides it, and then in words."""
    world = founding()
    assert english in shown(await world.ask("alert", f"300308 {text}"))
    reply = await world.ask("alert", f"300308 {text} | silent", language=ZH)
    assert chinese in str(reply.text)
    assert len(made(reply)) == 1


async def test_what_has_to_be_remembered_is_never_promised_at_once() -> None:
    """True now and a state, yet not "already true"; nothing to ring from before."""
    world = founding()
    for tail in ("for 5m", "at 14:50", "on close", "between 10:00 and 14:30"):
        assert "already true" not in shown(await world.ask("alert", f"300308 price > 470 {tail}"))


async def test_without_a_quote_it_is_checked_from_the_first_one_on() -> None:
    """Like any other."""
    assert "no quote yet" in shown(await World().ask("alert", "300308 price > 470 for 5m"))


async def test_a_ladder_is_echoed_rung_by_rung_and_undone_at_once() -> None:
    """One rule with a part a rung, each of which hears its own condition; one line in the answer, one tap."""
    world = founding()
    reply = await world.ask("alert", "300308 change > 5%, 8%, 10%")
    whole, *rules = made(reply)
    assert whole.text == "300308.SZ change > 5%, 8%, 10%"
    assert len({rule.condition for rule in rules}) == len({rule.id for rule in rules}) == 3
    assert {rule.mode for rule in rules} == {Mode.DAILY}
    head, mode, told = shown(reply).split("\n")
    assert (head, mode) == ("✓ 300308.SZ change > 5%, 8%, 10%", "once a day")
    assert told.split("; ") == [
        "now 479.66 (0%)",
        "5% rings at 503.65, +5% away",
        "8% rings at 518.04, +8% away",
        "10% rings at 527.63, +10% away",
    ]
    undone = await world.tap(reply, "Undo")
    assert shown(undone) == "Undone: 1 taken back."
    assert world.book.held[CHAT] == {}


async def test_a_ladder_in_chinese() -> None:
    """Typed and answered."""
    reply = await founding().ask("alert", "中际旭创 跌超3%、5%", language=ZH)
    lines = shown(reply).split("\n")
    assert lines[0] == "✓ 300308.SZ 涨跌幅 <= -3%、-5%"
    assert "-3% 在 465.27 响铃，还差 -3%；-5% 在 455.67 响铃" in lines[2]


async def test_a_ladder_is_one_entry_of_the_list() -> None:
    """Numbered once; its button and its number delete every rung, and so does any rung's id."""
    world = founding()
    await world.ask("alert", "300308 change > 5%, 8%, 10%")
    await world.ask("alert", "300308 price > 560")
    listed = await world.ask("alerts")
    text = shown(listed).split("\n")
    assert text[0].startswith("Your alerts: 2")
    assert text[1].startswith("1. Innolight change > 5%, 8%, 10%")
    assert labels(listed) == ["✕ 1", "✕ 2"]
    left = await world.tap(listed, "✕ 1")
    assert [effect for effect in left.effects if isinstance(effect, DeleteRule)] != []
    assert shown(left).split("\n")[0].startswith("Your alerts: 1")
    assert len(world.book.held[CHAT]) == 1
    await world.ask("alert", "300308 change > 5%, 8%")
    rung = next(rule for rule in world.book.held[CHAT].values() if "8%" in rule.text)
    gone = await world.ask("delete", rung.id)
    assert shown(gone).startswith("Deleted: 1\nInnolight change > 5%, 8%")
    assert len(world.book.held[CHAT]) == 1
    await world.ask("alert", "300308 change > 5%, 8%")
    await world.ask("delete", "2")
    assert len(world.book.held[CHAT]) == 1
    await world.ask("alert", "300308 change > 5%, 8%")
    assert shown(await world.ask("delete", "all")).startswith("Deleted: 2")
    assert world.book.held[CHAT] == {}


async def test_the_same_ladder_twice_is_one() -> None:
    """And counts as one alert of the quota."""
    world = founding()
    await world.ask("alert", "300308 change > 5%, 8%")
    assert "You have that alert already" in shown(await world.ask("alert", "300308 涨跌幅 > 5%、8%"))
    for number in range(OWN_RULES - 2):
        await world.ask("alert", f"300308 price > {600 + number}")
    assert made(await world.ask("alert", "300308 change > 6%, 9%"))
    assert "You have 200 alerts; 1 more" in shown(await world.ask("alert", "300308 change > 7%, 9%"))


async def test_near_tells_each_rung_with_its_own_words() -> None:
    """The nearest first; a rung shared with a rule of its own is told once."""
    world = founding()
    await world.ask("alert", "300308 change > 5%, 8%")
    await world.ask("alert", "300308 change > 8%")
    rows = shown(await world.ask("near")).split("\n")
    assert rows[0] == "Closest to ringing (2)"
    assert rows[1].endswith("503.65 change > 5%")
    assert rows[2].endswith("518.04 change > 8%")


async def test_near_shows_what_is_qualified_in_its_own_words() -> None:
    """Where the price would ring it, and what else it asks."""
    world = founding()
    await world.ask("alert", "300308 price > 560 for 5m")
    await world.ask("alert", "300308 change > 5% then price < 470 within 30m")
    await world.ask("alert", "300308 price > 470 at 14:50")
    rows = shown(await world.ask("near")).split("\n")
    assert rows[1].endswith("469.99 change > 5% then price < 470 within 30m")
    assert rows[2].endswith("560.01 price > 560 for 5m")
    assert len(rows) == 3
