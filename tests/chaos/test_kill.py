"""The whole program killed with SIGKILL again and again: nothing lost, nothing doubled without a reason."""

import asyncio
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.program import DAY_OVER, program

KILLS = 20
SPEED = "600"


def identity(ledger: Any) -> set[tuple[str, int, str]]:
    """The (rule, ring, state) shown in the final texts, edits applied."""
    return {(rule, int(ring), state) for rule, ring, state in ledger["final"]}


def unexplained(ledger: Any) -> list[str]:
    """First texts that were sent more than once though the earlier send was answered."""
    sends = defaultdict(list)
    for message in ledger["messages"]:
        if message["from_bot"] and message["alerts_sent"]:
            sends[(message["chat"], tuple(sorted(message["alerts_sent"])))].append(message["answered"])
    return [str(key) for key, answered in sends.items() if any(answered[:-1])]


async def whole_day(folder: Path) -> Any:
    """The ledger of a day that nobody disturbed."""
    async with program("run", "--demo", "--speed", SPEED, "--data", str(folder)) as run:
        await run.reached()
        await run.said(DAY_OVER)
        ledger = await run.settled()
        assert await run.interrupt() == 0, run.report("stopped badly")
        assert "Traceback" not in "\n".join(run.errors)
    return ledger


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_twenty_kills_change_nothing_that_a_subscriber_reads(tmp_path: Path) -> None:
    """Twenty SIGKILLs at random moments of the day leave the same (rule, ring, state) in the final texts."""
    expected = await whole_day(tmp_path / "calm")
    assert len(identity(expected)) > 20

    dice = random.Random()  # noqa: S311 -- moments of a kill; the seed is printed where it fails
    seed = dice.randrange(2**32)
    dice.seed(seed)
    folder = tmp_path / "rough"
    arguments = ["run", "--demo", "--speed", SPEED, "--data", str(folder)]
    for _ in range(KILLS):
        async with program(*arguments) as run:
            await run.reached()
            await asyncio.sleep(dice.uniform(0.0, 2.0))
            await run.kill()
        if "--resume" not in arguments:
            arguments.append("--resume")
    async with program(*arguments) as run:
        await run.reached()
        await run.said(DAY_OVER)
        ledger = await run.settled()
        assert await run.interrupt() == 0, run.report("stopped badly")

    assert identity(ledger) == identity(expected), f"seed {seed}"
    assert not unexplained(ledger), f"seed {seed}"
