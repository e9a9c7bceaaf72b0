"""Rules on every member follow the group: files, feeds, chats' lists; killed anywhere they end the same."""

import asyncio
import logging
from datetime import datetime, timedelta

import pytest

from bot.master.membership import AGAIN, Membership
from bot.master.reference import Group, Reference
from bot.ports import assemble
from bot.store.chats import Chats
from bot.store.client import Store
from handlers.application import Application
from handlers.parts import part_id
from rules.model import Start
from tests.bot.rig import COIN, OTHER, START, Rig, connected, entries, frame, make
from tests.fakes.ports import SECRET, Shelf, Watch
from tests.handlers.test_application import Admins, message

THIRD = "SOLUSDT.BINANCE"
RULE = "any @trio price > 101 | daily"


class Stage:
    """A bot and an engine on one store, with a group of coins that a source may change."""

    def __init__(self, store: Store) -> None:
        self.clock, self.master, self.updates = Watch(START), Reference.load(), 900
        self.rig = Rig(store, make(store, known=self.master))
        self.membership = Membership(store, self.master, self.clock)
        self.chats = Chats(store)
        hours = self.rig.watcher.engine._hours
        ports = assemble(
            store, bars=Shelf(), master=self.master, clock=self.clock, hours=hours, secret=SECRET
        )
        self.application = Application(ports, self.chats, Admins())
        self.says(COIN, OTHER)

    def says(self, *members: str, source: str = "board", as_of: datetime = START) -> None:
        """The newest word of a source on the group."""
        self.master.update([Group(symbol="@trio", members=members, source=source, as_of=as_of)])

    async def type(self, text: str, chat: int = 1001, *, is_followed: bool = True) -> None:
        """A chat types a line; the answer's effects are carried out."""
        self.updates += 1
        answer = await self.application.answer({**message(text, chat), "update_id": self.updates})
        assert answer is not None
        assert answer.reply is not None
        await self.chats.apply(answer.chat, answer.update, answer.reply.effects, answer.reply)
        if is_followed:
            await self.rig.follow()

    async def members(self, chat: str = "1001") -> list[str]:
        """Symbols that the chat's one whole is asked of."""
        rules = await self.chats.rules(chat)
        (whole,) = [rule for rule in rules if rule.whole]
        return sorted(rule.symbol for rule in rules if rule.of == whole.id)

    async def settle(self) -> int:
        """Rules and engine as the members are now."""
        changed = await self.membership.settle()
        await self.rig.follow()
        return changed

    async def rings(self) -> list[str]:
        """Symbols that rang, in order."""
        return [event.symbol for event, _ in await entries(self.rig.store)]


@pytest.fixture
async def stage(store: Store) -> Stage:
    """A started engine."""
    made = Stage(store)
    await made.rig.watcher.start()
    return made


async def test_members_come_and_go_while_the_rule_stays(stage: Stage) -> None:
    """One rule in the chat; the engine hears new members and forgets those that left."""
    await stage.type(f"/alert {RULE}")
    assert await stage.members() == [COIN, OTHER]
    assert len(stage.rig.watcher.engine) == 2
    stage.says(OTHER, THIRD)
    assert await stage.settle() == 1
    assert await stage.members() == [OTHER, THIRD]
    assert {condition.symbol for condition in stage.rig.watcher.engine.conditions()} == {OTHER, THIRD}
    assert stage.rig.watcher.symbols == {OTHER, THIRD}
    await stage.rig.take(
        [frame(0, 102, symbol=COIN), frame(1, 100, symbol=THIRD), frame(2, 102, symbol=THIRD)]
    )
    assert await stage.rings() == [THIRD]
    await stage.type("/delete 1")
    assert len(stage.rig.watcher.engine) == 0
    assert await stage.chats.rules("1001") == []


async def test_what_was_true_of_a_member_before_it_came_is_no_news(stage: Stage) -> None:
    """Its part starts with the next ring, where the rule itself rang for what was true at once."""
    await stage.rig.take([frame(0, 103, symbol=THIRD), frame(0, 103, symbol=COIN)])
    await stage.type(f"/alert {RULE}")
    stage.says(COIN, THIRD)
    await stage.settle()
    parts = {rule.symbol: rule for rule in await stage.chats.rules("1001") if rule.of}
    assert (parts[COIN].start, parts[THIRD].start) == (Start.NOW, Start.NEXT)
    assert parts[THIRD].id == part_id(parts[THIRD].of, THIRD)
    await stage.rig.take([frame(1, 103, symbol=THIRD)])
    first = [fields.get(b"f") for event, fields in await entries(stage.rig.store) if event.symbol == THIRD]
    assert first == [b"1"]  # the engine's first look, which rules that start with the next ring pass over


async def test_settled_twice_or_by_two_is_settled_once(stage: Stage) -> None:
    """Nothing is left to do, whoever looks again; another process with the same master finds the same."""
    await stage.type(f"/alert {RULE}")
    stage.says(OTHER, THIRD)
    other = Membership(stage.rig.store, stage.master, stage.clock)
    await asyncio.gather(stage.membership.settle(), other.settle())
    assert await stage.members() == [OTHER, THIRD]
    assert (await stage.settle(), await other.settle()) == (0, 0)
    conditions = list(stage.rig.watcher.engine.conditions())
    assert {condition.symbol for condition in conditions} == {OTHER, THIRD}
    assert {entry.counts.popitem()[1] for entry in stage.rig.watcher._following.roster} == {1}


async def test_killed_between_two_chats_the_rest_is_made_good(stage: Stage) -> None:
    """Each chat is one script; the next start settles whatever the last one did not reach."""
    await stage.type(f"/alert {RULE}")
    await stage.type(f"/alert {RULE}", chat=2002)
    stage.says(THIRD)
    wholes = [rule for rule in await stage.chats.rules("1001") if rule.whole]
    await stage.membership._settle("1001", wholes)
    assert (await stage.members(), await stage.members("2002")) == ([THIRD], [COIN, OTHER])
    next_life = Membership(stage.rig.store, stage.master, stage.clock)
    assert await next_life.look(0.0) == 1
    assert (await stage.members(), await stage.members("2002")) == ([THIRD], [THIRD])


async def test_a_group_that_nobody_names_keeps_its_members(stage: Stage) -> None:
    """A board that has not come in yet after a start is no board without members."""
    await stage.type(f"/alert {RULE}")
    stage.says()
    assert stage.master.members("@trio") == ()
    assert await stage.settle() == 0
    assert await stage.members() == [COIN, OTHER]


async def test_looks_are_rare(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """At start, at a change, and once more a minute later for rules that were being made meanwhile."""
    made: list[float] = []

    async def settle() -> int:
        made.append(now)
        return 0

    monkeypatch.setattr(stage.membership, "settle", settle)
    for now in (0.0, 1.0, 59.0, 61.0, 62.0, 1000.0):
        await stage.membership.look(now)
    assert made == [0.0, 61.0]
    stage.says(THIRD)
    for now in (2000.0, 2001.0, 2000.0 + AGAIN / timedelta(seconds=1), 3000.0):
        await stage.membership.look(now)
    assert made == [0.0, 61.0, 2000.0, 2060.0]


async def test_any_of_the_watchlist_follows_it_in_one_script(stage: Stage) -> None:
    """The update that changes the list changes the rules; nobody else has to look."""
    await stage.type("/watch btcusdt")
    await stage.type("/alert any @watchlist price > 101 | daily")
    await stage.type("/watch ethusdt")
    assert await stage.members() == [COIN, OTHER]
    await stage.type("/unwatch btcusdt")
    assert await stage.members() == [OTHER]
    assert await stage.settle() == 0


async def test_a_rule_on_the_watchlist_itself_follows_it(stage: Stage) -> None:
    """The mean change of what is watched now, in the running engine and in the next one."""
    await stage.type("/watch @mine btcusdt ethusdt")
    await stage.type("/alert @mine change > 2% | every 1m")
    assert stage.rig.watcher.symbols == {COIN, OTHER}
    await stage.rig.take([frame(0, 100), frame(0, 100, symbol=OTHER), frame(1, 103)])
    assert await stage.rings() == []
    await stage.type("/unwatch @mine ethusdt")
    assert stage.rig.watcher.symbols == {COIN}
    await stage.rig.take([frame(2, 103)])
    assert await stage.rings() == ["@1001/mine"]
    await stage.type("/watch @mine solusdt")
    again = Rig(stage.rig.store, make(stage.rig.store, known=Reference.load()))
    await again.watcher.start()
    assert again.watcher.symbols == {COIN, THIRD}
    found = again.watcher.engine._market.by_symbol["@1001/mine"].members
    assert [live.symbol for live in found] == [COIN, THIRD]


async def test_lists_are_read_again_after_sight_was_lost(stage: Stage) -> None:
    """A change line that nobody read is made good by whoever loads anew."""
    await stage.type("/watch @mine btcusdt ethusdt")
    await stage.type("/alert @mine change > 2%")
    await stage.type("/watch @mine solusdt", is_followed=False)
    stage.rig.watcher._following.lose_sight()
    await stage.rig.follow()
    assert stage.rig.watcher.symbols == {COIN, OTHER, THIRD}


async def test_the_part_looks_every_second_and_tells_an_outage_once(
    stage: Stage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it is stopped; while the store is away it waits."""
    monkeypatch.setattr("bot.master.membership.ROUND", timedelta(milliseconds=1))
    stopping = asyncio.Event()
    looks = 0
    async with connected("redis://127.0.0.1:1", patience=0) as away:
        membership = Membership(away, stage.master, stage.clock)
        look = membership.look

        async def counted(now: float) -> int:
            nonlocal looks
            looks += 1
            if looks == 3:
                stopping.set()
            return await look(now)

        monkeypatch.setattr(membership, "look", counted)
        with caplog.at_level(logging.WARNING):
            await membership.run(stopping)
    assert caplog.text.count("rules on members of groups wait") == 1
    stopping = asyncio.Event()

    async def last(now: float) -> int:
        stopping.set()
        return round(now)

    monkeypatch.setattr(stage.membership, "look", last)
    await stage.membership.run(stopping)
