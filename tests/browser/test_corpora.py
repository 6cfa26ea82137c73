"""Several corpora in the page: chosen in the header, their conversations apart, also behind a proxy."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import expect

from qa.config import Settings

pytestmark = pytest.mark.browser

Open = Callable[..., Any]
BREAD_ASKED, FERRY_ASKED = "How long does the bread bake?", "How many people were brought ashore?"
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])


def choose(chat: Any, name: str) -> None:
    """Choose a corpus in the header."""
    chat.page.locator("#corpora summary").click()
    chat.page.get_by_role("navigation", name="Corpora").get_by_role("link", name=name, exact=True).click()
    expect(chat.page.locator("#corpora summary")).to_have_text(f"Corpus: {name}")


@SCRIPT
def test_a_corpus_is_chosen_and_every_step_stays_in_it(open_chat: Open, corpora_server: Any, script: bool) -> None:
    chat = open_chat(corpora_server.url, java_script_enabled=script)
    choose(chat, "harbour")
    turn = chat.ask(FERRY_ASKED)
    expect(turn.get_by_role("blockquote")).to_contain_text("212 people")
    permanent = turn.get_by_role("link", name="Link to this").get_attribute("href")
    assert str(permanent).startswith("/c/harbour/?question=")
    if script:
        turn.get_by_role("button", name="This helped").click()
        expect(turn.get_by_text("Kept, thank you.")).to_be_visible()
        turn.get_by_role("blockquote").get_by_role("link", name="[1]").click()
        chat.panel.get_by_role("link", name="Open in article").click()
    else:
        turn.get_by_role("button", name="This helped").click()
        expect(chat.page.get_by_role("heading", name="Thank you")).to_be_visible()
        expect(chat.page).to_have_url(re.compile("/c/harbour/feedback$"))
        chat.page.get_by_role("link", name="Articles", exact=True).click()
        chat.page.get_by_role("link", name="Ferry", exact=True).click()
    expect(chat.page).to_have_url(re.compile("/c/harbour/articles/"))
    expect(chat.page.get_by_role("heading", name="Ferry")).to_be_visible()
    chat.page.goto(f"{corpora_server.url}{permanent}")
    expect(chat.turns(FERRY_ASKED)).to_be_visible()


def test_conversations_are_apart(open_chat: Open, corpora_server: Any) -> None:
    chat = open_chat(corpora_server.url)
    chat.ask(BREAD_ASKED)
    choose(chat, "harbour")
    expect(chat.conversations).to_have_count(0)
    expect(chat.page.get_by_role("article")).to_have_count(0)
    chat.ask(FERRY_ASKED)
    expect(chat.conversations).to_have_count(1)
    choose(chat, "kitchen")
    expect(chat.turns(BREAD_ASKED)).to_be_visible()  # it was open when it was left
    expect(chat.conversations).to_have_text([re.compile(re.escape(BREAD_ASKED))])
    choose(chat, "harbour")
    expect(chat.turns(FERRY_ASKED)).to_be_visible()
    # The default corpus has two addresses, and is the same at both; its links lead where the page is.
    chat.page.goto(f"{corpora_server.url}/c/kitchen/")
    link = chat.turns(BREAD_ASKED).get_by_role("link", name="Link to this")
    assert str(link.get_attribute("href")).startswith("/c/kitchen/?question=")


def test_what_was_kept_before_there_were_several_is_the_default_ones(open_chat: Open, corpora_server: Any) -> None:
    chat = open_chat(corpora_server.url)
    chat.ask(BREAD_ASKED)
    chat.page.evaluate(
        """() => {
          for (const key of Object.keys(localStorage)) {
            const { corpus, ...before } = JSON.parse(localStorage[key]);
            for (const turn of before.turns) delete turn.base;
            localStorage[key] = JSON.stringify(before);
          }
        }"""
    )
    chat.page.reload()
    expect(chat.conversations).to_have_count(1)
    chat.page.goto(f"{corpora_server.url}/c/harbour/")
    expect(chat.conversations).to_have_count(0)


def test_one_that_is_not_built_says_so_and_the_others_can_be_chosen(open_chat: Open, corpora_server: Any) -> None:
    chat = open_chat(f"{corpora_server.url}/c/missing/")
    expect(chat.page.get_by_role("heading", name="Nothing to ask yet")).to_be_visible()
    choose(chat, "kitchen")
    expect(chat.ask(BREAD_ASKED).get_by_role("blockquote")).to_contain_text("forty minutes")


def test_the_switcher_is_for_everyone(open_chat: Open, corpora_server: Any, seed_server: Any) -> None:
    chat = open_chat(f"{corpora_server.url}/c/harbour/")
    summary = chat.page.locator("#corpora summary")
    for window, scheme in (({"width": 1360, "height": 800}, "light"), ({"width": 320, "height": 640}, "dark")):
        chat.page.set_viewport_size(window)
        chat.page.emulate_media(color_scheme=scheme)
        summary.focus()
        chat.page.keyboard.press("Enter")
        expect(chat.page.get_by_role("navigation", name="Corpora")).to_be_visible()
        expect(chat.page.get_by_role("link", name="harbour", exact=True)).to_have_attribute("aria-current", "true")
        chat.page.evaluate(AXE)
        found = chat.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
        assert [(it["id"], [node["html"] for node in it["nodes"]]) for it in found] == []
        assert not chat.overflows
        chat.page.keyboard.press("Tab")
        expect(chat.page.get_by_role("link", name="kitchen", exact=True)).to_be_focused()
        chat.page.keyboard.press("Escape")
        expect(chat.page.get_by_role("navigation", name="Corpora")).to_be_hidden()
        expect(summary).to_be_focused()
    summary.click()
    chat.field.click()
    expect(chat.page.get_by_role("navigation", name="Corpora")).to_be_hidden()
    expect(open_chat(seed_server.url).page.locator("#corpora")).to_have_count(0)  # where there is one


@pytest.mark.parametrize("strips", [True, False], ids=["stripped", "passed on"])
def test_the_page_works_behind_a_proxy_at_a_part_of_a_site(
    open_chat: Open, live_server: Open, proxied: Open, corpora_settings: Settings, strips: bool
) -> None:
    server = live_server(replace(corpora_settings, root_path="/qa")).until_ready()
    site = proxied(server.url, "/qa", strips=strips)
    chat = open_chat(f"{site}/c/harbour/")
    turn = chat.ask(FERRY_ASKED)
    expect(turn.get_by_role("blockquote")).to_contain_text("212 people")
    turn.get_by_role("button", name="This helped").click()
    expect(turn.get_by_text("Kept, thank you.")).to_be_visible()
    choose(chat, "kitchen")
    expect(chat.page).to_have_url(f"{site}/")
    chat.ask(BREAD_ASKED).get_by_role("link", name="Link to this").click()
    expect(chat.page).to_have_url(re.compile(re.escape(f"{site}/?question=")))
    expect(chat.turns(BREAD_ASKED)).to_be_visible()
    chat.page.get_by_role("button", name="New", exact=True).click()
    expect(chat.page).to_have_url(f"{site}/")
    expect(chat.conversations).to_have_count(1)
    server.stop()
