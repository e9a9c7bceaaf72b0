"""Conditions of all chats and the streams of their changes."""

import json
from datetime import UTC, datetime, timedelta

from bot.store.client import Store
from bot.store.conditions import MOST, Conditions, Listening
from bot.store.keys import c_key


async def listen(store: Store, number: int, condition: str, count: int) -> None:
    """What the rule-change script does for one condition."""
    text = "300308.SZ change > 5%"
    entry = json.dumps({"count": count, "symbol": "300308.SZ", "text": text})
    await store.call("HSET", c_key(number, "conditions"), condition, entry)
    fields = {
        "c": condition,
        "n": count,
        "s": "300308.SZ",
        "t": text,
        "r": "r1",
        "start": "now",
        "at": 1764122400000,
    }
    words = [str(word) for pair in fields.items() for word in pair]
    await store.call("XADD", c_key(number, "changes"), "*", *words)


async def test_conditions_are_loaded_and_then_followed(store: Store) -> None:
    """What was there is loaded; what comes after is read once, in order."""
    await listen(store, 3, "a", 1)
    await listen(store, 15, "b", 2)
    conditions = Conditions(store)
    loaded = await conditions.load()
    assert [(one.condition, one.partition, one.count, one.rule) for one in loaded] == [
        ("a", 3, 1, ""),
        ("b", 15, 2, ""),
    ]
    assert await conditions.poll() == []
    await listen(store, 3, "a", 2)
    await listen(store, 3, "a", 1)
    assert await conditions.poll([4]) == []
    assert await conditions.poll([3]) == [
        Listening(
            condition="a",
            partition=3,
            count=count,
            symbol="300308.SZ",
            text="300308.SZ change > 5%",
            rule="r1",
            start="now",
            at=datetime(2025, 11, 26, 2, 0, tzinfo=UTC),
        )
        for count in (2, 1)
    ]
    assert await conditions.poll() == []
    assert len(await conditions.recent()) == 4


async def test_a_change_during_the_loading_is_not_missed(store: Store) -> None:
    """The stream's end is noted before the loading, so the change is met twice instead of never."""
    conditions = Conditions(store)
    await conditions.load()
    await listen(store, 0, "a", 1)
    assert [one.condition for one in await conditions.poll() or ()] == ["a"]


async def test_more_lines_than_one_reading_holds(store: Store) -> None:
    """A long stream is read to its end within one poll."""
    conditions = Conditions(store)
    await conditions.load()
    await store.calls(
        [
            ("XADD", c_key(5, "changes"), "*", "c", f"c{number}", "n", 1, "s", "A.US", "t", "x")
            for number in range(MOST + 5)
        ]
    )
    found = await conditions.poll() or []
    assert [one.condition for one in found] == [f"c{number}" for number in range(MOST + 5)]
    assert {(one.rule, one.start, one.at) for one in found} == {("", "", None)}


async def test_whoever_is_too_far_behind_is_told_to_load_anew(store: Store) -> None:
    """Change lines are kept an hour; before the first loading, and an hour later, polling answers None."""
    conditions = Conditions(store)
    assert await conditions.poll() is None
    await conditions.load()
    assert await conditions.poll() == []
    conditions._read = await store.time() - timedelta(minutes=56)
    assert await conditions.poll() is None
