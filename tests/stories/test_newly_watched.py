"""The first to watch an instrument sees its history come: that it is being loaded, and when it is."""

from datetime import date
from pathlib import Path

import pytest

from bot.web.state import Bubble, Sender
from tests.fakes.candles import stamp
from tests.fakes.klines import exchange, walk, weekdays
from tests.stories.day import CHAT, Hand, Live, hurried, live

__all__ = ["hurried"]  # a fixture

SYMBOL, OTHER = "300308.SZ", "600519.SH"
EVENING = stamp("2025-11-26 08:30:00")
FIRST = date(2021, 1, 4)
pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("hurried")]


def said(program: Live, chat: int) -> list[Bubble]:
    """What the bot has said to a chat."""
    assert program.app.playground is not None
    return [one for one in program.app.playground.messages(chat) if one.sender is Sender.BOT]


async def asked(program: Live, text: str, chat: int, count: int) -> list[str]:
    """What a chat has been told once it has `count` messages, after it said something."""
    assert program.app.playground is not None
    program.app.playground.post(text, chat)
    return await told(program, chat, count)


async def told(program: Live, chat: int, count: int) -> list[str]:
    """What a chat has been told once it has `count` messages."""
    await program.until(f"{count} messages in {chat}", lambda: len(said(program, chat)) >= count)
    return [bubble.text for bubble in said(program, chat)]


async def test_history_comes_in_sight_of_those_who_asked(tmp_path: Path) -> None:
    """A silent source is said once, before a restart; after it two chats hear of bars, once each."""
    async with exchange() as sources:
        for symbol in (SYMBOL, OTHER):
            sources.bars[symbol] = walk(symbol, weekdays(FIRST, date(2025, 11, 26)))
        env = {
            "TICKBELL_FEEDS": "webhook",
            "TICKBELL_WEBHOOK_SECRET": "nobody-posts-anything",
            "TICKBELL_KLINES": "tencent",
            "TICKBELL_TENCENT_KLINES_URL": sources.sites["tencent"].url,
        }
        sources.mode = "gone"
        async with live(tmp_path, Hand(EVENING), **env) as program:
            first = await asked(program, "/watch 300308", CHAT, 2)
            assert first[0].endswith("are being loaded; I will say when they are there.")
            assert "no daily bars yet, no answer from tencent" in first[1]
        sources.mode, before = "well", len(sources.asked)
        async with live(tmp_path, Hand(EVENING), **env) as program:
            first = await told(program, CHAT, 3)
            assert first[2] == "Innolight: 1,278 daily bars since 2021-01-04 are loaded."
            requests = len(sources.asked) - before
            second = await asked(program, "/language zh", 2, 1)
            second = await asked(program, "/watch 300308 600519", 2, 3)
            # What is there already is not mentioned: one instrument alone is loaded.
            assert "正在加载贵州茅台的日线，完成后告诉你。" in second[1]
            assert second[2] == "贵州茅台：日线已加载，共 1,278 天，自 2021-01-04 起。"
            third = await asked(program, "/watch 600519", 3, 1)
            assert "loaded" not in third[0]
            assert len(sources.asked) - before == 2 * requests  # the second instrument's, and no more
            assert len(said(program, CHAT)) == 3
            assert len(said(program, 2)) == 3
