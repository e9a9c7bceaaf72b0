"""Contracts that classes keep."""

from rules.contract import keeps
from rules.meter import Invertible, Telling
from rules.signals.move import Window


def test_a_class_keeps_the_contracts_whose_methods_it_has() -> None:
    """Asked twice it is the same answer."""
    for _ in range(2):
        assert keeps(Window, Telling)
        assert not keeps(Window, Invertible)
