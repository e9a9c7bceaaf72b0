"""What is wished for, compared with what is subscribed to; and numbers that tell what is missing."""

from dataclasses import replace

import pytest

from bot.formats.sequence import Numbering
from bot.intake.wishes import Wishes, code
from tests.bot.sources import context


async def test_changes_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """Names to subscribe to and to leave; beyond a connection's bound the first are kept, and it is said."""
    wished = ["A.US", "B.US"]
    async with context({}, *wished) as plain:
        given = replace(plain, wished=lambda: tuple(wished))
        wishes = Wishes(given, "test", code, 2)
        assert wishes.changes() == ([], [])
        wished[:] = ["B.US", "C.US", "D.US"]
        assert wishes.changes() == (["C"], ["A"])
        assert wishes.changes() == ([], [])
        assert list(wishes.names) == ["B", "C"]
        wished.append("E.US")
        assert wishes.changes() == ([], [])
        assert Wishes(plain, "test", code, 2).changes() == ([], [])
    assert caplog.text.count("3 symbols beyond 2 a connection") == 1


async def test_changes_may_be_rare() -> None:
    """A source that counts them is told seldom."""
    wished = ["A.US"]
    async with context({}, *wished) as plain:
        wishes = Wishes(replace(plain, wished=lambda: tuple(wished)), "test", code, 9, 60.0)
        wished.append("B.US")
        assert wishes.changes() == (["B"], [])
        wished.append("C.US")
        assert wishes.changes() == ([], [])


def test_numbers_tell_what_is_missing_and_what_is_late() -> None:
    """Each stream by itself; the first number says nothing, a repeated one is no gap."""
    numbers = Numbering()
    seen = [numbers.misses(b"a", number) for number in (5, 6, 6, 8, 7, 9)]
    assert seen == [False, False, False, True, False, False]
    assert not numbers.misses(b"b", 1)
    assert [numbers.misses(b"b", number, 3) for number in (4, 8)] == [False, True]
    late = Numbering()
    assert [late.is_late(b"a", number) for number in (5, 5, 7, 6)] == [False, False, False, True]
