"""Minute bars as columns: put on the scale of the newest by dated factors."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from rules.model import History
from rules.table import EMPTY, Table, adjusted
from tests.rules.world import history

DAYS = np.array(["2025-11-24", "2025-11-25"], "datetime64[D]")
FACTORS = history([100, 100, 100], last=date(2025, 11, 25), factor=[0.5, 0.5, 1.0])
TABLE = Table(
    begins=np.array([0, 60_000_000], np.int64),
    days=DAYS,
    prices=np.full((4, 2), 100_000, np.int64),
    volume=np.ones(2),
)


@pytest.mark.parametrize(
    ("known", "table"),
    [
        (None, TABLE),
        (replace(FACTORS, **{name: getattr(FACTORS, name)[:0] for name in ("dates", "factor")}), TABLE),
        (replace(FACTORS, factor=np.ones(3)), TABLE),
        (FACTORS, EMPTY),
    ],
)
def test_nothing_to_adjust(known: History | None, table: Table) -> None:
    """No history, none of a day, no factor that differs, no bar: the table as it is."""
    assert adjusted(table, len(table), known) is table


def test_bars_before_a_factor() -> None:
    """The bar of the day before the split is halved, the newest stays; whole prices become fractions."""
    found = adjusted(TABLE, 2, FACTORS)
    assert found.prices.tolist() == [[50_000.0, 100_000.0]] * 4
