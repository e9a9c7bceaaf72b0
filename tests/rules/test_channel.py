"""Channels: two prices, one condition."""

from decimal import Decimal

import pytest

from rules.language import LanguageError, parse, phrase
from rules.model import Instrument, Leaf, Mode
from rules.rings import Row
from tests.rules.world import SYMBOL, World

SHARE = Instrument(symbol=SYMBOL)
FIRED, NONE = ["fired"], list[str]()


def channel(verb: str, low: str = "95", high: str = "105") -> Leaf:
    """A channel's leaf."""
    return Leaf("price", (Decimal(low), Decimal(high)), verb)


def rings(verb: str, prices: list[str]) -> list[int]:
    """Which quotes of a walk ring."""
    world = World(prev_close="100")
    world.add(channel(verb))
    return [index for index, states in enumerate(world.walk(prices)) if states]


@pytest.mark.parametrize(
    ("verb", "prices", "expected"),
    [
        ("outside", ["100", "105", "105.001", "104.9", "106", "104.78", "105.01"], [2, 6]),
        ("outside", ["100", "95", "94.999", "106"], [2]),  # straight through: outside all the time
        ("outside", ["106", "100", "94"], [0, 2]),
        ("inside", ["110", "105", "105.1", "105", "105.22", "105"], [1, 5]),
        ("inside", ["110", "90", "95", "94.9", "95"], [2]),
        ("inside", ["100"], [0]),
        ("enters", ["100", "106", "100", "94", "100"], [2, 4]),
        ("enters", ["110", "105"], [1]),
        ("enters", ["110", "90", "110"], []),
        ("leaves", ["110", "100", "94"], [0, 2]),  # the gap out of it counts
        ("leaves", ["100", "95", "94.999"], [2]),
        ("leaves", ["110", "111"], [0]),
    ],
)
def test_channels_ring_at_their_ends(verb: str, prices: list[str], expected: list[int]) -> None:
    """Ends belong to the inside; crossings must be seen on the other side first; 0.2 % is the way back."""
    assert rings(verb, prices) == expected


def test_a_band_passed_at_once_stays_armed() -> None:
    """In and out in one move is no ring, and the next entry is one."""
    assert rings("inside", ["110", "90", "110", "100"]) == [3]


@pytest.mark.parametrize(
    ("verb", "prices", "expected"),
    [
        ("outside", ["100", "106", "94", "95.1", "94"], [1]),  # through it, then within 0.2 % of its end
        ("outside", ["100", "106", "94", "100", "94"], [1, 4]),
        ("inside", ["110", "100", "90", "100", "110", "100"], [1, 3, 5]),
        ("enters", ["110", "100", "94.9", "94.7", "96"], [1, 4]),
    ],
)
def test_what_lies_between_two_levels_was_not_seen(verb: str, prices: list[str], expected: list[int]) -> None:
    """A move through a channel is neither inside nor outside it: nothing re-arms, nothing was seen false."""
    assert rings(verb, prices) == expected


def test_waiting_to_be_seen_inside() -> None:
    """Made outside, then from one side to the other: it was never inside, so it left nothing."""
    world = World(prev_close="100")
    world.see("09:30:00", "110")
    world.add(channel("leaves"))
    assert world.walk(["110", "94", "94.5", "95", "94.5"], "09:31") == [NONE, NONE, NONE, NONE, FIRED]


def test_each_ring_of_a_band_ends_once() -> None:
    """There are two ways back out of it; one was taken, the other is forgotten."""
    world = World(prev_close="100")
    world.add(channel("inside"))
    world.walk(["110", "100", "90", "110", "100", "110"])
    assert [row.ring for step in world.steps for row in step.armed] == [1, 2]


def test_back_from_one_end_and_near_the_other_is_not_back() -> None:
    """From above it falls through the channel to a cent above its lower end."""
    assert rings("outside", ["106", "95.01", "106", "100", "106"]) == [0, 4]


def test_a_gap_into_a_channel_enters_it() -> None:
    """Yesterday's close counts as seen for a rule that existed before the open."""
    world = World(prev_close="110")
    world.add(channel("enters"))
    assert world.see("09:30:00", "100") == FIRED


def test_the_event_tells_the_end() -> None:
    """Value, and of the two ends the one it left by, so that the card names the level that was passed."""
    world = World(prev_close="100")
    made = world.add(channel("outside"))
    world.walk(["100", "106", "100", "94"])
    event, below = world.events
    assert (event.value, event.level, event.signal) == (106.0, 105.0, "price(95, 105)")
    assert (below.value, below.level, below.level_price) == (94.0, 95.0, 95.0)
    assert event.condition == made.id
    assert event.direction.value == "up"


def test_a_channel_that_rang_is_restored() -> None:
    """Ringing before a restart: the next quote outside says nothing, back inside re-arms."""
    world = World(prev_close="100")
    made = world.add(channel("outside"))
    world.walk(["100", "106"])
    event = world.events[0]
    world.engine = world.fresh()
    row = Row(condition=made.id, ring=1, state="fired", time=event.time, session=event.session)
    world.engine.add(made, row=row, seen=True)
    assert world.walk(["107", "100", "94"], "10:00") == [NONE, NONE, FIRED]


@pytest.mark.parametrize("verb", ["outside", "inside", "enters", "leaves"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_channels_print_and_parse(verb: str, language: str) -> None:
    """Both languages give the same condition; price levels ring once by default."""
    line = parse(f"{SYMBOL} price {verb} (480, 560.5)", {SYMBOL: SHARE}.get)
    assert line.condition.root == channel(verb, "480", "560.5")
    assert parse(phrase(line, language), {SYMBOL: SHARE}.get) == line
    assert line.mode is Mode.ONCE


@pytest.mark.parametrize(
    ("text", "column", "word"),
    [
        ("300308.SZ price outside (560, 480)", 31, "480"),
        ("300308.SZ price outside (560, 560)", 31, "560"),
        ("300308.SZ price enters (0, 480)", 25, "0"),
        ("300308.SZ price enters (480)", 28, ")"),
    ],
)
def test_a_channel_has_two_ends_that_ascend(text: str, column: int, word: str) -> None:
    """The error points at the upper end, or at what is missing."""
    with pytest.raises(LanguageError) as error:
        parse(text, {SYMBOL: SHARE}.get)
    assert (error.value.column, error.value.word) == (column, word)
