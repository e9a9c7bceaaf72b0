"""The road of /why: engine, gate, claims and store as they are, and the answer a chat reads."""

from dataclasses import replace
from html import unescape
from re import sub

from bot.ports import assemble
from bot.store.chatkeys import row_key
from bot.store.chats import Chats, claim_of
from bot.store.claims import Claims, entry_of
from bot.store.client import Store, texts
from bot.store.keys import PARTITIONS, i_key, partition
from bot.traces import Traces
from handlers.application import Application
from rules.model import Mode
from tests.bot.rig import COIN, Rig, frame, make, master, moment
from tests.fakes.ports import SECRET, Shelf, Watch
from tests.handlers.test_application import Admins, message

OWNER, STRANGER = "1001", "2002"


class Stage:
    """A bot beside an engine on one store; the fan-out is done by hand."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock, self.updates = store, Watch(moment(0)), 900
        self.rig = Rig(store, make(store))
        self.chats = Chats(store)
        hours = self.rig.watcher.engine._hours
        ports = assemble(store, bars=Shelf(), master=master(), clock=self.clock, hours=hours, secret=SECRET)
        self.application = Application(ports, self.chats, Admins())

    async def say(self, text: str, chat: str = OWNER, language: str = "en") -> list[str]:
        """What a chat reads, by lines; what it changes is in the store and the engine afterwards."""
        self.updates += 1
        who = {"id": int(chat), "is_bot": False, "first_name": "U", "language_code": language}
        raw = message(text, int(chat), **{"from": who}) | {"update_id": self.updates}
        answer = await self.application.answer(raw)
        assert answer is not None
        assert answer.reply is not None
        await self.chats.apply(answer.chat, answer.update, answer.reply.effects, answer.reply)
        await self.rig.follow()
        return unescape(sub(r"</?\w+>", "", answer.reply.text)).split("\n")

    async def hear(self) -> None:
        """Every chat partition takes up every event there is."""
        for stream in range(PARTITIONS):
            for number, fields in await self.store.call("XRANGE", i_key(stream, "events"), "-", "+"):
                for home in {partition(OWNER), partition(STRANGER)}:
                    await Claims(self.store, home).hear(entry_of(number.decode(), texts(fields)))


async def test_a_ring_is_told_with_its_numbers_and_a_refused_quote_with_its_reason(store: Store) -> None:
    """A level that rang; a jump of 20 % afterwards that nothing confirmed."""
    stage = Stage(store)
    await stage.rig.watcher.start()
    await stage.say("/alert BTCUSDT price > 101")
    await stage.rig.prices(100, 102)
    await stage.hear()
    await stage.rig.prices(125, since=5)
    await stage.rig.follow()
    found = await stage.say("/why btcusdt")
    assert found[0].endswith("price > 101")
    assert found[1] == "now 102.00 (+2%); true now"
    assert found[2].startswith("rang 2025-11-26 02:00:01 UTC: above your 101")
    assert "that used it up: it rings once" in found
    assert any(line.startswith("its ring of 2025-11-26 02:00:01 UTC lasts") for line in found)
    assert found[-1] == "2025-11-26 02:00:05 UTC: a jump that no second quote confirmed, 125.00"


async def test_another_chat_learns_nothing_of_it(store: Store) -> None:
    """Not even where it makes the very same rule later: the ring before is not its own."""
    stage = Stage(store)
    await stage.rig.watcher.start()
    await stage.say("/alert BTCUSDT price crosses above 101 | daily")
    await stage.rig.prices(100, 102)
    await stage.hear()
    assert await stage.say("/why btcusdt", STRANGER) == ["You have no alert on Bitcoin."]
    stage.clock.moment = moment(60)
    await stage.say("/alert BTCUSDT price crosses above 101 | daily", STRANGER)
    found = await stage.say("/why 1", STRANGER)
    assert found[2] == "has not rung since you made it at 2025-11-26 02:01:00 UTC"
    assert not any("lasts" in line for line in found)
    assert any("rang" in line for line in await stage.say("/why 1"))


async def test_in_chinese_and_with_a_window(store: Store) -> None:
    """The claim says until when a rule that rings every half hour holds back."""
    stage = Stage(store)
    await stage.rig.watcher.start()
    await stage.say("/alert BTCUSDT price > 101 | every 30m", language="zh")
    await stage.rig.prices(100, 102)
    await stage.hear()
    found = await stage.say("/why 1", language="zh")
    assert found[2].startswith("2025-11-26 02:00:01 UTC 已响：")
    assert "2025-11-26 02:30:01 UTC 之前不再响" in found


async def test_an_alert_past_keeping_is_left_out(store: Store) -> None:
    """Its row lives thirty days, the claim as long as the rule."""
    stage = Stage(store)
    await stage.rig.watcher.start()
    await stage.say("/alert BTCUSDT price > 101")
    await stage.rig.take([frame(0, 100), frame(1, 102)])
    await stage.hear()
    (rule,) = await stage.chats.rules(OWNER)
    assert rule.mode is Mode.ONCE
    traces = Traces(store, master().get)
    assert set(await traces.told([rule], "en")) == set(await traces.lasting([rule])) == {rule.id}
    text = await store.call("HGET", f"{{c:{partition(OWNER):02}}}:claims:{OWNER}", rule.id)
    await store.call("DEL", row_key(OWNER, claim_of(text).r))
    assert await traces.told([rule], "en") == {}
    assert await traces.doubts(COIN) == ()


async def test_the_numbers_beneath_a_ring_stand_on_a_line_of_their_own(store: Store) -> None:
    """As its card has them, in the chat's language."""
    stage = Stage(store)
    await stage.rig.watcher.start()
    await stage.say("/alert BTCUSDT price crosses above vwap")
    quotes = [frame(second, price) for second, price in ((0, 100), (1, 100.5), (2, 101))]
    for one, amount in zip(quotes, (1000.0, 2010.0, 3020.0), strict=True):
        (quote,) = one.quotes
        told = replace(quote, volume=10.0 * (one.received - moment(-1)).seconds, amount=amount)
        await stage.rig.watcher.take(replace(one, quotes=(told,)))
    await stage.hear()
    await stage.rig.follow()
    found = await stage.say("/why 1")
    assert any("average price " in line for line in found), found
