"""What belongs to a chat is reached by that chat alone, whatever another one types or forges."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.buttons import ACTIONS, press
from handlers.command import COMMANDS, AddRule, DeleteRule, SetWatch
from handlers.keyboard import sign
from tests.fakes.ports import CHAT, OTHER, SECRET, World, founding


async def inhabited() -> World:
    """A world in which one chat has rules and a watchlist."""
    world = founding()
    await world.ask("watch", "300308")
    await world.ask("alert", "300308 price > 560")
    return world


def words_about(world: World) -> list[str]:
    """Everything that could point at the other chat's rules."""
    rules = list(world.book.held[CHAT].values())
    names = [rule.id for rule in rules[:2]]
    return ["", "1", "all", "300308", *names, names[0][:4], rules[-1].text, f"{world.updates}.1"]


@pytest.mark.parametrize("name", [*COMMANDS, ""])
async def test_no_command_reaches_another_chats_rules(name: str) -> None:
    """Every command, with every word that names them."""
    world = await inhabited()
    before, watched = dict(world.book.held[CHAT]), list(world.book.watched[CHAT])
    for words in words_about(world):
        reply = await world.ask(name, words, chat=OTHER)
        assert not any(isinstance(effect, DeleteRule) for effect in reply.effects if name != "unwatch")
        added = [effect.rule for effect in reply.effects if isinstance(effect, AddRule)]
        assert all(rule.chat == OTHER for rule in added)
        assert not {rule.id for rule in added} & set(before)
    assert (world.book.held[CHAT], world.book.watched[CHAT]) == (before, watched)


@pytest.mark.parametrize("action", ACTIONS)
async def test_no_button_reaches_another_chats_rules(action: str) -> None:
    """Neither the owner's own data nor data signed for the intruder with the owner's ids."""
    world = await inhabited()
    before, watched = dict(world.book.held[CHAT]), list(world.book.watched[CHAT])
    for words in words_about(world):
        for signer in (CHAT, OTHER):
            reply = await world.ask("button", sign(SECRET, signer, action, words[:40]), chat=OTHER)
            assert not any(isinstance(effect, DeleteRule) for effect in reply.effects)
            assert not any(isinstance(effect, SetWatch) and not effect.on for effect in reply.effects)
    assert (world.book.held[CHAT], world.book.watched[CHAT]) == (before, watched)


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7), action=st.sampled_from(sorted(ACTIONS)))
async def test_forged_data_changes_nothing(place: int, bit: int, action: str) -> None:
    """Any flipped bit of any button of the chat's own."""
    world = founding()
    await world.ask("alert", "300308 price > 560")
    (name,) = world.book.held[CHAT]
    argument = {"delete": name, "watch": "300308.SZ", "language": "zh", "undo": f"{world.updates}.1"}
    data = bytearray(sign(SECRET, CHAT, action, argument.get(action, "list")).encode())
    data[place % len(data)] ^= 1 << bit
    forged = data.decode("utf-8", "surrogateescape")
    reply = await press(world.request("button", forged), world.ports)
    assert (reply.text, reply.effects) == ("", ())
