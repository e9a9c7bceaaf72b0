"""Lists that a source refuses as a whole."""

from collections.abc import Awaitable, Callable, Sequence

import pytest

from bot.feed import RefusedError
from bot.intake.halving import SPLITS, answers


def source(poison: set[str], asked: list[int]) -> Callable[[Sequence[str]], Awaitable[bytes | None]]:
    """Answers lists without a poisoned key."""

    async def ask(keys: Sequence[str]) -> bytes | None:
        asked.append(len(keys))
        return None if poison & set(keys) else ",".join(keys).encode()

    return ask


async def test_a_single_bad_key_costs_a_few_requests_once() -> None:
    """Halved until it stands alone, then left out; the order of the others stays."""
    keys, asked = [f"k{number:03}" for number in range(200)], list[int]()
    bodies = await answers(keys, 100, source({"k123"}, asked))
    assert b",".join(bodies).decode().split(",") == keys
    assert len(keys) == 199
    assert len(asked) <= 2 + 2 * 7
    asked.clear()
    await answers(keys, 100, source({"k123"}, asked))
    assert asked == [100, 99]


async def test_where_all_are_refused_the_source_is_left_alone() -> None:
    """The number of refused requests is bounded."""
    keys, asked = [f"k{number}" for number in range(200)], list[int]()
    with pytest.raises(RefusedError):
        await answers(keys, 200, source(set(keys), asked))
    assert len(asked) == SPLITS + 1
    with pytest.raises(RefusedError):
        await answers(["k1"], 200, source({"k1"}, asked))
    assert await answers([], 200, source(set(), asked)) == []
