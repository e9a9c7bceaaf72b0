"""What `check` finds out by asking: the store and each feed, one sentence for each thing that is wrong."""

import asyncio
from datetime import timedelta

import aiohttp

from bot import plugins as plugins  # noqa: PLC0414 -- fills the registries
from bot.errors import FeedError, SettingsError, StoreError
from bot.feed import FEEDS, Context, Feed, lacking, options
from bot.settings import Settings
from bot.store import embedded
from bot.store.checks import faults_of
from bot.store.client import Store

PATIENCE = timedelta(seconds=6)
# Something every feed of these markets has at any hour.
SAMPLES = {"BINANCE": "BTCUSDT.BINANCE", "SH": "600519.SH", "SZ": "000001.SZ"}


def wrong(settings: Settings) -> list[str]:
    """Every fault of store and feeds, in words; empty where there is none."""
    return asyncio.run(faults(settings))


async def faults(settings: Settings) -> list[str]:
    """The same inside a running loop."""
    names = [name for name in settings["TICKBELL_FEEDS"].split(",") if name]
    async with aiohttp.ClientSession() as http:
        asked = await asyncio.gather(_store(settings), *(_feed(settings, name, http) for name in names))
    return [sentence for answer in asked for sentence in answer]


async def _store(settings: Settings) -> list[str]:
    if not settings["TICKBELL_REDIS_URL"]:
        try:
            embedded.binary()
        except SettingsError as error:
            return [f"store: {error}"]
        return []
    try:
        store = Store.connect(settings["TICKBELL_REDIS_URL"], patience=PATIENCE)
    except SettingsError as error:
        return [f"store: {error}"]
    try:
        return [f"store: {fault}" for fault in await faults_of(store)]
    except StoreError as error:
        return [f"store: {error}"]
    finally:
        await store.close()


async def _feed(settings: Settings, name: str, http: aiohttp.ClientSession) -> list[str]:
    if name not in FEEDS:
        return [f"feeds: there is no feed {name!r}; feeds: {', '.join(FEEDS)}"]
    feed = FEEDS[name]
    if feed.replays:
        return []
    if fault := lacking(feed, settings):
        return [f"feeds: {fault}"]
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            await _first(feed, settings, http)
    except FeedError as error:
        return [f"feeds: {name}: {error}"]
    except TimeoutError:
        return [f"feeds: {name}: nothing came within {PATIENCE.seconds} s"]
    return []


async def _first(feed: Feed, settings: Settings, http: aiohttp.ClientSession) -> None:
    """One payload that can be read."""
    context = Context(
        http=http,
        urls={end.name: settings.feed_url(feed.name, end.name, end.url) for end in feed.endpoints},
        symbols=[SAMPLES[market] for market in feed.markets if market in SAMPLES],
        options=options(feed, settings),
    )
    stream = feed.payloads(context)
    try:
        payload = await anext(stream, None)
        if payload is None:
            raise FeedError("the source closed the connection at once")
        feed.parse(payload.data, payload.received)
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()
