"""Callback data: only what we signed for this chat is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.keyboard import LIMIT, Keyboard, Press, read, sign

SECRET = b"k" * 32


def test_signed_data_reads_back() -> None:
    """Action and argument come out as they went in, colons and all."""
    data = sign(SECRET, "1", "undo", "12.3:x")
    assert read(SECRET, "1", data) == Press("undo", "12.3:x")
    assert len(data.encode()) <= LIMIT


def test_a_button_of_another_chat_or_key_is_nothing() -> None:
    """A forwarded or copied button means nothing elsewhere."""
    data = sign(SECRET, "1", "delete", "abc")
    assert read(SECRET, "2", data) is None
    assert read(b"other", "1", data) is None


def test_borders_between_the_parts_are_signed_too() -> None:
    """Moving a letter from the chat into the action gives another signature."""
    assert (
        sign(SECRET, "1", "2undo", "x").rpartition(":")[2]
        != sign(SECRET, "12", "undo", "x").rpartition(":")[2]
    )


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_a_flipped_bit_reads_as_nothing(place: int, bit: int) -> None:
    """Every single-bit forgery is refused."""
    data = bytearray(sign(SECRET, "1", "delete", "0123456789abcdef").encode())
    data[place % len(data)] ^= 1 << bit
    assert read(SECRET, "1", data.decode("utf-8", "surrogateescape")) is None


@given(st.text(st.characters(codec=None), max_size=64))
def test_rubbish_reads_as_nothing(data: str) -> None:
    """Anything may arrive as callback data, lone surrogates included."""
    assert read(SECRET, "1", data) is None


def test_data_telegram_would_refuse_is_not_made() -> None:
    """Longer than 64 bytes is a fault of ours, found at once."""
    with pytest.raises(ValueError, match="64 bytes"):
        Keyboard(SECRET, "1").button("x", "watch", "光" * 17)
