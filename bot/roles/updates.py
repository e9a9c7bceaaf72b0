"""One road for Telegram's updates: fetch raw, store, confirm by the next offset, then handle one by one.

python-telegram-bot's own updater confirms updates when they enter a queue in memory (kill -9 lost 59 of 100
commands) and asks for ever for a batch that holds one it cannot parse; so the raw JSON is fetched here.
"""

import asyncio
import json
import logging
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Protocol

import aiohttp

from bot.errors import AwayError, ChannelError, FullError, StoreError
from bot.store.updates import Inbox
from handlers.application import Application
from handlers.command import Effect, Language, Reply
from handlers.menu import menu

log = logging.getLogger(__name__)

# What the road asks Telegram for; everything else would only be stored and ignored.
WANTED = ("message", "callback_query", "my_chat_member")
POLL = timedelta(seconds=50)
# Beyond the poll itself: a server that holds the answer longer than this hangs.
GRACE = timedelta(seconds=10)
CALL = timedelta(seconds=10)
LARGEST = 16 * 1024 * 1024  # bytes of one answer; a hundred updates of the largest messages are far smaller
FIRST_CEILING, LAST_CEILING = timedelta(seconds=1), timedelta(seconds=60)
# An administrator who was demoted may write for at most this long.
REMEMBERED = timedelta(seconds=60)
# A store that refuses one update this often will refuse it always.
REFUSALS = 3
ADMINS = frozenset({"creator", "administrator"})


NONE: Mapping[str, object] = MappingProxyType({})


class WireError(ChannelError):
    """The Bot API gave no usable answer: its `status`, and `after` where it said how long to wait."""

    def __init__(self, reason: str, *, status: int = 0, after: timedelta | None = None) -> None:
        super().__init__(reason, status, after)
        self.reason, self.status, self.after = reason, status, after

    def __str__(self) -> str:
        return self.reason


class Wire:
    """Calls of the Bot API as raw JSON; no error and no repr of it holds the token."""

    def __init__(self, http: aiohttp.ClientSession, base: str, token: str) -> None:
        self._http = http
        self._root = f"{base.rstrip('/')}/bot{token}/"

    def __repr__(self) -> str:
        return "Wire()"

    async def call(
        self, method: str, parameters: Mapping[str, object] = NONE, *, limit: timedelta = CALL
    ) -> Any:
        """The `result` of a method; WireError for everything else, also for no answer within `limit`."""
        timeout = aiohttp.ClientTimeout(total=limit.total_seconds())
        try:
            async with self._http.post(
                self._root + method, json=dict(parameters), timeout=timeout
            ) as response:
                status = response.status
                body = bytearray()
                async for chunk in response.content.iter_any():
                    body += chunk
                    if len(body) > LARGEST:
                        raise WireError(f"{method}: an answer beyond {LARGEST} bytes", status=status)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # The error's own text may hold the URL and with it the token.
            raise WireError(f"{method}: {type(error).__name__}") from None
        return _result(method, status, bytes(body))


def _result(method: str, status: int, body: bytes) -> Any:
    """What an answer holds, or the WireError it stands for."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise WireError(f"{method}: status {status}, not JSON", status=status) from None
    if not isinstance(answer, dict):
        raise WireError(f"{method}: status {status}, not an object", status=status)
    if answer.get("ok") is not True or "result" not in answer:
        code = answer.get("error_code")
        parameters = answer.get("parameters")
        after = parameters.get("retry_after") if isinstance(parameters, dict) else None
        raise WireError(
            f"{method}: {status} {str(answer.get('description'))[:200]}",
            status=code if isinstance(code, int) else status,
            after=timedelta(seconds=after) if isinstance(after, int) and after > 0 else None,
        )
    return answer["result"]


class Admins:
    """Satisfies handlers.access.Members by getChatMember, remembered for a minute; nobody where it fails."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._known: dict[tuple[int, int], tuple[float, bool]] = {}

    async def is_admin(self, chat: int, user: int) -> bool:
        """Whether the user is creator or administrator of the group."""
        now = time.monotonic()
        until, known = self._known.get((chat, user), (now, False))
        if until > now:
            return known
        try:
            member = await self._wire.call("getChatMember", {"chat_id": chat, "user_id": user})
        except WireError as error:
            log.warning("nobody can tell who administers a group: %s", error)
            return False
        answer = isinstance(member, dict) and member.get("status") in ADMINS
        self._known = {pair: held for pair, held in self._known.items() if held[0] > now}
        self._known[chat, user] = (now + REMEMBERED.total_seconds(), answer)
        return answer


class Ledger(Protocol):
    """The part of bot.store.chats.Chats that the road writes through."""

    async def apply(self, chat: str, update_id: int, effects: Sequence[Effect], reply: Reply | None) -> bool:
        """Effects and reply of one update in one script; False where it was handled before."""
        ...

    async def wake(self, chat: str) -> None:
        """The chat talks to us again."""
        ...


def backoff() -> Iterator[timedelta]:
    """Waits between attempts: anywhere below a ceiling that doubles, then stays."""
    ceiling = FIRST_CEILING
    while True:
        yield ceiling * random.uniform(0.5, 1)  # noqa: S311 - jitter, not a secret
        ceiling = min(2 * ceiling, LAST_CEILING)


@dataclass(slots=True)
class Outage:
    """Two log lines for one outage, however many attempts it takes."""

    what: str
    waits: Iterator[timedelta] | None = None

    def failed(self, error: Exception) -> timedelta:
        """How long to wait after this failure."""
        if self.waits is None:
            log.warning("%s is down: %s", self.what, error)
            self.waits = backoff()
        return next(self.waits)

    def worked(self) -> None:
        """Say so where it had not before."""
        if self.waits is not None:
            log.warning("%s is back", self.what)
            self.waits = None


class Road:
    """Fetches, stores and handles updates until it is told to stop."""

    def __init__(self, wire: Wire, inbox: Inbox, ledger: Ledger, application: Application) -> None:
        self._wire, self._inbox, self._ledger, self._application = wire, inbox, ledger, application
        application.transient = (StoreError,)
        self._arrived = asyncio.Event()
        self._refusals: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()  # fetched, handled, repeated, noted, ignored, quarantined ...

    async def run(self, stopping: asyncio.Event, *, poll: timedelta = POLL) -> None:
        """Work until `stopping`; what is stored and not handled waits for the next start."""
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._handle_all(stopping), name="updates: handle"),
                group.create_task(self._fetch_all(stopping, poll), name="updates: fetch"),
            ]
            await stopping.wait()
            for task in tasks:
                task.cancel()

    async def _fetch_all(self, stopping: asyncio.Event, poll: timedelta) -> None:
        outage, introduced = Outage("getUpdates"), False
        while not stopping.is_set():
            introduced = introduced or await self._introduce()
            try:
                await self.fetch(poll)
            except (WireError, StoreError) as error:
                self.counts["failures"] += 1
                await _pause(stopping, patience(error, outage.failed(error)))
            else:
                outage.worked()

    async def _introduce(self) -> bool:
        """Learn our own name and hang up the menu in both languages; tried again until it works."""
        try:
            me = await self._wire.call("getMe")
            for language in Language:
                commands = [{"command": name, "description": said} for name, said in menu(language)]
                code = {} if language is Language.EN else {"language_code": str(language)}
                await self._wire.call("setMyCommands", {"commands": commands, **code})
        except WireError as error:
            log.info("not introduced yet: %s", error)
            return False
        self._application.username = str(me.get("username", "")) if isinstance(me, dict) else ""
        return True

    async def fetch(self, poll: timedelta) -> int:
        """One long poll: what came is stored before the next call confirms it. Answers how many came."""
        offset = await self._inbox.offset()
        asked: dict[str, object] = {"timeout": round(poll.total_seconds()), "allowed_updates": WANTED}
        if offset:
            asked["offset"] = offset
        found = await self._wire.call("getUpdates", asked, limit=poll + GRACE)
        if not isinstance(found, list):
            raise WireError("getUpdates: not a list")
        numbered = {number: update for update in found if (number := _number(update)) is not None}
        self.counts["unnumbered"] += len(found) - len(numbered)
        if numbered:
            await self._inbox.put([(number, _raw(numbered[number])) for number in sorted(numbered)])
            self.counts["fetched"] += len(numbered)
            self._arrived.set()
        elif found:
            # Nothing to raise the offset by: the same answer would come again at once.
            raise WireError("getUpdates: updates without a number")
        return len(numbered)

    async def _handle_all(self, stopping: asyncio.Event) -> None:
        outage, entry = Outage("handling updates"), "0"
        while not stopping.is_set():
            self._arrived.clear()
            try:
                last = await self.handle(entry)
            except StoreError as error:
                # The store may come back rolled back; what was handled is handled again and changes nothing.
                entry = "0"
                await _pause(stopping, outage.failed(error))
                continue
            outage.worked()
            if last == entry:
                await self._arrived.wait()
            entry = last

    async def handle(self, after: str = "0") -> str:
        """Handle the stored updates behind an entry in their order; answers the last entry handled.

        What nobody can read, answer or store is put aside; StoreError where the store is away.
        """
        for entry, raw in await self._inbox.after(after):
            try:
                self.counts[await self._one(raw)] += 1
            except StoreError as error:
                self._refusals[entry] += not isinstance(error, AwayError | FullError)
                if self._refusals[entry] < REFUSALS:
                    raise
                await self._aside(entry, raw, error)
            except Exception as error:  # noqa: BLE001 - one bad update must not stop the others
                await self._aside(entry, raw, error)
            await self._inbox.done(entry)
            after = entry
        return after

    async def _one(self, raw: bytes) -> str:
        """Answer one update; what became of it."""
        answer = await self._application.answer(json.loads(raw))
        if answer is None:
            return "ignored"
        if answer.active:
            await self._ledger.wake(answer.chat)
        if answer.reply is None:
            return "noted"
        fresh = await self._ledger.apply(answer.chat, answer.update, answer.reply.effects, answer.reply)
        return "handled" if fresh else "repeated"

    async def _aside(self, entry: str, raw: bytes, error: Exception) -> None:
        self.counts["quarantined"] += 1
        log.error("an update is put aside as %s: %s", entry, type(error).__name__, exc_info=error)
        await self._inbox.quarantine(entry, raw)


def _number(update: object) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    # The store compares numbers as doubles.
    return number if 0 <= number < 2**53 else None


def _raw(update: object) -> bytes:
    # ASCII, so that a lone surrogate of Telegram's stays the escape it came as.
    return json.dumps(update, separators=(",", ":")).encode("ascii")


def patience(error: Exception, usual: timedelta) -> timedelta:
    """How long to leave Telegram alone after a failure."""
    if isinstance(error, WireError):
        if error.after is not None:
            return error.after
        if error.status in {401, 404}:
            # The token is refused; asking more often will not change that.
            return LAST_CEILING
    return usual


async def _pause(stopping: asyncio.Event, wait: timedelta) -> None:
    try:
        async with asyncio.timeout(wait.total_seconds()):
            await stopping.wait()
    except TimeoutError:
        return
