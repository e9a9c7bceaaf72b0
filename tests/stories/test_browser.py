"""The playground's page in a real browser: what a newcomer sees and does."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.web.ground import Playground
from bot.web.limits import Limits, Rates
from bot.web.server import Hooks, serve
from bot.web.views import Face

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
TOKEN = "7000000001:AAF-canary_canary_canary_canary_canary"
KEYS = {"inline_keyboard": [[{"text": "Why?", "callback_data": "why"}]]}
NOON = datetime(2025, 11, 26, 4, 0, 21, tzinfo=UTC)

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed: no browser to look through"
)


@dataclass
class Bot:
    """The smallest Bot API client, and the counters of the program around it."""

    url: str
    http: aiohttp.ClientSession
    counters: dict[str, object]
    ground: Playground
    offset: int = 0

    async def call(self, method: str, alerts: str = "", **arguments: Any) -> Any:
        """One call that must work."""
        headers = {"X-Tickbell-Alerts": alerts}
        async with self.http.post(
            f"{self.url}/bot{TOKEN}/{method}", json=arguments, headers=headers
        ) as response:
            told = await response.json()
            assert told["ok"], told
            return told["result"]

    async def update(self) -> Any:
        """The next thing the user did."""
        (update,) = await self.call("getUpdates", offset=self.offset, timeout=20, limit=1)
        self.offset = update["update_id"] + 1
        return update

    async def say(self, text: str, alerts: str = "", **arguments: Any) -> int:
        """A message to the page's chat; its number."""
        sent = await self.call("sendMessage", alerts, chat_id=1, text=text, parse_mode="HTML", **arguments)
        return int(sent["message_id"])


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    """A served playground with a bot that a test plays."""
    face = Face(label="26 November 2025, a reconstruction", zone="Asia/Shanghai")
    limits = Limits(Rates(overall=100_000, burst=100_000))
    ground = Playground(None, TOKEN, face=face, limits=limits, clock=lambda: NOON)
    counters: dict[str, object] = {"frames": 1204, "market time": NOON.isoformat(), "speed": 60}
    hooks = Hooks(counters=lambda: dict(counters))
    async with (
        serve("127.0.0.1", 0, playground=ground, hooks=hooks) as bound,
        aiohttp.ClientSession() as http,
    ):
        yield Bot(bound.url, http, counters, ground)
    ground.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Headless Chromium that calls nobody."""
    expect.set_options(timeout=20_000)  # a busy machine is no reason to fail
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        await running.close()


@pytest.fixture
async def page(browser: Browser, bot: Bot) -> AsyncIterator[Page]:
    """The page, open and connected; at the end it must not have complained."""
    opened = await browser.new_page(viewport={"width": 1200, "height": 860})
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "request", lambda request: complaints.append(request.url) if bot.url not in request.url else None
    )
    await opened.goto(bot.url)
    await expect(opened.locator("#status")).to_have_text("bot · online")
    yield opened
    assert [words for words in complaints if not words.startswith("data:")] == []


def bubble(page: Page, number: int) -> Any:
    """A message on the page."""
    return page.locator(f'.message[data-id="{number}"]')


async def test_alerts_arrive_without_reload(page: Page, bot: Bot) -> None:
    """A ringing alert and a silent one appear by themselves and look different; foreign markup stays text."""
    await expect(page).to_have_title("Tickbell playground")
    await expect(page.locator("#label")).to_have_text("26 November 2025, a reconstruction")
    text = "<b>中际旭创</b> 创历史新高 542.02 &lt;img src=x onerror=alert(1)&gt; /near"
    ringing = await bot.say(text, "r1:1:fired")
    silent = await bot.say("lower rung", "r2:1:fired", disable_notification=True)
    await expect(bubble(page, ringing).locator("strong")).to_have_text("中际旭创")
    await expect(bubble(page, ringing)).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(bubble(page, ringing).locator(".bell")).to_have_attribute("aria-label", "rings")
    await expect(bubble(page, silent).locator(".bell")).to_have_attribute("aria-label", "silent")
    await expect(bubble(page, ringing).locator("time")).to_have_text("12:00")
    looks = "element => getComputedStyle(element.querySelector('.bubble')).borderLeftWidth"
    assert await bubble(page, ringing).evaluate(looks) != await bubble(page, silent).evaluate(looks)
    assert await page.locator("#chat img").count() == 0


async def test_an_edit_changes_its_message_in_place(page: Page, bot: Bot) -> None:
    """The same message shows the new text and says that it was edited."""
    first = await bot.say("MACD golden cross <i>provisional</i>", "r:1:provisional")
    last = await bot.say("another")
    await expect(bubble(page, last)).to_be_visible()
    await bot.call(
        "editMessageText", "r:1:withdrawn", chat_id=1, message_id=first, text="MACD golden cross withdrawn"
    )
    await expect(bubble(page, first)).to_contain_text("withdrawn")
    await expect(bubble(page, first)).to_contain_text("edited")
    assert await page.locator(".message").first.get_attribute("data-id") == str(first)
    await bot.call("deleteMessage", chat_id=1, message_id=last)
    await expect(bubble(page, last)).to_have_count(0)


async def test_a_typed_command_gets_its_answer(page: Page, bot: Bot) -> None:
    """What is typed reaches the bot as an update with a command entity; the answer stands below it."""
    await page.get_by_label("Message to the bot").fill("/near 300308")
    await page.keyboard.press("Enter")
    update = await bot.update()
    assert update["message"]["text"] == "/near 300308"
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 5}]
    answer = await bot.say("551.61 is 0.5 % away, see /list")
    await expect(bubble(page, answer)).to_contain_text("551.61")
    await expect(page.locator(".message.user")).to_contain_text("/near 300308")
    await bubble(page, answer).get_by_role("button", name="/list").click()
    assert (await bot.update())["message"]["text"] == "/list"


async def test_a_button_press_is_answered(page: Page, bot: Bot) -> None:
    """A press becomes a callback query; its toast shows, and the button rests again."""
    number = await bot.say("record high", reply_markup=KEYS)
    button = bubble(page, number).get_by_role("button", name="Why?")
    await button.click()
    query = (await bot.update())["callback_query"]
    assert (query["data"], query["message"]["message_id"]) == ("why", number)
    await expect(button).to_have_attribute("aria-busy", "true")
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="first in 10 sessions")
    await expect(page.locator("#toast")).to_have_text("first in 10 sessions")
    await expect(button).not_to_have_attribute("aria-busy", "true")
    await button.click()
    query = (await bot.update())["callback_query"]
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="Sure?", show_alert=True)
    await expect(page.get_by_role("dialog")).to_contain_text("Sure?")


async def test_the_command_menu_by_keyboard(page: Page, bot: Bot) -> None:
    """Typing a slash opens the menu, arrows choose, Enter fills in, Enter sends; Escape closes."""
    commands = [{"command": name, "description": f"about {name}"} for name in ("list", "near", "quote")]
    await bot.call("setMyCommands", commands=commands)
    await expect(page.locator("#chips button")).to_have_count(3)
    await page.keyboard.press("/")
    await expect(page.get_by_role("option")).to_have_count(3)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).to_have_value("/near ")
    await page.keyboard.press("Enter")
    assert (await bot.update())["message"]["text"] == "/near"
    await page.get_by_role("button", name="Commands", exact=True).click()
    await expect(page.get_by_role("option").first).to_contain_text("about list")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()


async def test_counters_move_beside_the_chat(page: Page, bot: Bot) -> None:
    """Market time and counters follow the program without reload."""
    await expect(page.locator("#market")).to_have_text("12:00:21")
    await expect(page.locator("#speed")).to_have_text("60× market speed")
    await expect(page.locator('[data-counter="frames"]')).to_contain_text("1,204")
    bot.counters |= {
        "frames": 1300,
        "refused": {"stale": 2, "off grid": 1},
        "market time": "2025-11-26T04:01:21Z",
    }
    await expect(page.locator('[data-counter="frames"]')).to_contain_text("1,300")
    await expect(page.locator('[data-counter="refused"]')).to_contain_text("2 stale, 1 off grid")
    await expect(page.locator("#market")).to_have_text("12:01:21")
    bot.counters |= {"claims": {"claimed": 39, "before": 2}, "engine ms": {"p50": 6.0621, "p99": 24.49}}
    await expect(page.locator('[data-counter="claims"] dd').first).to_have_text("39")
    await expect(page.locator("#others")).to_have_text("engine ms 6.1 p50, 24.5 p99")


async def test_the_page_comes_back_by_itself(browser: Browser, tmp_path: Path) -> None:
    """After the program is gone and started again the page reconnects and shows what came meanwhile."""
    face, limits = Face(), Limits(Rates(overall=100_000, burst=100_000))
    ground = Playground(tmp_path, TOKEN, face=face, limits=limits)
    async with serve("127.0.0.1", 0, playground=ground) as bound:
        page = await browser.new_page()
        await page.goto(bound.url)
        await expect(page.locator("#status")).to_have_text("bot · online")
        ground.post("before")
        await expect(page.locator(".message")).to_have_count(1)
    ground.close()
    await expect(page.locator("#status")).to_have_text("reconnecting…")
    again = Playground(tmp_path, TOKEN, face=face, limits=limits)
    again.post("after")
    async with serve("127.0.0.1", bound.port, playground=again):
        await expect(page.locator(".message")).to_have_count(2, timeout=15_000)
        await expect(page.locator("#status")).to_have_text("bot · online")
        await page.close()
    again.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phones_width_is_enough(page: Page, bot: Bot, scheme: Any) -> None:
    """At 390 px nothing scrolls sideways, the counters fold into a line, the newest message is in view."""
    await page.emulate_media(color_scheme=scheme)
    await page.set_viewport_size({"width": 390, "height": 844})
    for number in range(12):
        await bot.say(f"{number} " + "Innolight RECORD HIGH 542.02 +13.0% " * 3 + "x" * 80, reply_markup=KEYS)
    last = await bot.say("<pre>" + "0123456789" * 12 + "</pre>")
    await expect(bubble(page, last)).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate(
        "document.getElementById('chat').scrollWidth <= document.getElementById('chat').clientWidth"
    )
    await expect(page.locator("#counters")).to_be_hidden()
    await page.locator("summary").click()
    await expect(page.locator('[data-counter="frames"]')).to_be_in_viewport()
    await expect(page.get_by_label("Message to the bot")).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
