"""One evolving card a chat, instrument, direction and day: the next message, decided from the row.

A row holds alerts and the messages that named them. Everything here is a pure function of the row, so the
same row read after a crash leads to the same message. What rings or is silent sends a new card and shrinks
the old one to a line; everything else, and later states of an alert shown, edit the message that named it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from rules.model import Direction, Event, Loudness, State


class Form(StrEnum):
    """How a message of an episode reads."""

    CARD = "card"
    LINE = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What one rule said in one episode: the latest state of the ring its claim names."""

    key: str  # rule:ring as first claimed; stays when the claim moves on to a later ring
    rule: str
    event: Event
    loudness: Loudness = Loudness.RING
    note: str = ""
    at: datetime  # the store's TIME at which the ring stood in the store, less what the engine took
    order: int = 0  # of its first claim within the row

    @property
    def triple(self) -> str:
        """Identity of what a text shows: rule:ring:state."""
        return f"{self.rule}:{self.event.ring}:{self.event.state}"

    @property
    def is_void(self) -> bool:
        """Whether the ring was taken back."""
        return self.event.state is State.WITHDRAWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One message that went out; `number` is None where nobody knows its id or it is gone."""

    number: int | None
    form: Form
    keys: tuple[str, ...]  # the alerts it covers, head first
    alerts: tuple[str, ...]  # their triples at the last text sent
    html: str
    late: int = 0  # whole seconds, kept so that an edit says what the first text said
    repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An episode as stored; alerts in the order of their first claims, the last message is the card."""

    id: str
    chat: str
    symbol: str
    direction: Direction
    session: date
    version: int
    sent: int
    alerts: tuple[Alert, ...]
    posted: tuple[Posted, ...] = ()
    in_doubt: bool = False  # a send of this row went out and nobody knows whether it arrived
    is_plain: bool = False  # the channel could not parse our markup once
    attempt: int = 0

    def pick(self, keys: tuple[str, ...]) -> tuple[Alert, ...]:
        """The alerts under keys, in the keys' order, without dropped ones."""
        known = {alert.key: alert for alert in self.alerts}
        return tuple(known[key] for key in keys if key in known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Send a new card that covers these alerts."""

    keys: tuple[str, ...]
    silent: bool
    repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Write message `index` of the row anew."""

    index: int
    keys: tuple[str, ...]
    form: Form


Step: TypeAlias = Post | Edit


def plan(row: Row) -> Step | None:
    """The next message to send or edit, None where the chat reads everything the row says."""
    fresh = tuple(alert for alert in row.alerts if not _is_named(row, alert))
    owed = tuple(alert for alert in row.alerts if _is_owed(row, alert))
    cards = tuple(alert for alert in fresh if alert.loudness is not Loudness.EDIT or alert.is_void)
    if cards or owed or (fresh and not _is_open(row)):
        keys = tuple(alert.key for alert in (*_ranked(fresh), *owed))
        silent = not any(alert.loudness is Loudness.RING and not alert.is_void for alert in fresh)
        return Post(keys=keys, silent=silent, repeat=row.in_doubt)
    if fresh:
        last = len(row.posted) - 1
        keys = (*row.posted[last].keys, *(alert.key for alert in _ranked(fresh)))
        return Edit(index=last, keys=keys, form=Form.CARD)
    return next(_outdated(row), None)


def posted(row: Row, step: Step, number: int | None, html: str, late: int = 0) -> tuple[Posted, ...]:
    """The row's messages after the step went out as message `number` (None: nobody knows its id)."""
    alerts = tuple(alert.triple for alert in row.pick(step.keys))
    if isinstance(step, Post):
        new = Posted(
            number=number,
            form=Form.CARD,
            keys=step.keys,
            alerts=alerts,
            html=html,
            late=late,
            repeat=step.repeat,
        )
        return (*row.posted, new)
    old = row.posted[step.index]
    new = replace(old, form=step.form, keys=step.keys, alerts=alerts, html=html)
    return (*row.posted[: step.index], new, *row.posted[step.index + 1 :])


def lost(row: Row, step: Edit) -> tuple[Posted, ...]:
    """The row's messages after message `step.index` turned out to be gone; its news goes out anew."""
    gone = replace(row.posted[step.index], number=None)
    return (*row.posted[: step.index], gone, *row.posted[step.index + 1 :])


def shown(messages: tuple[Posted, ...]) -> frozenset[str]:
    """Keys of the alerts that some message covers."""
    return frozenset(key for message in messages for key in message.keys)


def settled(row: Row, keys: tuple[str, ...]) -> tuple[Alert, ...]:
    """Alerts of other messages that will not change any more, newest first: what a card recalls."""
    final = (State.FIRED, State.CONFIRMED)
    told = shown(row.posted) - set(keys)
    return tuple(alert for alert in reversed(row.alerts) if alert.key in told and alert.event.state in final)


def _homes(row: Row, alert: Alert) -> tuple[Posted, ...]:
    return tuple(message for message in row.posted if alert.key in message.keys)


def _is_named(row: Row, alert: Alert) -> bool:
    return bool(_homes(row, alert))


def _is_open(row: Row) -> bool:
    """Whether the last message can take another line."""
    return bool(row.posted) and row.posted[-1].number is not None


def _is_owed(row: Row, alert: Alert) -> bool:
    """Whether an alert shown needs a silent message: its own was void, or none of its texts can be edited."""
    homes = _homes(row, alert)
    if not homes or any(alert.triple in home.alerts for home in homes):
        return False
    if all(home.number is None for home in homes):
        return True
    return alert.is_void and alert.loudness is not Loudness.EDIT and len(homes) == 1


def _ranked(alerts: tuple[Alert, ...]) -> tuple[Alert, ...]:
    """Loudest first, of one signal the farthest level, else the newest: the head opens the lock screen."""
    loud = {Loudness.RING: 0, Loudness.SILENT: 1, Loudness.EDIT: 2}

    def rank(alert: Alert) -> tuple[bool, int, int, float]:
        same = [other for other in alerts if other.event.signal == alert.event.signal]
        newest = max(other.order for other in same)
        return alert.is_void, loud[alert.loudness], -newest, -reach(alert)

    return tuple(sorted(alerts, key=rank))


def reach(alert: Alert) -> float:
    """How far a level lies in the ring's direction."""
    level = alert.event.level or 0.0
    return level if alert.event.direction is Direction.UP else -level


def _outdated(row: Row) -> Iterator[Edit]:
    """Messages whose text is behind the row: those that say something untrue first, then those to shrink."""
    for is_false in (True, False):
        for index in range(len(row.posted) - 1, -1, -1):
            message = row.posted[index]
            form = Form.CARD if index == len(row.posted) - 1 else Form.LINE
            now = tuple(alert.triple for alert in row.pick(message.keys))
            if message.number is None or not now:
                continue
            if (now != message.alerts) if is_false else (form is not message.form):
                yield Edit(index=index, keys=message.keys, form=form)
