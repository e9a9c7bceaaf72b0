"""Recordings on disk: found by their first bytes, read to the last whole block, gone on with after a kill."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import InputError
from bot.recorder.blocks import Writer
from bot.recorder.reels import FRESH, HEAD, MAGIC, append, blocks, frames, is_recording, whole
from rules.model import Frame, Quote

NOON = datetime(2026, 9, 10, 4, tzinfo=UTC)


def some(count: int, market: str = "SZ", start: int = 0) -> list[Frame]:
    """Frames of one instrument, a second apart."""
    quote = Quote(symbol=f"300308.{market}", time=NOON, price=540_000, source="test")
    found = []
    for second in range(start, start + count):
        moment = NOON + timedelta(seconds=second)
        quotes = (replace(quote, time=moment, price=540_000 + 10 * second),) if second % 3 else ()
        found.append(Frame(market=market, received=moment, quotes=quotes))
    return found


def write(path: Path, given: list[Frame], size: int = 4, *, fresh: bool = True) -> None:
    """A recording with so many frames a block."""
    writer = Writer(given[0].market)
    for start in range(0, len(given), size):
        for frame in given[start : start + size]:
            writer.add(frame)
        append(path, writer.take(), fresh=fresh and start == 0)


def test_a_recording_is_read_in_its_order(tmp_path: Path) -> None:
    """Empty frames and receive times too."""
    path = tmp_path / "day" / "SZ.tbr"
    write(path, some(10))
    assert is_recording(path)
    assert list(frames(path)) == some(10)


def test_a_torn_end_is_dropped_with_a_sentence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Cut anywhere: what stands before the last whole block's end is read, never anything else."""
    path = tmp_path / "SZ.tbr"
    write(path, some(12))
    data, ends = path.read_bytes(), [place for place, _, _ in blocks(path)][1:]
    for length in (*range(1, len(data), 13), *ends):
        path.write_bytes(data[:length])
        caplog.clear()
        expected = 4 * sum(length >= end for end in ends)
        assert list(frames(path)) == some(12)[:expected]
        assert ("its last block is torn" in caplog.text) is (length not in ends)


def test_a_damaged_block_ends_a_recording(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A wrong byte is noticed by the checksum; nothing after it is believed."""
    path = tmp_path / "SZ.tbr"
    write(path, some(12))
    places = [place for place, _, _ in blocks(path)]
    data = bytearray(path.read_bytes())
    data[places[1] + HEAD.size + 3] ^= 0xFF
    path.write_bytes(bytes(data))
    assert list(frames(path)) == some(4)
    assert "is torn" in caplog.text


def test_a_program_that_starts_anew_goes_on_in_the_same_file(tmp_path: Path) -> None:
    """A torn end is cut off first; the new part needs nothing of the old."""
    path = tmp_path / "SZ.tbr"
    write(path, some(8))
    path.write_bytes(path.read_bytes()[:-5])
    write(path, some(6, start=100))
    assert list(frames(path)) == some(8)[:4] + some(6, start=100)
    assert [flags for _, flags, _ in blocks(path)] == [FRESH, FRESH, 0]
    assert whole(path) == path.stat().st_size


def test_a_folder_is_read_by_receive_times(tmp_path: Path) -> None:
    """Markets beside each other, days after each other."""
    write(tmp_path / "2026-09-10" / "SZ.tbr", some(5))
    write(tmp_path / "2026-09-10" / "SH.tbr", some(5, "SH"))
    write(tmp_path / "2026-09-11" / "SZ.tbr", some(3, start=90_000))
    assert is_recording(tmp_path)
    found = list(frames(tmp_path))
    assert [frame.received for frame in found] == sorted(frame.received for frame in found)
    assert [frame for frame in found if frame.market == "SZ"] == some(5) + some(3, start=90_000)


def test_what_is_no_recording_is_not_taken_for_one(tmp_path: Path) -> None:
    """A quotes file, an empty folder, nothing at all."""
    (tmp_path / "quotes.csv").write_text("time,symbol,price\n")
    assert not is_recording(tmp_path / "quotes.csv")
    assert not is_recording(tmp_path)
    assert not is_recording(tmp_path / "none")


def test_a_whole_block_of_nonsense_names_its_place(tmp_path: Path) -> None:
    """Its checksum is right, so somebody else wrote it."""
    path = tmp_path / "SZ.tbr"
    append(path, b"nonsense", fresh=True)
    with pytest.raises(InputError, match="the block at byte 0 cannot be read"):
        list(frames(path))


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound a block is refused; a length beyond it is no block."""
    monkeypatch.setattr("bot.recorder.reels.LARGEST", 1000)
    path = tmp_path / "SZ.tbr"
    append(path, bytes(5000), fresh=True)
    with pytest.raises(InputError, match="too large"):
        list(frames(path))
    path.write_bytes(HEAD.pack(MAGIC, FRESH, 2000, 0) + bytes(2000))
    assert list(frames(path)) == []
