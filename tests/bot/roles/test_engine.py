"""The engine role on a real store: rings, rule changes, joining, restarts, fences, shards."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import FencedError
from bot.master.reference import Reference
from bot.roles.cursor import Cursor
from bot.roles.outbox import CURSOR
from bot.store.client import Store
from bot.store.keys import c_key, i_key, partition
from bot.store.last import Last
from bot.store.rings import Rings
from rules.model import Frame, Start
from tests.bot.rig import COIN, OTHER, Rig, entries, frame, make, moment, rig_on, rung

UP = f"{COIN} price > 101 | daily"
HOME = partition(COIN)


async def row_of(store: Store, condition: str) -> tuple[int, str]:
    """Ring and state of a condition's row."""
    rows, _ = await Rings(store, [HOME]).load({HOME: [condition]})
    return rows[condition].ring, rows[condition].state


async def until(happened: Callable[[], bool]) -> None:
    """Let others run until it happened."""
    while not happened():  # noqa: ASYNC110 - what is waited for is a number inside the role
        await asyncio.sleep(0.002)


async def test_a_quote_beyond_the_level_rings_once(store: Store) -> None:
    """The event is in its stream when `take` returns; more quotes beyond the level add nothing."""
    rig = await rig_on(store, UP)
    await rig.prices(100, 100.5, 101.5, 102, 101.2)
    assert await rung(store) == [("price > 101", 1, "fired")]
    ((event, fields),) = await entries(store)
    assert (event.symbol, event.time, event.price) == (COIN, moment(2), 10_150_000_000)
    assert b"f" not in fields
    assert int(fields[b"d"]) < 1000
    assert rig.watcher.counters()["rings"] == rig.watcher.counters()["events"] == 1


async def test_what_is_true_already_rings_as_a_first_evaluation(store: Store) -> None:
    """A state form true at its first quote rings at once, and the entry says that it was the first."""
    rig = await rig_on(store, UP)
    await rig.prices(103)
    ((event, fields),) = await entries(store)
    assert (event.ring, event.away, fields[b"f"]) == (1, False, b"1")


async def test_back_by_the_hysteresis_it_is_armed_and_rings_again(store: Store) -> None:
    """Both rings are numbered; the row follows."""
    rig = await rig_on(store, UP)
    condition = next(rig.watcher.engine.conditions()).id
    await rig.prices(100, 102)
    assert await row_of(store, condition) == (1, "fired")
    await rig.prices(100.9, since=10)
    assert await row_of(store, condition) == (1, "fired")
    await rig.prices(100, since=20)
    assert await row_of(store, condition) == (1, "armed")
    await rig.prices(102, since=30)
    assert [(ring, state) for _, ring, state in await rung(store)] == [(1, "fired"), (2, "fired")]


async def test_rules_come_and_go_while_it_runs(store: Store) -> None:
    """A rule is heard of by its announcement; the last listener's leaving turns the row idle."""
    rig = await rig_on(store)
    watcher, stopping = rig.watcher, asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(watcher.run(stopping), name="engine")
        rule = await rig.rule(UP)
        await until(lambda: rule.condition in watcher.engine)
        assert watcher.symbols == {COIN}
        second = await rig.rule(UP, chat="2")
        await rig.prices(100, 102)
        await rig.delete(rule)
        await asyncio.sleep(0)
        await rig.delete(second)
        await until(lambda: rule.condition not in watcher.engine)
        await rig.prices(100, 103, since=10)
        stopping.set()
    # The second rule may be heard of before or after the ring; then it is told the ring of its own.
    assert set(await rung(store)) == {("price > 101", 1, "fired")}
    assert await row_of(store, rule.condition) == (1, "idle")
    assert watcher.symbols == frozenset()
    last = await Last(store).last(COIN)
    assert last is not None
    assert last.price == 10_300_000_000


async def test_a_condition_that_comes_back_goes_on_counting(store: Store) -> None:
    """Deleted and made again it is a new condition with an old number: true already, it rings as ring 2."""
    rig = await rig_on(store)
    first = await rig.rule(UP)
    await rig.follow()
    await rig.prices(102)
    await rig.delete(first)
    await rig.follow()
    await rig.rule(UP)
    await rig.follow()
    await rig.prices(102.5, since=10)
    assert [(ring, state) for _, ring, state in await rung(store)] == [(1, "fired"), (2, "fired")]
    assert [b"f" in fields for _, fields in await entries(store)] == [True, True]


async def test_made_and_deleted_within_one_sweep(store: Store) -> None:
    """Whatever the order of a sweep's lines, the engine ends where the chats are."""
    rig = await rig_on(store, UP)
    gone = await rig.rule(f"{COIN} price < 99 | daily")
    await rig.delete(gone)
    held = await rig.rule(f"{COIN} price < 98 | daily")
    await rig.delete(held)
    held = await rig.rule(f"{COIN} price < 98 | daily")
    await rig.follow()
    assert gone.condition not in rig.watcher.engine
    assert held.condition in rig.watcher.engine
    assert rig.watcher.counters()["conditions"] == 2


@pytest.mark.parametrize(("start", "count"), [(Start.NOW, 2), (Start.NEXT, 1)])
async def test_a_rule_that_joins_a_lasting_ring_hears_it_if_it_starts_now(
    store: Store, start: Start, count: int
) -> None:
    """The same event under its old id and time, marked as appended again; /watch waits for the next."""
    rig = await rig_on(store, UP)
    await rig.prices(100, 102, 102.5)
    await rig.rule(UP, chat="2", start=start)
    await rig.follow()
    found = await entries(store)
    assert len(found) == count
    assert {(event.id, event.time) for event, _ in found} == {(found[0][0].id, moment(1))}
    assert [b"j" in fields for _, fields in found] == [False, True][:count]


async def test_a_rule_that_joins_what_is_false_now_re_arms_it(store: Store) -> None:
    """Within the hysteresis nothing is appended; it is armed and rings at the next quote beyond."""
    rig = await rig_on(store, UP)
    condition = next(rig.watcher.engine.conditions()).id
    await rig.prices(100, 102, 100.95)
    await rig.rule(UP, chat="2")
    await rig.follow()
    await rig.prices(100.96, since=10)
    assert await row_of(store, condition) == (1, "armed")
    await rig.prices(101.5, since=20)
    assert [(ring, state) for _, ring, state in await rung(store)] == [(1, "fired"), (2, "fired")]


async def test_a_crossing_is_not_told_to_whoever_joins(store: Store) -> None:
    """A crossing has happened; only what lasts is told again."""
    rig = await rig_on(store, f"{COIN} price crosses 101 | daily")
    await rig.prices(100, 102)
    assert len(await rung(store)) == 1
    await rig.rule(f"{COIN} price crosses 101 | daily", chat="2")
    await rig.follow()
    assert len(await rung(store)) == 1


async def test_a_restart_rings_nothing_twice_and_goes_on_counting(store: Store) -> None:
    """The row says what rang; a ring that became true meanwhile is marked so."""
    rig = await rig_on(store, UP, f"{COIN} price > 104 | daily")
    await rig.prices(100, 102)
    rig = rig.next()
    await rig.watcher.start()
    await rig.prices(102, 102.5, since=5)
    assert await rung(store) == [("price > 101", 1, "fired")]
    await rig.prices(100, 102, since=10)
    assert [ring for _, ring, _ in await rung(store)] == [1, 2]
    rig = rig.next()
    await rig.watcher.start()
    await rig.prices(104.5, since=20)
    away = [(event.text, event.ring, event.away) for event, _ in await entries(store)]
    assert away[-1] == ("price > 104", 1, True)


async def test_a_crossing_that_never_rang_is_compared_with_the_last_quote_before_a_restart(
    store: Store,
) -> None:
    """Armed beneath, found above: it rings as one of the absence; what was above already says nothing."""
    rules = (f"{COIN} price crosses above 101 | daily", f"{COIN} price crosses below 99 | daily")
    rig = await rig_on(store, *rules, f"{COIN} price crosses 102 | daily")
    await rig.prices(98, 98.5, 100)
    await Last(store).write([frame(100, 2).quotes[0]])
    assert await rung(store) == []
    rig = rig.next()
    await rig.watcher.start()
    await rig.prices(103, 103.5, since=5)
    found = {(event.text, event.ring, event.away) for event, _ in await entries(store)}
    assert found == {("price crosses above 101", 1, True), ("price crosses 102", 1, True)}


async def test_a_rule_made_while_nobody_watched_hears_the_lasting_ring(store: Store) -> None:
    """Its line is still in the change stream; claims make the repetition harmless to others."""
    rig = await rig_on(store, UP)
    await rig.prices(100, 102)
    await rig.rule(UP, chat="2", start=Start.NEXT)
    rig = rig.next()
    await rig.watcher.start()
    assert len(await entries(store)) == 1
    await rig.rule(UP, chat="3")
    rig = rig.next()
    await rig.watcher.start()
    assert [b"j" in fields for _, fields in await entries(store)] == [False, True]
    await rig.rule(UP, chat="4")  # before any quote came: the store knows that the ring lasts
    await rig.follow()
    assert [b"j" in fields for _, fields in await entries(store)] == [False, True, True]


async def test_a_second_engine_fences_the_first(store: Store) -> None:
    """The first writes nothing any more and its role ends with one error; the second is not disturbed."""
    first = await rig_on(store, UP)
    await first.prices(100)
    second = first.next()
    await second.watcher.start()
    await first.prices(102, since=5)
    assert await rung(store) == []
    with pytest.raises(FencedError, match="newer engine"):
        await first.watcher.run(asyncio.Event())
    await first.prices(103, since=6)
    await second.prices(100, 102, since=7)
    assert await rung(store) == [("price > 101", 1, "fired")]


async def test_a_shard_hears_the_halts_of_its_own_instruments(store: Store) -> None:
    """The other shard hears none of them."""
    halted = Frame(market="BINANCE", received=moment(1), halted=tuple(frame(1, 100).quotes))
    kept = [make(store, shard=(number, 2))._filtered(halted).halted for number in (0, 1)]
    assert sorted(map(len, kept)) == [0, 1]
    assert make(store)._filtered(halted) is halted


async def test_shards_share_the_instruments(store: Store) -> None:
    """Each engine rings for its own partitions alone; both may see every frame."""
    rules = [f"{symbol} price > 101 | daily" for symbol in (COIN, OTHER)]
    assert partition(COIN) % 2 != partition(OTHER) % 2
    rig = Rig(store, make(store, shard=(0, 2)))
    for text in rules:
        await rig.rule(text)
    for shard in ((0, 2), (1, 2)):
        watcher = make(store, shard=shard)
        await watcher.start()
        assert len(watcher.symbols) == 1
        for symbol in (COIN, OTHER):
            await watcher.take(frame(0, 100, symbol=symbol))
            await watcher.take(frame(1, 102, symbol=symbol))
        await watcher._round(None)
    assert sorted(event.symbol for event, _ in await entries(store)) == [COIN, OTHER]
    assert await Last(store).last(OTHER) is not None


async def test_a_group_reads_its_members_quotes(store: Store) -> None:
    """Feeds are asked for members, not for the group; its engine keeps their quotes whatever its shard."""
    rig = await rig_on(store, "@optical-modules change > 5%")
    assert "300308.SZ" in rig.watcher.symbols
    assert not any(symbol.startswith("@") for symbol in rig.watcher.symbols)
    watcher = make(store, shard=(partition("@optical-modules") % 2, 2))
    await watcher.start()
    assert watcher._filtered(frame(0, 100, symbol="300308.SZ")).quotes
    other = make(store, shard=(1 - partition("@optical-modules") % 2, 2))
    await other.start()
    kept = [symbol for symbol in rig.watcher.symbols if other._filtered(frame(0, 100, symbol=symbol)).quotes]
    assert all(partition(symbol) % 2 != partition("@optical-modules") % 2 for symbol in kept)


async def test_a_rule_may_read_another_instrument(store: Store) -> None:
    """Feeds are asked for both, or for the other one's members; every shard keeps what it needs."""
    rules = ("300502.SZ strength(000300.SH) > 2%", "000858.SZ price > 1 and strength(@optical-modules) > 2%")
    rig = await rig_on(store, *rules)
    assert rig.watcher.symbols >= {"300502.SZ", "000300.SH", "000858.SZ", "300308.SZ"}
    shard = (partition("300502.SZ") % 2, 2)
    watcher = make(store, shard=shard)
    await watcher.start()
    assert watcher._filtered(frame(0, 100, symbol="000300.SH")).quotes


async def test_members_that_change_while_it_runs_are_followed(store: Store) -> None:
    """A group's new members are asked for and counted; the one that left is neither."""
    rig = Rig(store, make(store))
    master = Reference.load()
    rig.watcher._following._world = replace(rig.watcher._following._world, master=master)
    rig.watcher.engine._market._members = master.members
    await rig.rule("@pcb advancers >= 0")
    await rig.watcher.start()
    assert rig.watcher.symbols == {"300476.SZ"}
    master.extend((), {"@pcb": ["300502.SZ", "300394.SZ"]})
    await rig.follow()
    assert rig.watcher.symbols == {"300502.SZ", "300394.SZ"}
    found = rig.watcher.engine._market.by_symbol["@pcb"].members
    assert [live.symbol for live in found] == ["300502.SZ", "300394.SZ"]


async def test_a_rule_nobody_can_read_is_counted_and_left_alone(store: Store) -> None:
    """A text of another version, or one whose id says otherwise, stops nothing."""
    rig = await rig_on(store, UP)
    entry = '{"count":1,"symbol":"BTCUSDT.BINANCE","text":"%s"}'
    await store.call("HSET", c_key(3, "conditions"), "aa", entry % "BTCUSDT.BINANCE sings a song")
    await store.call("HSET", c_key(3, "conditions"), "bb", entry % "BTCUSDT.BINANCE price > 7")
    rig = rig.next()
    await rig.watcher.start()
    assert (rig.watcher.counters()["conditions"], rig.watcher.counters()["unreadable"]) == (1, 2)


async def test_whoever_lost_sight_loads_everything_anew(store: Store) -> None:
    """After an hour without the change streams the rosters are compared, and nothing is missed or doubled."""
    rig = await rig_on(store, UP)
    await rig.prices(100, 102)
    gone = await rig.rule(f"{COIN} price < 99 | daily")
    await rig.follow()
    await rig.delete(gone)
    fresh = await rig.rule(f"{COIN} price < 98 | daily")
    await rig.rule(UP, chat="2")
    await store.call("XTRIM", c_key(partition("1"), "changes"), "MAXLEN", 0)
    rig.watcher._following._conditions._read = await store.time() - timedelta(hours=2)
    await rig.follow()
    assert gone.condition not in rig.watcher.engine
    assert fresh.condition in rig.watcher.engine
    assert [b"j" in fields for _, fields in await entries(store)] == [False, True]


async def test_reconnecting_is_passed_on(store: Store) -> None:
    """A feed that was away may not touch levels with the extremes it missed."""
    rig = await rig_on(store, f"{COIN} price > 103 | daily")
    high = replace(frame(0, 100).quotes[0], high=10_100_000_000, low=9_900_000_000)
    await rig.take([replace(frame(0), quotes=(high,))])
    rig.watcher.reconnected("BINANCE")
    jumped = replace(frame(1, 100).quotes[0], high=10_400_000_000, low=9_900_000_000)
    await rig.take([replace(frame(1), quotes=(jumped,))])
    assert await rung(store) == []


async def test_the_cursor_follows_quiet_frames_too(store: Store) -> None:
    """A demo that is resumed does not begin at the last ring but at the last frame."""
    rig = await rig_on(store, UP, keeps_cursor=True)
    await rig.prices(100, 102)
    assert Cursor.parse((await store.call("GET", CURSOR)).decode()) == Cursor(moment(1), 1)
    await rig.take([frame(2, 102), frame(2), Frame(market="OKX", received=moment(2))])
    await rig.follow()
    assert Cursor.parse((await store.call("GET", CURSOR)).decode()) == Cursor(moment(2), 3)
    assert await store.call("GET", i_key(HOME, "writes"))


async def test_counters_are_plain_numbers(store: Store) -> None:
    """What the page shows: what passed, what was refused and why, how fast rings were stored."""
    rig = await rig_on(store, UP)
    assert rig.watcher.counters()["latency_ms"] == {}
    await rig.prices(100, 102)
    await rig.take([frame(2, 0)])
    shown = rig.watcher.counters()
    assert (shown["frames"], shown["quotes"], shown["passed"], shown["trouble"]) == (3, 3, 2, "")
    assert sum(shown["refused"].values()) == 1
    assert 0 < shown["latency_ms"]["p50"] < 1000


async def test_groups_that_somebody_listens_to_are_named(store: Store) -> None:
    """Sources that know boards are asked for them; their members are asked for anyway."""
    rig = await rig_on(store, "@liquor change > 5%", f"{COIN} price > 101")
    assert rig.watcher.groups == {"@liquor"}
    assert rig.watcher.symbols == {COIN, "600519.SH", "000858.SZ"}
