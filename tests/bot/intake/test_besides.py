"""Which process does what beside quotes, and which addresses are asked."""

from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

from bot.app import opened
from bot.cli import RunOptions
from bot.feed import Answer, RefusedError, fetch
from bot.intake.besides import Besides
from bot.settings import Settings, load
from rules.model import Frame
from tests.bot.sources import pages


def settings(folder: Path, **env: str) -> Settings:
    """One run's own."""
    return load({"TICKBELL_WEB_PORT": "0", "TICKBELL_DATA_DIR": str(folder), **env})


@pytest.mark.parametrize(
    ("roles", "feeds", "klines", "lists", "parts"),
    [
        ("schedule", "tencent", "eastmoney", "instruments boards", ""),
        ("schedule", "eastmoney", "off", "instruments boards", ""),
        ("schedule", "tencent", "tencent", "", ""),
        ("bot", "eastmoney", "", "instruments boards", "copies"),
        ("engine feed", "eastmoney", "", "instruments boards", "copies,fund flows,anomalies"),
        ("engine feed schedule", "eastmoney", "", "instruments boards", "fund flows,anomalies"),
        ("engine", "eastmoney", "", "instruments boards", "copies"),
        ("engine feed", "tencent", "", "", "copies"),
    ],
)
async def test_the_parts_of_each_role(
    tmp_path: Path, roles: str, feeds: str, klines: str, lists: str, parts: str
) -> None:
    """The schedule refreshes, others follow its copies; flows and anomalies where the feed runs."""
    env = settings(tmp_path, TICKBELL_KLINES=klines, TICKBELL_FEEDS=feeds)
    options = RunOptions(roles=tuple(roles.split()), data=tmp_path)
    async with opened(options, env) as app:
        besides = Besides.of(app, _nobody, _nowhere)
        assert " ".join(besides.lists()) == lists
        assert ",".join(part.name for part in besides.parts()) == parts
        names = [part.name for part in app._parts()]
        assert [name for name in names if name in {"copies", "fund flows", "anomalies"}] == [
            name for name in parts.split(",") if name
        ]


async def test_a_demo_asks_nobody(tmp_path: Path) -> None:
    """Its day and its groups are its own."""
    async with opened(RunOptions(demo=True, data=tmp_path), settings(tmp_path)) as app:
        besides = Besides.of(app, _nobody, _nowhere)
        assert (besides.lists(), besides.parts()) == ({}, [])


async def test_the_base_urls_are_settings_and_a_page_for_people_is_a_ban(tmp_path: Path) -> None:
    """Lists and flows from one address, anomalies from the other."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="<html>slide</html>" if "ban" in request.path else request.path_qs)

    async with pages(answer) as lists, pages(answer) as changes:
        env = settings(
            tmp_path,
            TICKBELL_FEEDS="eastmoney",
            TICKBELL_EASTMONEY_REST_URL=lists.url,
            TICKBELL_EASTMONEY_CHANGES_URL=changes.url,
        )
        async with opened(RunOptions(data=tmp_path), env) as app:
            besides = Besides.of(app, partial(fetch, app.http), _nowhere)
            assert await besides._ask("rest", "/a?b=1") == b"/a?b=1"
            assert await besides._ask("changes", "/c") == b"/c"
            assert (lists.asked, changes.asked) == (["/a?b=1"], ["/c"])
            with pytest.raises(RefusedError, match="a page instead"):
                await besides._ask("rest", "/ban")


async def _nobody(*_: object) -> Answer:
    raise AssertionError("nobody is asked")


async def _nowhere(_frame: Frame) -> None:
    raise AssertionError("nothing is handed on")
