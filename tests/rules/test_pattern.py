"""A condition split into what it shares with others and its number comes out the same, or is kept whole."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.columns import Columns
from rules.levels import Inputs, line_of
from rules.line import Line
from rules.model import REGULAR, And, Condition, Instrument, Kind, Leaf, SessionKind
from rules.pattern import Patterns
from tests.rules.world import SYMBOL, World

ABOVE = ("price", (), ">")


def of(
    text: str, level: str | None, head: tuple[str, tuple[int, ...], str] = ABOVE
) -> tuple[Condition, Leaf]:
    """A condition as a parser would make it, or not."""
    leaf = Leaf(*head, None if level is None else Decimal(level))
    return Condition(symbol=SYMBOL, root=leaf, text=text), leaf


def again(patterns: Patterns, condition: Condition, leaf: Leaf) -> bool:
    """Whether it was split; then text and leaf are the same."""
    found = patterns.split(condition, leaf)
    if found is None:
        return False
    number, mantissa = found
    assert -(1 << 63) < mantissa < 1 << 63
    pattern = patterns.known[number]
    assert (pattern.text(mantissa), pattern.leaf(mantissa)) == (condition.text, leaf)
    return True


@pytest.mark.parametrize(
    ("text", "level", "head"),
    [
        ("price > 560", "560", ABOVE),
        ("price > 0.05", "0.05", ABOVE),
        ("price > 12.340", "12.34", ABOVE),
        ("change > 5%", "0.05", ("change", (), ">")),
        ("change > 0%", "0", ("change", (), ">")),
        ("change > -0.5%", "-0.005", ("change", (), ">")),
        ("market_cap > 610B", "610000000000", ("market_cap", (), ">")),
        ("rsi(14) > 80", "80", ("rsi", (14,), ">")),
        ("reclaim ma(20)", None, ("ma", (20,), "reclaim")),
        ("record high", None, ("record high", (), "is")),
        ("", None, ("record high", (), "is")),
    ],
)
def test_canonical_texts_are_split(
    text: str, level: str | None, head: tuple[str, tuple[int, ...], str]
) -> None:
    """First met, met again, and beside others of the family."""
    patterns = Patterns()
    for _ in range(2):
        assert again(patterns, *of(text, level, head))
    assert len(patterns.known) == 1


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("price > 0560", "560"),
        ("price > -0", "0"),
        ("price > 5_60", "560"),
        ("price > ٥", "5"),
        ("price > 560", "561"),
        ("dear", "560"),
        ("price > 99999999999999999.999999999", "99999999999999999.999999999"),
        ("price > 560 > 7", "560"),
        ("price >560", "7"),
    ],
)
def test_what_does_not_come_out_the_same_is_kept_whole(text: str, level: str | None) -> None:
    """Alone and beside a known family: no pattern, and the columns give the condition itself back."""
    for before in ([], ["price > 1", "price > 1.5", "price > 1.999999999"]):
        patterns, columns = Patterns(), Columns()
        for known in before:
            assert again(patterns, *of(known, known.removeprefix("price > ")))
            assert columns.add(of(known, known.removeprefix("price > "))[0], 0) is not None
        condition, leaf = of(text, level)
        assert not again(patterns, condition, leaf)
        number = columns.add(condition, 0)
        assert number is not None
        assert columns.condition(number, SYMBOL) is condition
        assert (columns.text(number), columns.leaf(number)) == (text, leaf)


def test_a_family_is_known_by_leaf_options_and_ending() -> None:
    """Units, arguments, sessions and margins make patterns of their own; decimals share the family's text."""
    patterns = Patterns()
    cap = ("market_cap", (), ">")
    texts = {"610B": "610e9", "6.1B": "6.1e9", "5M": "5e6", "7": "7", "610": "610"}
    for text, level in texts.items():
        assert again(patterns, *of(f"market_cap > {text}", level, cap))
    assert len(patterns.known) == 4
    leaf = Leaf("price", (), ">", Decimal(5))
    for sessions, margin in ((REGULAR, None), (frozenset(SessionKind), None), (REGULAR, Decimal("0.01"))):
        condition = Condition(
            symbol=SYMBOL, root=leaf, text="price > 5", sessions=sessions, hysteresis=margin
        )
        assert again(patterns, condition, leaf)
    assert len(patterns.known) == 7
    assert again(patterns, *of("above 5", "5"))  # the same leaf by another text
    assert again(patterns, *of("price > 6", "6"))


@given(
    mantissa=st.integers(-(10**20), 10**20),
    decimals=st.integers(0, 12),
    other=st.integers(-(10**6), 10**6),
    unit=st.sampled_from(["", "%", "B"]),
)
def test_every_number_comes_out_the_same_or_is_kept_whole(
    mantissa: int, decimals: int, other: int, unit: str
) -> None:
    """Any number, whatever the family had before."""
    power = {"": 0, "%": -2, "B": 9}[unit]
    patterns = Patterns()
    for number in (other, mantissa, other):
        level = Decimal(number).scaleb(-decimals)
        condition, leaf = of(f"price > {level:f}{unit}", str(level.scaleb(power)))
        is_split = again(patterns, condition, leaf)
        assert is_split or abs(number) >= 1 << 63 or decimals > 9 or len(str(abs(number))) - decimals > 17


@pytest.mark.parametrize(
    ("signal", "verb", "level"),
    [
        ("change", ">", "10000000000.12345678912"),
        ("macd dif", ">", "9999999999999999"),
        ("macd dif", "<", "9999999999999999"),
        ("market_cap", ">", "9999999999999999"),
        ("market_cap", "<", "9999999999999999"),
    ],
)
def test_a_level_beyond_all_prices_stays_where_no_price_comes(signal: str, verb: str, level: str) -> None:
    """A number that no column holds rings on its true side and takes nothing down."""
    from tests.rules.world import history  # noqa: PLC0415 - used here alone

    world = World({SYMBOL: history([100 + day % 7 for day in range(60)])}, prev_close=100)
    world.add(Leaf(signal, (), verb, Decimal(level)), text=f"{signal} {verb} {level}")
    told = world.walk([101, 90, 105])
    assert told[0] == ([] if verb == ">" or signal == "market_cap" else ["provisional"])
    assert told[1:] == [[], []]


def records(first: int, last: int) -> list[Condition]:
    """Conditions that share nothing."""
    return [of(f"record {number}", None, ("record high", (), "is"))[0] for number in range(first, last)]


def test_more_patterns_than_two_bytes_count() -> None:
    """The column of patterns grows wider when it has to, and every text comes back."""
    columns = Columns()
    made = records(0, 0x10002)
    for condition in made:
        columns.append(condition, 0)
    columns.file()
    assert len(columns) == len(made)
    for number in (0, 1, 0xFFFF, 0x10000, 0x10001):
        assert columns.find(made[number].id) == number
        assert columns.text(number) == f"record {number}"


def test_a_directory_filed_in_batches_finds_everybody() -> None:
    """Batches merge with what was filed before and with what was added alone."""
    columns = Columns()
    made = records(0, 9000)
    for start in (0, 3000, 6000):
        for condition in made[start : start + 2999]:
            columns.append(condition, 0)
        columns.file()
        assert columns.add(made[start + 2999], 0) == start + 2999
    columns.file()
    assert [columns.find(condition.id) for condition in made] == list(range(9000))
    assert list(columns.unknown([*made, *records(9000, 9002), *records(9000, 9001)])) == records(9000, 9002)


def test_a_line_is_asked_only_where_there_is_one() -> None:
    """A group has no price, so a price level typed for one has no line; it neither rings nor re-arms."""
    world = World(groups={"@g": [SYMBOL]}, prev_close=100)
    made = world.add(Leaf("price", (), ">", Decimal(5)), "@g", "price > 5")
    assert world.walk([101, 102]) == [[], []]
    found = world.engine.explain(made.id)
    assert found is not None
    assert "no price" in str(found)
    price, average = Leaf("price", (), ">", Decimal(5)), Leaf("ma", (5,), "above", None)
    share, group = Instrument(symbol=SYMBOL), Instrument(symbol="@g", kind=Kind.GROUP)
    assert line_of(price, Inputs(instrument=share)) == Line(slope=1000)
    assert line_of(price, Inputs(instrument=group)) is None
    assert line_of(average, Inputs(instrument=share)) is None


def test_a_rule_that_goes_before_its_first_quote_leaves_nothing() -> None:
    """Removed while it waits to be judged: nothing rings, nobody is left."""
    world = World(prev_close=100)
    kept, gone = (
        world.add(Leaf("price", (), ">", Decimal(level)), text=f"price > {level}") for level in (99, 98)
    )
    world.engine.remove(gone.id)
    assert world.walk([101]) == [["fired"]]
    assert [condition.id for condition in world.engine.conditions()] == [kept.id]


def test_a_crossing_in_a_composite_without_a_close_before() -> None:
    """Nothing is known of the session before, so the first price beyond is no cross; a real one counts."""
    world = World()
    world.add(And((Leaf("price", (), "crosses above", Decimal(99)), Leaf("price", (), "<", Decimal(200)))))
    assert world.walk([101, 102, 98, 101]) == [[], [], [], ["fired"]]
