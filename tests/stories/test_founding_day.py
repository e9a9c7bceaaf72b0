"""The founding day as the newcomer's chat reads it, from the first command to the close."""

import asyncio
from pathlib import Path

import pytest

from bot.app import App, opened
from bot.cli import RunOptions
from bot.settings import load
from bot.web.state import Bubble, Sender

CHAT = 1
SPEED = 3000.0
QUIET = 3.0  # seconds without a new message or edit after which the chat is done


def said(app: App) -> list[Bubble]:
    """What the bot has said, as it stands."""
    assert app.playground is not None
    return [bubble for bubble in app.playground.messages(CHAT) if bubble.sender is Sender.BOT]


async def settled(app: App) -> None:
    """Wait until the day is over and nothing is added to the chat any more."""
    assert app.playground is not None
    loop = asyncio.get_running_loop()
    before, since = None, loop.time()
    while before is None or loop.time() - since < QUIET or app.counters.waiting:
        now = [(bubble.number, bubble.text) for bubble in said(app)], app.figures()["frames"]
        if now != before:
            before, since = now, loop.time()
        await asyncio.sleep(0.1)


@pytest.mark.timeout(120)
async def test_the_newcomer_reads_the_whole_day(tmp_path: Path) -> None:
    """Rungs, the reclaimed average, the record, 610 billion, the cross void by the close, the sector."""
    settings = load({"TICKBELL_WEB_PORT": "0", "TICKBELL_DATA_DIR": str(tmp_path)})
    stopping = asyncio.Event()
    async with opened(RunOptions(demo=True, speed=SPEED), settings) as app, asyncio.TaskGroup() as group:
        group.create_task(app.run(stopping), name="app")
        await settled(app)
        assert app.playground is not None
        texts = [bubble.text for bubble in said(app)]
        final = app.playground.ledger.final()
        rules = {bubble.text for bubble in said(app) if bubble.alerts}
        app.playground.post("/near", CHAT)
        app.playground.post("/alert 300308 price > 540", CHAT)
        await settled(app)
        answers = [bubble.text for bubble in said(app)][len(texts) :]
        assert app.health()["ok"]
        stopping.set()

    told = "\n".join(rules)
    for words in ("Innolight +15%", "RECORD HIGH 542.", "610B cap 549.00", "3 leaders", "MA20"):
        assert words in told, told
    assert "VOID MACD golden cross" in told
    # The cross was void before the close, and nothing said otherwise afterwards.
    macd = [line for line in told.splitlines() if "Innolight" in line and "MACD golden cross" in line]
    assert not [line for line in macd if "confirmed" in line]
    states = {state for _, _, state in final}
    assert states <= {"fired", "confirmed", "withdrawn"}, "nothing stays provisional after the close"
    assert len(answers) == 2
    assert "540" in answers[1]
