"""Values made quickly are those of the frozen class, to every question one can ask of them."""

from dataclasses import FrozenInstanceError, dataclass, field, fields

import pytest

from rules.frozen import blank, quick
from rules.rings import Row
from tests.rules.world import World, leaf, q


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """Something with every kind of default."""

    name: str
    size: int = 3
    parts: dict[str, int] = field(default_factory=dict)


def test_a_quick_value_is_the_classes_own() -> None:
    """Equal, of the class, locked; defaults are its defaults and fresh ones are fresh."""
    make = quick(Value)
    assert make(name="a") == Value(name="a")
    assert make(name="a", size=0, parts={"x": 1}) == Value(name="a", size=0, parts={"x": 1})
    one, other = make(name="a"), make(name="a")
    assert type(one) is Value
    assert one.parts is not other.parts
    with pytest.raises(FrozenInstanceError):
        one.size = 4  # type: ignore[misc]
    with pytest.raises(TypeError):
        make()  # type: ignore[call-arg]


def test_a_blank_is_filled_and_locked() -> None:
    """Open until its class is set."""
    made = blank(Value)()
    made.name, made.size, made.parts = "a", 3, {}
    made.__class__ = Value
    assert made == Value(name="a")
    with pytest.raises(FrozenInstanceError):
        made.size = 4


def test_what_the_hot_path_makes_has_every_field() -> None:
    """A plain ring's event and the row of a condition armed again say what the slow roads would."""
    world = World(prev_close=100)
    made = world.add(leaf("price", ">", "101"), text="price > 101")
    (told,) = world.take(world.quote("09:30:00", 102))
    slow = world.fresh()
    slow.add(made)
    slow._columns.marks[0] = 0  # not plain: the road every other condition takes
    world.engine = slow
    (other,) = world.take(world.quote("09:30:00", 102))
    assert {one.name: getattr(told, one.name) for one in fields(told)} == {
        one.name: getattr(other, one.name) for one in fields(other)
    }
    assert told.price == q(102)
    world.see("09:30:03", 100)
    (row,) = world.steps[-1].armed
    assert row == Row(condition=made.id, ring=1, state="armed", time=told.time, session=told.session)
