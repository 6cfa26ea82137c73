"""Take the README's screenshot from the running page: `make screenshots`, which needs Chromium.

An index is built from seeds/ in a temporary folder, a real server serves it, and a real browser asks.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Who condemned the missile launch?"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]


def main() -> None:
    """Build, serve, ask, and write docs/page.png."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is not here; on Debian or Ubuntu: apt-get install chromium")
    with tempfile.TemporaryDirectory() as indexes:
        qa = [sys.executable, "-m", "qa"]
        place = ["--indexes", indexes]
        subprocess.run([*qa, "build", "seeds", *place], check=True, cwd=ROOT)
        server = subprocess.Popen([*qa, "serve", "--port", "0", *place], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        try:
            assert server.stderr is not None
            take(chromium, server.stderr.readline().split()[1])
        finally:
            server.terminate()
            server.wait()


def take(chromium: str, address: str) -> None:
    """Ask on the page and open the first citation."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1000, "height": 860}, device_scale_factor=2)
        page.goto(address)
        page.get_by_role("textbox", name="Your question").fill(QUESTION)
        page.get_by_role("button", name="Ask", exact=True).click()
        page.get_by_role("link", name="[1]").click()
        page.get_by_role("link", name="Read in the article").wait_for()
        (ROOT / "docs").mkdir(exist_ok=True)
        page.evaluate("scrollTo(0, 0)")  # the whole page in one picture would have its fixed form in the middle
        page.screenshot(path=ROOT / "docs" / "page.png")
        browser.close()


if __name__ == "__main__":
    main()
