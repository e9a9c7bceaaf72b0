"""Quotes made and changed quickly are the values that a frozen dataclass makes and changes."""

import pickle
from dataclasses import FrozenInstanceError, fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.making import changed, made
from rules.model import Phase, Quote

NOON = datetime(2026, 9, 10, 4, tzinfo=UTC)
SOME: dict[str, Any] = {"symbol": "300308.SZ", "time": NOON, "price": 500_000}
OPTIONAL = [field.name for field in fields(Quote) if field.name not in SOME]
values = st.none() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3) | st.sampled_from(Phase)


@given(
    more=st.dictionaries(st.sampled_from(OPTIONAL), values),
    then=st.dictionaries(st.sampled_from(OPTIONAL), values),
)
def test_they_equal_what_the_dataclass_makes(more: dict[str, Any], then: dict[str, Any]) -> None:
    """Whatever the fields: the same class, value, hash and text; the original of a change stays as it was."""
    quick, slow = made(**SOME, **more), Quote(**SOME, **more)
    assert type(quick) is Quote
    assert (quick, hash(quick), repr(quick)) == (slow, hash(slow), repr(slow))
    assert changed(quick, **then) == replace(slow, **then)
    assert quick == slow


def test_they_are_as_frozen_as_any() -> None:
    """Nobody changes a quote that others hold, and it survives pickling."""
    quote = changed(made(**SOME), phase=Phase.CONTINUOUS)
    with pytest.raises(FrozenInstanceError):
        quote.price = 1  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(quote)) == quote  # noqa: S301 -- our own bytes


def test_what_is_no_field_is_refused() -> None:
    """A misspelt name is an error, as it is with the dataclass."""
    misspelt: Any = {"pirce": 1}
    with pytest.raises(TypeError):
        made(**SOME, **misspelt)
    with pytest.raises(AttributeError):
        changed(made(**SOME), **misspelt)
