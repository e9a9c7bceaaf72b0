"""Columns of whole numbers as bytes that pack well: as narrow as the largest allows, first bytes first."""

import numpy as np

WIDTHS = (1, 2, 4, 8)


def packed(values: list[int]) -> bytes:
    """The width, then every number's lowest byte, then every number's next; OverflowError beyond 64 bits.

    Numbers of either sign become small ones (zigzag), so that the higher bytes are mostly zero.
    """
    signed = np.array(values, dtype=np.int64)
    zigzag = ((signed << 1) ^ (signed >> 63)).view(np.uint64)
    most = int(zigzag.max(initial=0))
    width = next(width for width in WIDTHS if most < 1 << 8 * width)
    narrow = zigzag.astype(f"<u{width}").view(np.uint8).reshape(len(values), width)
    return bytes([width]) + narrow.T.tobytes()


def unpacked(data: bytes) -> list[int]:
    """The numbers again; ValueError where the bytes are not theirs."""
    width = data[0] if data else 0
    if width not in WIDTHS or (len(data) - 1) % width:
        raise ValueError("a column cut short")
    planes = np.frombuffer(data, dtype=np.uint8, offset=1).reshape(width, -1)
    zigzag = np.ascontiguousarray(planes.T).view(f"<u{width}").reshape(-1).astype(np.uint64)
    signed = (zigzag >> np.uint64(1)).view(np.int64) ^ -(zigzag & np.uint64(1)).view(np.int64)
    return [int(value) for value in signed.tolist()]
