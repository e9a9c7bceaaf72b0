"""Writes what the engine receives to files while the program runs, beside everything else.

Taking a frame is an append; every few seconds a thread turns what has come into blocks. A program that is
killed loses those seconds, and its files end with a whole block or a torn one that readers drop.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.master.calendar import zone
from bot.recorder.blocks import Writer
from bot.recorder.reels import SUFFIX, append
from rules.model import Frame

log = logging.getLogger(__name__)

ROUND = 20.0  # seconds between blocks: shorter ones pack worse, longer ones lose more
MOST = 2_000_000  # quotes that wait for the disk


@dataclass(slots=True)
class Reel:
    """The file of one market's day, and what it has been told."""

    day: date
    writer: Writer
    is_fresh: bool = True


class Recorder:
    """Records every frame it is given into `folder`, one file a market and day of the market's own time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reels: dict[str, Reel] = {}
        self._waiting: list[Frame] = []
        self._quotes = 0  # that wait
        self.frames = self.dropped = 0
        self.trouble = ""

    def take(self, frame: Frame) -> None:
        """Keep a frame for the next block; beyond what fits in memory it is dropped, counted and said."""
        if self.trouble or self._quotes >= MOST:
            if not self.dropped:
                log.error("recording: frames are dropped: %s", self.trouble or "the disk is too slow")
            self.dropped += 1
            return
        self._waiting.append(frame)
        self._quotes += len(frame.quotes)
        self.frames += 1

    async def run(self, stopping: asyncio.Event) -> None:
        """Write blocks until stopped, the last ones too."""
        stop = asyncio.create_task(stopping.wait(), name="recorder: stop")
        try:
            while not stop.done():
                await asyncio.wait({stop}, timeout=ROUND)
                await self.flush()
        finally:
            stop.cancel()

    async def flush(self) -> None:
        """Write what waits; a disk that refuses ends the recording and nothing else."""
        frames, self._waiting, self._quotes = self._waiting, [], 0
        try:
            await asyncio.to_thread(self._write, frames)
        except OSError as error:
            self.trouble = f"{error.strerror or error}"
            log.error("recording to %s ends: %s", self._folder, self.trouble)  # noqa: TRY400 -- one line

    def _write(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            day = frame.received.astimezone(ZoneInfo(zone(frame.market))).date()
            reel = self._reels.get(frame.market)
            if reel is None or reel.day != day:
                self._end(frame.market)
                reel = self._reels[frame.market] = Reel(day, Writer(frame.market))
            reel.writer.add(frame)
        for market in self._reels:
            self._end(market)

    def _end(self, market: str) -> None:
        """Write the block at hand of one market."""
        reel = self._reels.get(market)
        if reel is None or not reel.writer.frames:
            return
        path = self._folder / reel.day.isoformat() / f"{market}{SUFFIX}"
        append(path, reel.writer.take(), fresh=reel.is_fresh)
        reel.is_fresh = False
