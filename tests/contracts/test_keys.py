"""Every feed with a key: it does not start without one, and whatever happens the key is shown nowhere."""

import asyncio
import logging
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web
from websockets.asyncio.server import ServerConnection

from bot import feeds as feeds  # noqa: PLC0414 -- fills the registry
from bot.errors import SettingsError
from bot.feed import FEEDS, Feed, declared, lacking, needs, options
from bot.log import HIDDEN, Redaction
from bot.settings import load
from tests.bot.sources import pages, stream
from tests.bot.supervision import supervised

KEYED = sorted(name for name, feed in FEEDS.items() if any(one.secret for one in needs(feed).settings))
CANARY = "cAnArY-0123456789-cAnArY"


@pytest.fixture(params=KEYED)
def feed(request: pytest.FixtureRequest) -> Feed:
    """Each feed that has a secret."""
    return FEEDS[request.param]


def secrets(feed: Feed) -> dict[str, str]:
    """A canary for each of its secrets."""
    return {one.name: f"{CANARY}-{one.name}" for one in needs(feed).settings if one.secret}


def test_the_table_says_that_it_needs_one(feed: Feed) -> None:
    """`key_needed` and the settings agree, for every feed."""
    assert feed.key_needed
    assert [name for name, one in FEEDS.items() if one.key_needed] == [
        name for name in FEEDS if name in KEYED
    ]


def test_it_does_not_start_without(feed: Feed) -> None:
    """One sentence names what is missing."""
    fault = lacking(feed, load({}, declared()))
    assert fault.startswith(f"the feed {feed.name} needs TICKBELL_{feed.name.upper()}_")
    assert lacking(feed, load(secrets(feed), declared())) == ""


def test_keys_come_from_files_like_the_bots_token(feed: Feed, tmp_path: Path) -> None:
    """The file must be the owner's alone; the value is hidden from logs."""
    environ = {}
    for name, value in secrets(feed).items():
        file = tmp_path / name
        file.write_text(value + "\n")
        file.chmod(0o600)
        environ[f"{name}_FILE"] = str(file)
    settings = load(environ, declared())
    assert set(secrets(feed).values()) <= set(settings.secrets)
    assert set(secrets(feed).values()) <= set(options(feed, settings).values())
    assert CANARY not in repr(settings)
    assert Redaction(settings.secrets).clean(f"?token={settings.secrets[-1]}&x") == f"?token={HIDDEN}&x"
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="is open to others"):
        load(environ, declared())


@pytest.mark.parametrize("status", [101, 200, 401, 403, 429, 500])
async def test_no_failure_shows_a_key(feed: Feed, status: int, caplog: pytest.LogCaptureFixture) -> None:
    """Refused, thrown out, answered with a page: nothing of it in a log, a health report or an error."""
    caplog.set_level(logging.DEBUG)

    async def leave(socket: ServerConnection) -> None:
        await socket.send('[{"T":"success","msg":"connected"}]')
        await socket.recv()
        await socket.send("<html>no</html>")
        await socket.close()

    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<html>no</html>", status=500)

    given = options(feed, load(secrets(feed), declared()))
    async with AsyncExitStack() as stack:
        ws = await stack.enter_async_context(stream(leave, status))
        rest = await stack.enter_async_context(pages(page))
        urls = {"ws": ws.url, "rest": rest.url}
        run = await stack.enter_async_context(supervised(feed, urls, options=given))
        run.symbols[:] = ["AAPL.US"]
        await run.until(lambda: run.health.outages == 1)
        await asyncio.sleep(0.05)
    ours = [record for record in caplog.records if not record.name.startswith("websockets.server")]
    shown = "".join(f"{record.getMessage()}{record.exc_text}{record.exc_info}" for record in ours)
    assert CANARY not in shown + run.health.reason + repr(run)
    assert not run.prices
