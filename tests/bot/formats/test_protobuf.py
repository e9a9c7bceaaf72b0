"""The small reader of protocol buffers: every wire type, and nothing that is not one."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.formats.protobuf import fields, signed, single
from tests.fakes.yahoo import varint


@given(number=st.integers(min_value=1, max_value=(1 << 29) - 1), value=st.integers(0, (1 << 64) - 1))
def test_numbers_come_back(number: int, value: int) -> None:
    """Whatever the field and its size."""
    assert fields(varint(number << 3) + varint(value)) == {number: value}


@given(value=st.integers(-(1 << 63), (1 << 63) - 1))
def test_zigzag_comes_back(value: int) -> None:
    """Small numbers of either sign are short."""
    assert signed((value << 1) ^ (value >> 63)) == value


@given(text=st.binary(max_size=300), value=st.floats(width=32, allow_nan=False))
def test_bytes_and_fixed_fields_come_back(text: bytes, value: float) -> None:
    """Strings, floats and doubles; the last value of a field counts."""
    message = b"\x0a" + varint(len(text)) + text + b"\x15" + struct.pack("<f", value)
    found = fields(message + b"\x19" + struct.pack("<d", 2.5) + b"\x20\x01\x20\x02")
    assert (found[1], found[3], found[4]) == (text, struct.pack("<d", 2.5), 2)
    assert isinstance(found[2], bytes)
    assert single(found[2]) == value


@pytest.mark.parametrize(
    "message",
    [
        b"\x08",  # a key without a value
        b"\x08" + b"\xff" * 10,  # a number without an end
        b"\x0a\x05abc",  # a string cut short
        b"\x15\x00\x00",  # a float cut short
        b"\x0b",  # a group
        b"\x00\x01",  # field 0
        b"\x80",
    ],
)
def test_what_is_no_message_is_said(message: bytes) -> None:
    """One error, whatever is wrong."""
    with pytest.raises(ValueError, match=r"field|number|wire"):
        fields(message)


@given(noise=st.binary(max_size=100))
def test_noise_raises_nothing_else(noise: bytes) -> None:
    """Random bytes are a message or a ValueError."""
    try:
        fields(noise)
    except ValueError:
        return
