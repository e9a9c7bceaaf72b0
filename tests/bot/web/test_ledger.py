"""The ledger: written before the answer, marked after it, whole again after a kill."""

import asyncio
import errno
import json
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.errors import InputError
from bot.web.faults import Fault, Kind
from bot.web.ground import Playground
from bot.web.ledger import FILE, Ledger, alert
from bot.web.limits import Limits
from bot.web.records import Sent
from bot.web.server import serve
from tests.bot.web.conftest import FREE, TOKEN, Client

CHILD = """
import asyncio, sys
from pathlib import Path
from bot.web.ground import Playground
from bot.web.limits import Limits, Rates
from bot.web.server import serve

async def main():
    rates = Rates(overall=10**6, burst=10**6)
    ground = Playground(Path(sys.argv[1]), sys.argv[2], limits=Limits(rates))
    async with serve("127.0.0.1", 0, playground=ground) as bound:
        print(bound.url, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def kinds(folder: Path) -> list[str]:
    """The kinds of a ledger's lines, in order."""
    return [json.loads(line)["kind"] for line in (folder / FILE).read_text().splitlines()]


def reopened(folder: Path) -> Playground:
    """The playground a later run finds."""
    return Playground(folder, TOKEN, limits=Limits(FREE))


async def played(folder: Path) -> dict[str, Any]:
    """A short life with everything in it; the summary of its ledger."""
    ground = Playground(folder, TOKEN, limits=Limits(FREE))
    keys = {"inline_keyboard": [[{"text": "go", "callback_data": "x"}]]}
    async with serve("127.0.0.1", 0, playground=ground) as bound, aiohttp.ClientSession() as http:
        client = Client(bound.url, http)
        await client.call("sendMessage", alerts="r:1:provisional", chat_id=1, text="a", reply_markup=keys)
        await client.call(
            "editMessageText",
            alerts="r:1:withdrawn",
            chat_id=1,
            message_id=1,
            text="<b>b</b>",
            parse_mode="HTML",
            reply_markup=keys,
        )
        await client.call("sendMessage", alerts="r:2:fired", chat_id=1, text="c", disable_notification=True)
        await client.call("deleteMessage", chat_id=1, message_id=2)
        query = ground.press(1, "x")
        await client.call("answerCallbackQuery", callback_query_id=query)
        await client.call("editMessageReplyMarkup", chat_id=1, message_id=1)
        await client.call("setMyCommands", commands=[{"command": "list", "description": "Watched"}])
        ground.post("first")
        ground.post("second", chat=-5)
        await client.call("getUpdates", offset=1002, allowed_updates=["message"])
        ground.foreign("other")
        ground.block(1)
        ground.migrate(-5, -1000000000005)
    summary = ground.ledger.summary()
    ground.close()
    return summary


async def test_everything_is_there_again(tmp_path: Path) -> None:
    """Chats, texts, numbers, updates, offsets, menus and the identity survive the process."""
    before = await played(tmp_path)
    ground = reopened(tmp_path)
    assert ground.ledger.summary() == before
    assert ground.ledger.final() == {("r", 1, "withdrawn")}
    assert list(ground.state.updates) == [1002, 1003, 1004, 1005]
    assert ground.menu() == [("list", "Watched")]
    assert ground.state.chats[1].blocked
    assert ground.state.chats[-5].moved == -1000000000005
    assert ground.post("next") == ground.state.last_message == 8
    ground.close()


async def test_every_cut_of_the_last_line_is_survived(tmp_path: Path) -> None:
    """A line cut short at any byte is dropped, the rest stands, and writing goes on after it."""
    await played(tmp_path)
    whole = (tmp_path / FILE).read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1
    for cut in range(last, len(whole) + 1):
        (tmp_path / FILE).write_bytes(whole[:cut])
        ground = reopened(tmp_path)
        assert (ground.state.last_message == 7) is (cut == len(whole))
        ground.post("again")
        ground.close()
        again = reopened(tmp_path)
        assert again.messages()[-1].text == "again"
        again.close()


async def test_a_broken_line_names_its_place(tmp_path: Path) -> None:
    """Damage in the middle is not passed over."""
    await played(tmp_path)
    lines = (tmp_path / FILE).read_bytes().splitlines(keepends=True)
    (tmp_path / FILE).write_bytes(b"".join([*lines[:3], b"{}\n", *lines[3:]]))
    with pytest.raises(InputError, match=r"playground\.jsonl, line 4: not a line of the ledger"):
        reopened(tmp_path)
    (tmp_path / FILE).write_bytes(b'{"kind":"ledger","version":99}\n')
    with pytest.raises(InputError, match=r"line 1: .*version 1"):
        reopened(tmp_path)


async def test_a_line_is_written_before_the_answer_and_marked_after_it(tmp_path: Path) -> None:
    """At the moment a client has its answer the message is in the file; `answered` follows."""
    ground = reopened(tmp_path)
    async with serve("127.0.0.1", 0, playground=ground) as bound, aiohttp.ClientSession() as http:
        await Client(bound.url, http).call("sendMessage", chat_id=1, text="a")
        assert "sent" in kinds(tmp_path)
        await Client(bound.url, http).call("getMe")
        assert kinds(tmp_path)[-2:] == ["sent", "answered"]
    ground.close()


@pytest.mark.parametrize("kind", [Kind.ACCEPT_RESET, Kind.RUBBISH, Kind.ACCEPT_ERROR])
async def test_an_answer_that_did_not_go_out_is_not_marked(
    client: Client, ground: Playground, kind: Kind
) -> None:
    """A send and an edit whose answers were lost count as unanswered; the next ones do not."""
    ground.faults.add(Fault(kind=kind, method="sendMessage"))
    ground.faults.add(Fault(kind=kind, method="editMessageText"))
    for method, arguments in (("sendMessage", {}), ("editMessageText", {"message_id": 1})):
        values = {"chat_id": 1, "text": method, **arguments}
        try:
            async with client.http.post(f"{client.url}/bot{TOKEN}/{method}", json=values) as response:
                await response.read()
        except aiohttp.ClientError:
            assert kind is Kind.ACCEPT_RESET
    (bubble,) = ground.messages()
    assert (bubble.text, bubble.answered, bubble.unanswered_edits) == ("editMessageText", False, 1)
    await client.call("editMessageText", chat_id=1, message_id=1, text="again")
    await client.call("getMe")
    assert (bubble.answered, bubble.unanswered_edits) == (False, 1)
    await client.call("sendMessage", chat_id=1, text="b")
    await client.call("getMe")
    told = ground.ledger.summary()
    assert (told["sends"], told["edits"], told["unanswered"]) == (2, 2, 1)
    assert [message["answered"] for message in told["messages"]] == [False, True]


@pytest.mark.parametrize("moment", range(4))
async def test_a_killed_server_forgets_nothing_it_answered(tmp_path: Path, moment: int) -> None:
    """SIGKILL among a stream of sends and edits: each answered one is in the file."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, str(tmp_path), TOKEN, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    told: list[tuple[int, str]] = []
    try:
        async with aiohttp.ClientSession() as http:
            client = Client(url, http)
            asyncio.get_running_loop().call_later(0.05 + 0.03 * moment, process.send_signal, signal.SIGKILL)
            while True:
                text = f"n{len(told)}"
                sent = await client.call("sendMessage", alerts=f"{text}:1:fired", chat_id=1, text=text)
                told.append((sent["message_id"], text))
    except aiohttp.ClientError:
        pass
    await process.wait()
    ground = reopened(tmp_path)
    kept = {bubble.number: bubble for bubble in ground.messages()}
    assert told
    assert all(kept[number].text == text for number, text in told)
    assert len(kept) - len(told) <= 1
    assert sum(not bubble.answered for bubble in kept.values()) <= 2
    assert {(text, 1, "fired") for _, text in told} <= ground.ledger.final()
    assert [bubble.number for bubble in kept.values()] == list(range(1, len(kept) + 1))
    ground.close()


async def test_a_full_disk_is_told_and_leaves_no_torn_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A send that cannot be written is a 500 and leaves nothing; when there is room again, all goes on."""
    ground = reopened(tmp_path)
    whole = (tmp_path / FILE).read_bytes()
    real = os.write

    def half(file: int, data: memoryview) -> int:
        if len(data) > 20:
            return real(file, data[:20])
        raise OSError(errno.ENOSPC, "No space left on device")

    async with serve("127.0.0.1", 0, playground=ground) as bound, aiohttp.ClientSession() as http:
        client = Client(bound.url, http)
        with monkeypatch.context() as full:
            full.setattr(os, "write", half)
            told = await client.answer("sendMessage", chat_id=1, text="a" * 30)
        assert told["error_code"] == 500
        assert (tmp_path / FILE).read_bytes() == whole
        assert ground.messages() == []
        await client.call("sendMessage", chat_id=1, text="b")
    assert "cannot be written: No space left on device" in caplog.text
    ground.close()
    again = reopened(tmp_path)
    assert [bubble.text for bubble in again.messages()] == ["b"]
    again.close()


def test_an_alert_is_rule_ring_and_state() -> None:
    """The rule's id may hold colons; the ring is a number."""
    assert alert("a:b:12:confirmed") == ("a:b", 12, "confirmed")
    for text in ("a", "a:b", "a:x:fired", "a:1:", ":1:fired"):
        with pytest.raises(ValueError, match=r"not|invalid"):
            alert(text)


def test_a_ledger_may_live_in_memory(tmp_path: Path) -> None:
    """Without a file nothing is written; closing twice is harmless."""
    ground = Playground(None, "no-number-in-this-token")
    assert ground.number == 7_000_000_001
    ground.post("a")
    ground.close()
    ground.close()
    assert list(tmp_path.iterdir()) == []
    assert repr(ground) == "Playground(bot 7000000001)"


def test_the_file_is_private(tmp_path: Path) -> None:
    """What people write in a chat is nobody else's to read."""
    Ledger(tmp_path / FILE).close()
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_the_times_of_a_chat_are_the_clocks(tmp_path: Path) -> None:
    """Lines are stamped by the machine's clock, messages by the one the program gave."""
    times = iter(range(100, 200))
    ledger = Ledger(tmp_path / FILE, now=lambda: float(next(times)))
    ledger.answered(1)
    ledger.close()
    stamps = [json.loads(line)["at"] for line in (tmp_path / FILE).read_text().splitlines()]
    assert stamps == [100.0, 101.0]


async def test_an_answer_counts_as_given_once_it_had_time_to_be_read(tmp_path: Path) -> None:
    """Within `settle` a call is unanswered, afterwards or at an orderly end it is answered."""
    ground = Playground(tmp_path, TOKEN, settle=timedelta(milliseconds=20))
    numbers = [ground.ledger.state.last_call + 1, ground.ledger.state.last_call + 2]
    for number in numbers:
        ground.ledger.write(Sent(call=number, chat=1, message=number + 100, text="x", date=0))
    first, second = (ground.state.bubbles[1, number + 100] for number in numbers)
    ground.ledger.answered(numbers[0])
    assert not first.answered
    while not first.answered:  # noqa: ASYNC110 -- a timer's doing
        await asyncio.sleep(0.005)
    ground.ledger.answered(numbers[1])
    assert not second.answered
    ground.close()
    assert second.answered
