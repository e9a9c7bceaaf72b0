"""CSV files that people write, line by line with a checked header; every fault has file, line and column."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import InputError

MOST_WORD, MOST_SHOWN = 40, 30  # characters


class CellError(ValueError):
    """A cell that cannot be read; its text is the reason."""


@dataclass(slots=True)
class Row:
    """One line of a CSV file by column name."""

    file: str
    line: int
    cells: Mapping[str, str]

    def fault(self, column: str | None, reason: str) -> InputError:
        """What is wrong here."""
        return InputError(reason, file=self.file, line=self.line, column=column)

    def take(self, column: str, read: Callable[[str], Any]) -> Any:
        """The cell of a column read, None where it is absent or empty."""
        cell = self.cells.get(column, "").strip()
        if not cell:
            return None
        try:
            return read(cell)
        except CellError as error:
            raise self.fault(column, str(error)) from None

    def need(self, column: str, read: Callable[[str], Any]) -> Any:
        """The cell of a column read; it must not be empty."""
        if (value := self.take(column, read)) is None:
            raise self.fault(column, "a value is missing")
        return value


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what the system and the decoder say into InputError."""
    try:
        yield
    except UnicodeDecodeError:
        raise InputError("this is not UTF-8 text", file=str(path), line=_undecodable(path)) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", file=str(path)) from None


def _undecodable(path: Path) -> int:
    """The first line that is not UTF-8; a stream decodes ahead of the line it is at."""
    lines = path.read_bytes().splitlines()
    return next(
        n for n, line in enumerate(lines, 1) if line.decode(errors="replace") != line.decode(errors="ignore")
    )


def rows(path: Path, allowed: Sequence[str], needed: Sequence[str]) -> Iterator[Row]:
    """The lines of a CSV file with a checked header."""
    file = str(path)
    with reading(path), path.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(text, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            _check_header(file, header, allowed, needed)
            for cells in reader:
                if not cells:
                    continue  # a blank line, as editors leave at the end
                if len(cells) != len(header):
                    reason = f"{len(cells)} cells where the header has {len(header)} columns"
                    raise InputError(reason, file=file, line=reader.line_num)
                yield Row(file, reader.line_num, dict(zip(header, cells, strict=True)))
        except csv.Error as error:
            raise InputError(f"this is not CSV: {error}", file=file, line=reader.line_num) from None


def _check_header(file: str, header: Sequence[str], allowed: Sequence[str], needed: Sequence[str]) -> None:
    if not header:
        raise InputError(f"the header is missing; it starts with {','.join(needed)}", file=file, line=1)
    for place, name in enumerate(header):
        if name not in allowed:
            raise InputError(
                f"unknown column; known are {' '.join(allowed)}", file=file, line=1, column=name or place + 1
            )
        if name in header[:place]:
            raise InputError("this column stands twice", file=file, line=1, column=name)
    for name in needed:
        if name not in header:
            raise InputError("this column is missing", file=file, line=1, column=name)


def word(cell: str) -> str:
    """A cell that is a short word; CellError where it is not."""
    if len(cell) > MOST_WORD or not cell.isprintable():
        raise CellError(f"{short(cell)} is no short word")
    return cell


def short(cell: str) -> str:
    """A cell as an error shows it."""
    return repr(cell if len(cell) <= MOST_SHOWN else f"{cell[: MOST_SHOWN - 3]}...")
