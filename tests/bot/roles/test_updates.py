"""The road of updates: stored before confirmed, handled once, never blocked, never telling the token."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.errors import AwayError, StoreError
from bot.ports import assemble
from bot.roles.updates import LARGEST, Admins, Outage, Road, Wire, WireError, backoff
from bot.store.chatkeys import chat_key
from bot.store.chats import Chats
from bot.store.client import Store
from bot.store.updates import MOST_QUARANTINED, QUARANTINE, UPDATES, Inbox
from handlers.application import Application
from handlers.command import Reply
from tests.fakes.ports import HOURS, SECRET, Catalogue, Shelf, Watch
from tests.fakes.telegram import TOKEN, Telegram, refusal, telegram

NOW = timedelta(0)
SOON = timedelta(seconds=5)


@dataclass(slots=True)
class Bench:
    """A road between a strict Telegram and a real store."""

    server: Telegram
    wire: Wire
    inbox: Inbox
    chats: Chats
    road: Road
    application: Application
    store: Store


@asynccontextmanager
async def bench(store: Store) -> AsyncIterator[Bench]:
    """Everything but the sender."""
    async with telegram() as server, aiohttp.ClientSession() as http:
        wire, inbox, chats = Wire(http, server.url, TOKEN), Inbox(store), Chats(store)
        ports = assemble(store, bars=Shelf(), master=Catalogue(), clock=Watch(), hours=HOURS, secret=SECRET)
        application = Application(ports, chats, Admins(wire))
        road = Road(wire, inbox, chats, application)
        yield Bench(server, wire, inbox, chats, road, application, store)


@pytest.fixture
async def here(store: Store) -> AsyncIterator[Bench]:
    """A bench on the test's store."""
    async with bench(store) as made:
        yield made


async def replies(store: Store, chat: str = "1") -> list[str]:
    """The texts waiting to be sent to a chat, oldest first."""
    texts = []
    for key in sorted(await store.redis.keys(f"*row:{chat}|reply|*")):
        reply = await store.call("HGET", key, "reply")
        texts.append(json.loads(reply)["text"])
    return texts


async def until(happened: Callable[[], bool]) -> None:
    """Wait for something another task does."""
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110 - the other side is a server that knows of no event
            await asyncio.sleep(0.005)


async def test_an_update_is_stored_before_it_is_confirmed(here: Bench) -> None:
    """Telegram is told "have it" by the next call's offset, after the store said so."""
    number = here.server.say("/language zh")
    assert await here.road.fetch(NOW) == 1
    assert here.server.confirmed == 0
    assert await here.inbox.offset() == number + 1
    await here.road.fetch(NOW)
    assert here.server.confirmed == number + 1
    assert len(await here.inbox.after("0")) == 1


async def test_a_kill_between_store_and_confirm_replays_nothing(here: Bench) -> None:
    """The same batch fetched again is one stored update; handled again it answers once."""
    here.server.say("/language zh")
    await here.road.fetch(NOW)
    await here.inbox.put([(100, b"{}")])
    assert len(await here.inbox.after("0")) == 1
    for _ in range(2):
        another = Road(here.wire, here.inbox, here.chats, here.application)
        await another.handle("0")
    assert another.counts == {"repeated": 1}
    assert len(await replies(here.store)) == 1
    assert await here.chats.language("1") == "zh"


async def test_updates_are_handled_in_their_order(here: Bench) -> None:
    """What a chat said last is what holds."""
    for language in ("zh", "en", "zh", "en"):
        here.server.say(f"/language {language}")
    await here.road.fetch(NOW)
    await here.road.handle()
    assert await here.chats.language("1") == "en"
    assert len(await replies(here.store)) == 4


POISON: list[dict[str, Any]] = [
    {"message": "not a message"},
    {"message": {"message_id": 1}},
    {"callback_query": {"id": []}},
    {"message": {"message_id": 1, "date": 10**30, "chat": {"id": 1, "type": "private"}}},
    {"my_chat_member": {"chat": {"id": 1, "type": "private"}}},
]


@pytest.mark.parametrize("poison", POISON)
async def test_a_poison_update_is_put_aside_and_blocks_nobody(here: Bench, poison: dict[str, Any]) -> None:
    """It is kept for a human, counted, and the next update is answered."""
    here.server.put(poison)
    here.server.say("/language zh")
    await here.road.fetch(NOW)
    await here.road.handle()
    assert here.road.counts["quarantined"] == 1
    (kept,) = (await here.inbox.quarantined()).values()
    assert json.loads(kept).items() >= poison.items()
    assert len(await replies(here.store)) == 1


async def test_updates_without_a_number_do_not_stop_the_others(here: Bench) -> None:
    """They cannot be confirmed; a batch of nothing else is a failure, so that nobody asks in a loop."""
    body = {"ok": True, "result": [{"update_id": "x"}, {"update_id": True}, 7, {"update_id": 2**60}]}
    here.server.faults.append((200, json.dumps(body).encode()))
    with pytest.raises(WireError, match="without a number"):
        await here.road.fetch(NOW)
    body["result"] = [{"update_id": 5}, {"update_id": -1}]
    here.server.faults.append((200, json.dumps(body).encode()))
    assert await here.road.fetch(NOW) == 1
    assert here.road.counts["unnumbered"] == 5
    assert await here.inbox.offset() == 6


async def test_a_lone_surrogate_survives_the_store(here: Bench) -> None:
    """Telegram may send what is no UTF-8; the update is stored as the escape it came as."""
    body = b'{"ok":true,"result":[{"update_id":5,"message":{"text":"\\ud83d"}}]}'
    here.server.faults.append((200, body))
    await here.road.fetch(NOW)
    ((_, raw),) = await here.inbox.after("0")
    assert b"\\ud83d" in raw


@pytest.mark.parametrize(
    ("fault", "status", "after"),
    [
        (refusal(409, "Conflict: terminated by other getUpdates request"), 409, None),
        (refusal(429, "Too Many Requests", retry_after=7), 429, timedelta(seconds=7)),
        (refusal(401, "Unauthorized"), 401, None),
        ((502, b"<html>Bad Gateway</html>"), 502, None),
        ((200, b""), 200, None),
        ((200, b"[]"), 200, None),
        ((200, b'{"ok":true}'), 200, None),
        ((200, b'{"ok":false}'), 200, None),
        ((200, b'{"ok":true,"result":{}}'), 0, None),
        ((200, b"[" * 100_000), 200, None),
    ],
)
async def test_a_useless_answer_is_an_error_with_its_reason(
    here: Bench, fault: tuple[int, bytes], status: int, after: timedelta | None
) -> None:
    """Conflict, flood, refusal, a server's page and rubbish each; none of them moves the offset."""
    here.server.faults.append(fault)
    with pytest.raises(WireError) as caught:
        await here.road.fetch(NOW)
    assert (caught.value.status, caught.value.after) == (status, after)
    assert await here.inbox.offset() == 0


async def test_no_error_holds_the_token(here: Bench) -> None:
    """Neither a refused connection nor a hang nor the wire's own words."""
    here.server.hangs = 1
    with pytest.raises(WireError, match="TimeoutError") as hung:
        await here.wire.call("getUpdates", limit=timedelta(seconds=0.05))
    async with aiohttp.ClientSession() as http:
        nowhere = Wire(http, "http://127.0.0.1:1", TOKEN)
        with pytest.raises(WireError) as refused:
            await nowhere.call("getMe")
        assert TOKEN not in f"{nowhere!r}"
    for error in (hung.value, refused.value):
        assert TOKEN not in f"{error!r}{error}{error.__cause__!r}"
        assert error.__suppress_context__


async def test_a_bomb_is_not_read_to_its_end(here: Bench) -> None:
    """An answer has a size beyond which it is an error."""
    here.server.faults.append((200, b" " * (LARGEST + 1)))
    with pytest.raises(WireError, match="beyond"):
        await here.road.fetch(NOW)


async def test_the_running_road_answers_and_stops_at_once(here: Bench) -> None:
    """From typing to the reply's row, through faults; stopping interrupts the long poll."""
    stopping = asyncio.Event()
    here.server.faults.append((200, b"rubbish"))
    here.server.say("/language zh")
    async with asyncio.timeout(15), asyncio.TaskGroup() as group:
        group.create_task(here.road.run(stopping))
        await until(lambda: here.road.counts["handled"] == 1)
        here.server.say("/language en")
        await until(lambda: here.road.counts["handled"] == 2)
        assert here.application.username == "TickbellBot"
        stopping.set()
    assert here.road.counts["failures"] == 1
    assert [menu.get("language_code") for menu in here.server.menus] == [None, "zh"]
    assert {one["command"] for one in here.server.menus[0]["commands"]} >= {"start", "watch", "near"}


async def test_the_road_introduces_itself_until_it_works(here: Bench) -> None:
    """A server that cannot hang up the menu does not keep commands from being answered."""
    here.server.deaf.add("setMyCommands")
    stopping = asyncio.Event()
    here.server.say("/language zh")
    async with asyncio.timeout(15), asyncio.TaskGroup() as group:
        group.create_task(here.road.run(stopping))
        await until(lambda: here.road.counts["handled"] == 1)
        assert here.server.menus == []
        here.server.deaf.clear()
        here.server.say("/language en")
        await until(lambda: len(here.server.menus) == 2)
        stopping.set()


async def test_what_was_stored_before_a_kill_is_handled_at_the_next_start(here: Bench) -> None:
    """Telegram need not be reachable for that."""
    here.server.say("/language zh")
    await here.road.fetch(NOW)
    here.server.deaf |= {"getUpdates", "getMe"}
    another = Road(here.wire, here.inbox, here.chats, here.application)
    stopping = asyncio.Event()
    async with asyncio.timeout(15), asyncio.TaskGroup() as group:
        group.create_task(another.run(stopping))
        await until(lambda: another.counts["handled"] == 1)
        stopping.set()


@dataclass(slots=True)
class Refusing:
    """A ledger whose next calls fail."""

    chats: Chats
    errors: list[Exception]

    async def apply(self, chat: str, update_id: int, effects: Any, reply: Reply | None) -> bool:
        """Fail as told, else do it."""
        if self.errors:
            raise self.errors.pop(0)
        return await self.chats.apply(chat, update_id, effects, reply)

    async def wake(self, chat: str) -> None:
        """Always works."""
        await self.chats.wake(chat)


async def test_a_store_that_is_away_delays_and_loses_nothing(here: Bench) -> None:
    """The update waits, is handled again from the beginning, and answers once."""
    ledger = Refusing(here.chats, [AwayError("gone"), AwayError("gone")])
    road = Road(here.wire, here.inbox, ledger, here.application)
    stopping = asyncio.Event()
    here.server.say("/language zh")
    async with asyncio.timeout(15), asyncio.TaskGroup() as group:
        group.create_task(road.run(stopping))
        await until(lambda: road.counts["handled"] == 1)
        stopping.set()
    assert road.counts["quarantined"] == 0
    assert len(await replies(here.store)) == 1


async def test_an_update_the_store_always_refuses_is_put_aside(here: Bench) -> None:
    """Three refusals, then the road goes on without it."""
    ledger = Refusing(here.chats, [StoreError("refused")] * 3)
    road = Road(here.wire, here.inbox, ledger, here.application)
    here.server.say("/language zh")
    here.server.say("/language en")
    await here.road.fetch(NOW)
    for _ in range(2):
        with pytest.raises(StoreError):
            await road.handle()
    await road.handle()
    assert road.counts == {"quarantined": 1, "handled": 1}
    assert await here.chats.language("1") == "en"


async def test_the_quarantine_is_bounded(here: Bench) -> None:
    """Beyond a thousand kept updates only their numbers are kept."""
    for number in range(MOST_QUARANTINED):
        await here.store.call("HSET", QUARANTINE, f"{number}-0", b"x")
    await here.inbox.quarantine("5000-0", b"large")
    assert (await here.inbox.quarantined())["5000-0"] == b""


async def test_handled_updates_are_dropped_only_after_a_while(store: Store) -> None:
    """They stay for the time in which a roll-back may undo what they did."""
    inbox = Inbox(store)
    await inbox.put([(number, b"{}") for number in range(1, 4)])
    entries = [entry for entry, _ in await inbox.after("0")]
    for entry in entries[:2]:
        await inbox.done(entry)
    assert await store.call("XLEN", UPDATES) == 3
    await store.run("handled", [UPDATES, "{bot}:handled"], [entries[2], 0])
    assert [entry for entry, _ in await inbox.after("0")] == entries[:]
    await store.run("handled", [UPDATES, "{bot}:handled"], [entries[2], 0])
    assert [entry for entry, _ in await inbox.after("0")] == entries[1:]


async def test_an_old_offset_is_forgotten(store: Store) -> None:
    """After a week without updates Telegram numbers anew; the offset dies before that."""
    inbox = Inbox(store)
    await inbox.put([(900, b"{}")])
    ttl = await store.call("PTTL", "{bot}:offset")
    assert timedelta(days=5) < timedelta(milliseconds=ttl) < timedelta(days=7)
    await store.call("DEL", "{bot}:offset")
    assert await inbox.offset() == 0
    assert await inbox.put([(5, b"{}")]) == 6
    assert await inbox.put([]) == 6


async def test_who_may_write_in_a_group_is_asked_and_remembered(here: Bench) -> None:
    """Creator and administrator; nobody where Telegram does not say; an answer holds for a minute."""
    here.server.members = {(-5, 1): "creator", (-5, 2): "administrator", (-5, 3): "member"}
    admins = Admins(here.wire)
    assert [await admins.is_admin(-5, user) for user in (1, 2, 3, 4)] == [True, True, False, False]
    assert [await admins.is_admin(-5, user) for user in (1, 2, 3, 4)] == [True, True, False, False]
    assert here.server.calls["getChatMember"] == 4
    here.server.deaf.add("getChatMember")
    assert not await Admins(here.wire).is_admin(-5, 1)


async def test_a_group_is_written_by_its_administrators_alone(here: Bench) -> None:
    """A member's command is refused in words and changes nothing."""
    here.server.say("/language zh", chat=-5)
    await here.road.fetch(NOW)
    await here.road.handle()
    assert await replies(here.store, "-5") == ["Only administrators of this group may change its alerts."]
    here.server.members[-5, 5] = "administrator"
    ports = assemble(here.store, bars=Shelf(), master=Catalogue(), clock=Watch(), hours=HOURS, secret=SECRET)
    application = Application(ports, here.chats, Admins(here.wire))
    admins = Road(here.wire, here.inbox, here.chats, application)
    here.server.say("/language zh", chat=-5)
    await here.road.fetch(NOW)
    await admins.handle()
    assert await here.chats.language("-5") == "zh"


async def test_a_chat_that_writes_again_is_awake_again(here: Bench) -> None:
    """A 403 put it to sleep; a word of its own, or its unblocking, wakes it."""
    await here.store.call("HSET", chat_key("1", "chat"), "active", "0")
    assert not (await here.chats.profile("1")).active
    here.server.say("/start")
    await here.road.fetch(NOW)
    await here.road.handle()
    assert (await here.chats.profile("1")).active


def test_an_outage_is_two_log_lines(caplog: pytest.LogCaptureFixture) -> None:
    """However many attempts it takes; waits grow to a ceiling."""
    outage = Outage("the thing")
    with caplog.at_level(logging.INFO):
        waits = [outage.failed(WireError("why")) for _ in range(12)]
        outage.worked()
        outage.worked()
    assert [record.getMessage() for record in caplog.records] == [
        "the thing is down: why",
        "the thing is back",
    ]
    assert waits[0] <= timedelta(seconds=1)
    assert timedelta(seconds=30) <= waits[-1] <= timedelta(seconds=60)
    assert next(backoff()) >= timedelta(seconds=0.5)
