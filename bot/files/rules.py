"""Rules files: one line a rule (design.md section 6)."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.errors import InputError
from bot.files.table import reading
from rules.language import LanguageError, Line, parse
from rules.language.presets import NAMES
from rules.model import Instrument

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def read(
    path: Path, resolve: Callable[[str], Instrument | None], presets: Mapping[str, str] = NAMES
) -> tuple[tuple[str, Line], ...]:
    """The rules of a file, each with its line as written; `#` opens a comment, blank lines are skipped."""
    found: list[tuple[str, Line]] = []
    with reading(path):
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    for number, whole in enumerate(lines, start=1):
        text = _uncommented(whole)
        if not text.strip():
            continue
        try:
            found.append((text.strip(), parse(text, resolve, presets=presets)))
        except LanguageError as error:
            raise InputError(error.reason, file=str(path), line=number, column=error.column) from None
    return tuple(found)


def _uncommented(line: str) -> str:
    """The line without its comment; a `#` in quotes or within a word opens none."""
    bare = _QUOTED.sub(lambda note: "x" * len(note[0]), line)
    comment = re.search(r"(?:^|\s)#", bare)
    return line[: comment.start()] if comment else line
