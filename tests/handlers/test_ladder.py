"""Ladders and what remembers, in a chat: one entry, one undo, one delete, and the price of each rung."""

import pytest

from handlers.command import DeleteRule, Language
from tests.fakes.ports import MODULES, founding
from tests.handlers.test_alert import made
from tests.handlers.test_watch import labels, shown


async def test_a_ladder_is_one_rule_with_a_part_a_rung() -> None:
    """The echo names each rung's price; parts are heard, the whole is what the chat sees."""
    world = founding("500")
    reply = await world.ask("alert", "300308 change > 5%, 8%, 10%")
    whole, *rungs = made(reply)
    assert (whole.whole, whole.text) == (True, "300308.SZ change > 5%, 8%, 10%")
    assert [rung.text for rung in rungs] == [f"300308.SZ change > {level}%" for level in (5, 8, 10)]
    assert {rung.of for rung in rungs} == {whole.id}
    assert len({rung.condition for rung in (whole, *rungs)}) >= 3
    assert "5% rings at 503.65" in shown(reply)
    assert "10% rings at 527.63" in shown(reply)
    listed = shown(await world.ask("alerts", ""))
    assert "1. Innolight change > 5%, 8%, 10%" in listed
    assert "2." not in listed
    undone = await world.tap(reply, "Undo")
    assert [effect.rule for effect in undone.effects if isinstance(effect, DeleteRule)] == [whole.id]


async def test_near_shows_the_next_rung() -> None:
    """Rungs are rules of their own there."""
    world = founding("500")
    await world.ask("alert", "300308 change > 5%, 8%")
    near = shown(await world.ask("near", ""))
    assert near.index("change > 5%") < near.index("change > 8%")


async def test_a_ladder_on_every_member() -> None:
    """A part for each member and rung, one entry."""
    world = founding("500")
    reply = await world.ask("alert", f"any {MODULES.symbol} change > 5%, 8%")
    whole, *parts = made(reply)
    assert whole.whole
    members = world.master.members(MODULES.symbol)
    assert [(part.symbol, part.text.rpartition(" ")[2]) for part in parts] == [
        (member, level) for member in members for level in ("5%", "8%")
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("300308 price > 490 for 5m", "true now, and then for 5m"),
        ("300308 price > 510 at 14:50", "decided at 14:50"),
        ("300308 price > 510 between 10:00 and 14:30", "rings at 510.01, +2% away, between 10:00 and 14:30"),
        ("300308 price > 510 on close", "decided at the close"),
        ("300308 price > 510 then price < 505 within 30m", "within 30m after price > 510"),
    ],
)
async def test_what_remembers_says_what_it_waits_for(text: str, words: str) -> None:
    """Where the price stands to it, and what has to come to that."""
    assert words in shown(await founding("500").ask("alert", text))


async def test_in_chinese() -> None:
    """The same words in the chat's language."""
    reply = await founding("500").ask("alert", "300308 价格 > 490 持续5分钟", language=Language.ZH)
    assert "现已满足" in shown(reply)
    assert "且须持续5分钟" in shown(reply)
    assert labels(reply)
