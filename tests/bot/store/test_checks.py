"""Start-up checks: a store that would lose or leak rules is refused in one line."""

from pathlib import Path

import pytest

from bot.errors import FullError, SettingsError
from bot.store import checks
from bot.store.checks import check, faults_of
from bot.store.client import Store
from bot.store.embedded import serve

SAFE = {"bind": "127.0.0.1 -::1", "port": "6379", "requirepass": "", "protected-mode": "no"}


async def test_the_embedded_store_passes(tmp_path: Path) -> None:
    """What we start ourselves needs no explaining."""
    async with serve(tmp_path) as url:
        store = Store.connect(url)
        await check(store)
        await store.close()


async def test_a_cluster_is_asked_as_well(store: Store, store_url: str) -> None:
    """The same questions over the cluster client, which answers them a little differently."""
    port = (await store.call("CONFIG", "GET", "port"))[1].decode()
    cluster = Store.connect(f"redis://127.0.0.1:{port}?cluster=true")
    assert cluster.is_cluster
    await check(cluster)
    assert await cluster.identity() == ""
    await store.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(SettingsError, match="noeviction"):
            await check(cluster)
    finally:
        await store.call("CONFIG", "SET", "maxmemory-policy", "noeviction")
        await cluster.close()
    assert store_url.startswith("unix://")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("appendonly", "no", "appendonly yes"),
        ("maxmemory-policy", "allkeys-lru", r"\(allkeys-lru\); set: maxmemory-policy noeviction"),
        ("maxmemory-policy", "volatile-ttl", "noeviction"),
    ],
)
async def test_a_setting_that_loses_rules_is_refused(
    tmp_path: Path, name: str, value: str, words: str
) -> None:
    """Each refusal is one line that says what to set."""
    async with serve(tmp_path) as url:
        store = Store.connect(url)
        await store.call("CONFIG", "SET", name, value)
        with pytest.raises(SettingsError, match=words) as caught:
            await check(store)
        assert "\n" not in str(caught.value)
        await store.close()


async def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    """Two things to change are said together, not one after the other."""
    async with serve(tmp_path) as url:
        store = Store.connect(url)
        await store.calls(
            [("CONFIG", "SET", "appendonly", "no"), ("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")]
        )
        assert len(await faults_of(store)) == 2
        await store.close()


@pytest.mark.parametrize(
    ("changed", "is_exposed"),
    [
        ({}, False),
        ({"bind": "0.0.0.0"}, True),  # noqa: S104 - the very setting that is refused
        ({"bind": "*"}, True),
        ({"bind": ""}, True),
        ({"bind": "127.0.0.1 192.168.1.5"}, True),
        ({"bind": "localhost"}, False),
        ({"bind": "0.0.0.0", "port": "0"}, False),  # noqa: S104 - the same
        ({"bind": "0.0.0.0", "requirepass": "secret"}, False),  # noqa: S104 - the same
        ({"bind": "0.0.0.0", "protected-mode": "yes"}, False),  # noqa: S104 - the same
    ],
)
async def test_a_store_open_to_strangers_is_refused(
    store: Store,
    changed: dict[str, str],
    is_exposed: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Beyond loopback, without protected mode or a password: whoever finds it may empty it."""
    assert bool(await checks._exposed(store, SAFE | changed)) is is_exposed


async def test_logins_by_user_count_as_a_password(tmp_path: Path) -> None:
    """With the default user off, an ACL user keeps strangers out."""
    async with serve(tmp_path) as url:
        store = Store.connect(url)
        await store.call("ACL", "SETUSER", "bot", "on", ">secret", "~*", "&*", "+@all")
        await store.call("ACL", "SETUSER", "default", "off")
        # This connection stays logged in as default until it is closed.
        assert await checks._exposed(store, SAFE | {"bind": "0.0.0.0"}) == []  # noqa: S104 - the refused setting
        await store.call("ACL", "SETUSER", "default", "on")
        await store.close()


async def test_a_store_that_hides_its_settings_is_refused(tmp_path: Path) -> None:
    """What cannot be checked is not trusted."""
    async with serve(tmp_path) as url:
        store = Store.connect(url)
        await store.call("ACL", "SETUSER", "bot", "on", ">secret", "~*", "&*", "+@all", "-config", "-acl")
        limited = Store.connect(url.replace("unix://", "unix://bot:secret@"))
        assert "CONFIG GET" in (await faults_of(limited))[0]
        assert await checks._exposed(limited, SAFE | {"bind": "*"}) == []
        await limited.close()
        wrong = Store.connect(url.replace("unix://", "unix://bot:wrong@"))
        with pytest.raises(Exception, match="refused the login"):
            await check(wrong)
        await wrong.close()
        await store.close()


def test_an_old_server_is_refused() -> None:
    """Scripts with flags came with version 7."""
    assert checks._version("7.0.15") == checks._version("8.1.8") == []
    assert "6.2.14" in checks._version("6.2.14")[0]


async def test_a_full_store_refuses_writes_and_lets_work_be_acknowledged(tmp_path: Path) -> None:
    """Memory at its limit: a ring is refused by name, reads and acknowledgements go on."""
    async with serve(tmp_path) as url:
        store = Store.connect(url)
        await store.call("XADD", "stream", "*", "a", "b")
        await store.call("XGROUP", "CREATE", "stream", "group", "0")
        read = await store.call("XREADGROUP", "GROUP", "group", "one", "STREAMS", "stream", ">")
        await store.call("CONFIG", "SET", "maxmemory", "1")
        for refused in (
            store.run("epoch", ["{i:00}:epoch"], ["a"]),
            store.call("SET", "a", "b"),
            store.call("XADD", "stream", "*", "a", "b"),
        ):
            with pytest.raises(FullError, match="refuses writes"):
                await refused
        assert await store.call("GET", "a") is None
        assert await store.call("XACK", "stream", "group", read[0][1][0][0]) == 1
        assert await store.call("XTRIM", "stream", "MAXLEN", 0) == 1
        await store.close()
