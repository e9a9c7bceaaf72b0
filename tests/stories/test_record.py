"""Recording a live stream and replaying it: what rang while it was recorded rings at the same trade again."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.program import Program, program
from tests.stories.test_live import BEGINS, DATA, ask, binance, rang, telegram, trades

RULES = ("BTCUSDT price > 61840", "BTCUSDT price < 61830")

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason="no recorded market data: set TICKBELL_DATA to its folder"),
    pytest.mark.timeout(180),
]


async def replayed(run: Program) -> list[dict[str, object]]:
    """The lines of a replay."""
    assert await run.process.wait() == 0, run.report("failed")
    await asyncio.sleep(0.1)  # for the last line to be read
    return [json.loads(line) for line in run.lines]


async def test_what_was_recorded_replays_to_what_rang(tmp_path: Path) -> None:
    """A few seconds of Binance, an alert that rings, Ctrl-C; then the recording without any network."""
    seconds, record = 6.0, tmp_path / "record"
    first = next(price for price in trades(seconds) if price < 61830)
    go = asyncio.Event()
    async with binance(seconds, go) as feed, telegram() as (ground, chat):
        env = {"TICKBELL_FEEDS": "binance", "TICKBELL_CLOCK": BEGINS.isoformat(), **feed, **chat}
        env["TICKBELL_RECORD"] = str(record)
        async with program("run", "--data", str(tmp_path / "data"), env=env) as run:
            await run.reached()
            for rule in RULES:
                await ask(ground, run, f"/alert {rule}")
            go.set()
            heard = await rang(ground, run, 1)
            assert await run.interrupt() == 0
    assert f"{first:,.2f}" in heard[0]
    rules = tmp_path / "rules"
    rules.write_text("\n".join(RULES))
    async with program("replay", "--quotes", str(record), "--rules", str(rules)) as run:
        lines = await replayed(run)
    assert [(line["rule"], line["state"], line["price"]) for line in lines] == [(RULES[1], "fired", first)]
    file = next(record.rglob("*.tbr"))
    assert file.relative_to(record).as_posix() == "2024-08-08/BINANCE.tbr"
    file.write_bytes(file.read_bytes()[:-7])
    async with program("replay", "--quotes", str(file), "--rules", str(rules)) as run:
        await replayed(run)
    assert "its last block is torn" in run.report("")
