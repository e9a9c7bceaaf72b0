"""What an ex-date did to a typed level: one event in the stream, one silent message to each owner, once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.clock import MarketClock
from bot.delivery.episodes import Row, plan
from bot.delivery.headline import Words
from bot.delivery.render import Tone, message
from bot.master.reference import Reference
from bot.master.world import World
from bot.roles.engine import Watcher
from bot.store.chatkeys import chat_key
from bot.store.chats import Chats
from bot.store.claims import Claims, Entry, entry_of
from bot.store.client import Store, texts
from bot.store.keys import i_key, partition
from bot.store.rings import Rings, left, noticed
from bot.store.rows import Rows
from handlers.command import AddRule, DeleteRule, Language
from rules.model import Direction, Event, Frame, History, Loudness, Phase, Quote, Rule, State
from rules.rescale import EX_DATE
from rules.sessions import default_hours
from tests.bot.delivery.values import INNOLIGHT, SYMBOL, alert, event, row
from tests.bot.rig import Rig, rule_of
from tests.rules.world import history

HOME = partition(SYMBOL)
TEXT = f"{SYMBOL} price > 560 | as of 2025-11-25"
OPEN = datetime(2025, 11, 26, 1, 30, tzinfo=UTC)
EVIDENCE: Mapping[str, str | float] = {
    "typed": "560", "as of": "2025-11-25", "factor": 5 / 7, "ex-date": "2025-11-26", "now": "400"
}  # fmt: skip


def notice(**fields: Any) -> Event:
    """560 went to 400."""
    base = event(
        ring=0,
        signal=EX_DATE,
        text="price > 560",
        value=None,
        level=None,
        level_price=None,
        price=399_000,
        change=-0.0025,
        evidence=EVIDENCE,
    )
    return replace(base, **fields)


def watcher(store: Store, bars: History) -> Watcher:
    """An engine that knows the share's bars."""
    world = World(
        hours=default_hours(),
        master=Reference.load(),
        history={SYMBOL: bars}.get,
        clock=MarketClock(OPEN),
    )
    return Watcher(store, world)


def frame(second: int, price: int, prev_close: int, **fields: Any) -> Frame:
    """One quote of the share."""
    quote = Quote(
        symbol=SYMBOL,
        time=OPEN + timedelta(seconds=second),
        price=price,
        prev_close=prev_close,
        phase=Phase.CONTINUOUS,
        **fields,
    )
    return Frame(market="SZ", received=quote.time, quotes=(quote,))


async def stream(store: Store) -> list[Entry]:
    """Everything the engine said of the share."""
    found = await store.call("XRANGE", i_key(HOME, "events"), "-", "+")
    return [entry_of(number.decode(), texts(fields)) for number, fields in found]


async def test_an_ex_date_is_told_once_whatever_restarts(store: Store) -> None:
    """The engine says it at each start; the store takes it once, and the rule rings at today's price."""
    bars = history(["500", "560"], SYMBOL)
    rig = Rig(store, watcher(store, bars))
    await Chats(store).apply("1", 1, [AddRule(rule=rule_of(TEXT, "1"))], None)
    for _ in range(2):
        rig = Rig(store, watcher(store, bars))
        await rig.watcher.start()
        await rig.take([frame(1, 399_000, 400_000)])
    (only,) = await stream(store)
    assert (only.notice, only.event.signal, only.event.ring) == ("2025-11-26", EX_DATE, 0)
    assert only.event.evidence == {**EVIDENCE, "factor": pytest.approx(5 / 7)}
    await rig.take([frame(4, 400_010, 400_000)])
    (_, rang) = await stream(store)
    assert (rang.event.signal, rang.event.ring, rang.notice) == ("price", 1, "")
    assert (await Rings(store, [HOME]).load({HOME: [rang.event.condition]}))[0][
        rang.event.condition
    ].ring == 1


async def test_the_store_takes_a_newer_ex_date_and_no_older_one(store: Store) -> None:
    """And forgets all of it when nobody listens any more."""
    rings = Rings(store, [HOME])
    await rings.take_over("a")

    async def write(day: str) -> str:
        said = notice(evidence={**EVIDENCE, "ex-date": day})
        outcome = await rings.write({HOME: [noticed(said, timedelta(milliseconds=3))]})
        return outcome.verdicts[0].word

    words = [await write(day) for day in ("2025-06-10", "2025-06-10", "2025-11-26", "2025-06-10")]
    assert words == ["written", "same", "written", "same"]
    assert [one.notice for one in await stream(store)] == ["2025-06-10", "2025-11-26"]
    await rings.write({HOME: [left(notice().condition)]})
    assert await write("2025-06-10") == "written"


async def heard(
    store: Store, *rules: Rule, said: Event | None = None, **fields: Any
) -> list[tuple[str, ...]]:
    """The words of two hearings of one notice."""
    number = partition("1")
    await Chats(store).apply("1", 1, [AddRule(rule=rule) for rule in rules], None)
    entry = Entry(id=f"{2**44}-0", event=said or notice(), written=2**44, notice="2025-11-26")
    claims = Claims(store, number)
    return [await claims.hear(replace(entry, **fields)) for _ in range(2)]


def owned(name: str = "r1", **fields: Any) -> Rule:
    """A rule on the notice's condition."""
    base = rule_of(TEXT, "x")
    return replace(base, id=name, condition=notice().condition, created=OPEN, **fields)


async def row_of(store: Store) -> Row:
    """The day's row of the chat."""
    found = await Rows(store).read("1", f"1|{SYMBOL}|up|2025-11-26")
    assert isinstance(found, Row)
    return found


async def test_each_owner_hears_it_once_and_silently(store: Store) -> None:
    """The claim is (rule, ex-date); a ring of the same rule is another matter."""
    assert await heard(store, owned(), owned("r2")) == [("claimed", "claimed"), ("mine", "mine")]
    held = await row_of(store)
    assert [one.key for one in held.alerts] == ["r1:20251126", "r2:20251126"]
    assert {one.loudness for one in held.alerts} == {Loudness.SILENT}
    assert {one.triple for one in held.alerts} == {"r1:0:fired", "r2:0:fired"}
    assert await store.call("HLEN", chat_key("1", "claims")) == 0
    ring = Entry(id=f"{2**44 + 1}-0", event=event(condition=notice().condition), written=2**44 + 1)
    assert await Claims(store, partition("1")).hear(ring) == ("claimed", "claimed")
    assert len((await row_of(store)).alerts) == 4
    await Chats(store).apply("1", 2, [DeleteRule(rule="r1")], None)
    rows = Rows(store)
    await rows.open([partition("1")])
    looked = await rows.take("1", 1, held.id)
    assert isinstance(looked.row, Row)
    assert {one.rule for one in looked.row.alerts} == {"r2"}


async def test_who_does_not_hear_it(store: Store) -> None:
    """Rules made after it, rules that are over or deleted, chats that are away."""
    over = owned("r1", until=OPEN.date() - timedelta(days=1))
    assert await heard(store, over, owned("r2"), written=1) == [("expired", "before")] * 2
    await store.call("FLUSHALL", "SYNC")
    await store.call("HSET", chat_key("1", "chat"), "active", "0")
    assert await heard(store, owned()) == [("deaf",)] * 2
    await store.call("FLUSHALL", "SYNC")
    chats, number = Chats(store), partition("1")
    await chats.apply("1", 1, [AddRule(rule=owned())], None)
    await Claims(store, number).hear(
        Entry(id="1-0", event=event(condition=notice().condition, state=State.PROVISIONAL), written=2**44)
    )
    await store.call("HSET", f"{{c:{number:02}}}:row:1|{SYMBOL}|up|2025-11-26", "h:r1:1", "1")
    await chats.apply("1", 2, [DeleteRule(rule="r1")], None)
    assert await heard(store) == [("deleted",)] * 2


def said(*events: Event, language: Language = Language.EN) -> str:
    """The card of some notices of one chat, without markup."""
    alerts = [
        replace(alert(f"r{n}"), event=one, key=f"r{n}:20251126", loudness=Loudness.SILENT)
        for n, one in enumerate(events)
    ]
    made = row(*alerts)
    step = plan(made)
    assert step is not None
    return message(made, step, Words(language, INNOLIGHT), Tone())


def test_the_owner_reads_both_prices_in_both_languages() -> None:
    """Name first; the ratio, what was typed, and what it is now."""
    english, chinese = said(notice()), said(notice(), language=Language.ZH)
    first = english.split("\n")[0]
    assert first == "<b>Innolight went ex (ratio 0.7143): your 560 is now 400 in today's prices</b>"
    assert "ex-date 2025-11-26" in english
    assert chinese.split("\n")[0] == "<b>中际旭创 除权除息（比例0.7143） 你设的560折合今日400</b>"
    assert "除权除息日 2025-11-26" in chinese
    channel = notice(
        evidence={**EVIDENCE, "factor": 1.0, "moved by": -0.5, "typed": "480, 560", "now": "479.5, 559.5"}
    )
    assert "went ex (ratio 1 -0.5): your 480, 560 are now 479.5, 559.5" in said(channel)
    both = said(notice(), replace(channel, direction=Direction.UP))
    assert both.count("went ex") == 2


def test_a_ring_after_it_names_todays_price_and_the_typed_one() -> None:
    """The number its owner will remember stands behind the one that counts."""
    evidence = {"typed": "560", "as of": "2025-11-25", "factor": 5 / 7}
    rang = event(
        signal="price",
        text="price > 560",
        value=400.5,
        level=400.0,
        level_price=400.0,
        price=400_500,
        evidence=evidence,
    )
    assert "Innolight above your 400.00 (560 before ex): 400.50" in said(rang)
    assert "中际旭创 上破你设的400.00（除权前560） 现400.50" in said(rang, language=Language.ZH)
    assert "typed 2025-11-25" in said(rang)
