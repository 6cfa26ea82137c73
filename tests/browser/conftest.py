"""Chromium, and a page that fails a test on anything that a reader would not want to happen."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect, sync_playwright

from qa.config import Settings
from qa.loading import load_reranker
from qa.pipeline import Pipeline
from qa.records import Answer, Inquiry, Sources, Standalone
from qa.seams import Reranker

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
    expect.set_options(timeout=30_000)  # five seconds, its own limit, are too few where the machine is busy
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
    expected = (
        "Failed to load resource: net::ERR_CONNECTION_CLOSED",
        "Failed to load resource: net::ERR_CONNECTION_REFUSED",
        "Failed to load resource: net::ERR_CONNECTION_RESET",
        "Failed to load resource: net::ERR_EMPTY_RESPONSE",
        "Failed to load resource: net::ERR_INCOMPLETE_CHUNKED_ENCODING",
        "Failed to load resource: the server responded",
    )
    assert seen.hosts == {"127.0.0.1"}
    assert seen.dialogs == []
    assert [complaint for complaint in seen.complaints if not complaint.startswith(expected)] == []


@dataclass(frozen=True)
class Chat:
    """The page to ask on, by what a reader finds in it."""

    page: Page
    script: bool = True

    @property
    def field(self) -> Locator:
        return self.page.get_by_label("Your question")

    @property
    def alert(self) -> Locator:
        return self.page.get_by_role("alert")

    @property
    def said(self) -> Locator:
        """What is announced of an answer."""
        return self.page.locator("#said")

    @property
    def panel(self) -> Locator:
        """The passage that is looked at."""
        return self.page.get_by_role("complementary", name="Passage")

    @property
    def conversations(self) -> Locator:
        return self.page.get_by_role("complementary", name="Conversations").get_by_role("listitem")

    @property
    def overflows(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def send(self, question: str) -> None:
        self.field.fill(question)
        self.field.press("Enter")

    def ask(self, question: str) -> Locator:
        """Ask, wait for all of the answer, and return its turn."""
        turn = self.turns(question).nth(self.turns(question).count() if self.script else 0)
        self.send(question)
        expect(turn.get_by_role("link", name="Link to this")).to_be_visible()
        return turn

    def turns(self, question: str) -> Locator:
        return self.page.get_by_role("article", name=question, exact=True)

    def another_tab(self) -> Chat:
        """Open the same page once more in the same browser."""
        page = self.page.context.new_page()
        page.goto(self.page.url)
        return Chat(page)

    def do(self, action: str, conversation: str) -> None:
        """Choose from the menu of a conversation."""
        row = self.conversations.filter(has=self.page.get_by_role("button", name=conversation, exact=True))
        if not row.get_by_role("button", name=action).is_visible():
            row.get_by_role("button", name=f"More for {conversation}").click()
        row.get_by_role("button", name=action).click()


@pytest.fixture
def open_chat(open_page: Callable[..., Page]) -> Callable[..., Chat]:
    """Return `open_chat(url, **options of the context)`."""

    def opened(url: str, **options: Any) -> Chat:
        usual = {"viewport": {"width": 1360, "height": 800}, "reduced_motion": "reduce"}
        page = open_page(url, **{**usual, **options})
        return Chat(page, script=options.get("java_script_enabled", True))

    return opened


@dataclass
class Gate:
    """A reranker that waits until it may read, and breaks where it is told to."""

    reranker: Reranker
    open: threading.Event = field(default_factory=threading.Event)
    breaks: Exception | None = None

    @property
    def name(self) -> str:
        return self.reranker.name

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        assert self.open.wait(60)
        if self.breaks is not None:
            raise self.breaks
        return self.reranker.score(question, texts)


@pytest.fixture(scope="module")
def gated(live_server: Callable[..., Any], seed_settings: Settings) -> Iterator[tuple[Any, Gate]]:
    """A server of the seeds, and the gate before the last step of its answers."""
    gate = Gate(load_reranker(seed_settings))
    gate.open.set()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("qa.loading.load_reranker", lambda *_, **__: gate)
        server = live_server(seed_settings).until_ready()
    yield server, gate
    gate.open.set()


HARBOUR = [
    {
        "_id": "aground",
        "title": "Ferry runs aground off Brennick",
        "text": "A ferry ran aground off Brennick harbour in fog on Tuesday.\n\nRescuers brought 212 people ashore by "
        "noon, the coastguard said. The Sundal Line has run the crossing since 1974.",
        "source": "Northern Wire",
        "author": "Ines Holt",
        "published_at": "2024-03-05",
        "url": "https://example.org/aground",
    },
    {
        "_id": "mill",
        "title": "Old mill bakes again",
        "text": "The mill of Sundal bakes again after forty years.\n\nThe baker Oda Rekstad opened the oven at dawn. "
        "Each loaf bakes for fifty minutes.",
        "source": "Harbour Gazette",
        "published_at": "2024-04-18",
    },
    {
        "_id": "lamp",
        "title": "A lamp for the lighthouse",
        "text": "The lighthouse of Brennick has a new lamp.\n\nThe engineer Pell Aas said the lamp is seen "
        "for thirty miles.",
        "source": "Northern Wire",
        "published_at": "2024-05-02",
    },
]


@pytest.fixture(scope="session")
def harbour_settings(tmp_path_factory: pytest.TempPathFactory, build_index: Callable[..., Any]) -> Settings:
    """Settings with an index of three articles from two sources; only feedback may be added to it."""
    folder: Path = tmp_path_factory.mktemp("harbour")
    lines = (json.dumps(article, ensure_ascii=False) for article in HARBOUR)
    (folder / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    settings = Settings.from_env(indexes=folder / "indexes")
    build_index(settings, folder / "corpus.jsonl")
    return settings


@pytest.fixture(scope="session")
def harbour_server(live_server: Callable[..., Any], harbour_settings: Settings) -> Any:
    return live_server(harbour_settings).until_ready()


@pytest.fixture
def ask_made(
    open_chat: Callable[..., Chat], seed_server: Any, answers: dict[str, Answer], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Chat, Locator]]:
    """Return `ask_made(name, **options)`: the page with the answer of this name, made by hand, and its turn."""
    by_question = {answer.question: answer for answer in answers.values()}

    def steps(_: Pipeline, inquiry: Inquiry) -> Iterator[Standalone | Sources | Answer]:
        answer = by_question[inquiry.question]
        yield Standalone(answer.question, answer.asked)
        yield Sources(answer.passages)
        yield answer

    monkeypatch.setattr(Pipeline, "steps", steps)

    def asked(name: str, **options: Any) -> tuple[Chat, Locator]:
        chat = open_chat(seed_server.url, **options)
        return chat, chat.ask(answers[name].question)

    return asked
