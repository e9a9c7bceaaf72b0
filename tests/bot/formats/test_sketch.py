"""A sketch is the quote that it leaves half in its line, to every question one can ask of it."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, astuple, fields, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from bot.formats.sketch import ABSENT, Sketch, completed, stamped
from rules.making import changed
from rules.model import Phase, Quote

NOON = datetime(2026, 9, 10, 4, tzinfo=UTC)
WHOLE = Quote(symbol="300308.SZ", time=NOON, price=500_000, bid=499_990, ask_depth=1e6, source="test")
EARLY = [field.name for field in fields(Quote) if field.name not in ABSENT]


class Half(Sketch):
    """One whose line says a bid and the depth of the other side."""

    __slots__ = ()

    def read(self, late: bytes) -> dict[str, Any]:
        """Both from the bytes that are kept."""
        return {"bid": int(late), "ask_depth": 1e6}


def half() -> Any:
    """WHOLE as a sketch."""
    draft: Any = Half
    made = draft()
    for name in EARLY:
        setattr(made, name, getattr(WHOLE, name))
    made.late = b"499990"
    return made


@pytest.mark.parametrize(
    "ask",
    [
        lambda quote: quote.bid,
        lambda quote: quote.inflow,
        hash,
        repr,
        astuple,
        lambda quote: quote == WHOLE,
        [WHOLE].index,
        lambda quote: quote != replace(WHOLE, bid=1),
        lambda quote: replace(quote, price=1),
        lambda quote: changed(quote, price=1),
        lambda quote: pickle.loads(pickle.dumps(quote)),  # noqa: S301 -- our own bytes
        copy.deepcopy,
        msgspec.json.encode,
    ],
)
def test_it_answers_as_the_whole_quote(ask: Callable[[Any], Any]) -> None:
    """Equality, text, copies, changes and encodings are those of the quote, and it is one afterwards."""
    sketch = half()
    assert isinstance(sketch, Quote)
    assert ask(sketch) == ask(WHOLE)
    assert type(sketch) is Quote
    assert sketch == WHOLE


def test_what_it_has_is_read_without_the_rest() -> None:
    """Fields that are there leave the line alone."""
    sketch = half()
    assert [getattr(sketch, name) for name in EARLY] == [getattr(WHOLE, name) for name in EARLY]
    assert type(sketch) is Half


def test_one_stamped_is_another_object_of_the_same_line() -> None:
    """The phase is set on the copy alone, and both say the same book."""
    sketch = half()
    copied = stamped(sketch, Phase.CONTINUOUS)
    assert type(copied) is Half
    assert copied == replace(WHOLE, phase=Phase.CONTINUOUS)
    assert sketch == WHOLE


def test_it_is_locked_once_complete() -> None:
    """Then it is as frozen as any quote."""
    with pytest.raises(FrozenInstanceError):
        completed(half()).price = 1  # type: ignore[misc]


def test_one_that_cannot_read_is_no_sketch() -> None:
    """Whoever makes a kind of sketch says how its line is read."""
    with pytest.raises(NotImplementedError):
        Sketch.read(half(), b"")
