"""Rules with parts in the store: they come and go with their whole; one that comes back counts once."""

import json

from bot.store.chatkeys import chat_key, home_key, listeners_key
from bot.store.chats import Chats
from bot.store.claims import Claims
from bot.store.client import Store
from bot.store.conditions import Conditions
from bot.store.keys import c_key, partition
from bot.store.lists import is_list, read
from handlers.command import AddRule, DeleteRule, SetWatch
from rules.model import Rule, State
from tests.bot.delivery.values import CONDITION, SYMBOL, entry, event, row, rule
from tests.bot.store.test_chats import changes

HOME = partition("1")
WHOLE = rule(
    "w", symbol="@optical-modules", text="any @optical-modules change > 10%", condition="each", whole=True
)


def part(name: str = "p") -> Rule:
    """A part of the whole on one member."""
    return rule(name, of="w")


async def count(store: Store) -> int:
    """How many rules of the partition listen to the parts' condition."""
    text = await store.call("HGET", home_key("1", "conditions"), CONDITION)
    return 0 if text is None else int(json.loads(text)["count"])


async def test_a_whole_is_kept_and_its_parts_are_heard(store: Store) -> None:
    """The whole stands in the book and in the partition's index, and no engine hears of it."""
    chats = Chats(store)
    await chats.apply("1", 1, [AddRule(rule=WHOLE), AddRule(rule=part())], None)
    assert {one.id for one in await chats.rules("1")} == {"w", "p"}
    assert await store.call("HKEYS", c_key(HOME, "wholes")) == [b"w"]
    assert await store.call("HKEYS", home_key("1", "conditions")) == [CONDITION.encode()]
    assert [line["r"] for line in await changes(store)] == ["p"]
    assert await Claims(store, HOME).hear(entry(event())) == ("claimed",)


async def test_deleting_a_whole_takes_its_parts(store: Store) -> None:
    """One effect; index, listeners, claims and counts are empty afterwards."""
    chats = Chats(store)
    rules = [WHOLE, part("p"), part("q"), rule("own")]
    await chats.apply("1", 1, [AddRule(rule=one) for one in rules], None)
    await Claims(store, HOME).hear(entry(event()))
    await chats.apply("1", 2, [DeleteRule(rule="w")], None)
    assert [one.id for one in await chats.rules("1")] == ["own"]
    assert await store.call("HKEYS", listeners_key(HOME, CONDITION)) == [b"own"]
    assert await store.call("HKEYS", chat_key("1", "claims")) == [b"own"]
    assert await store.call("EXISTS", c_key(HOME, "wholes")) == 0
    assert await count(store) == 1
    await chats.apply("1", 3, [DeleteRule(rule="w"), DeleteRule(rule="nobody")], None)
    assert await count(store) == 1


async def test_a_part_without_its_whole_is_refused(store: Store) -> None:
    """Whoever adds it was overtaken by the whole's end."""
    chats = Chats(store)
    await chats.apply("1", None, [AddRule(rule=part())], None)
    assert await chats.rules("1") == []
    assert await changes(store) == []


async def test_without_an_update_the_same_again_changes_nothing(store: Store) -> None:
    """Ids decide: no mark is left, and none is minded."""
    chats = Chats(store)
    await chats.apply("1", 1, [AddRule(rule=WHOLE)], None)
    for _ in range(2):
        assert await chats.apply("1", None, [AddRule(rule=part())], None)
    assert await count(store) == 1
    assert len(await changes(store)) == 1
    await chats.apply("1", None, [DeleteRule(rule="p")], None)
    await chats.apply("1", None, [AddRule(rule=part())], None)
    assert await count(store) == 1
    assert await store.call("EXISTS", chat_key("1", "update") + ":0") == 0


async def test_a_part_that_comes_back_while_its_alert_waits_is_counted_once(store: Store) -> None:
    """Its listener stayed for the provisional alert's end; now it stays for good, and the end still comes."""
    chats, claims = Chats(store), Claims(store, HOME)
    await chats.apply("1", 1, [AddRule(rule=WHOLE), AddRule(rule=part())], None)
    await claims.hear(entry(event(state=State.PROVISIONAL)))
    await store.call("HSET", c_key(HOME, f"row:{row().id}"), "h:p:1", "1")
    await chats.apply("1", None, [DeleteRule(rule="p")], None)
    assert await count(store) == 1
    await chats.apply("1", None, [AddRule(rule=part())], None)
    assert await count(store) == 1
    assert await claims.hear(entry(event(state=State.CONFIRMED))) == ("told",)
    assert await count(store) == 1
    await chats.apply("1", None, [DeleteRule(rule="p")], None)
    assert await count(store) == 0


async def test_lists_are_kept_by_name_and_told_to_engines(store: Store) -> None:
    """In the order of adding; a change is one line whatever came and went, and nothing is no change."""
    chats = Chats(store)
    put = [SetWatch(symbol=symbol, on=True, list="mine") for symbol in ("B.SZ", "A.SZ")]
    await chats.apply("1", 1, [*put, SetWatch(symbol="C.SZ", on=True)], None)
    assert await chats.lists("1") == {"watchlist": ["C.SZ"], "mine": ["B.SZ", "A.SZ"]}
    assert await changes(store) == [{"g": "@1/mine"}, {"g": "@1/watchlist"}]
    await chats.apply("1", 2, [*put, SetWatch(symbol="X.SZ", on=False, list="mine")], None)
    assert len(await changes(store)) == 2
    await chats.apply("1", 3, [SetWatch(symbol="B.SZ", on=False, list="mine")], None)
    assert await chats.lists("1") == {"watchlist": ["C.SZ"], "mine": ["A.SZ"]}
    assert await chats.lists("2") == {"watchlist": []}


async def test_engines_read_lists_and_are_told_which_changed(store: Store) -> None:
    """Lines about lists are no conditions, neither when followed nor when read back."""
    chats, conditions = Chats(store), Conditions(store)
    await conditions.load()
    put = [SetWatch(symbol="B.SZ", on=True, list="mine"), SetWatch(symbol="C.SZ", on=True, list="more")]
    await chats.apply("1", 1, [*put, SetWatch(symbol=SYMBOL, on=True), AddRule(rule=rule())], None)
    lines = await conditions.poll()
    assert lines is not None
    assert [line.condition for line in lines] == [CONDITION]
    assert conditions.lists == {"@1/mine", "@1/more", "@1/watchlist"}
    assert [line.condition for line in await conditions.recent()] == [CONDITION]
    found = await read(store, ["@1/watchlist", "@1/mine", "@1/none"])
    assert {group.symbol: group.members for group in found} == {
        "@1/mine": ("B.SZ",),
        "@1/none": (),
        "@1/watchlist": (SYMBOL,),
    }
    assert [is_list(symbol) for symbol in ("@1/mine", "@banks", SYMBOL)] == [True, False, False]
