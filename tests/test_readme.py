"""The README's generated tables are what the registries say now."""

from pathlib import Path

from bot.tables import MARK, folded, grid, rendered

README = Path(__file__).parents[1] / "README.md"


def test_every_table_stands_in_the_readme_and_is_current() -> None:
    """`make tables` would change nothing."""
    text = README.read_text(encoding="utf-8")
    tables = ["commands", "signals", "anomalies", "feeds", "settings"]
    assert [found.group(2) for found in MARK.finditer(text)] == tables
    assert rendered(text) == text, "run: make tables"


def test_cells_are_escaped() -> None:
    """A bar inside a cell does not make a column."""
    assert grid(("a",), [("x | y",)]).splitlines()[2] == "| x \\| y |"


def test_forms_that_compare_differently_share_a_cell() -> None:
    """Verbs fold, figures do not."""
    assert folded(["price > ma({n})", "price crosses above ma({n})", "reclaim ma({n})", "lose ma({n})"]) == [
        "price > / crosses above ma({n})",
        "reclaim / lose ma({n})",
    ]
    assert folded(["volume {op} {level}", "volume({w}) {op} {level}"]) == [
        "volume {op} {level}",
        "volume({w}) {op} {level}",
    ]
