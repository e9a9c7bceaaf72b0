"""The keys of chats: rules, listeners, claims, rows, queues, limits; the table of keys.py, continued."""

from bot.store.keys import Key, bot_key, c_key, partition

# Channel: two digits of a chat partition in which something became due.
DUE = "due"
REPLY, ALERT = 0, 1
LANES = (REPLY, ALERT)


def chat_key(chat: str, name: str) -> str:
    """A key of a chat's own partition: `{c:07}:rules:<chat>`."""
    return c_key(partition(chat), f"{name}:{chat}")


def home_key(chat: str, name: str) -> str:
    """A key that all chats of the partition share: `{c:07}:changes`."""
    return c_key(partition(chat), name)


def listeners_key(number: int, condition: str) -> str:
    """The listeners of a condition within a chat partition."""
    return c_key(number, f"listeners:{condition}")


def row_key(chat: str, row: str) -> str:
    """A row of a chat; `row` begins with the chat's key."""
    return c_key(partition(chat), f"row:{row}")


def queue_key(chat: str, lane: int) -> str:
    """A chat's rows waiting in a lane."""
    return chat_key(chat, f"queue:{lane}")


def due_key(number: int, lane: int) -> str:
    """The chats of a partition with something waiting in a lane."""
    return c_key(number, f"due:{lane}")


CHAT_KEYS = (
    Key(
        pattern="{bot}:chats",
        type="hash",
        lifetime="for ever",
        writer="bot (first contact), sender (migration)",
        meaning="Telegram id -> the chat's key, the first id it was known by",
    ),
    Key(
        pattern="{bot}:addresses",
        type="hash",
        lifetime="for ever",
        writer="sender (migrate.lua)",
        meaning="the chat's key -> its Telegram id now; only chats that moved",
    ),
    Key(
        pattern="{c:NN}:chat:<chat>",
        type="hash",
        lifetime="for ever",
        writer="change.lua, record.lua, bot (a chat that talks to us again)",
        meaning=(
            "language; active: 0 where it blocked us; cancelled: server ms up to which alerts were dropped; "
            "misses, missed: how often and since when it could not be found"
        ),
    ),
    Key(
        pattern="{c:NN}:rules:<chat>",
        type="hash",
        lifetime="until deleted",
        writer="change.lua",
        meaning="rule id -> Rule JSON, wholes and their parts among them",
    ),
    Key(
        pattern="{c:NN}:wholes",
        type="hash",
        lifetime="until deleted",
        writer="change.lua",
        meaning="rule id -> Rule JSON of every rule that is heard through its parts (`any @group X`)",
    ),
    Key(
        pattern="{c:NN}:watch:<chat>",
        type="zset",
        lifetime="until taken off",
        writer="change.lua",
        meaning="watched symbols by server time in us when added",
    ),
    Key(
        pattern="{c:NN}:lists:<chat>",
        type="zset",
        lifetime="until taken off",
        writer="change.lua",
        meaning="'name symbol' of the lists the chat named, by server time in us when added",
    ),
    Key(
        pattern="{c:NN}:listeners:<condition>",
        type="hash",
        lifetime="as long as somebody listens",
        writer="change.lua, claim.lua",
        meaning=(
            "rule id -> {at: server ms when it was made, rule: Rule JSON}; gone: 1 where it was deleted and "
            "a provisional alert of it still waits for its end"
        ),
    ),
    Key(
        pattern="{c:NN}:conditions",
        type="hash",
        lifetime="as long as somebody listens",
        writer="change.lua, claim.lua",
        meaning="condition id -> {count, symbol, text: one canonical line}",
    ),
    Key(
        pattern="{c:NN}:changes",
        type="stream",
        lifetime="an hour",
        writer="change.lua, claim.lua",
        meaning=(
            "c: condition id, n: listeners in this partition now, s: symbol, t: canonical line, r: rule id, "
            "start: now|next, at: server ms, created: the rule's time, ISO; "
            "or g: full symbol of a chat's list whose members changed"
        ),
    ),
    Key(
        pattern="{c:NN}:awaited",
        type="hash",
        lifetime="until told, a day at most",
        writer="change.lua, tell.lua",
        meaning=(
            "chat -> JSON of symbol -> {at: server ms when it began to wait for its daily bars, "
            "told: 1 where it knows that they do not come at once}"
        ),
    ),
    Key(
        pattern="{c:NN}:update:<chat>:<update id>",
        type="string",
        lifetime="7 days",
        writer="change.lua",
        meaning="this update's effects are done",
    ),
    Key(
        pattern="{c:NN}:claims:<chat>",
        type="hash",
        lifetime="as long as the rule",
        writer="claim.lua",
        meaning=(
            "rule id -> {n: ring, s: state, w: session, u: exchange ms until which it holds (every N), "
            "k: alert, r: row}: the last claim; 'mine' is told from it"
        ),
    ),
    Key(
        pattern="{c:NN}:row:<chat>|...",
        type="hash",
        lifetime="30 days after the last change; replies 7 days",
        writer="claim.lua, change.lua, take.lua, record.lua",
        meaning=(
            "version, sent, state, attempt, lease, fence, step, doubt; head: JSON of what never changes; "
            "a:<alert> JSON, o:<alert> order, h:<alert> 1 shown or x dropped; posted: JSON of messages"
        ),
    ),
    Key(
        pattern="{c:NN}:queue:<lane>:<chat>",
        type="zset",
        lifetime="while something waits",
        writer="claim.lua, change.lua, take.lua, record.lua",
        meaning="rows with a version above the one sent, by the server ms when due; lane 0 replies, 1 alerts",
    ),
    Key(
        pattern="{c:NN}:due:<lane>",
        type="zset",
        lifetime="while something waits",
        writer="claim.lua, change.lua, take.lua, record.lua",
        meaning="chats with a queue, by their earliest due time",
    ),
    Key(
        pattern="{c:NN}:fence",
        type="string",
        lifetime="for ever",
        writer="sender at its start (fence.lua)",
        meaning="the newest sender's number; an older one is refused",
    ),
    Key(
        pattern="{c:NN}:positions",
        type="hash",
        lifetime="for ever",
        writer="fan-out, before it acknowledges",
        meaning="instrument partition -> id of the last event handled; groups are made anew from it",
    ),
    Key(
        pattern="{bot}:sends",
        type="zset",
        lifetime="2 s",
        writer="limit.lua",
        meaning="grants of the last second in server us",
    ),
    Key(
        pattern="{bot}:bucket:<chat>",
        type="string",
        lifetime="2 s",
        writer="limit.lua",
        meaning="server us of the chat's last grant",
    ),
    Key(
        pattern="{bot}:minute:<chat>",
        type="list",
        lifetime="61 s",
        writer="limit.lua",
        meaning="server us of a group's last 20 grants",
    ),
    Key(
        pattern="{bot}:pause",
        type="string",
        lifetime="until it is over",
        writer="pause.lua",
        meaning="server us before which nothing is sent: Telegram's retry_after",
    ),
    Key(
        pattern="due",
        type="channel",
        lifetime="-",
        writer="claim.lua, change.lua",
        meaning="two digits: the chat partition in which something became due",
    ),
)
CHATS = bot_key("chats")
ADDRESSES = bot_key("addresses")
SENDS = bot_key("sends")
PAUSE = bot_key("pause")
