"""Files of daily bars: what they may hold, and the place of every fault."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from bot.errors import InputError
from bot.files.history import read
from bot.master.reference import Reference
from rules.model import History

MASTER = Reference.load()
BARS = "date,open,high,low,close,volume"


def history(folder: Path, text: str, symbol: str = "300308.SZ") -> History:
    """The bars of a history file with this text."""
    file = folder / f"{symbol}.csv"
    file.write_text(text, encoding="utf-8")
    return read(file, MASTER.get(symbol))


def test_history_is_columns_of_quanta(tmp_path: Path) -> None:
    """Dates, prices in quanta, volume, and a factor of one where none is given."""
    bars = history(tmp_path, f"{BARS}\n2025-11-24,1,2,0.5,1.5,1e6\n2025-11-25,1.5,1.501,1.5,1.5,0\n")
    assert bars.symbol == "300308.SZ"
    assert bars.dates.tolist() == [datetime(2025, 11, 24).date(), datetime(2025, 11, 25).date()]  # noqa: DTZ001
    assert bars.open.dtype == np.int64
    assert bars.open.tolist() == [1000, 1500]
    assert bars.high.tolist() == [2000, 1501]
    assert bars.low.tolist() == [500, 1500]
    assert bars.close.tolist() == [1500, 1500]
    assert bars.volume.tolist() == [1e6, 0.0]
    assert bars.factor.tolist() == [1.0, 1.0]


def test_history_may_carry_the_affine_convention(tmp_path: Path) -> None:
    """Both columns, b in currency and of either sign; the ratio's factors follow where none are given."""
    rows = "2025-11-21,10,10,10,10,1,0.5,-0.5\n2025-11-24,9,9,9,9,1,0.5,0\n2025-11-25,4.5,4.5,4.5,4.5,1,1,0\n"
    bars = history(tmp_path, f"{BARS},a,b\n{rows}")
    assert bars.gain is not None
    assert bars.shift is not None
    assert (bars.gain.tolist(), bars.shift.tolist()) == ([0.5, 0.5, 1.0], [-500.0, 0.0, 0.0])
    assert bars.factor.tolist() == pytest.approx([0.45, 0.5, 1.0])
    given = history(tmp_path, f"{BARS},factor,a,b\n2025-11-24,1,1,1,1,1,0.7,1,\n")
    assert given.factor.tolist() == [0.7]
    assert history(tmp_path, f"{BARS}\n").gain is None


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (f"{BARS},a\n2025-11-24,1,1,1,1,1,1\n", "line 1, column b", "a and b go together"),
        (f"{BARS},b\n2025-11-24,1,1,1,1,1,1\n", "line 1, column a", "a and b go together"),
        (f"{BARS},a,b\n2025-11-24,1,1,1,1,1,0,0\n", "line 2, column a", "a factor is above zero"),
        (f"{BARS},a,b\n2025-11-24,1,1,1,1,1,1,x\n", "line 2, column b", "'x' is not an amount"),
    ],
)
def test_a_bad_affine_column_is_named(tmp_path: Path, text: str, place: str, reason: str) -> None:
    """One of them alone says nothing, a is above zero, b is a number."""
    with pytest.raises(InputError) as error:
        history(tmp_path, text)
    assert place in str(error.value)
    assert reason in str(error.value)


def test_history_may_carry_factors_and_be_empty(tmp_path: Path) -> None:
    """The factor column is optional, and so are rows."""
    bars = history(tmp_path, f"{BARS},factor\n2025-11-24,1,2,0.5,1.5,1,0.6566606\n")
    assert bars.factor.tolist() == [0.6566606]
    assert history(tmp_path, BARS).dates.shape == (0,)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("2025-11-24,1,1,1,1,1,1", "date", "does not come after 2025-11-24"),
        ("2025-11-23,1,1,1,1,1,1", "date", "does not come after 2025-11-24"),
        ("20251125,1,1,1,1,1,1", "date", "not a date"),
        ("2025-02-30,1,1,1,1,1,1", "date", "not a date"),
        ("9999-11-25,1,1,1,1,1,1", "date", "not between 1800 and 2200"),
        ("2025-11-25,,1,1,1,1,1", "open", "a value is missing"),
        ("2025-11-25,0,1,1,1,1,1", "open", "above zero"),
        ("2025-11-25,2,1,1,1,1,1", "high", "below another price"),
        ("2025-11-25,1,1,2,1,1,1", "high", "below another price"),
        ("2025-11-25,1,2,1.5,1,1,1", "low", "above another price"),
        ("2025-11-25,1,1,1,1,-1,1", "volume", "not an amount"),
        ("2025-11-25,1,1,1,1,,1", "volume", "a value is missing"),
        ("2025-11-25,1,1,1,1,1,0", "factor", "above zero"),
    ],
)
def test_a_bad_bar_is_named(tmp_path: Path, row: str, column: str, reason: str) -> None:
    """Order, prices and factor of each day are checked."""
    with pytest.raises(InputError) as caught:
        history(tmp_path, f"{BARS},factor\n2025-11-24,1,1,1,1,1,1\n{row}\n")
    assert (caught.value.line, caught.value.column) == (3, column)
    assert reason in caught.value.reason
