"""Take the README's pictures from the running page: `make screenshots`, which needs Chromium.

The index is of seeds/, a real server serves it, and a real browser asks, desktop and phone, light and dark.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from scripts.serving import ROOT, chromium, serving

QUESTION = "Who condemned the missile launch?"
FOLLOW_UP = "When did he say it?"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--hide-scrollbars", "--disable-lcd-text"]
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
COLOURS = 200
LARGEST = 150_000
"""Bytes of a picture."""


def main() -> None:
    """Serve, ask, and write docs/page-*.png."""
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for device, options in (("desktop", DESKTOP), ("phone", PHONE)):
            for scheme in ("light", "dark"):
                take(browser, address, f"{device}-{scheme}", {**options, "color_scheme": scheme})
        browser.close()


def take(browser: Browser, address: str, name: str, options: dict[str, Any]) -> None:
    """Ask, ask a follow-up, open the passage that it quotes."""
    page = browser.new_page(**options, reduced_motion="reduce")
    page.goto(address)
    ask(page, QUESTION)
    ask(page, FOLLOW_UP)
    page.get_by_role("article", name=FOLLOW_UP).get_by_role("blockquote").get_by_role("link").click()
    expect(page.get_by_role("complementary", name="Passage")).to_be_visible()
    page.get_by_role("article", name=FOLLOW_UP).evaluate("(turn) => turn.scrollIntoView()")
    picture = ROOT / "docs" / f"page-{name}.png"
    with Image.open(BytesIO(page.screenshot())) as taken:
        taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(picture, optimize=True)
    print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size:,} bytes")
    assert picture.stat().st_size < LARGEST
    page.close()


def ask(page: Page, question: str) -> None:
    """Ask, and wait for all of the answer."""
    page.get_by_role("textbox", name="Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("article", name=question).get_by_role("link", name="Link to this")).to_be_visible()


if __name__ == "__main__":
    main()
