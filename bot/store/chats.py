"""Chats: their rules, watchlists and language, changed by one script an update so that twice is once."""

from collections.abc import Iterator, Mapping, Sequence
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
from handlers.command import AddRule, AwaitBars, DeleteRule, Effect, Reply, SetLanguage, SetWatch
from handlers.lists import WATCHLIST, symbol_of
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

    async def lists(self, chat: str) -> Mapping[str, Sequence[str]]:
        """The watchlist and the lists the chat named, each in the order of adding."""
        watched, named = await self._store.calls(
            [("ZRANGE", chat_key(chat, key), 0, -1) for key in ("watch", "lists")]
        )
        found: dict[str, list[str]] = {WATCHLIST: [symbol.decode() for symbol in watched]}
        for entry in named:
            name, symbol = entry.decode().split(" ")
            found.setdefault(name, []).append(symbol)
        return found

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

    async def apply(
        self, chat: str, update_id: int | None, effects: Sequence[Effect], reply: Reply | None
    ) -> bool:
        """Effects, listener index, counts, change lines and the reply's row, once an update.

        False where this update was handled before: then nothing changed. Without an update nothing marks that
        it was done: adding and deleting rules by their ids may be done again.
        """
        for _ in range(MOST_TRIES):
            answer = await self._attempt(chat, update_id, effects, reply)
            if answer != b"again":
                return answer == b"done"
        raise StoreError(f"the claims of update {update_id} kept moving")

    async def _attempt(
        self, chat: str, update_id: int | None, effects: Sequence[Effect], reply: Reply | None
    ) -> bytes:
        row = f"{chat}|reply|{update_id or 0:012}"
        keys = [
            chat_key(chat, "update") + f":{update_id}",
            *(chat_key(chat, name) for name in ("chat", "rules", "watch", "claims")),
            *(home_key(chat, name) for name in ("conditions", "changes")),
            queue_key(chat, LANE_REPLY),
            due_key(partition(chat), LANE_REPLY),
            row_key(chat, row),
        ]
        deleted = await self._known(chat, [one.rule for one in effects if isinstance(one, DeleteRule)])
        operations = [one for effect in effects for one in _operations(chat, effect, deleted, keys)]
        letter = b"" if reply is None else msgspec.json.encode(_letter(chat, reply), enc_hook=_text)
        args: list[Any] = [
            msgspec.json.encode(operations),
            chat,
            f"{partition(chat):02}",
            row,
            letter,
            KEEP_MS,
            CHANGES_MS,
            "" if update_id is None else "once",
        ]
        answer: bytes = await self._store.run("change", keys, args)
        return answer

    async def _known(self, chat: str, ids: Sequence[str]) -> dict[str, tuple[Rule, str]]:
        """Rules of the chat by id, with the parts of wholes among them.

        Each has the row that its claim names ('' where it has none).
        """
        if not ids:
            return {}
        found = await self._store.call("HMGET", chat_key(chat, "rules"), *ids)
        rules = [msgspec.json.decode(rule, type=Rule) for rule in found if rule is not None]
        if wholes := {rule.id for rule in rules if rule.whole}:
            rules += [rule for rule in await self.rules(chat) if rule.of in wholes]
        names = list(dict.fromkeys(rule.id for rule in rules))
        claims = await self._store.call("HMGET", chat_key(chat, "claims"), *names) if names else []
        rows = {name: claim_of(claim).r if claim else "" for name, claim in zip(names, claims, strict=True)}
        return {rule.id: (rule, rows[rule.id]) for rule in rules}


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


def _operations(
    chat: str, effect: Effect, deleted: dict[str, tuple[Rule, str]], keys: list[str]
) -> Iterator[dict[str, Any]]:
    """One effect as change.lua reads it; the keys it needs are added to `keys` (1-based there)."""
    match effect:
        case SetLanguage(language=language):
            yield {"op": "language", "language": str(language)}
        case SetWatch(symbol=symbol, on=on, list=name):
            keys.append(chat_key(chat, "lists" if name else "watch"))
            group = symbol_of(chat, name or WATCHLIST)
            member = f"{name} {symbol}" if name else symbol
            yield {"op": "watch", "list": len(keys), "member": member, "group": group, "on": on}
        case AwaitBars(symbols=symbols):
            keys.append(home_key(chat, "awaited"))
            yield {"op": "await", "symbols": symbols, "awaited": len(keys)}
        case AddRule(rule=rule):
            keys.append(_index(chat, rule))
            json = msgspec.json.encode(rule).decode()
            yield _of_rule(rule) | {"op": "add", "json": json, "listeners": len(keys)}
        case DeleteRule(rule=name) if name in deleted:
            yield _deletion(chat, *deleted[name], keys)
            parts = deleted.values() if deleted[name][0].whole else ()
            yield from (_deletion(chat, rule, row, keys) for rule, row in parts if rule.of == name)


def _deletion(chat: str, rule: Rule, row: str, keys: list[str]) -> dict[str, Any]:
    keys.append(_index(chat, rule))
    keys.append(row_key(chat, row) if row else keys[-1])
    return _of_rule(rule) | {"op": "delete", "row": row, "listeners": len(keys) - 1, "claimed": len(keys)}


def _index(chat: str, rule: Rule) -> str:
    """Where a rule is found: by what it hears; a whole, which hears nothing, by whoever minds its parts."""
    return home_key(chat, "wholes") if rule.whole else listeners_key(partition(chat), rule.condition)


def _of_rule(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "condition": rule.condition,
        "symbol": rule.symbol,
        "text": rule.text,
        "start": str(rule.start),
        "created": rule.created.isoformat(),
        "whole": rule.whole,
        "of": rule.of,
    }
