"""Chats: their rules, watchlists and language, changed by one script an update so that twice is once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from bot.errors import StoreError
from bot.store.chatkeys import (
    ADDRESSES,
    CHATS,
    chat_key,
    due_key,
    home_key,
    listeners_key,
    queue_key,
    row_key,
)
from bot.store.client import Store
from bot.store.keys import partition
from bot.store.rows import Letter, Profile, profile_of
from handlers.command import AddRule, DeleteRule, Effect, Reply, SetLanguage, SetWatch
from rules.model import Rule

KEEP_MS = 7 * 86_400_000  # marks of handled updates and replies; Telegram repeats an update for a day
CHANGES_MS = 3_600_000
LANE_REPLY = 0
# Each loss means that a claim moved between our read and the script; the fan-out claims each rule seldom.
MOST_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A rule as its condition's listeners know it."""

    at: int  # server ms when it was made
    rule: Rule
    gone: int = 0  # 1: deleted, its last alert waits for its end


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The last claim of a rule: which ring it heard, in which state, and where it says so."""

    n: int
    s: str
    w: str
    u: str = ""
    k: str
    r: str


class Chats:
    """What the store knows of chats; satisfies the rule book and the profiles of handlers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def chat_of(self, telegram: int) -> str:
        """The chat's key: the first Telegram id it was known by."""
        found = await self._store.call("HGET", CHATS, str(telegram))
        return found.decode() if found else str(telegram)

    async def rules(self, chat: str) -> Sequence[Rule]:
        """Every rule of the chat, oldest first."""
        found = await self._store.call("HVALS", chat_key(chat, "rules"))
        rules = [msgspec.json.decode(text, type=Rule) for text in found]
        return sorted(rules, key=lambda rule: (rule.created, rule.id))

    async def watchlist(self, chat: str) -> Sequence[str]:
        """Watched symbols in the order they were added."""
        return [name.decode() for name in await self._store.call("ZRANGE", chat_key(chat, "watch"), 0, -1)]

    async def profile(self, chat: str) -> Profile:
        """How the chat wants to be spoken to, and whether it can be."""
        found = await self._store.call("HGETALL", chat_key(chat, "chat"))
        return profile_of({name.decode(): value.decode() for name, value in found.items()})

    async def language(self, chat: str) -> str | None:
        """The language the chat chose, None before it did."""
        return (await self.profile(chat)).language

    async def address(self, chat: str) -> str:
        """The chat's Telegram id now."""
        found = await self._store.call("HGET", ADDRESSES, chat)
        return found.decode() if found else chat

    async def wake(self, chat: str) -> None:
        """The chat talks to us again: it is active; what was cancelled stays cancelled."""
        key = chat_key(chat, "chat")
        await self._store.calls((("HSET", key, "active", "1"), ("HDEL", key, "misses", "missed")))

    async def migrate(self, chat: str, telegram: str) -> None:
        """The chat lives under another Telegram id from now on; its key and partition stay."""
        await self._store.run("migrate", [CHATS, ADDRESSES], [chat, telegram])

    async def apply(self, chat: str, update_id: int, effects: Sequence[Effect], reply: Reply | None) -> bool:
        """Effects, listener index, counts, change lines and the reply's row, once an update.

        False where this update was handled before: then nothing changed.
        """
        for _ in range(MOST_TRIES):
            answer = await self._attempt(chat, update_id, effects, reply)
            if answer != b"again":
                return answer == b"done"
        raise StoreError(f"the claims of update {update_id} kept moving")

    async def _attempt(
        self, chat: str, update_id: int, effects: Sequence[Effect], reply: Reply | None
    ) -> bytes:
        row = f"{chat}|reply|{update_id:012}"
        keys = [
            chat_key(chat, "update") + f":{update_id}",
            *(chat_key(chat, name) for name in ("chat", "rules", "watch", "claims")),
            *(home_key(chat, name) for name in ("conditions", "changes")),
            queue_key(chat, LANE_REPLY),
            due_key(partition(chat), LANE_REPLY),
            row_key(chat, row),
        ]
        deleted = await self._known(chat, [one.rule for one in effects if isinstance(one, DeleteRule)])
        operations = [
            operation for one in effects if (operation := _operation(chat, one, deleted, keys)) is not None
        ]
        letter = b"" if reply is None else msgspec.json.encode(_letter(chat, reply), enc_hook=_text)
        args: list[Any] = [
            msgspec.json.encode(operations),
            chat,
            f"{partition(chat):02}",
            row,
            letter,
            KEEP_MS,
            CHANGES_MS,
        ]
        answer: bytes = await self._store.run("change", keys, args)
        return answer

    async def _known(self, chat: str, ids: Sequence[str]) -> dict[str, tuple[Rule, str]]:
        """Rules of the chat by id, each with the row that its claim names ('' where it has none)."""
        if not ids:
            return {}
        rules, claims = await self._store.calls(
            (("HMGET", chat_key(chat, "rules"), *ids), ("HMGET", chat_key(chat, "claims"), *ids))
        )
        return {
            name: (msgspec.json.decode(rule, type=Rule), claim_of(claim).r if claim else "")
            for name, rule, claim in zip(ids, rules, claims, strict=True)
            if rule is not None
        }


def claim_of(text: bytes) -> Claim:
    """A stored claim."""
    return msgspec.json.decode(text, type=Claim)


def _text(value: Any) -> str:
    """Escaped text is a string of its own class, which msgspec does not know; anything else is a mistake."""
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} in a reply")
    return str(value)


def _letter(chat: str, reply: Reply) -> Letter:
    return Letter(
        chat=chat,
        text=reply.text,
        buttons=reply.buttons,
        edits=reply.edits,
        callback=reply.callback,
        toast=reply.toast,
    )


def _operation(
    chat: str, effect: Effect, deleted: dict[str, tuple[Rule, str]], keys: list[str]
) -> dict[str, Any] | None:
    """One effect as change.lua reads it; the keys it needs are added to `keys` (1-based there)."""
    match effect:
        case SetLanguage(language=language):
            return {"op": "language", "language": str(language)}
        case SetWatch(symbol=symbol, on=on):
            return {"op": "watch", "symbol": symbol, "on": on}
        case AddRule(rule=rule):
            keys.append(listeners_key(partition(chat), rule.condition))
            json = msgspec.json.encode(rule).decode()
            return _of_rule(rule) | {"op": "add", "json": json, "listeners": len(keys)}
        case DeleteRule(rule=name) if name in deleted:
            rule, row = deleted[name]
            keys.append(listeners_key(partition(chat), rule.condition))
            keys.append(row_key(chat, row) if row else keys[-1])
            return _of_rule(rule) | {
                "op": "delete",
                "row": row,
                "listeners": len(keys) - 1,
                "claimed": len(keys),
            }
    return None


def _of_rule(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "condition": rule.condition,
        "symbol": rule.symbol,
        "text": rule.text,
        "start": str(rule.start),
        "created": rule.created.isoformat(),
    }
