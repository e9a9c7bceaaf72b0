"""The whole program killed with SIGKILL again and again: nothing lost, nothing doubled without a reason."""

import asyncio
import os
import random
import signal
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from bot.store.client import Store
from bot.store.embedded import SOCKET
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


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, int, str]]:
    """What a subscriber reads at the end of a calm day."""
    calm = identity(asyncio.run(whole_day(tmp_path_factory.mktemp("calm") / "demo")))
    assert len(calm) > 20
    return calm


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_twenty_kills_change_nothing_that_a_subscriber_reads(
    tmp_path: Path, expected: set[tuple[str, int, str]]
) -> None:
    """Twenty SIGKILLs at random moments of the day leave the same (rule, ring, state) in the final texts."""
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

    assert identity(ledger) == expected, f"seed {seed}"
    assert not unexplained(ledger), f"seed {seed}"


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_a_store_killed_again_and_again_loses_no_alert(
    tmp_path: Path, expected: set[tuple[str, int, str]]
) -> None:
    """SIGKILL of the embedded store in mid-day: it comes back, and the day reads the same."""
    dice = random.Random()  # noqa: S311 -- moments of a kill
    async with program("run", "--demo", "--speed", SPEED, "--data", str(tmp_path)) as run:
        await run.reached()
        for _ in range(5):
            await asyncio.sleep(dice.uniform(1.0, 4.0))
            store = Store.connect(f"unix://{tmp_path / SOCKET}")
            number = int((await store.call("INFO", "server"))["process_id"])
            await store.close()
            os.kill(number, signal.SIGKILL)
        await run.said(DAY_OVER)
        ledger = await run.settled()
        assert await run.interrupt() == 0, run.report("stopped badly")
        assert "Traceback" not in "\n".join(run.errors)
    assert identity(ledger) == expected
    assert not unexplained(ledger)
