"""The client when the store is reset, silent, read-only, a cluster, or closing."""

import asyncio
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from bot.errors import AwayError, StoreError
from bot.store.client import Store
from bot.store.embedded import serve
from bot.store.keys import CHANGES, i_key
from tests.bot.rig import COIN, Rig, connected, make, rig_on, rung
from tests.fakes.proxy import Fault, proxied

KEY = i_key(1, "x")


@pytest.mark.parametrize("fault", list(Fault))
async def test_a_repeatable_command_is_repeated(store: Store, store_url: str, fault: Fault) -> None:
    """Whatever happened to its reply, a read or a plain write is asked again."""
    async with proxied(store_url) as proxy, connected(proxy.url, patience=5) as weak:
        proxy.set(b"HSET", fault)
        await weak.call("HSET", KEY, "a", "1")
        proxy.set(b"HGETALL", fault)
        assert await weak.call("HGETALL", KEY) == {b"a": b"1"}
        assert proxy.sprung == 2
    assert await store.call("HLEN", KEY) == 1


@pytest.mark.parametrize("fault", [Fault.LOSE, Fault.HANG])
async def test_what_may_not_be_repeated_is_said_to_be_unknown(
    store: Store, store_url: str, fault: Fault
) -> None:
    """XADD with a lost reply: one entry, and AwayError for whoever called."""
    async with proxied(store_url) as proxy, connected(proxy.url, patience=5) as weak:
        proxy.set(b"XADD", fault)
        with pytest.raises(AwayError, match="does not answer"):
            await weak.call("XADD", KEY, "*", "a", "1")
        assert proxy.sprung == 1
    assert await store.call("XLEN", KEY) == 1


async def test_a_cancelled_call_leaves_no_answer_behind(store: Store, store_url: str) -> None:
    """The connection whose reply nobody waited for is not used again: the next answer is its own."""
    await store.call("SET", KEY, "mine")
    async with proxied(store_url) as proxy, connected(proxy.url, patience=5) as weak:
        proxy.set(b"PING", Fault.HANG)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await weak.call("PING")
        assert await weak.call("GET", KEY) == b"mine"


async def test_closing_ends_waiting(store_url: str) -> None:
    """A stop does not wait for patience."""
    async with proxied(store_url) as proxy:
        weak = Store.connect(proxy.url, patience=timedelta(minutes=5))
        proxy.down()
        waiting = asyncio.create_task(weak.call("GET", KEY))
        await asyncio.sleep(0.05)
        begun = monotonic()
        await weak.close()
        with pytest.raises(AwayError):
            await waiting
        assert monotonic() - begun < 2


async def test_a_listener_survives_an_outage(store: Store, store_url: str) -> None:
    """The connection is made anew; what was published meanwhile is found by whoever sweeps."""
    async with proxied(store_url) as proxy, connected(proxy.url) as weak, weak.listen(CHANGES) as listener:
        assert await listener.next(timedelta(milliseconds=50)) is None
        await store.call("PUBLISH", CHANGES, "01")
        assert await listener.next(timedelta(seconds=5)) == (CHANGES, "01")
        proxy.down()
        assert await listener.next(timedelta(milliseconds=50)) is None
        assert await listener.next(timedelta(milliseconds=50)) is None
        proxy.up()
        assert await listener.next(timedelta(milliseconds=50)) is None
        await store.call("PUBLISH", CHANGES, "02")
        heard = [await listener.next(timedelta(milliseconds=500)) for _ in range(2)]
        assert (CHANGES, "02") in heard


async def test_a_read_only_server_is_a_failover_under_way(tmp_path: Path) -> None:
    """A replica refuses the write; the call is made again until a primary takes it, or patience ends."""
    async with serve(tmp_path) as url, connected(url) as store, connected(url, patience=30) as patient:
        await store.call("REPLICAOF", "127.0.0.1", "1")
        with pytest.raises(AwayError, match="read only"):
            await store.call("SET", KEY, "1")
        writing = asyncio.create_task(patient.run("epoch", [i_key(1, "epoch")], ["a"]))
        await asyncio.sleep(0.1)
        assert not writing.done()
        await store.call("REPLICAOF", "NO", "ONE")
        assert await writing == 1


async def test_the_engine_role_runs_on_a_cluster(store: Store) -> None:
    """The same code over the cluster's client: epochs, scripts side by side, streams, announcements."""
    port = (await store.call("CONFIG", "GET", "port"))[1].decode()
    await rig_on(store, f"{COIN} price > 101 | daily")
    cluster = Store.connect(f"redis://127.0.0.1:{port}?cluster=true")
    try:
        rig = Rig(cluster, make(cluster), [10])
        await rig.watcher.start()
        await rig.prices(100, 102)
        await rig.follow()
        assert await rung(cluster) == [("price > 101", 1, "fired")]
        async with cluster.listen(CHANGES) as listener:
            await listener.next(timedelta(milliseconds=200))
            await rig.rule(f"{COIN} price < 99 | daily")
            assert await listener.next(timedelta(seconds=5)) is not None
        with pytest.raises(StoreError):
            await cluster.call("MGET", i_key(1, "a"), i_key(2, "a"))
        assert await cluster.everywhere("PING")
        assert (await cluster.time()).tzinfo is not None
    finally:
        await cluster.close()


async def test_a_cluster_nobody_serves_is_away() -> None:
    """No node answers: the operator reads one line."""
    cluster = Store.connect("redis://127.0.0.1:1?cluster=true", patience=timedelta(milliseconds=50))
    with pytest.raises(AwayError):
        await cluster.call("GET", KEY)
    await cluster.close()
