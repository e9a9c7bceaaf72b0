"""The client: what it repeats, what it refuses to repeat, and how failures are named."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import SettingsError, StoreError
from bot.store.client import Call, Store, is_repeatable, source
from bot.store.keys import i_key


async def test_an_unknown_script_is_loaded_and_known_afterwards(store: Store) -> None:
    """The server's script cache may be emptied at any time; the call does not notice."""
    await store.redis.script_flush()
    key = i_key(3, "epoch")
    assert await store.run("epoch", [key], ["a"]) == 1
    assert await store.redis.script_exists(source("epoch")[1]) == [True]
    await store.redis.script_flush()
    assert await store.run("epoch", [key], ["a"]) == 1
    answers = await store.runs([Call("epoch", [i_key(number, "epoch")], ["b"]) for number in range(5)])
    assert [answer.value for answer in answers] == [1, 1, 1, 2, 1]
    assert not any(answer.repeated for answer in answers)


async def test_a_call_across_slots_fails_at_once(store: Store) -> None:
    """The tests' server is a cluster of one node, so a slot mistake cannot hide until production."""
    with pytest.raises(StoreError, match="slot"):
        await store.run("epoch", [i_key(3, "epoch"), i_key(4, "epoch")], ["a"])
    with pytest.raises(StoreError, match=r"slot|CROSSSLOT"):
        await store.call("MGET", i_key(3, "a"), i_key(4, "a"))


async def test_the_time_is_the_servers(store: Store) -> None:
    """Leases and limits use one clock, the store's."""
    assert abs(await store.time() - datetime.now(UTC)) < timedelta(seconds=5)


async def test_plain_commands_are_answered_in_bytes(store: Store) -> None:
    """Nothing decodes what may not be text."""
    key = i_key(3, "x")
    await store.call("HSET", key, "a", b"\xff\x00")
    assert await store.call("HGETALL", key) == {b"a": b"\xff\x00"}
    assert await store.calls([("HGET", key, "a"), ("HLEN", key)]) == [b"\xff\x00", 1]
    assert await store.calls([]) == []


async def test_a_script_error_names_itself(store: Store) -> None:
    """A wrong type is a refusal, not an outage."""
    await store.call("SET", i_key(3, "epoch"), "text")
    with pytest.raises(StoreError, match="WRONGTYPE"):
        await store.run("epoch", [i_key(3, "epoch")], ["a"])


@pytest.mark.parametrize(
    ("command", "repeatable"),
    [
        (("GET", "a"), True),
        (("get", "a"), True),
        (("SET", "a", "1"), True),
        (("SET", "a", "1", "NX"), False),
        (("SET", "a", "1", "nx"), False),
        (("SET", "a", "1", "PX", 5), True),
        (("HSET", "a", "b", "c"), True),
        (("INCR", "a"), False),
        (("XADD", "a", "*", "b", "c"), False),
        (("PUBLISH", "a", "b"), False),
        (("XREADGROUP", "GROUP", "g", "c", "STREAMS", "a", ">"), False),
        (("XACK", "a", "g", "1-1"), True),
        (("ZADD", "a", 1, "m"), True),
        (("ZADD", "a", "INCR", 1, "m"), False),
        (("CONFIG", "GET", "maxmemory"), True),
        (("CONFIG", "SET", "maxmemory", "1"), False),
        (("FLUSHALL",), False),
    ],
)
def test_only_what_leaves_the_same_data_is_repeated(command: tuple[str | int, ...], repeatable: bool) -> None:  # noqa: FBT001 - a table's column
    """One named function decides what a lost reply may repeat."""
    assert is_repeatable(command) is repeatable


@pytest.mark.parametrize("url", ["", "http://localhost", "redis://localhost:port", "localhost:6379"])
def test_an_unreadable_url_is_a_settings_error(url: str) -> None:
    """The operator reads one line, not a traceback."""
    with pytest.raises(SettingsError, match="TICKBELL_REDIS_URL"):
        Store.connect(url)
