"""Fixtures for every test: a real store on a fresh one-node cluster, where a slot mistake fails at once."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.store.client import Store
from bot.store.embedded import serve


@pytest.fixture(scope="session")
def store_url() -> Iterator[str]:
    """The unix:// URL of one server for the whole session: a cluster of one node that owns all slots."""
    with tempfile.TemporaryDirectory(prefix="tickbell-") as folder, asyncio.Runner() as runner:
        server = serve(Path(folder), cluster=True)
        url = runner.run(server.__aenter__())
        try:
            yield url
        finally:
            runner.run(server.__aexit__(None, None, None))


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """A Store on the session's server, emptied before the test."""
    store = Store.connect(store_url)
    await store.call("FLUSHALL", "SYNC")
    yield store
    await store.close()
