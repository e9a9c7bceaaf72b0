"""The table of keys and the functions that build them."""

import re

from bot.store.bars import BAR_KEYS
from bot.store.chatkeys import CHAT_KEYS
from bot.store.keys import (
    ENGINE_KEYS,
    PARTITIONS,
    bot_key,
    c_key,
    c_tag,
    i_key,
    i_tag,
    is_mine,
    mine,
    partition,
)
from bot.store.updates import UPDATE_KEYS


def test_partitions_never_move() -> None:
    """The partition of a name is part of the stored data: these figures may not change."""
    assert [partition(name) for name in ("300308.SZ", "AAPL.US", "@optical-modules", "1", "中")] == [
        10,
        1,
        6,
        7,
        11,
    ]
    assert i_tag("300308.SZ") == "{i:10}"
    assert c_tag("1") == "{c:07}"
    assert (i_key(8, "rings"), c_key(7, "rules:1"), bot_key("cursor")) == (
        "{i:08}:rings",
        "{c:07}:rules:1",
        "{bot}:cursor",
    )


def test_shards_cover_every_partition_once() -> None:
    """Those congruent to I modulo N, whatever N is."""
    for count in (1, 2, 3, 16):
        taken = sorted(number for index in range(count) for number in mine((index, count)))
        assert taken == list(range(PARTITIONS))
    assert mine((1, 5)) == (1, 6, 11)
    assert is_mine(6, (1, 5))
    assert not is_mine(6, (0, 5))


def test_every_key_is_told_once_and_whole() -> None:
    """One table: no pattern twice, every row says type, lifetime, writer and meaning."""
    table = (*ENGINE_KEYS, *CHAT_KEYS, *UPDATE_KEYS, *BAR_KEYS)
    patterns = [key.pattern for key in table]
    assert len(set(patterns)) == len(patterns)
    for key in table:
        assert all((key.lifetime, key.writer, key.meaning))
        assert key.type == "channel" or re.match(r"\{(i:NN|c:NN|bot)\}:", key.pattern)
        assert key.type in {"string", "hash", "set", "zset", "list", "stream", "channel"}
