"""Fault switches: each strikes the calls it names, and no others."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from bot.web.faults import RUBBISH, Fault, Faults, Kind
from bot.web.ground import Playground
from bot.web.limits import Limits
from bot.web.server import serve
from tests.bot.web.conftest import FREE, TOKEN, Client, until

SEND: dict[str, Any] = {"chat_id": 1, "text": "a"}


def test_a_switch_strikes_a_method_a_number_of_times_after_some() -> None:
    """`method`, `skip` and `count` choose the calls; "*" means any."""
    faults = Faults()
    faults.add(Fault(kind=Kind.HANG, method="sendMessage", skip=1, count=2))
    struck = [faults.take("sendmessage") is not None for _ in range(5)]
    assert struck == [False, True, True, False, False]
    faults.add(Fault(kind=Kind.HANG))
    assert faults.take("getme") is not None
    faults.add(Fault(kind=Kind.HANG))
    faults.clear()
    assert faults.take("getme") is None


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ({"kind": "forbidden"}, 403, "Forbidden: bot was blocked by the user"),
        ({"kind": "too_many_bare"}, 429, "Too Many Requests"),
        ({"kind": "bad_request"}, 400, "Bad Request: something about this request"),
        (
            {"kind": "bad_request", "text": "can't parse entities: x"},
            400,
            "Bad Request: can't parse entities: x",
        ),
        ({"kind": "unauthorized"}, 401, "Unauthorized"),
        ({"kind": "server_error"}, 500, "Internal Server Error"),
    ],
)
async def test_refusals_on_demand(
    client: Client, ground: Playground, fault: dict[str, Any], code: int, words: str
) -> None:
    """The next call is refused as asked and nothing is accepted; the one after works."""
    async with client.http.post(f"{client.url}/faults", json=fault | {"method": "sendMessage"}) as response:
        assert [switch["kind"] for switch in await response.json()] == [fault["kind"]]
    assert await client.call("getMe")
    told = await client.answer("sendMessage", **SEND)
    assert told == {"ok": False, "error_code": code, "description": words}
    assert ground.messages() == []
    assert ground.counts["sendmessage", str(code)] == 1
    assert await client.call("sendMessage", **SEND)


async def test_too_many_means_it(client: Client, ground: Playground) -> None:
    """retry_after holds for every message until it has passed."""
    ground.faults.add(Fault(kind=Kind.TOO_MANY, method="sendMessage", retry_after=30))
    told = await client.answer("sendMessage", **SEND)
    assert told["parameters"] == {"retry_after": 30}
    early = await client.answer("sendMessage", **SEND)
    assert early["description"] == "Too Many Requests: retry after 30"
    assert ground.limits.early == 1
    assert ground.messages() == []


async def test_real_limits_answer_429(client: Client, ground: Playground) -> None:
    """Sends, edits and keyboard edits all take from the limits."""
    ground.limits = Limits()
    await client.call("sendMessage", **SEND)
    await client.call("editMessageText", chat_id=1, message_id=1, text="b")
    keys = {"inline_keyboard": [[{"text": "go", "callback_data": "x"}]]}
    await client.call("editMessageReplyMarkup", chat_id=1, message_id=1, reply_markup=keys)
    told = await client.answer("sendMessage", **SEND)
    assert (told["error_code"], told["parameters"]) == (429, {"retry_after": 1})


async def test_a_bad_gateway_speaks_html(client: Client, ground: Playground) -> None:
    """502 with a page nobody can parse."""
    ground.faults.add(Fault(kind=Kind.BAD_GATEWAY))
    async with client.http.get(f"{client.url}/bot{TOKEN}/getMe") as response:
        assert (response.status, response.content_type) == (502, "text/html")
        assert "Bad Gateway" in await response.text()


@pytest.mark.parametrize("body", RUBBISH)
async def test_rubbish_with_status_200(client: Client, ground: Playground, body: str) -> None:
    """The message is accepted, the body is no answer."""
    ground.faults.add(Fault(kind=Kind.RUBBISH, text=body))
    async with client.http.post(f"{client.url}/bot{TOKEN}/sendMessage", json=SEND) as response:
        assert response.status == 200
        assert await response.text() == (body or RUBBISH[0])
    assert len(ground.messages()) == 1


@pytest.mark.parametrize(("kind", "accepted"), [(Kind.RESET, 0), (Kind.ACCEPT_RESET, 1)])
async def test_a_reset_connection(client: Client, ground: Playground, kind: Kind, accepted: int) -> None:
    """The client sees the connection die, before or after its message was accepted."""
    ground.faults.add(Fault(kind=kind))
    with pytest.raises(aiohttp.ClientError):
        await client.answer("sendMessage", **SEND)
    assert len(ground.messages()) == accepted
    assert ground.counts["sendmessage", "lost"] == 1


@pytest.mark.parametrize(("kind", "accepted"), [(Kind.HANG, 0), (Kind.ACCEPT_HANG, 1)])
async def test_a_hanging_call_ends_with_its_client(
    client: Client, ground: Playground, kind: Kind, accepted: int
) -> None:
    """No answer comes; the client gives up by its own time-out."""
    ground.faults.add(Fault(kind=kind))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await client.answer("sendMessage", **SEND)
    assert len(ground.messages()) == accepted
    assert await client.call("getMe")


async def test_a_hanging_call_ends_with_the_server() -> None:
    """Stopping does not wait for what will never be answered."""
    ground = Playground(None, TOKEN, limits=Limits(FREE))
    ground.faults.add(Fault(kind=Kind.HANG))
    async with aiohttp.ClientSession() as http:
        async with asyncio.timeout(5), serve("127.0.0.1", 0, playground=ground) as bound:
            call = asyncio.create_task(Client(bound.url, http).answer("getMe"))
            await until(lambda: not ground.faults.waiting)
        with pytest.raises(aiohttp.ClientError):
            await call


async def test_switches_for_chats(client: Client, ground: Playground) -> None:
    """Over HTTP a chat can be blocked, let in again and moved, and all faults cleared."""
    moved = {"chat": -5, "to": -1000000000005}
    first: list[dict[str, Any]] = [{"block": 1}, {"kind": "hang"}, {"migrate": moved}]
    for body in first:
        async with client.http.post(f"{client.url}/faults", json=body) as response:
            assert response.status == 200
    assert ground.state.chats[1].blocked
    assert ground.state.chats[-5].moved == -1000000000005
    switches: list[dict[str, Any]] = [{"unblock": 1}, {"clear": True}]
    for body in switches:
        async with client.http.post(f"{client.url}/faults", json=body) as response:
            assert await response.json() == [] or "unblock" in body
    assert not ground.state.chats[1].blocked
    async with client.http.get(f"{client.url}/faults") as response:
        assert await response.json() == []


@pytest.mark.parametrize(
    "body", [{}, {"kind": "nonsense"}, {"block": "x"}, {"migrate": {}}, {"kind": "hang", "count": "x"}]
)
async def test_switches_that_do_not_exist(client: Client, ground: Playground, body: dict[str, Any]) -> None:
    """A switch nobody knows is refused with the reason."""
    async with client.http.post(f"{client.url}/faults", json=body) as response:
        assert response.status == 400
        assert json.loads(await response.text())["error"]
    assert ground.faults.waiting == []
