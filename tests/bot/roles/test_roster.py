"""Counts of listeners, and which forms last."""

from bot.roles.roster import Roster
from bot.store.conditions import Listening
from bot.store.keys import partition
from tests.bot.rig import COIN, master, rule_of

TEXT = f"{COIN} price > 101 | daily"
RULE = rule_of(TEXT, "1")


def line(count: int, number: int = 3, start: str = "now") -> Listening:
    """A change of one chat partition's count."""
    return Listening(
        condition=RULE.condition, partition=number, count=count, symbol=COIN, text=RULE.text, start=start
    )


def roster(shard: tuple[int, int] = (0, 1)) -> Roster:
    """An empty roster."""
    return Roster(master().find, shard)


def test_a_condition_lives_as_long_as_any_partition_listens() -> None:
    """Counts are absolute and by chat partition; the last zero removes."""
    held = roster()
    assert list(held.apply([line(1)]).added) == [RULE.condition]
    assert held.apply([line(2, number=9)]).joined[0][0].id == RULE.condition
    assert not held.apply([line(0)]).removed
    assert list(held.apply([line(0, number=9)]).removed) == [RULE.condition]
    assert len(held) == 0
    assert held.apply([line(0, number=9)]).removed == {}


def test_a_line_met_twice_changes_nothing_twice() -> None:
    """What was loaded may be in the stream as well."""
    held = roster()
    held.apply([line(2)])
    changes = held.apply([line(1), line(2)])
    assert (changes.added, changes.removed, len(changes.joined)) == ({}, {}, 1)
    assert not held.apply([line(2)]).joined


def test_what_comes_and_goes_within_one_reading_cancels_out() -> None:
    """Added and removed is nothing; removed and added is both, in that order."""
    held = roster()
    changes = held.apply([line(1), line(0)])
    assert (changes.added, changes.removed) == ({}, {})
    held.apply([line(1)])
    changes = held.apply([line(0), line(1), line(0)])
    assert (list(changes.removed), changes.added) == ([RULE.condition], {})
    held.apply([line(1)])
    changes = held.apply([line(0), line(1)])
    assert list(changes.removed) == list(changes.added) == [RULE.condition]


def test_replacing_finds_what_differs() -> None:
    """Everything anew: gone partitions drop out, known ones stay, higher counts are joins."""
    held = roster()
    held.apply([line(1), line(1, number=4)])
    changes = held.replace([line(2)])
    assert (changes.added, changes.removed, len(changes.joined)) == ({}, {}, 1)
    assert list(held.replace([]).removed) == [RULE.condition]
    assert list(held.replace([line(1)]).added) == [RULE.condition]


def test_other_shards_instruments_pass_by() -> None:
    """A roster holds what its shard rings for."""
    home = partition(COIN) % 2
    assert len(roster((home, 2)).apply([line(1)]).added) == 1
    assert not roster((1 - home, 2)).apply([line(1)]).added
    held = roster((1 - home, 2))
    held.replace([line(1)])
    assert len(held) == 0


def test_a_rule_that_starts_next_says_so() -> None:
    """Whether a joiner wants to hear what lasts travels with it."""
    held = roster()
    held.apply([line(1)])
    assert [now for _, now in held.apply([line(2), line(3, start="next")]).joined] == [True, False]
