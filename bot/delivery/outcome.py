"""Retry or not, decided in one place: what an attempt's end means for its row, its chat and everybody."""

import random
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.channel import RetryableError, UndeliverableError, UnknownOutcomeError
from bot.delivery.episodes import Edit, Form, Posted, Row, Step, lost, plan, posted, shown
from bot.errors import ChannelError
from bot.store.rows import Letter, Outcome, Record

# Shrinking an old card can wait until other news of the chat is out; its bucket refills one a second.
FOLLOW = timedelta(seconds=2)
NOW = timedelta(0)
FIRST, LAST = 1.0, 60.0  # seconds between attempts while nothing gets through, doubling


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What was tried: a step of a row, or a reply; `html` as it went out."""

    row: Row | Letter
    step: Step | None  # None for a reply
    html: str
    late: int = 0
    unknown: int = 0  # earlier attempts in a row whose outcome nobody knows

    @property
    def is_edit(self) -> bool:
        """Whether repeating it does no harm."""
        return isinstance(self.step, Edit) or (isinstance(self.row, Letter) and self.row.edits is not None)

    @property
    def fresh(self) -> tuple[str, ...]:
        """Alerts that no earlier message named."""
        if self.step is None or isinstance(self.row, Letter):
            return ()
        named = shown(self.row.posted)
        return tuple(key for key in self.step.keys if key not in named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to record, and what everybody else has to know."""

    record: Record
    count: str = ""  # reason of a failure for good
    pause: timedelta | None = None  # nobody sends for so long, in all processes
    is_outage: bool = False  # perhaps nothing gets through: ask before going on
    is_flood: bool = False  # too many requests, without a word on how long to wait
    stop: str = ""  # why nothing can be sent any more
    moved_to: str = ""  # the chat's new address


def backoff(count: int) -> timedelta:
    """1, 2, 4 ... 60 s, with up to a quarter more so that many do not come back at once."""
    seconds = min(FIRST * 2.0 ** min(count, 10), LAST)
    return timedelta(seconds=seconds * random.uniform(1, 1.25))  # noqa: S311 -- jitter, not a secret


def judge(attempt: Attempt, number: int | None, error: ChannelError | None) -> Verdict:
    """The verdict on an attempt that sent message `number`, or failed with an error of bot.channel."""
    if error is None:
        return Verdict(record=_sent(attempt, number))
    if isinstance(error, RetryableError):
        is_flood = error.after is None and error.reason == "flood"
        is_outage = error.after is None and not is_flood
        return Verdict(
            record=_again(Outcome.RETRY), pause=error.after, is_outage=is_outage, is_flood=is_flood
        )
    if isinstance(error, UndeliverableError):
        return _undeliverable(attempt, error)
    return _unknown(attempt, is_answered=isinstance(error, UnknownOutcomeError) and error.answered)


def _again(outcome: Outcome, wait: timedelta = NOW) -> Record:
    return Record(outcome=outcome, again=wait)


def _sent(attempt: Attempt, number: int | None) -> Record:
    """The message stands in the chat; what the row still has to say follows."""
    row, step = attempt.row, attempt.step
    if isinstance(row, Letter) or step is None:
        return Record(outcome=Outcome.SENT)
    return _told(row, posted(row, step, number, attempt.html, attempt.late), step.keys)


def _told(row: Row, messages: tuple[Posted, ...], keys: tuple[str, ...]) -> Record:
    """The row with these messages, and when its next step is due."""
    following = plan(replace(row, posted=messages, in_doubt=False))
    again = None if following is None else NOW
    if isinstance(following, Edit) and following.form is Form.LINE:
        again = FOLLOW
    return Record(outcome=Outcome.SENT, posted=messages, keys=keys, again=again)


def _undeliverable(attempt: Attempt, error: UndeliverableError) -> Verdict:
    match error.reason:
        case "not_modified":
            return Verdict(record=_sent(attempt, None))
        case "gone" if attempt.is_edit:
            return Verdict(record=_gone(attempt))
        case "migrated":
            return Verdict(record=_again(Outcome.RETRY), moved_to=error.chat or "")
        case "unauthorized":
            return Verdict(record=_again(Outcome.RETRY), stop="the token was refused")
        case "blocked":
            return Verdict(record=_failed(attempt, Outcome.BLOCKED, "blocked"), count="blocked")
    return _refused(attempt, error)


def _refused(attempt: Attempt, error: UndeliverableError) -> Verdict:
    """A 400: our markup, their chat, or something that will never work."""
    detail = error.detail.lower()
    if "parse entities" in detail and not attempt.row.is_plain:
        return Verdict(record=_again(Outcome.PLAIN), count="markup")
    if "chat not found" in detail:
        return Verdict(record=_failed(attempt, Outcome.MISSING, "missing"), count="missing")
    if isinstance(attempt.row, Row) and isinstance(attempt.step, Edit):
        return Verdict(record=_gone(attempt), count="bad_request")
    return Verdict(record=_failed(attempt, Outcome.FAILED, "bad_request"), count="bad_request")


def _failed(attempt: Attempt, outcome: Outcome, reason: str) -> Record:
    return Record(outcome=outcome, keys=attempt.fresh, reason=reason)


def _gone(attempt: Attempt) -> Record:
    """The message to edit is no more: what was news in it goes out anew."""
    if isinstance(attempt.row, Row) and isinstance(attempt.step, Edit):
        return _told(attempt.row, lost(attempt.row, attempt.step), ())
    return _again(Outcome.ANEW)


def _unknown(attempt: Attempt, *, is_answered: bool) -> Verdict:
    """Nobody knows: an edit is simply repeated, a send once, marked.

    Where the server answered (a 5xx) it most likely refused, so such a send goes on being repeated; where it
    was silent twice it has most likely taken both, and a third would only add to the noise.
    """
    if attempt.is_edit or is_answered or not attempt.unknown:
        wait = backoff(attempt.unknown)
        return Verdict(record=_again(Outcome.DOUBT, wait), is_outage=True)
    if isinstance(attempt.row, Letter):
        return Verdict(record=_failed(attempt, Outcome.FAILED, "unknown"), count="unknown", is_outage=True)
    return Verdict(record=_sent(attempt, None), count="unknown", is_outage=True)
