"""The stages of one message, in order; each may end the journey, the row stays due until it is recorded.

    find -> look -> acknowledge -> permit -> take -> render -> deliver -> record

A row is planned from what the store holds, a token is taken for it, and only then is it marked as being sent:
a kill in between costs a token, not a doubt. What goes out is rendered after that, from the version taken.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from logging import getLogger
from typing import TypeAlias

import msgspec

from bot.channel import Channel, Message
from bot.delivery.counters import Counters
from bot.delivery.episodes import Alert, Post, Row, Step, plan
from bot.delivery.headline import Words
from bot.delivery.limiter import Limiter, Permit
from bot.delivery.outcome import Attempt, Verdict, judge
from bot.delivery.render import Tone, message, plain, repeated
from bot.errors import AwayError, ChannelError, FullError
from bot.store.chats import Chats
from bot.store.rows import Letter, Look, Outcome, Rows, Word
from handlers.command import Language
from rules.model import Instrument

log = getLogger(__name__)
# The row changed between look and take this often: let others go first.
MOST_LOOKS = 5
BUSY = timedelta(seconds=1)  # another attempt holds the row; its lease or its outcome will come
AWAY = 1.0  # seconds between attempts to record while the store is away


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message that stands in a chat now; for whoever watches deliveries, the console among them."""

    message: Message
    number: int | None
    is_edit: bool
    is_repeat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the stages work with."""

    rows: Rows
    chats: Chats
    limiter: Limiter
    channel: Channel
    instrument: Callable[[str], Instrument]
    counters: Counters
    language: Language = Language.EN  # of chats that never chose
    observers: tuple[Callable[[Shown], None], ...] = ()
    acknowledged: deque[str] = field(default_factory=lambda: deque(maxlen=256))  # presses answered lately


@dataclass(slots=True, kw_only=True)
class Job:
    """One message on its way."""

    chat: str
    lane: int
    now: datetime  # the store's, as last heard
    id: str = ""
    row: Row | Letter | None = None
    look: Look | None = None
    step: Step | None = None
    permit: Permit | None = None
    attempt: int = 0
    message: Message | None = None
    tried: Attempt | None = None
    verdict: Verdict | None = None
    again: datetime | None = None  # when this chat's lane has something to do next
    is_fenced: bool = False
    tone: Tone = field(default_factory=Tone)


Stage: TypeAlias = Callable[[Tools, Job], Awaitable[bool]]


async def find(tools: Tools, job: Job) -> bool:
    """The chat's earliest row in the lane."""
    found = await tools.rows.next(job.chat, job.lane)
    if found is None:
        return False
    job.id, due = found
    job.again = datetime.fromtimestamp(due / 1000, UTC)
    return job.again <= job.now


async def look(tools: Tools, job: Job) -> bool:
    """Read the row and plan its next message; what cannot be read is set aside."""
    try:
        return _planned(tools, job, await tools.rows.take(job.chat, job.lane, job.id))
    except (msgspec.MsgspecError, KeyError, ValueError) as error:
        log.error("row %s cannot be read and was set aside: %s", job.id, error)  # noqa: TRY400 -- no stack needed
        tools.counters.failed["unreadable"] += 1
        await tools.rows.discard(job.chat, job.lane, job.id)
        return False


async def acknowledge(tools: Tools, job: Job) -> bool:
    """Answer the button press, once and as well as it goes: it is not a message and takes no token."""
    row = job.row
    if not isinstance(row, Letter) or not row.callback or row.is_tried:
        return True
    if row.callback not in tools.acknowledged:
        tools.acknowledged.append(row.callback)
        try:
            await tools.channel.answer(row.callback, row.toast)
            tools.counters.answered += 1
        except ChannelError as error:
            log.info("a button press went unanswered: %s", error)
    return True


async def permit(tools: Tools, job: Job) -> bool:
    """Take a token, unless the row has nothing to send."""
    if _kind(job) == "none":
        return True
    job.permit = await tools.limiter.permit(job.chat, job.lane)
    if not job.permit.granted:
        tools.counters.held[job.permit.scope] += 1
        job.again = job.now + job.permit.wait
    return job.permit.granted


async def take(tools: Tools, job: Job) -> bool:
    """Mark the planned version as being sent; where it changed, plan again, token in hand."""
    for _ in range(MOST_LOOKS):
        if job.row is None:
            return False
        looked = await tools.rows.take(job.chat, job.lane, job.id, job.row.version, _kind(job))
        if looked.word is Word.TAKEN:
            job.attempt, job.now = looked.attempt, looked.now
            return True
        if looked.word is Word.SETTLED:
            job.again = looked.now
            return False
        if not _planned(tools, job, looked):
            return False
        if job.permit is None and _kind(job) != "none":
            return False
    return False


async def render(tools: Tools, job: Job) -> bool:
    """Words for the version taken, in the chat's language, with the tone of its journey."""
    if job.row is None or job.permit is None or job.look is None:
        return False
    row, step, language = job.row, job.step, _language(job.look.profile.language, tools.language)
    alerts: tuple[str, ...] = ()
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()
    silent = False
    if isinstance(row, Letter):
        html = repeated(row.text, language) if row.in_doubt else row.text
        buttons = tuple(tuple((button.text, button.data) for button in line) for line in row.buttons)
    elif step is not None:
        job.tone = _tone(row, step, job.now)
        html = message(row, step, Words(language, tools.instrument(row.symbol)), job.tone)
        alerts = tuple(alert.triple for alert in row.pick(step.keys))
        silent = isinstance(step, Post) and step.silent
    else:
        return False
    html = plain(html) if row.is_plain else html
    job.message = Message(chat=job.permit.address, html=html, buttons=buttons, silent=silent, alerts=alerts)
    job.tried = Attempt(row=row, step=step, html=html, late=job.tone.late, unknown=job.look.unknown)
    return True


async def deliver(tools: Tools, job: Job) -> bool:
    """One call to the channel, and the verdict on it."""
    if job.message is None or job.tried is None:
        return False
    number = _number(job)
    try:
        if number is None:
            number = await tools.channel.send(job.message)
        else:
            await tools.channel.edit(number, job.message)
    except ChannelError as error:
        job.verdict = judge(job.tried, None, error)
    else:
        job.verdict = judge(job.tried, number, None)
        _count(tools, job, number)
    return True


async def record(tools: Tools, job: Job) -> bool:
    """Write what became of it before the row leaves its queue; then tell everybody whom it concerns."""
    verdict, row = job.verdict, job.row
    if verdict is None or row is None:
        return False
    # The store tells nobody when it is back, so it is asked once a second.
    while not await _recorded(tools, job, row, verdict):  # noqa: ASYNC110 -- see above
        await asyncio.sleep(AWAY)
    if verdict.count:
        tools.counters.failed[verdict.count] += 1
    if verdict.record.outcome is Outcome.DOUBT:
        tools.counters.unknown += 1
    job.again = job.now
    return True


STAGES: tuple[Stage, ...] = (find, look, acknowledge, permit, take, render, deliver, record)


async def _recorded(tools: Tools, job: Job, row: Row | Letter, verdict: Verdict) -> bool:
    """Whether the store has it; without it the message would go out again, so nobody gives up here."""
    try:
        if verdict.moved_to:
            await tools.chats.migrate(row.chat, verdict.moved_to)
        if verdict.pause is not None:
            await tools.limiter.pause(verdict.pause)
        await tools.rows.record(row, job.lane, job.attempt, verdict.record)
    except (AwayError, FullError) as error:
        log.warning("an outcome waits to be recorded: %s", error)
        return False
    return True


def _planned(tools: Tools, job: Job, looked: Look) -> bool:
    """Whether there is a row to go on with, and the plan for it."""
    job.look, job.now, job.row = looked, looked.now, looked.row
    tools.counters.cancelled += looked.word is Word.CANCELLED
    job.again = job.now + (BUSY if looked.word is Word.BUSY else timedelta())
    job.is_fenced = looked.word is Word.FENCED
    if looked.word is not Word.LOOK or looked.row is None:
        return False
    job.step = plan(looked.row) if isinstance(looked.row, Row) else None
    return True


def _language(chosen: str | None, default: Language) -> Language:
    return Language(chosen) if chosen in set(Language) else default


def _kind(job: Job) -> str:
    """What the store is told: a `post` in doubt may have arrived, an `edit` may be repeated."""
    if isinstance(job.row, Letter):
        if not job.row.text:
            return "none"
        return "post" if job.row.edits is None else "edit"
    if job.step is None:
        return "none"
    return "post" if isinstance(job.step, Post) else "edit"


def _number(job: Job) -> int | None:
    """The message to edit, None where a new one is sent."""
    if isinstance(job.row, Letter):
        return job.row.edits
    if isinstance(job.row, Row) and job.step is not None and not isinstance(job.step, Post):
        return job.row.posted[job.step.index].number
    return None


def _tone(row: Row, step: Step, now: datetime) -> Tone:
    """How late the news in a card is; an edit keeps what its first text said."""
    if not isinstance(step, Post):
        old = row.posted[step.index]
        return Tone(late=old.late, repeat=old.repeat)
    return Tone(late=int(_age(row.pick(step.keys), now).total_seconds()), repeat=step.repeat)


def _age(alerts: tuple[Alert, ...], now: datetime) -> timedelta:
    return max((now - alert.at for alert in alerts), default=timedelta())


def _count(tools: Tools, job: Job, number: int) -> None:
    if job.message is None or job.tried is None:
        return
    is_post = _kind(job) == "post"
    is_repeat = job.row is not None and job.row.in_doubt and is_post
    tools.counters.sent += is_post
    tools.counters.edited += not is_post
    tools.counters.repeated += is_repeat
    if is_post and isinstance(job.row, Row) and isinstance(job.step, Post):
        tools.counters.lateness(_age(job.row.pick(job.step.keys), job.now).total_seconds())
    shown = Shown(message=job.message, number=number, is_edit=not is_post, is_repeat=is_repeat)
    for observer in tools.observers:
        observer(shown)
