"""What a page that is open says while an index is built, and what becomes of it when the build has ended."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from qa.config import Settings
from qa.index import StateProgress, building, index_folder
from qa.seams import Progress

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])
# The page looks every few seconds, without script every five, and the machine may be busy.
SOON_MS = 30_000
COMING = "Searching by words. Searching by meaning is being prepared: "


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_env(indexes=tmp_path / "indexes")


@pytest.fixture
def article(tmp_path: Path) -> Path:
    (tmp_path / "bread.txt").write_text("Bread\n\nThe bread bakes for forty minutes.", encoding="utf-8")
    return tmp_path / "bread.txt"


@contextmanager
def a_build(settings: Settings, silent: Progress) -> Iterator[StateProgress]:
    """Hold the index as a build does, without building anything."""
    folder = index_folder(settings.indexes, settings.index)
    with building(folder):
        yield StateProgress(folder, silent)


def form_top(page: Page) -> float:
    return float(page.evaluate("document.getElementById('ask').getBoundingClientRect().top"))


@SCRIPT
def test_the_first_version_comes_by_itself(
    open_page: Open,
    live_server: Callable[..., Any],
    build_index: Callable[..., Any],
    settings: Settings,
    article: Path,
    silent: Progress,
    script: bool,
) -> None:
    server = live_server(settings)
    with a_build(settings, silent) as progress:
        progress.stage("Reading files", 609)
        server.until_told("reading files, 0 of 609")
        page = open_page(server.url, java_script_enabled=script)
        expect(page.get_by_text("The first version is being built: reading files, 0 of 609.")).to_be_visible(
            timeout=SOON_MS
        )
        progress.stage("Indexing words", 13657)
        expect(page.get_by_text("The first version is being built: indexing words, 0 of 13,657.")).to_be_visible(
            timeout=SOON_MS
        )
        if script:
            page.get_by_label("Your question").fill("How long does")
            page.evaluate("window.same = true")
    version = build_index(settings, article).manifest.version
    expect(page.get_by_role("heading", name="Ask your articles", level=1)).to_be_visible(timeout=SOON_MS)
    expect(page.get_by_text(f"Index {version}")).to_be_visible(timeout=SOON_MS)
    if script:
        expect(page.get_by_label("Your question")).to_have_value("How long does")
        assert page.evaluate("window.same") is True


@pytest.mark.parametrize("width", [1024, 360])
def test_how_far_the_vectors_are_is_told_and_the_form_stays_where_it_is(
    open_page: Open,
    live_server: Callable[..., Any],
    build_words: Callable[..., str],
    build_index: Callable[..., Any],
    settings: Settings,
    article: Path,
    silent: Progress,
    width: int,
) -> None:
    build_words(settings, article)
    server = live_server(settings).until_ready()
    with a_build(settings, silent) as progress:
        progress.stage("Embedding passages", 13657)
        server.until_told("embedding passages, 0 of 13,657")
        page = open_page(server.url, viewport={"width": width, "height": 768})
        expect(page.get_by_text(f"{COMING}embedding passages, 0 of 13,657.")).to_be_visible(timeout=SOON_MS)
        top = form_top(page)
        progress.stage("Indexing vectors", None)
        expect(page.get_by_text(f"{COMING}indexing vectors.")).to_be_visible(timeout=SOON_MS)
        assert form_top(page) == top
    build_index(settings, article)
    expect(page.get_by_text(re.compile("Searching by words"))).to_have_count(0, timeout=SOON_MS)
    assert form_top(page) == top
    page.get_by_label("Your question").fill("How long does the bread bake?")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("blockquote")).to_contain_text("forty minutes")
    expect(page.get_by_text("by words and by meaning")).to_be_visible()
