"""Recordings on disk: one file a market and day, blocks with lengths and checksums, so a torn end is found.

    <folder>/<day>/<market>.tbr     each block: magic, flags, length, checksum, then LZMA of the block

A block flagged FRESH needs nothing before it: a program that starts anew begins with one, in the same file.
"""

import heapq
import logging
import lzma
import os
import struct
from collections.abc import Callable, Iterator
from operator import attrgetter
from pathlib import Path
from zlib import crc32

import msgspec

from bot.errors import InputError
from bot.recorder.blocks import Reader
from rules.model import Frame

log = logging.getLogger(__name__)

MAGIC, SUFFIX, FRESH = b"TBR1", ".tbr", 1
HEAD = struct.Struct("<4sBII")
LARGEST = 64_000_000  # bytes of a block, packed or not
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 2}]  # higher presets take three times as long for 6 %


def is_recording(path: Path) -> bool:
    """Whether a file begins like a recording, or a folder holds some."""
    if path.is_dir():
        return any(path.rglob(f"*{SUFFIX}"))
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def frames(path: Path) -> Iterator[Frame]:
    """The frames of a recording, or of all in a folder in order of their receive times.

    A torn end is dropped, with a sentence in the log; InputError where nothing can be read.
    """
    if path.is_dir():
        found = sorted(path.rglob(f"*{SUFFIX}"))
        yield from heapq.merge(*map(frames, found), key=attrgetter("received"))
        return
    reader = Reader()
    for place, flags, block in blocks(path):
        reader = Reader() if flags & FRESH else reader
        try:
            yield from reader.frames(unpacked(block))
        except (msgspec.MsgspecError, lzma.LZMAError, ValueError, LookupError, OverflowError) as error:
            raise InputError(f"the block at byte {place} cannot be read: {error}", file=str(path)) from error


def blocks(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """(place, flags, packed block) of each whole block; what follows the last is said and dropped."""
    with path.open("rb") as file:
        place = 0
        while head := file.read(HEAD.size):
            body = _body(head, file.read) if len(head) == HEAD.size else None
            if body is None:
                torn = path.stat().st_size - place
                log.warning("%s: its last block is torn; %d bytes at its end are dropped", path, torn)
                return
            yield place, head[len(MAGIC)], body
            place = file.tell()


def whole(path: Path) -> int:
    """Bytes of a recording up to the end of its last whole block."""
    return sum(HEAD.size + len(body) for _, _, body in blocks(path))


def append(path: Path, block: bytes, *, fresh: bool) -> None:
    """Write one block, on the disk when this returns; a torn end of an older run is cut off first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if fresh and path.exists():
        os.truncate(path, whole(path))
    body = lzma.compress(block, format=lzma.FORMAT_RAW, filters=FILTERS)
    with path.open("ab") as file:
        file.write(HEAD.pack(MAGIC, FRESH if fresh else 0, len(body), crc32(body)) + body)
        file.flush()
        os.fsync(file.fileno())


def unpacked(body: bytes) -> bytes:
    """A block as it was; ValueError for one that is too large."""
    found = lzma.LZMADecompressor(format=lzma.FORMAT_RAW, filters=FILTERS).decompress(body, LARGEST)
    if len(found) >= LARGEST:
        raise ValueError("it is too large")
    return found


def _body(head: bytes, read: Callable[[int], bytes]) -> bytes | None:
    magic, _, length, checksum = HEAD.unpack(head)
    if magic != MAGIC or length > LARGEST:
        return None
    body = read(length)
    return body if len(body) == length and crc32(body) == checksum else None
