"""Rules files: one line a rule, and the place of every fault."""

from decimal import Decimal
from pathlib import Path

import pytest

from bot.errors import InputError
from bot.files.rules import read
from bot.master.reference import Reference

MASTER = Reference.load()


def test_rules_are_one_a_line_with_comments(tmp_path: Path) -> None:
    """Comments and blank lines are skipped; the line is kept as written, without its comment."""
    file = tmp_path / "rules.txt"
    file.write_text(
        "\ufeff# the founding day\n\n300308  change > 5%   # a rung\n"
        '中际旭创 创历史新高\n300308 price > 560 | note "room # 5"\n300308 price > 560 | note "a\\"b" # c\n',
        encoding="utf-8",
    )
    found = read(file, MASTER.find)
    assert [text for text, _ in found] == [
        "300308  change > 5%",
        "中际旭创 创历史新高",
        '300308 price > 560 | note "room # 5"',
        '300308 price > 560 | note "a\\"b"',
    ]
    assert [line.condition.text for _, line in found] == [
        "change > 5%",
        "record high",
        "price > 560",
        "price > 560",
    ]
    assert found[0][1].condition.root.level == Decimal("0.05")  # type: ignore[union-attr] # a leaf


def test_a_bad_rule_is_named_by_line_and_column(tmp_path: Path) -> None:
    """The language's error, with the file's line."""
    file = tmp_path / "rules.txt"
    file.write_text("300308 change > 5%\n300308 chnge > 5%\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(file, MASTER.find)
    assert str(caught.value) == (
        f"{file}, line 2, column 8: 'chnge' is not understood here; did you mean 'change'?"
    )


def test_rules_that_are_not_text_are_bad_input(tmp_path: Path) -> None:
    """A file in another encoding is named with its first bad line."""
    file = tmp_path / "rules.txt"
    file.write_bytes("300308 change > 5%\n中际旭创 创历史新高\n".encode("gb18030"))
    with pytest.raises(InputError, match="line 2: this is not UTF-8 text"):
        read(file, MASTER.find)
