"""The web server: where it listens, whom it answers, what it tells."""

import errno
import socket

import aiohttp
import pytest
from aiohttp import web

from bot.errors import SettingsError
from bot.web.ground import Playground
from bot.web.server import Bound, Hooks, exposition, is_loopback, serve
from tests.bot.web.conftest import TOKEN, Client


async def text(url: str, **options: object) -> tuple[int, str]:
    """Status and body of a GET."""
    async with aiohttp.ClientSession() as http, http.get(url, **options) as response:  # type: ignore[arg-type]
        return response.status, await response.text()


async def test_health_counters_and_metrics() -> None:
    """Each tells what the program's own functions say, plain or awaited."""

    async def health() -> dict[str, object]:
        return {"ok": False, "store": "away"}

    told: dict[str, object] = {
        "frames": 3,
        "market time": "10:31",
        "refused": {"stale": 2, 'odd "reason"\n': 1, "note": "x"},
    }
    hooks = Hooks(health=health, counters=lambda: told)
    async with serve("127.0.0.1", 0, hooks=hooks) as bound:
        status, body = await text(f"{bound.url}/health")
        assert (status, body) == (503, '{"ok":false,"store":"away"}')
        assert (await text(f"{bound.url}/counters"))[1].startswith('{"frames":3')
        _, metrics = await text(f"{bound.url}/metrics")
        assert (await text(f"{bound.url}/"))[0] == 404
    assert metrics.splitlines() == [
        "# TYPE tickbell_frames untyped",
        "tickbell_frames 3",
        "# TYPE tickbell_refused untyped",
        'tickbell_refused{kind="stale"} 2',
        'tickbell_refused{kind="odd \\"reason\\"\\n"} 1',
    ]


async def test_health_is_well_where_nobody_says_otherwise() -> None:
    """Without hooks the answer is 200 and ok."""
    async with serve("::1" if socket.has_dualstack_ipv6() else "127.0.0.1", 0) as bound:
        assert await text(f"{bound.url}/health") == (200, '{"ok":true}')


async def test_metrics_count_calls(client: Client) -> None:
    """Every accepted and refused call of the Bot API is counted by method and outcome."""
    await client.call("sendMessage", chat_id=1, text="a")
    await client.refused("sendMessage", chat_id=9, text="a")
    _, metrics = await text(f"{client.url}/metrics")
    assert 'tickbell_playground_sendmessage{kind="ok"} 1' in metrics
    assert 'tickbell_playground_sendmessage{kind="400"} 1' in metrics
    assert TOKEN not in metrics


async def test_a_taken_port_is_replaced_and_told() -> None:
    """The second server of a port takes a free one and says so; elsewhere than on loopback none starts."""
    async with serve("127.0.0.1", 0) as first, serve("127.0.0.1", first.port) as second:
        assert second.port != first.port
        assert second.note == f"port {first.port} is taken; listening on {second.port} instead"
        assert first == Bound(f"http://127.0.0.1:{first.port}", first.port)
    with pytest.raises(SettingsError, match="loopback only"):
        async with serve("0.0.0.0", 0):  # noqa: S104 -- refused is what is shown here
            pytest.fail("it listened")


@pytest.mark.parametrize(
    ("port", "words"), [(70000, "0 to 65535"), (8780, "cannot listen on 127.0.0.1:8780")]
)
async def test_a_port_that_cannot_be_is_a_settings_error(
    monkeypatch: pytest.MonkeyPatch, port: int, words: str
) -> None:
    """A number that is no port, or one the system refuses, stops the start with one sentence."""

    async def refused(_site: web.TCPSite) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(web.TCPSite, "start", refused)
    with pytest.raises(SettingsError, match=words):
        async with serve("127.0.0.1", port):
            pytest.fail("it listened")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Host": "10.0.0.5"},
        {"Host": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("path", ["/ledger", f"/bot{TOKEN}/getMe", "/faults"])
async def test_other_hosts_and_other_sites_get_nothing(
    client: Client, headers: dict[str, str], path: str
) -> None:
    """A rebound name or a hostile page in the same browser meets 403 on every address."""
    status, body = await text(client.url + path, headers=headers)
    assert status == 403
    assert "Innolight" not in body


async def test_own_pages_and_plain_clients_are_let_in(bound: Bound) -> None:
    """localhost, the own origin, no origin, and a link from elsewhere to the page are fine."""
    own = {"Origin": bound.url, "Sec-Fetch-Site": "same-origin"}
    assert (await text(f"{bound.url}/ledger", headers=own))[0] == 200
    assert (await text(f"{bound.url}/ledger", headers={"Host": f"localhost:{bound.port}"}))[0] == 200
    assert (await text(f"{bound.url}/", headers={"Sec-Fetch-Site": "cross-site"}))[0] == 200


async def test_a_form_of_another_site_cannot_speak(client: Client, ground: Playground) -> None:
    """What changes something wants JSON, which no foreign form can send."""
    for path in ("/say", "/press", "/faults"):
        async with client.http.post(client.url + path, data={"text": "a"}) as response:
            assert response.status == 415
        for body in ("[]", "{"):
            sent = client.http.post(
                client.url + path, data=body, headers={"Content-Type": "application/json"}
            )
            async with sent as response:
                assert response.status == 400
    assert ground.messages() == []


async def test_headers_keep_the_page_to_itself(client: Client) -> None:
    """Scripts, styles and connections come from this server alone; nobody may frame it."""
    async with client.http.get(client.url) as response:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("host", "so"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("example.org", False),
        ("192.168.1.9", False),
    ],
)
def test_what_counts_as_loopback(host: str, so: bool) -> None:  # noqa: FBT001 -- a table's column
    """Addresses and the one name that mean this machine alone."""
    assert is_loopback(host) is so


def test_names_of_metrics_are_made_legal() -> None:
    """Spaces and signs become underscores."""
    assert (
        exposition({"Market Time-s": 1.5})
        == "# TYPE tickbell_market_time_s untyped\ntickbell_market_time_s 1.5\n"
    )
