"""Conditions that read another instrument: strength, ratio, and what stirs them."""

from decimal import Decimal

import pytest

from rules.language import LanguageError, canonical, parse, phrase
from rules.model import And, Instrument, Kind, Leaf, Phase
from rules.signal import others
from tests.rules.world import World, leaf

A, B, INDEX, GROUP = "300308.SZ", "300502.SZ", "000300.SH", "@optics"
FIRED, NONE = ["fired"], list[str]()
KNOWN = {
    symbol: Instrument(symbol=symbol, kind=kind, decimals=decimals)
    for symbol, kind, decimals in (
        (A, Kind.STOCK, 3), (B, Kind.STOCK, 3), (INDEX, Kind.INDEX, 8), (GROUP, Kind.GROUP, 8)
    )
}  # fmt: skip


@pytest.fixture
def world() -> World:
    """Two shares, an index and a group of both shares; everything closed at 100.00."""
    return World(groups={GROUP: (A, B)}, prev_close="100", instruments=list(KNOWN.values()))


def stronger(level: str, other: str = INDEX) -> Leaf:
    """`strength(other) > level`."""
    return leaf("strength", ">", level, other)


def test_strength_is_the_change_here_minus_the_change_there(world: World) -> None:
    """Strict, exact at the tie, and told with its number."""
    world.add(stronger("0.02"))
    assert world.see("10:00:00", "103", A) == NONE  # the index has not traded
    assert world.see("10:00:01", "101", INDEX) == NONE
    assert world.see("10:00:02", "103.001", A) == FIRED
    (event,) = world.events
    assert (event.symbol, event.signal, event.level) == (A, "strength(000300.SH)", 2.0)
    assert event.value == pytest.approx(2.001)
    assert event.change == pytest.approx(0.03001)


def test_a_quote_of_the_other_instrument_stirs_it(world: World) -> None:
    """The index falls, the share stands: it has become stronger."""
    world.add(stronger("0.02"))
    world.see("10:00:00", "103", A)
    assert world.see("10:00:01", "101", INDEX) == NONE
    assert world.see("10:00:02", "100.999", INDEX) == FIRED
    assert world.events[0].price == 103_000


def test_there_is_no_moment_within_a_frame(world: World) -> None:
    """Both rise together: whichever comes first in the frame, nothing rings."""
    world.add(stronger("0.02"))
    one, two = world.quote("10:00:00", "105", A), world.quote("10:00:00", "104", INDEX)
    assert not world.take(one, two)
    assert not world.take(
        world.quote("10:00:03", "101", INDEX),
        world.quote("10:00:03", "102", A),
    )
    assert not world.take(world.quote("10:00:06", "106", A), world.quote("10:00:06", "105", INDEX))


def test_a_composite_waits_for_the_end_of_the_frame(world: World) -> None:
    """The price part moves with the quote, the strength part with the frame."""
    world.add(And((leaf("price", ">", "104"), stronger("0.02"))))
    world.take(world.quote("10:00:00", "103", A), world.quote("10:00:00", "100", INDEX))
    assert not world.take(world.quote("10:00:03", "105", A), world.quote("10:00:03", "104", INDEX))
    assert world.see("10:00:06", "103", INDEX) == NONE
    assert world.see("10:00:09", "102.9", INDEX) == FIRED
    assert world.events[0].symbol == A


def test_a_group_may_be_the_other_one(world: World) -> None:
    """A share against the mean of its group: 4 % against 2 % and less."""
    world.add(stronger("0.02", GROUP))
    world.see("10:00:00", "104", A)
    assert world.see("10:00:01", "100", B) == NONE
    assert world.see("10:00:02", "99.9", B) == FIRED


def test_a_group_may_be_stronger_than_an_index(world: World) -> None:
    """Its own condition stirs with members and index."""
    world.add(stronger("0.02"), GROUP)
    world.see("10:00:00", "104", A)
    assert world.see("10:00:01", "101", INDEX) == FIRED
    assert world.events[0].price is None
    assert world.see("10:00:02", "103", INDEX) == NONE
    assert world.see("10:00:03", "107", B) == FIRED


def test_another_day_is_not_compared(world: World) -> None:
    """Until the index trades today its change is yesterday's."""
    world.add(stronger("0.02"))
    world.see("10:00:00", "100", INDEX)
    assert world.see("10:00:01", "103", A) == FIRED
    assert world.see("10:00:00", "103", A, day="2025-11-27") == NONE
    assert world.see("10:00:01", "100", INDEX, day="2025-11-27") == FIRED


def test_yesterdays_share_is_not_stirred_by_todays_index(world: World) -> None:
    """It has no price of today yet."""
    world.add(stronger("-0.5"))
    world.see("10:00:00", "103", A)
    assert world.see("10:00:00", "100", INDEX, day="2025-11-27") == NONE


def test_nor_is_one_that_is_halted(world: World) -> None:
    """Its price says nothing until it trades again; a later quote ends the halt."""
    world.add(stronger("0.02"))
    world.see("10:00:00", "101", A)
    world.see("10:00:01", "101", A, phase=Phase.HALTED)
    assert world.see("10:00:02", "95", INDEX) == NONE
    assert world.see("10:00:03", "101", A) == FIRED


def test_without_a_previous_close_there_is_no_strength(world: World) -> None:
    """Neither here nor there."""
    world.prev_close = None
    world.add(stronger("-0.5"))
    assert world.see("10:00:00", "101", A) == NONE
    assert world.see("10:00:01", "101", INDEX) == NONE
    assert world.see("10:00:02", "101", INDEX, prev_close="100") == NONE


def test_a_group_of_nobody_has_no_change(world: World) -> None:
    """An empty group is as unknown as any."""
    world.add(stronger("-0.5", "@nobody"))
    assert world.see("10:00:00", "101", A) == NONE


def test_nobody_is_stirred_on_a_day_off(world: World) -> None:
    """A coin trades on Sunday, the share that is compared with it does not."""
    coin = "BTCUSDT.BINANCE"
    world.add(stronger("-0.5", coin))
    world.see("10:00:00", "101", A, day="2025-11-21")
    assert world.see("10:00:00", "100", coin, day="2025-11-23") == NONE


def test_ratio_is_price_over_price_in_currency(world: World) -> None:
    """Quanta differ between markets; currency counts."""
    coin = "BTCUSDT.BINANCE"
    world.instruments[coin] = Instrument(symbol=coin, kind=Kind.COIN, decimals=8)
    world.add(leaf("ratio", ">=", "1.5", coin))
    world.see("10:00:00", "149.999", A)
    assert world.see("10:00:01", "100", coin) == NONE
    assert world.see("10:00:02", "150", A) == FIRED
    assert world.events[0].value == 1.5


def test_ratio_crossing_must_be_seen_on_the_other_side(world: World) -> None:
    """True at first sight waits; a tie is no cross; the way down is a condition of its own."""
    world.add(leaf("ratio", "crosses above", "1", B))
    world.add(leaf("ratio", "crosses below", "1", B))
    world.see("10:00:00", "101", A)
    path = ["100", "101", "100.5", "101", "102"]
    found = [world.see(f"10:00:0{at + 1}", price, B) for at, price in enumerate(path)]
    assert found == [NONE, NONE, FIRED, NONE, FIRED]
    assert [event.direction.value for event in world.events] == ["up", "down"]


def test_a_group_has_no_ratio(world: World) -> None:
    """It has no price to divide by."""
    world.add(leaf("ratio", ">", "0", GROUP))
    world.see("10:00:00", "101", A)
    assert world.see("10:00:01", "101", A) == NONE


def test_a_removed_condition_pairs_nothing(world: World) -> None:
    """And adding one twice, or two on the same pair, rings each once."""
    gone = world.add(stronger("0.02"))
    world.add(stronger("0.03"))
    world.engine.remove(gone.id)
    world.see("10:00:00", "104", A)
    assert world.see("10:00:01", "100", INDEX) == FIRED
    assert world.events[0].level == 3.0


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "text",
    [
        "300308.SZ strength(000300.SH) > 2%",
        "300308.SZ ratio(300502.SZ) crosses above 1.5",
        "@optics strength(000300.SH) < -1%",
    ],
)
def test_other_symbols_round_trip(text: str, language: str) -> None:
    """Print in either language, parse, print: the same line."""
    line = parse(text, KNOWN.get)
    assert canonical(line) == text
    assert canonical(parse(phrase(line, language), KNOWN.get)) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("300308.SZ strength(nowhere) > 2%", "not a known symbol"),
        ("300308.SZ strength(300308.SZ) > 2%", "the instrument itself"),
        ("300308.SZ ratio(@optics) > 2", "does not exist on @optics"),
        ("@optics ratio(300308.SZ) > 2", "on @optics"),
    ],
)
def test_others_that_do_not_fit(text: str, reason: str) -> None:
    """Each says which word is wrong."""
    with pytest.raises(LanguageError, match=reason):
        parse(text, KNOWN.get)


def test_any_member_may_be_compared_with_one_of_them() -> None:
    """`any` is about the members; one of them compares with itself and never rings."""
    line = parse("any @optics strength(@optics) > 2%", KNOWN.get)
    assert line.condition.root == Leaf("strength", (GROUP,), ">", Decimal("0.02"))


def test_feeds_are_told_whom_else_to_bring() -> None:
    """Every leaf of a tree, each symbol once."""
    one, two = stronger("0.02"), leaf("ratio", ">", "1", B)
    assert others(And((one, two, leaf("price", ">", "1"), one)), KNOWN[A]) == (INDEX, B)
    assert others(parse("300308.SZ not strength(000300.SH) > 2%", KNOWN.get).condition.root, KNOWN[A]) == (
        INDEX,
    )
