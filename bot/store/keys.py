"""Every key of the store in one table: pattern, type, lifetime, writer, meaning; and functions to build them.

Instruments live in 16 partitions `{i:00..15}`, chats in 16 partitions `{c:00..15}`, the rest in `{bot}`,
for the life of the data. The part in braces is a Redis Cluster hash tag: keys of one tag share a slot, so a
script that touches one tag runs unchanged on one server and on a cluster.
"""

from dataclasses import dataclass
from zlib import crc32

PARTITIONS = 16
BOT = "{bot}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One row of the table; NN is a two-digit partition, <x> a name."""

    pattern: str
    type: str  # string, hash, set, zset, stream, channel
    lifetime: str
    writer: str
    meaning: str


def partition(name: str) -> int:
    """The partition, 0..15, of a symbol or chat key; crc32, so every process and version agrees."""
    return crc32(name.encode()) % PARTITIONS


def is_mine(number: int, shard: tuple[int, int]) -> bool:
    """Whether shard (I, N) takes the partition: those congruent to I modulo N."""
    index, count = shard
    return number % count == index % count


def mine(shard: tuple[int, int]) -> tuple[int, ...]:
    """The partitions of shard (I, N), ascending."""
    return tuple(number for number in range(PARTITIONS) if is_mine(number, shard))


def i_key(number: int, name: str) -> str:
    """A key of an instrument partition: `{i:07}:rings`."""
    return f"{{i:{number:02}}}:{name}"


def c_key(number: int, name: str) -> str:
    """A key of a chat partition: `{c:07}:rules:<chat>`."""
    return f"{{c:{number:02}}}:{name}"


def bot_key(name: str) -> str:
    """A key of the one partition for everything else: `{bot}:cursor`."""
    return f"{BOT}:{name}"


def i_tag(symbol: str) -> str:
    """The hash tag of an instrument's partition, braces included."""
    return f"{{i:{partition(symbol):02}}}"


def c_tag(chat: str) -> str:
    """The hash tag of a chat's partition, braces included."""
    return f"{{c:{partition(chat):02}}}"


# Channels carry the two digits of the partition whose stream grew; whoever misses one sweeps once a second.
RINGS = "rings"
CHANGES = "changes"

ENGINE_KEYS = (
    Key(
        pattern="{i:NN}:epoch",
        type="hash",
        lifetime="for ever",
        writer="engine (epoch.lua)",
        meaning="n: the newest engine's number, owner: its token; scripts refuse a lower n",
    ),
    Key(
        pattern="{i:NN}:writes",
        type="string",
        lifetime="for ever",
        writer="engine (ring.lua)",
        meaning="calls that wrote; lower than the engine remembers means the store was rolled back",
    ),
    Key(
        pattern="{i:NN}:rings",
        type="hash",
        lifetime="for ever; idle when nobody listens",
        writer="engine (ring.lua)",
        meaning="condition id -> 'n state written time session event', see bot.store.rings.Stored",
    ),
    Key(
        pattern="{i:NN}:seen",
        type="set",
        lifetime="as long as somebody listens",
        writer="engine (ring.lua)",
        meaning="ids of conditions evaluated at least once",
    ),
    Key(
        pattern="{i:NN}:events",
        type="stream",
        lifetime="60 s beyond the slowest reader",
        writer="engine (ring.lua); trimmed by schedule",
        meaning=(
            "e: Event JSON; t: server TIME in ms when it was first written; d: ms in the engine before that; "
            "f: 1 where it is of the condition's first evaluation; j: 1 where appended again for a joiner; "
            "x: the ex-date where it is no ring but tells what one did to a typed level"
        ),
    ),
    Key(
        pattern="{i:NN}:notices",
        type="hash",
        lifetime="as long as somebody listens",
        writer="engine (ring.lua)",
        meaning="condition id -> the newest ex-date whose effect on its level was told",
    ),
    Key(
        pattern="{i:NN}:last",
        type="hash",
        lifetime="for ever",
        writer="engine, at most once a second an instrument",
        meaning="symbol -> Quote JSON",
    ),
    Key(
        pattern="{i:NN}:doubts",
        type="hash",
        lifetime="for ever",
        writer="engine, news at most once a second an instrument, more of the same once a minute",
        meaning="symbol -> JSON of the quotes last refused, see handlers.ports.Doubt",
    ),
    Key(
        pattern="{i:NN}:anomalies",
        type="hash",
        lifetime="for ever",
        writer="feed (bot.intake.unusual), where Eastmoney is one",
        meaning="symbol -> JSON of [time, kind] of the last anomalies that its list showed",
    ),
    Key(
        pattern="{bot}:cursor",
        type="string",
        lifetime="for ever",
        writer="engine, after every reply of a frame's pipeline",
        meaning="how far the demo's day was taken, see bot.roles.cursor",
    ),
    Key(
        pattern="{bot}:intent",
        type="string",
        lifetime="for ever",
        writer="engine, before a frame's pipeline where a cursor is kept",
        meaning="msgpack of the cursor and the operations about to be written; carried out at the next start",
    ),
    Key(
        pattern="rings, changes",
        type="channel",
        lifetime="-",
        writer="ring.lua, change.lua",
        meaning="two digits: the partition whose stream grew",
    ),
)
