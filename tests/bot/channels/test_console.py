"""The terminal: alerts as plain lines."""

import pytest

from bot.channel import Message
from bot.channels.console import Console


async def test_lines_are_plain_and_marked() -> None:
    """Tags and control characters are gone, lines joined, the sound named."""
    lines: list[str] = []
    console = Console(lines.append)
    assert await console.send(Message(chat="1", html="<b>A &lt; B</b>\n\n  beneath\x1b[31m")) == 1
    assert await console.send(Message(chat="1", html="x", silent=True)) == 2
    await console.edit(1, Message(chat="1", html="VOID"))
    await console.answer("q", "")
    await console.close()
    assert lines == ["[ring] A < B | beneath[31m", "[silent] x", "[edit] VOID"]


async def test_the_terminal_is_written_to(capsys: pytest.CaptureFixture[str]) -> None:
    """Without another place the lines go to standard output."""
    await Console().send(Message(chat="1", html="x"))
    assert capsys.readouterr().out == "[ring] x\n"
