"""Lists kept as files of a data folder: written whole or not at all, read again where they changed."""

import asyncio
import csv
import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

log = logging.getLogger(__name__)
Value = TypeVar("Value")


def write(file: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Keep rows as CSV: the old copy stands until the new one is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.new")
    with new.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out)
        lines.writerow(header)
        lines.writerows(rows)
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)


def read(file: Path, made: Callable[[Mapping[str, str]], Value]) -> list[Value]:
    """The last copy; none where there is no file, or one that cannot be read, which is told in one line."""
    if not file.is_file():
        return []
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return [made(row) for row in csv.DictReader(lines)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("%s cannot be read and is left aside: %s", file, error)
        return []


def looks(file: Path) -> tuple[int, int, int] | None:
    """What a file looks like from outside, other where it was changed; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


async def follow(refresh: Callable[[], object], every: timedelta, stopping: asyncio.Event) -> None:
    """Look again and again until stopped."""
    while not stopping.is_set():
        refresh()
        try:
            async with asyncio.timeout(every.total_seconds()):
                await stopping.wait()
        except TimeoutError:
            continue
