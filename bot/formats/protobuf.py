"""Protocol buffers without their library: the fields of one message, as far as quotes need them.

Encoding: protobuf.dev/programming-guides/encoding. Groups are not read; nothing sends them any more.
"""

import struct

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
LONGEST = 10  # bytes of a varint of 64 bits
WORD, LOW_BITS = (1 << 64) - 1, 0x7F


def fields(message: bytes) -> dict[int, int | bytes]:
    """Each field's last value by its number; ValueError for what is no message.

    A varint is a number, a fixed field its 4 or 8 bytes, a string or a message its bytes.
    """
    found: dict[int, int | bytes] = {}
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        number, wire = key >> 3, key & 7
        if not number:
            raise ValueError("a field without a number")
        if wire == VARINT:
            found[number], place = _varint(message, place)
            continue
        if wire == BYTES:
            size, place = _varint(message, place)
        elif wire in (FIXED32, FIXED64):
            size = 4 if wire == FIXED32 else 8
        else:
            raise ValueError(f"wire type {wire}")
        if place + size > len(message):
            raise ValueError("a field cut short")
        found[number] = message[place : place + size]
        place += size
    return found


def signed(number: int) -> int:
    """The number that zigzag encoding stands for (sint32, sint64)."""
    return (number >> 1) ^ -(number & 1)


def single(field: bytes) -> float:
    """A float of four bytes."""
    (value,) = struct.unpack("<f", field)
    return float(value)


def _varint(message: bytes, place: int) -> tuple[int, int]:
    number = 0
    for count, byte in enumerate(message[place : place + LONGEST]):
        number |= (byte & LOW_BITS) << (7 * count)
        if byte <= LOW_BITS:
            return number & WORD, place + count + 1
    raise ValueError("a number without an end")
