"""The limiter: Telegram's limits are never exceeded, summed over all processes, on the store's clock."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.delivery.limiter import Limiter
from bot.store.chatkeys import PAUSE, SENDS
from bot.store.chats import Chats
from bot.store.client import Store
from bot.store.keys import bot_key

SECOND = 1_000_000


async def grants(store: Store) -> list[tuple[int, str]]:
    """Every grant of the last second still known, as (server us, chat)."""
    found = [member.decode().split(" ") for member in await store.call("ZRANGE", SENDS, 0, -1)]
    return [(int(stamp), chat) for stamp, chat in found]


def most_within(stamps: Sequence[int], window: int) -> int:
    """The largest number of stamps in any sliding window."""
    return max(sum(start <= other < start + window for other in stamps) for start in stamps)


async def test_thirty_in_any_sliding_second_over_two_processes(store: Store) -> None:
    """Two limiters, a hundred chats, as fast as they can: 30 a second, not one more and hardly less."""
    limiters = (Limiter(store), Limiter(store))
    seen: set[tuple[int, str]] = set()
    end = (await store.time()).timestamp() + 3

    async def press(number: int) -> None:
        turn = 0
        while (await store.time()).timestamp() < end:
            turn += 1
            permit = await limiters[number].permit(f"{number}{turn % 100}", 0)
            if permit.granted:
                seen.update(await grants(store))
            else:
                await asyncio.sleep(0.01)

    await asyncio.gather(press(0), press(1))
    stamps = [stamp for stamp, _ in seen]
    assert most_within(stamps, SECOND) <= 30
    assert len(stamps) >= 80
    for chat, count in Counter(chat for _, chat in seen).items():
        mine = [stamp for stamp, name in seen if name == chat]
        assert most_within(mine, SECOND) == 1, (chat, count)


async def test_three_of_thirty_are_kept_for_replies(store: Store) -> None:
    """Alerts stop at 27 in a second; replies have the rest."""
    limiter = Limiter(store)
    alerts = [await limiter.permit(f"a{number}", 1) for number in range(40)]
    replies = [await limiter.permit(f"r{number}", 0) for number in range(10)]
    if sum(permit.granted for permit in alerts) > 27:
        pytest.skip("the machine took more than a second for fifty calls")
    assert [permit.granted for permit in alerts].count(True) == 27
    assert [permit.granted for permit in replies].count(True) == 3
    assert {permit.scope for permit in (*alerts, *replies) if not permit.granted} == {"all"}
    assert all(
        timedelta(0) < permit.wait <= timedelta(seconds=1.05) for permit in alerts if not permit.granted
    )


async def test_a_chat_has_one_a_second(store: Store) -> None:
    """The second message of a second waits, and is told how long; other chats do not."""
    limiter = Limiter(store)
    assert (await limiter.permit("1", 1)).granted
    second = await limiter.permit("1", 0)
    assert not second.granted
    assert second.scope == "chat"
    assert timedelta(seconds=0.5) < second.wait <= timedelta(seconds=1.05)
    assert (await limiter.permit("2", 0)).granted
    await asyncio.sleep(second.wait.total_seconds())
    assert (await limiter.permit("1", 0)).granted


async def test_a_group_has_twenty_a_minute(store: Store) -> None:
    """The twenty-first waits for the first to be a minute old; a private chat does not."""
    limiter, bucket = Limiter(store), bot_key("bucket:-7")
    now = int((await store.time()).timestamp() * SECOND)
    for age in range(59, 39, -1):
        await store.call("LPUSH", bot_key("minute:-7"), now - age * SECOND)
    refused = await limiter.permit("-7", 1)
    assert (refused.granted, refused.scope) == (False, "chat")
    assert timedelta(seconds=0.5) < refused.wait < timedelta(seconds=1.2)
    await store.call("RPOP", bot_key("minute:-7"))
    assert (await limiter.permit("-7", 1)).granted
    assert await store.call("LLEN", bot_key("minute:-7")) == 20
    await store.call("DEL", bucket)
    assert not (await limiter.permit("-7", 1)).granted


async def test_a_pause_holds_all_and_the_longer_one_stays(store: Store) -> None:
    """Nothing is granted before it ends, whoever asks."""
    limiter = Limiter(store)
    await limiter.pause(timedelta(seconds=5))
    assert await limiter.pause(timedelta(seconds=1)) > timedelta(seconds=4)
    for lane in (0, 1):
        refused = await limiter.permit("1", lane)
        assert (refused.granted, refused.scope) == (False, "pause")
        assert timedelta(seconds=4) < refused.wait <= timedelta(seconds=5)
    await store.call("DEL", PAUSE)
    assert (await limiter.permit("1", 1)).granted


async def test_a_permit_knows_where_the_chat_lives(store: Store) -> None:
    """A chat that moved is sent to its new address, and counts as a group by it."""
    await Chats(store).migrate("-7", "-1007")
    assert (await Limiter(store).permit("-7", 1)).address == "-1007"
    assert (await Limiter(store).permit("8", 1)).address == "8"


async def test_a_clock_that_was_set_back_stops_nobody(store: Store) -> None:
    """Grants from the future count for nothing."""
    future = int((await store.time()).timestamp() * SECOND) + 3600 * SECOND
    await store.call("SET", bot_key("bucket:-7"), future)
    for number in range(30):
        await store.call("ZADD", SENDS, future, f"{future} {number}")
        await store.call("LPUSH", bot_key("minute:-7"), future)
    assert (await Limiter(store).permit("-7", 1)).granted
