"""Lots and shares told apart by the mean price."""

import pytest

from bot.formats.lots import Traded, fits, lot


@pytest.mark.parametrize(
    ("volume", "usual", "expected"),
    [
        (1_000.0, 100, 100),  # lots, as said
        (100_000.0, 100, 1),  # shares where lots are usual
        (1_000.0, 1, 100),  # lots where shares are usual
        (100_000.0, 1, 1),
        (7.0, 100, 100),  # neither explains the amount: the usual one, and the gate refuses
        (0.0, 100, 100),
        (None, 1, 1),
    ],
)
def test_the_unit_is_the_one_that_explains_the_amount(
    volume: float | None, usual: int, expected: int
) -> None:
    """50 million yuan between 480.50 and 510.00 are a hundred thousand shares."""
    traded = Traded(volume=volume, amount=5e7, low=480_500, high=510_000)
    assert lot(traded, usual, 3) == expected


def test_small_volumes_are_rounded_widely() -> None:
    """One lot may be 100 to 199 shares, so its mean price says little."""
    assert fits(Traded(volume=1.0, amount=90_000.0, low=480_500, high=510_000), 100, 3)
    assert not fits(Traded(volume=1_000.0, amount=9e7, low=480_500, high=510_000), 100, 3)
