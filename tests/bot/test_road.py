"""What the road of updates does with the rarer ones, and how long it leaves Telegram alone."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.errors import AwayError, StoreError
from bot.roles.updates import LAST_CEILING, Road, WireError, patience
from bot.store.chatkeys import chat_key
from bot.store.client import Store
from tests.bot.roles.test_updates import NOW, Bench, Refusing, bench, replies

USUAL = timedelta(seconds=2)


@pytest.fixture
async def here(store: Store) -> AsyncIterator[Bench]:
    """A bench on the test's store."""
    async with bench(store) as made:
        yield made


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (WireError("flood", status=429, after=timedelta(seconds=9)), timedelta(seconds=9)),
        (WireError("refused", status=401), LAST_CEILING),
        (WireError("refused", status=404), LAST_CEILING),
        (WireError("conflict", status=409), USUAL),
        (AwayError("gone"), USUAL),
    ],
)
def test_how_long_telegram_is_left_alone(error: Exception, wait: timedelta) -> None:
    """As long as it said; a minute where the token is refused; else the growing wait of the outage."""
    assert patience(error, USUAL) == wait


async def test_an_update_that_breaks_the_program_is_put_aside(here: Bench) -> None:
    """Whatever was raised, wherever: the next one is answered."""
    ledger = Refusing(here.chats, [TypeError("no encoder")])
    road = Road(here.wire, here.inbox, ledger, here.application)
    here.server.say("/language zh")
    here.server.say("/language en")
    await here.road.fetch(NOW)
    await road.handle()
    assert road.counts == {"quarantined": 1, "handled": 1}
    assert len(await here.inbox.quarantined()) == 1


async def test_an_outage_is_never_counted_as_a_refusal(here: Bench) -> None:
    """However long the store is away, the update is not put aside."""
    ledger = Refusing(here.chats, [AwayError("gone")] * 5)
    road = Road(here.wire, here.inbox, ledger, here.application)
    here.server.say("/language zh")
    await here.road.fetch(NOW)
    for _ in range(5):
        with pytest.raises(StoreError):
            await road.handle()
    await road.handle()
    assert road.counts == {"handled": 1}


async def test_talk_that_asks_nothing_and_being_unblocked_are_only_noted(here: Bench) -> None:
    """No reply; but who lets us in again is awake again."""
    await here.store.call("HSET", chat_key("1", "chat"), "active", "0")
    user = {"id": 7, "is_bot": True, "first_name": "T"}
    changed = {
        "chat": {"id": 1, "type": "private"},
        "from": {"id": 1, "is_bot": False, "first_name": "U"},
        "date": 1_764_120_000,
        "old_chat_member": {"status": "kicked", "user": user, "until_date": 0},
        "new_chat_member": {"status": "member", "user": user},
    }
    here.server.put({"my_chat_member": changed})
    here.server.put({"edited_message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}})
    blocked = changed | {
        "old_chat_member": changed["new_chat_member"],
        "new_chat_member": changed["old_chat_member"],
        "chat": {"id": 2, "type": "private"},
    }
    here.server.put({"my_chat_member": blocked})
    await here.road.fetch(NOW)
    await here.road.handle()
    assert here.road.counts == {"fetched": 3, "unnumbered": 0, "noted": 2, "ignored": 1}
    assert (await here.chats.profile("1")).active
    assert await replies(here.store) == []


async def test_a_road_is_idle_when_everything_stored_is_handled(here: Bench) -> None:
    """What the demo waits for before its day begins."""
    assert await here.inbox.is_idle()
    here.server.say("/language zh")
    await here.road.fetch(NOW)
    assert not await here.inbox.is_idle()
    await here.road.handle()
    assert await here.inbox.is_idle()
