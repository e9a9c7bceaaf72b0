"""Frozen values made quickly, where the hot path makes many.

A frozen class's constructor sets every field around its own lock and takes its arguments by name, at eight
times the price of setting as many slots. A twin of the same slots without a lock becomes an instance of the
class once it is filled.
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, fields, make_dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar

Fields = ParamSpec("Fields")
Value = TypeVar("Value")


class Late:
    """Beside a frozen value's fields: what those are read from that were left out at first."""

    __slots__ = ("late",)

    late: Any


def blank(frozen: type) -> Callable[[], Any]:
    """Makes open twins of a frozen slotted dataclass: set every field, then set `__class__` to the class."""
    return partial(object.__new__, twin(frozen))


def quick(frozen: Callable[Fields, Value]) -> Callable[Fields, Value]:
    """The constructor of a frozen slotted dataclass at a third of its price; `__post_init__` is not called.

    A function, written out as dataclasses writes constructors. Its callers name what they give, as the class
    asks, but it does not: defaults of arguments that must be named are looked up one by one at each call.
    """
    kind: Any = frozen
    names: dict[str, Any] = {"blank": blank(kind), "kind": kind}
    heads: list[str] = []
    lines = ["made = blank()"]
    for one in sorted(fields(kind), key=_has_default):
        head, value = one.name, one.name
        if one.default is not MISSING:
            names[f"default_{one.name}"] = one.default
            head += f"=default_{one.name}"
        elif one.default_factory is not MISSING:
            names[f"factory_{one.name}"] = one.default_factory
            head += "=None"
            value = f"factory_{one.name}() if {one.name} is None else {one.name}"
        heads.append(head)
        lines.append(f"made.{one.name} = {value}")
    body = "\n    ".join([*lines, "made.__class__ = kind", "return made"])
    exec(f"def make({', '.join(heads)}):\n    {body}", names)  # noqa: S102 - the class's own field names
    made: Callable[Fields, Value] = names["make"]
    return made


def _has_default(one: Field[Any]) -> bool:
    return one.default is not MISSING or one.default_factory is not MISSING


def twin(kind: Any) -> Any:
    """An open class of the same slots; its instances become the frozen class's when `__class__` is set."""
    return make_dataclass(kind.__name__, [one.name for one in fields(kind)], bases=kind.__bases__, slots=True)
