"""A newcomer before the page: the program as it is started, seen through a real browser."""

from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from tests.program import program
from tests.stories.test_browser import CHROMIUM, FLAGS

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: no browser to look through"),
    pytest.mark.timeout(120),
]
PATIENCE = 45_000  # ms; the machine may be busy


async def test_the_day_arrives_in_the_page_and_the_page_talks_back(tmp_path: Path) -> None:
    """Alerts come without a reload, an edit changes its message, commands and buttons are answered."""
    async with program("run", "--demo", "--speed", "600", "--data", str(tmp_path)) as run:
        address = await run.reached()
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = await browser.new_page()
            await page.goto(address)
            # The seeds were answered before the market opened.
            await expect(page.get_by_text("/alert 300308 market_cap > 610B").first).to_be_visible(
                timeout=PATIENCE
            )
            # An alert appears by itself; later the same message says that it was edited.
            await expect(page.get_by_text("Innolight back above MA20").first).to_be_visible(timeout=PATIENCE)
            await expect(page.get_by_text("edited").first).to_be_visible(timeout=PATIENCE)

            box = page.get_by_placeholder("Message")
            await box.fill("/alert 588330 price > 1.2")
            await box.press("Enter")
            await expect(page.get_by_text("588330.SH price > 1.2").first).to_be_visible(timeout=PATIENCE)
            await page.get_by_role("button", name="Undo").last.click()
            await expect(page.get_by_text("Undone").last).to_be_visible(timeout=PATIENCE)
            await browser.close()
        assert await run.interrupt() == 0
        assert "Traceback" not in "\n".join(run.errors)
