"""A playground served on a free port, and a client that speaks to it as curl would."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from bot.web.ground import Playground
from bot.web.limits import Limits, Rates
from bot.web.server import Bound, Hooks, serve

TOKEN = "7000000001:AAF-canary_canary_canary_canary_canary"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FREE = Rates(overall=100_000, group=100_000, burst=100_000)


def keyboard(data: str = "x", text: str = "go") -> dict[str, Any]:
    """One inline button."""
    return {"inline_keyboard": [[{"text": text, "callback_data": data}]]}


@dataclass(frozen=True)
class Client:
    """Plain HTTP against one served playground."""

    url: str
    http: aiohttp.ClientSession

    async def answer(self, method: str, *, alerts: str = "", token: str = TOKEN, **arguments: Any) -> Any:
        """The whole answer of a call made with a JSON body."""
        async with self.http.post(
            f"{self.url}/bot{token}/{method}", json=arguments, headers={"X-Tickbell-Alerts": alerts}
        ) as response:
            told = await response.json()
            assert response.status == told.get("error_code", 200)
            return told

    async def call(self, method: str, *, alerts: str = "", **arguments: Any) -> Any:
        """The result of a call that is expected to work."""
        told = await self.answer(method, alerts=alerts, **arguments)
        assert told["ok"], told
        return told["result"]

    async def refused(self, method: str, **arguments: Any) -> str:
        """The description of a call that is expected to be refused."""
        told = await self.answer(method, **arguments)
        assert not told["ok"], told
        return str(told["description"])


async def until(is_so: Callable[[], bool]) -> None:
    """Let the server work until something is so."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 -- the server under test offers no event for it
            await asyncio.sleep(0.001)


@pytest.fixture
def ground() -> Iterator[Playground]:
    """A playground in memory, without limits in the way."""
    playground = Playground(None, TOKEN, limits=Limits(FREE))
    yield playground
    playground.close()


@pytest.fixture
def hooks() -> Hooks:
    """Nothing to tell; a test replaces it."""
    return Hooks()


@pytest.fixture
async def bound(ground: Playground, hooks: Hooks) -> AsyncIterator[Bound]:
    """Where that playground is served."""
    async with serve("127.0.0.1", 0, playground=ground, hooks=hooks) as where:
        yield where


@pytest.fixture
async def client(bound: Bound) -> AsyncIterator[Client]:
    """A client of it."""
    async with aiohttp.ClientSession() as http:
        yield Client(bound.url, http)
