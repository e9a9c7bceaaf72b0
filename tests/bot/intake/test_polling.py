"""Rounds of requests at a market's pace."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from bot.errors import FeedError
from bot.intake.polling import batches, rounds
from tests.bot.sources import BUSY, context

NIGHT = datetime(2025, 11, 26, 15, 30, tzinfo=UTC)


def test_keys_go_in_batches() -> None:
    """The last one may be short; none gives none."""
    assert batches(["a", "b", "c"], 2) == ["a,b", "c"]
    assert batches([], 2) == []


@pytest.mark.parametrize(("now", "least"), [(BUSY, 0.05), (NIGHT, 0.05 * (1 + 1.5 + 2.25))])
async def test_a_market_at_rest_is_asked_less_and_less(now: datetime, least: float) -> None:
    """At night the pause grows while nothing changes; while the market trades it stays."""
    clock = asyncio.get_running_loop().time
    asked: list[float] = []

    async def ask(keys: str) -> bytes:
        asked.append(clock())
        return keys.encode()

    async with (
        context({}, "300308.SZ", now=now, interval="0.05") as given,
        aclosing(rounds(given, ["x"], ask)) as polled,
    ):
        async for payload in polled:
            assert (payload.data, payload.received) == (b"x", now)
            if len(asked) == 4:
                break
    assert asked[3] - asked[0] >= least * 0.9
    assert asked[1] - asked[0] < 0.5


async def test_what_an_ask_raises_ends_the_rounds() -> None:
    """A failure is the supervisor's affair."""

    async def ask(_: str) -> bytes:
        raise FeedError("gone")

    async with context({}, "300308.SZ") as given:
        with pytest.raises(FeedError, match="gone"):
            await anext(rounds(given, ["x"], ask))
