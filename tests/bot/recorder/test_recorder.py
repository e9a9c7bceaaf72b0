"""The recorder beside a running program: rotated by day and market, bounded, harmless to everything else."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from bot.founding.demo import world
from bot.intake.gate import Gate
from bot.master.calendar import hours
from bot.master.reference import Reference
from bot.offline.replay import replay
from bot.recorder.recorder import Recorder
from bot.recorder.reels import frames
from rules.engine import Engine
from rules.language import parse
from rules.model import Frame
from tests.bot.recorder.test_blocks import kept
from tests.bot.recorder.test_reels import some

RULES = ("300308 change > 5%", "300308 price > 540", "300308 new high(day)", "588330 change > 3%")


async def record(folder: Path, *rounds: Sequence[Frame]) -> Recorder:
    """Record some frames a round, and stop."""
    recorder = Recorder(folder)
    for some_frames in rounds:
        for frame in some_frames:
            recorder.take(frame)
        await recorder.flush()
    stopping = asyncio.Event()
    stopping.set()
    await recorder.run(stopping)
    return recorder


async def test_a_recorded_day_replays_to_the_same_events(tmp_path: Path) -> None:
    """What the engine said while it was recorded is what a replay says, in one file or in a folder."""
    day, master = list(islice(world().frames(), 3000)), Reference.load()
    gate, engine = Gate(hours(), master.get), Engine(hours(), master.get, lambda _: None, master.members)
    for rule in RULES:
        engine.add(parse(rule, master.find).condition)
    heard = [event for frame in day for event in engine.take(gate.judge(frame).frame).events]
    half = len(day) // 2
    await record(tmp_path / "day", day[:half], day[half:])
    (tmp_path / "rules").write_text("\n".join(RULES))
    told = replay([tmp_path / "day"], tmp_path / "rules")
    assert len(told.lines) == len(heard) >= 2
    for line, event in zip(told.lines, heard, strict=True):
        assert f'"signal":"{event.signal}","value":{event.value}' in line
    assert dict(told.refused) == dict(gate.counts)
    one = replay([tmp_path / "day" / "2025-11-26" / "SZ.tbr"], tmp_path / "rules")
    assert one.lines == tuple(line for line in told.lines if "300308.SZ" in line)


def counts(folder: Path) -> dict[str, int]:
    """Frames of each file."""
    found = {}
    for path in folder.rglob("*.tbr"):
        found[path.relative_to(folder).as_posix()] = len(list(frames(path)))
    return found


async def test_files_turn_with_the_markets_own_day(tmp_path: Path) -> None:
    """Shanghai's day ends at 16:00 UTC, a coin's at midnight."""
    moments = [datetime(2026, 9, 10, hour, tzinfo=UTC) for hour in (15, 17, 23)]
    moments.append(datetime(2026, 9, 11, 1, tzinfo=UTC))
    given = [Frame(market=market, received=moment) for moment in moments for market in ("SZ", "COINBASE")]
    recorder = await record(tmp_path, given)
    assert counts(tmp_path) == {
        "2026-09-10/SZ.tbr": 1,
        "2026-09-11/SZ.tbr": 3,
        "2026-09-10/COINBASE.tbr": 3,
        "2026-09-11/COINBASE.tbr": 1,
    }
    assert (recorder.frames, recorder.dropped) == (8, 0)


async def test_what_a_killed_program_had_written_is_whole(tmp_path: Path) -> None:
    """Each round is on the disk; another program goes on in the same files."""
    first = Recorder(tmp_path)
    for frame in some(10):
        first.take(frame)
    await first.flush()
    first.take(some(1, start=10)[0])  # lost with the program
    await record(tmp_path, some(5, start=20))
    assert list(frames(tmp_path)) == [kept(frame) for frame in some(10) + some(5, start=20)]


async def test_a_disk_that_refuses_ends_the_recording_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Said once, counted, and nobody else is disturbed."""
    (tmp_path / "file").write_text("no folder")
    recorder = await record(tmp_path / "file", some(3), some(3))
    assert recorder.trouble
    assert recorder.dropped == 3
    assert caplog.text.count("recording to") == 1
    assert caplog.text.count("frames are dropped") == 1


async def test_what_waits_for_the_disk_is_bounded(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow disk costs frames of the recording, said once, and no memory."""
    monkeypatch.setattr("bot.recorder.recorder.MOST", 4)
    recorder = Recorder(tmp_path)
    for frame in some(20):
        recorder.take(frame)
    assert recorder.dropped > 0
    assert caplog.text.count("the disk is too slow") == 1
    await recorder.flush()
    recorder.take(some(1)[0])
    assert recorder.frames + recorder.dropped == 21
