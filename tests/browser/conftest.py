"""Chromium, and a page that fails a test on anything that a reader would not want to happen."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


MISSING = "No Chromium is here to drive the page with; `apt-get install chromium` brings it."


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def pytest_pycollect_makemodule() -> None:
    """Skip all of this folder in one line, instead of each test in its own."""
    if chromium() is None and os.environ.get("QA_REQUIRE_BROWSER") != "1":
        pytest.skip(MISSING, allow_module_level=True)


# Playwright's loop stays set in the thread while it is open; a module is as long as that may be.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    assert path is not None, MISSING
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Seen:
    """What happened in a page besides what it shows."""

    hosts: set[str] = field(default_factory=set)
    dialogs: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return `open_page(url, **options of the context)`; at the end nothing may have gone wrong in any page."""
    seen, contexts = Seen(), []

    def opened(url: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1024, "height": 768}, **options})
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()

        def dismiss(dialog: Dialog) -> None:
            seen.dialogs.append(dialog.message)
            dialog.dismiss()

        page.on("request", lambda request: seen.hosts.add(urlsplit(request.url).hostname or ""))
        page.on("dialog", dismiss)
        page.on("console", lambda message: seen.complaints.append(message.text))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    expected = ("Failed to load resource: net::ERR_CONNECTION_REFUSED", "Failed to load resource: the server responded")
    assert seen.hosts == {"127.0.0.1"}
    assert seen.dialogs == []
    assert [complaint for complaint in seen.complaints if not complaint.startswith(expected)] == []
