"""Daily bars from a folder."""

from pathlib import Path

import pytest

from bot.errors import InputError
from bot.history.folder import Folder
from bot.master.reference import Reference
from rules.adjust import AFFINE, RATIO

MASTER = Reference.load()
BAR = "date,open,high,low,close,volume\n2025-11-24,1,1,1,1,1\n"


async def test_bars_are_read_once_from_the_symbols_file(tmp_path: Path) -> None:
    """The second question is answered from memory until the folder is told to forget."""
    folder = Folder(tmp_path, MASTER.get)
    file = tmp_path / "BTC-USDT.OKX.csv"
    file.write_text(BAR, encoding="utf-8")
    first = await folder.daily("BTC-USDT.OKX")
    assert first is not None
    assert first.close.tolist() == [10**8]
    file.unlink()
    assert folder.get("BTC-USDT.OKX") is first
    folder.forget()
    assert folder.get("BTC-USDT.OKX") is None


@pytest.mark.parametrize("symbol", ["300308.SZ", "@optical-modules", "@chat/name", "../secret", "a/b.SZ", ""])
def test_a_symbol_without_a_file_has_no_bars(tmp_path: Path, symbol: str) -> None:
    """Unknown symbols, groups, and anything that is a path rather than a name."""
    (tmp_path / "secret.csv").write_text(BAR, encoding="utf-8")
    folder = Folder(tmp_path / "history", MASTER.get)
    assert folder.get(symbol) is None


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    """Whoever asks for the bars gets the file's fault."""
    (tmp_path / "300308.SZ.csv").write_text("date\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"300308\.SZ\.csv, line 1, column open: this column is missing"):
        Folder(tmp_path, MASTER.get).get("300308.SZ")


@pytest.mark.parametrize(
    ("convention", "columns", "adjusted"), [(RATIO, ",a,b", ""), (AFFINE, ",a,b", "a"), (AFFINE, "", "")]
)
def test_the_setting_chooses_among_what_a_file_has(
    tmp_path: Path, convention: str, columns: str, adjusted: str
) -> None:
    """Under ratio the affine columns are left alone; under affine a file without them goes by ratio."""
    row = BAR.splitlines()[1] + (",1,0" if columns else "")
    (tmp_path / "300308.SZ.csv").write_text(f"{BAR.splitlines()[0]}{columns}\n{row}\n", encoding="utf-8")
    bars = Folder(tmp_path, MASTER.get, convention=convention).get("300308.SZ")
    assert bars is not None
    assert (bars.gain is not None) == (bars.shift is not None) == bool(adjusted)
