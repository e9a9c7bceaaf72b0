"""Claims: who hears an event and how often, written with the alert and its row in one script a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from logging import getLogger
from typing import Any

import msgspec

from bot.delivery.episodes import Alert
from bot.errors import AwayError, FullError, StoreError
from bot.master import calendar
from bot.store.chatkeys import chat_key, due_key, listeners_key, queue_key, row_key
from bot.store.chats import CHANGES_MS, Listener, claim_of
from bot.store.client import Store
from bot.store.keys import c_key
from bot.store.rows import Head
from rules.model import Event, Loudness, Mode, Rule, Start, State
from rules.sessions import Hours

log = getLogger(__name__)
LANE_ALERT = 1
ROWS_MS = 30 * 86_400_000
# Alerts of one frame stand in the store within this, so that they open one card; nobody notices the wait.
GATHER_MS = 50
BATCH = 50
# A claim may move under our hands only when its rule is deleted and made anew at that moment.
MOST_TRIES = 5
OPENING = (State.FIRED, State.PROVISIONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event as it stands in a partition's stream."""

    id: str
    event: Event
    written: int  # server ms when the ring was first written
    delay: int = 0  # ms in the engine before that
    is_first: bool = False  # the ring of the condition's first evaluation
    is_joined: bool = False  # appended again for a rule that joined a ringing state form
    notice: str = ""  # the ex-date, where it is no ring but tells what one did to a typed level


def entry_of(number: str, fields: Mapping[str, str]) -> Entry:
    """A stream entry's fields (bot.store.keys) as a value; KeyError or ValueError where it is none."""
    return Entry(
        id=number,
        event=msgspec.json.decode(fields["e"], type=Event),
        written=int(fields.get("t") or number.partition("-")[0]),
        delay=int(float(fields.get("d") or 0)),
        is_first=fields.get("f") == "1",
        is_joined=fields.get("j") == "1",
        notice=fields.get("x", ""),
    )


def skip(entry: Entry, listener: Listener, hours: Hours) -> str:
    """Why a rule may not open a claim with this entry, '' where it may.

    A ring written before the rule was made is not its business, unless the engine appended it for a rule that
    asked for what is true already; what /watch armed (start=next) hears neither that nor a first evaluation.
    In a session that opened after the rule was made even a first evaluation is news: a gap rings.
    """
    rule, event = listener.rule, entry.event
    if rule.until is not None and event.session > rule.until:
        return "expired"
    if rule.start is Start.NEXT and (
        entry.is_joined or (entry.is_first and not _is_news(event, rule, hours))
    ):
        return "before"
    if entry.written < listener.at and not entry.is_joined:
        return "before"
    return ""


def _is_news(event: Event, rule: Rule, hours: Hours) -> bool:
    """Whether the event's session opened after the rule was made."""
    market = "GROUP" if event.symbol.startswith("@") else event.symbol.rpartition(".")[2]
    session = hours.on(market, event.session)
    return session is not None and rule.created < session.open


def row_of(chat: str, event: Event) -> str:
    """The episode's id: (chat, instrument, direction, session date)."""
    return f"{chat}|{event.symbol}|{event.direction}|{event.session.isoformat()}"


class Claims:
    """The claims of one chat partition."""

    def __init__(
        self, store: Store, number: int, *, gather: timedelta | None = None, hours: Hours | None = None
    ) -> None:
        self._store = store
        self._number = number
        self._hours = hours or calendar.hours()
        self._gather = GATHER_MS if gather is None else int(gather.total_seconds() * 1000)

    async def hear(self, entry: Entry, *, one_by_one: bool = False) -> tuple[str, ...]:
        """Give an event to every listener of the partition; one word each, as claim.lua says.

        `one_by_one` after a refusal: a listener whose keys are damaged is `refused`, the others hear it.
        """
        found = await self._store.call("HVALS", listeners_key(self._number, entry.event.condition))
        listeners = sorted(
            (msgspec.json.decode(text, type=Listener) for text in found), key=lambda one: one.rule.id
        )
        words: list[str] = []
        size = 1 if one_by_one else BATCH
        for start in range(0, len(listeners), size):
            try:
                words.extend(await self._batch(entry, listeners[start : start + size]))
            except (AwayError, FullError):
                raise
            except StoreError as error:
                if not one_by_one:
                    raise
                log.error("rule %s cannot hear: %s", listeners[start].rule.id, error)  # noqa: TRY400 -- one line
                words.append("refused")
        return tuple(words)

    async def _batch(self, entry: Entry, listeners: Sequence[Listener]) -> list[str]:
        """One script for some listeners, again for those whose claim moved since it was read."""
        words: dict[str, str] = {}
        waiting = list(listeners)
        for _ in range(MOST_TRIES):
            claimed = await self._claimed(
                [one.rule.chat for one in waiting], [one.rule.id for one in waiting]
            )
            answers = await self._run(entry, waiting, claimed)
            words |= {one.rule.id: word for one, word in zip(waiting, answers, strict=True)}
            waiting = [one for one in waiting if words[one.rule.id] == "again"]
            if not waiting:
                break
        return list(words.values())

    async def _claimed(self, chats: Sequence[str], rules: Sequence[str]) -> list[str]:
        """The row each rule's claim names, '' where it has none."""
        found = await self._store.calls(
            [("HGET", chat_key(chat, "claims"), rule) for chat, rule in zip(chats, rules, strict=True)]
        )
        return [claim_of(text).r if text else "" for text in found]

    async def _run(self, entry: Entry, listeners: Sequence[Listener], claimed: Sequence[str]) -> list[str]:
        number, event = self._number, entry.event
        keys = [listeners_key(number, event.condition), c_key(number, "conditions"), c_key(number, "changes")]
        keys.append(due_key(number, LANE_ALERT))
        entries = []
        for listener, row in zip(listeners, claimed, strict=True):
            chat, new = listener.rule.chat, row_of(listener.rule.chat, event)
            keys += [chat_key(chat, "chat"), chat_key(chat, "claims"), queue_key(chat, LANE_ALERT)]
            keys += [row_key(chat, new), row_key(chat, row or new)]
            reason = skip(entry, listener, self._hours)
            entries.append(_said(entry, listener, new, row) | {"skip": reason})
        told: dict[str, Any] = {
            "condition": event.condition,
            "ring": event.ring,
            "state": str(event.state),
            "session": event.session.isoformat(),
            "time": int(event.time.timestamp() * 1000),
            "notice": entry.notice.replace("-", ""),
            "listeners": entries,
        }
        args: list[Any] = [msgspec.json.encode(told), f"{number:02}", self._gather, ROWS_MS, CHANGES_MS]
        return [word.decode() for word in await self._store.run("claim", keys, args)]


def _since(entry: Entry) -> int:
    """Server ms from which lateness counts: a joining rule was not late for a ring of an hour ago."""
    if entry.is_joined:
        return int(entry.id.partition("-")[0])
    return entry.written - entry.delay


def _said(entry: Entry, listener: Listener, new: str, claimed: str) -> dict[str, Any]:
    """One listener as claim.lua reads it, with the alert and the row's head as they would be stored."""
    rule, event = listener.rule, entry.event
    alert = Alert(
        key="",
        rule=rule.id,
        event=event,
        loudness=Loudness.SILENT if entry.notice else rule.loudness,
        note=rule.note,
        at=datetime.fromtimestamp(_since(entry) / 1000, UTC),
    )
    head = Head(chat=rule.chat, symbol=event.symbol, direction=event.direction, session=event.session)
    until = ""
    if rule.mode is Mode.EVERY and rule.every is not None:
        until = str(int((event.time + rule.every).timestamp() * 1000))
    return {
        "rule": rule.id,
        "chat": rule.chat,
        "mode": str(rule.mode),
        "until_ms": until,
        "alert": msgspec.json.encode(alert).decode(),
        "head": msgspec.json.encode(head).decode(),
        "row": new,
        "claimed": claimed,
        "start": str(rule.start),
        "created": rule.created.isoformat(),
    }
