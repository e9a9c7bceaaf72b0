"""Chats: one script an update changes rules, listeners, counts and the reply's row, and twice is once."""

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.errors import StoreError
from bot.store.chatkeys import chat_key, home_key, listeners_key, queue_key
from bot.store.chats import Chats
from bot.store.claims import Claims
from bot.store.client import Store, texts
from bot.store.keys import c_key, partition
from bot.store.rows import Letter, Rows
from handlers.command import AddRule, DeleteRule, Language, Reply, SetLanguage, SetWatch
from handlers.reply import escape
from rules.model import Rule, Start, State
from tests.bot.delivery.values import CONDITION, NOON, SYMBOL, entry, event, row, rule


async def changes(store: Store, chat: str = "1") -> list[dict[str, str]]:
    """The lines of the chat's change stream."""
    return [texts(fields) for _, fields in await store.call("XRANGE", home_key(chat, "changes"), "-", "+")]


async def test_an_added_rule_stands_in_book_index_count_and_change_line(store: Store) -> None:
    """One call writes the rule, its listener, the absolute count and the line that engines read."""
    chats = Chats(store)
    assert await chats.apply("1", 10, [AddRule(rule=rule())], None)
    assert await chats.rules("1") == [rule()]
    assert await store.call("HKEYS", listeners_key(partition("1"), CONDITION)) == [b"r1"]
    condition = json.loads(await store.call("HGET", home_key("1", "conditions"), CONDITION))
    assert condition == {"count": 1, "symbol": SYMBOL, "text": f"{SYMBOL} change > 10%"}
    (line,) = await changes(store)
    assert line.pop("at").isdecimal()
    assert line == {
        "c": CONDITION,
        "n": "1",
        "s": SYMBOL,
        "t": f"{SYMBOL} change > 10%",
        "r": "r1",
        "start": "now",
        "created": rule().created.isoformat(),
    }


async def test_an_update_handled_twice_changes_nothing_and_answers_once(store: Store) -> None:
    """The second call finds the update's mark and leaves everything as it is, the reply's row too."""
    chats, reply = Chats(store), Reply(text="done")
    assert await chats.apply("1", 10, [AddRule(rule=rule())], reply)
    assert not await chats.apply("1", 10, [AddRule(rule=rule("r2"))], reply)
    assert [one.id for one in await chats.rules("1")] == ["r1"]
    assert len(await changes(store)) == 1
    assert await store.call("ZCARD", queue_key("1", 0)) == 1


async def test_change_lines_carry_absolute_counts(store: Store) -> None:
    """Two chats of one partition on one condition count 1, 2, 1, 0, and nothing of the condition stays."""
    chats = Chats(store)
    twin = next(str(n) for n in range(2, 400) if partition(str(n)) == partition("1"))
    await chats.apply("1", 1, [AddRule(rule=rule())], None)
    await chats.apply(twin, 2, [AddRule(rule=rule("r2", twin, start=Start.NEXT))], None)
    await chats.apply("1", 3, [DeleteRule(rule="r1")], None)
    await chats.apply(twin, 4, [DeleteRule(rule="r2")], None)
    lines = await changes(store)
    assert [(line["n"], line["r"], line["start"]) for line in lines] == [
        ("1", "r1", "now"),
        ("2", "r2", "next"),
        ("1", "r1", "now"),
        ("0", "r2", "next"),
    ]
    assert await store.call("HLEN", home_key("1", "conditions")) == 0
    assert await store.call("EXISTS", listeners_key(partition("1"), CONDITION)) == 0


async def test_the_same_rule_again_and_unknown_deletions_change_nothing(store: Store) -> None:
    """Ids decide: adding a known rule or deleting a stranger's writes no line."""
    chats = Chats(store)
    await chats.apply("1", 1, [AddRule(rule=rule())], None)
    await chats.apply("1", 2, [AddRule(rule=rule())], None)
    await chats.apply("2", 3, [DeleteRule(rule="r1")], None)
    await chats.apply("1", 4, [DeleteRule(rule="nobody")], None)
    assert len(await changes(store)) == 1
    assert len(await chats.rules("1")) == 1


async def test_changes_are_announced(store: Store) -> None:
    """Engines hear the partition's two digits when its listeners changed, senders when a reply waits."""
    async with store.listen("changes", "due") as listener:
        await listener.next(timedelta(milliseconds=200))
        await Chats(store).apply("1", 1, [AddRule(rule=rule())], Reply(text="ok"))
        heard = {await listener.next(timedelta(seconds=2)), await listener.next(timedelta(seconds=2))}
    assert heard >= {("changes", f"{partition('1'):02}")}


async def test_watchlist_keeps_the_order_of_adding(store: Store) -> None:
    """Symbols come back as they were added; taking one off leaves the others."""
    chats = Chats(store)
    put = [SetWatch(symbol=symbol, on=True) for symbol in ("B.SZ", "A.SZ", "C.SZ")]
    await chats.apply("1", 1, put, None)
    await chats.apply("1", 2, [SetWatch(symbol="B.SZ", on=True), SetWatch(symbol="A.SZ", on=False)], None)
    assert await chats.watchlist("1") == ["B.SZ", "C.SZ"]
    assert await chats.watchlist("2") == []


async def test_language_and_activity_are_the_chats_own(store: Store) -> None:
    """A profile says what was set; a chat nobody wrote about is active and has chosen nothing."""
    chats = Chats(store)
    await chats.apply("1", 1, [SetLanguage(language=Language.ZH)], None)
    assert await chats.language("1") == "zh"
    assert await chats.language("2") is None
    await store.call("HSET", chat_key("1", "chat"), "active", "0")
    assert not (await chats.profile("1")).active
    await chats.wake("1")
    assert (await chats.profile("1")).active


async def test_a_migration_changes_the_address_and_nothing_else(store: Store) -> None:
    """The new id means the old key; rules, partition and claims stay where they were."""
    chats = Chats(store)
    assert await chats.chat_of(-5) == "-5"
    await chats.migrate("-5", "-1005")
    assert await chats.chat_of(-1005) == "-5"
    assert await chats.chat_of(-5) == "-5"
    assert await chats.address("-5") == "-1005"
    assert await chats.address("6") == "6"


async def test_a_reply_is_a_row_of_its_own_lane(store: Store) -> None:
    """Text, buttons, the message to edit and the callback survive until the sender asks."""
    reply = Reply(text="<b>ok</b>", edits=7, callback="q", toast="t")
    await Chats(store).apply("1", 12, [], reply)
    rows = Rows(store)
    await rows.open([partition("1")])
    found = await rows.next("1", 0)
    assert found is not None
    letter = await rows.read("1", found[0])
    assert letter == Letter(id=found[0], chat="1", text="<b>ok</b>", edits=7, callback="q", toast="t")


async def test_deleting_a_rule_drops_its_unsent_alert(store: Store) -> None:
    """An alert that no text named is gone with its rule; its row settles without a message."""
    chats, number = Chats(store), partition("1")
    await chats.apply("1", 1, [AddRule(rule=rule())], None)
    assert await Claims(store, number).hear(entry(event())) == ("claimed",)
    await chats.apply("1", 2, [DeleteRule(rule="r1")], None)
    rows = Rows(store)
    await rows.open([number])
    looked = await rows.take("1", 1, row().id)
    assert getattr(looked.row, "alerts", None) == ()
    assert await store.call("HLEN", chat_key("1", "claims")) == 0


@pytest.mark.parametrize("end", [State.CONFIRMED, State.WITHDRAWN])
async def test_a_shown_provisional_outlives_its_rule(store: Store, end: State) -> None:
    """Its listener and the condition's count stay until the ring is decided; then both go, engines hear."""
    chats, number = Chats(store), partition("1")
    claims = Claims(store, number)
    await chats.apply("1", 1, [AddRule(rule=rule())], None)
    await claims.hear(entry(event(state=State.PROVISIONAL)))
    await store.call("HSET", c_key(number, f"row:{row().id}"), "h:r1:1", "1")
    await chats.apply("1", 2, [DeleteRule(rule="r1")], None)
    assert await chats.rules("1") == []
    assert [line["n"] for line in await changes(store)] == ["1"]
    assert await claims.hear(entry(event(ring=2))) == ("deleted",)
    assert await claims.hear(entry(event(state=end))) == ("told",)
    assert [line["n"] for line in await changes(store)] == ["1", "0"]
    assert await store.call("EXISTS", listeners_key(number, CONDITION)) == 0
    read = await Rows(store).read("1", row().id)
    assert read is not None
    assert not isinstance(read, Letter)
    assert read.alerts[0].event.state is end


async def test_rules_come_back_oldest_first(store: Store) -> None:
    """Age by the rule's own clock, ids where that is equal."""
    chats = Chats(store)
    rules = [rule("c", created=NOON), rule("a", created=NOON), rule("b", created=NOON - timedelta(1))]
    await chats.apply("1", 1, [AddRule(rule=one) for one in rules], None)
    assert [one.id for one in await chats.rules("1")] == ["b", "a", "c"]


async def test_what_reads_as_html_is_stored_as_text(store: Store) -> None:
    """Escaped replies are strings of a class of their own; anything that is no text is a mistake of ours."""
    await Chats(store).apply("1", 1, [], Reply(text=escape("a < b")))
    rows = Rows(store)
    found = await rows.next("1", 0)
    assert found is not None
    letter = await rows.read("1", found[0])
    assert isinstance(letter, Letter)
    assert letter.text == "a &lt; b"
    with pytest.raises(TypeError, match="object in a reply"):
        await Chats(store).apply("1", 2, [], Reply(text=object()))  # type: ignore[arg-type]  # the mistake


async def test_a_claim_that_moves_meanwhile_is_read_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ring between read and script: the second try sees it; endless movement is an error, no loop."""
    chats, number = Chats(store), partition("1")
    await chats.apply("1", 1, [AddRule(rule=rule())], None)
    known = chats._known

    async def stale(chat: str, ids: Sequence[str]) -> dict[str, tuple[Rule, str]]:
        found = await known(chat, ids)
        if not await store.call("HLEN", chat_key("1", "claims")):
            await Claims(store, number).hear(entry(event()))
        return found

    monkeypatch.setattr(chats, "_known", stale)
    assert await chats.apply("1", 2, [DeleteRule(rule="r1")], None)
    assert await chats.rules("1") == []

    async def always(chat: str, ids: Sequence[str]) -> dict[str, tuple[Rule, str]]:
        return {one: (rule(), "another row") for one in ids if chat}

    monkeypatch.setattr(chats, "_known", always)
    await chats.apply("1", 3, [AddRule(rule=rule())], None)
    with pytest.raises(StoreError, match="kept moving"):
        await chats.apply("1", 4, [DeleteRule(rule="r1")], None)
