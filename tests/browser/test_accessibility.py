"""For everyone: axe-core on every page, the keyboard alone, little motion, small windows, paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from qa.config import Settings

pytestmark = pytest.mark.browser

Open = Callable[..., Any]
QUESTION = "Who condemned the missile launch?"
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
DESKTOP, PHONE = {"width": 1360, "height": 800}, {"width": 320, "height": 640}
# Colours do not go by the size of the window: where little else differs, each is looked at once.
ONCE = ((DESKTOP, "light"), (PHONE, "dark"))
EVERY = (*ONCE, (DESKTOP, "dark"), (PHONE, "light"))


def faults(page: Page, looks: Any = ONCE) -> list[str]:
    """What axe-core finds, light and dark, large and small; and what runs over the edge."""
    page.evaluate(AXE)
    found = []
    for window, scheme in looks:
        page.set_viewport_size(window)
        page.emulate_media(color_scheme=scheme)
        place = f"{window['width']} px, {scheme}"
        for violation in page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]:
            nodes = [node["html"][:200] for node in violation["nodes"]]
            found.append(f"{place}: {violation['id']}: {violation['help']}: {nodes}")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{place}: it runs over")
    return found


def test_the_empty_page_and_its_filters(open_chat: Open, harbour_server: Any) -> None:
    chat = open_chat(harbour_server.url)
    assert faults(chat.page, EVERY) == []
    chat.page.get_by_text("Filters", exact=True).click()
    assert faults(chat.page) == []


def test_an_answer_with_its_passage_open(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat(seed_server.url)
    chat.ask(QUESTION)
    turn = chat.ask("When did he say it?")
    turn.get_by_role("blockquote").get_by_role("link", name="[1]").click()
    turn.get_by_role("button", name="This helped").click()
    expect(turn.get_by_text("Kept, thank you.")).to_be_visible()
    assert faults(chat.page, EVERY) == []


def test_prose_above_the_quotations(open_chat: Open, live_server: Any, seed_settings: Settings, llm: Any) -> None:
    llm.says("It was launched from Wonsan. [1] The missile was likely launched near the eastern port of Sinpo. [1]")
    server = live_server(replace(seed_settings, llm_url=llm.url, llm_model="scripted")).until_ready()
    chat = open_chat(server.url)
    turn = chat.ask("Where was the missile launched from?")
    expect(turn.get_by_text("1 sentence of the model was replaced")).to_be_visible()
    assert faults(chat.page, EVERY) == []


def test_a_refused_question_after_an_abstention(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat(seed_server.url)
    chat.ask("What is the capital of France?").get_by_role("link").first.click()
    chat.send("???")
    expect(chat.alert).not_to_be_empty()
    assert faults(chat.page) == []


@pytest.mark.parametrize("name", ["answered", "copied", "disagreeing", "listed", "not_stated", "not_covered"])
def test_every_outcome_unfolded(ask_made: Open, name: str) -> None:
    chat, _ = ask_made(name)
    chat.page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")
    assert faults(chat.page) == []


def test_an_answer_on_its_way(open_chat: Open, gated: Any) -> None:
    server, gate = gated
    chat = open_chat(server.url)
    gate.open.clear()
    chat.send(QUESTION)
    expect(chat.page.get_by_role("list", name="Found")).to_be_visible()
    found = faults(chat.page)
    gate.open.set()
    assert found == []


def test_conversations_with_a_menu_open(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat(seed_server.url)
    chat.ask(QUESTION)
    chat.page.get_by_role("button", name=f"More for {QUESTION}").click()
    assert faults(chat.page, [(DESKTOP, "light"), (DESKTOP, "dark")]) == []
    chat.page.set_viewport_size(PHONE)
    chat.page.get_by_role("button", name="Conversations").click()
    expect(chat.conversations).to_be_visible()
    assert faults(chat.page, [(PHONE, "light"), (PHONE, "dark")]) == []


def test_a_link_that_is_older_than_the_index(open_page: Open, seed_server: Any) -> None:
    page = open_page(f"{seed_server.url}/?question=Who+is+Takehiro+Funakoshi%3F&version=20240512T101500Z-00000000")
    expect(page.get_by_text("The index has moved on")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("path", ["", "?title=mill&source=Harbour+Gazette", "?title=nowhere", "?source=Nobody"])
def test_the_articles(open_page: Open, harbour_server: Any, path: str) -> None:
    assert faults(open_page(f"{harbour_server.url}/articles{path}")) == []


def test_an_article_with_marks_and_a_page_that_is_not_there(open_page: Open, seed_server: Any) -> None:
    page = open_page(seed_server.url)
    page.get_by_role("list", name="Articles").get_by_role("link").click()
    page.goto(f"{page.url}?cite=527-714&cite=600-650&cite=99999999-100000000#cite-1")
    expect(page.get_by_role("mark").first).to_be_visible()
    assert faults(page) == []
    page.goto(f"{seed_server.url}/nowhere")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert faults(page) == []


def test_nothing_to_ask_yet_and_words_only(
    open_page: Open, live_server: Open, words_server: Any, tmp_path: Path
) -> None:
    page = open_page(live_server(Settings.from_env(indexes=tmp_path)).url)
    expect(page.get_by_role("heading", name="Nothing to ask yet", level=1)).to_be_visible()
    assert faults(page) == []
    page.goto(words_server.url)
    expect(page.get_by_text("Searching by words. qa build prepares searching by meaning.")).to_be_visible()
    assert faults(page) == []


def test_the_thanks_for_feedback(open_chat: Open, harbour_server: Any) -> None:
    chat = open_chat(harbour_server.url)
    chat.ask("How many people were brought ashore?")
    chat.page.evaluate(
        """() => {
          const form = document.querySelector(".feedback"); // sent as it is without a script
          form.insertAdjacentHTML("beforeend", '<input type="hidden" name="rating" value="up">');
          form.submit();
        }"""
    )
    expect(chat.page.get_by_role("heading", name="Thank you", level=1)).to_be_visible()
    assert faults(chat.page) == []


def outlined(page: Page) -> bool:
    """Whether the focused element shows that it has the focus."""
    style = page.evaluate(
        "(() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth] })()"
    )
    return style[0] == "solid" and style[1] in ("2px", "3px")


def test_from_the_first_tab_to_a_passage_and_back_by_keyboard_alone(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat(seed_server.url)
    press = chat.page.keyboard.press
    press("Tab")
    expect(chat.page.get_by_role("link", name="Skip to the question")).to_be_focused()
    assert outlined(chat.page)
    press("Enter")
    expect(chat.field).to_be_focused()
    assert outlined(chat.page)
    chat.page.keyboard.type(QUESTION)
    press("Enter")
    turn = chat.turns(QUESTION)
    expect(turn.get_by_role("link", name="Link to this")).to_be_visible()
    expect(chat.field).to_be_focused()
    mark = turn.get_by_role("blockquote").get_by_role("link", name="[1]")
    for _ in range(4):  # back over the thumbs and the link, to the mark of the last quotation
        press("Shift+Tab")
        assert outlined(chat.page)
    expect(mark).to_be_focused()
    press("Enter")
    expect(chat.panel.get_by_role("heading")).to_be_focused()
    press("Tab")
    expect(chat.panel.get_by_role("button", name="Close")).to_be_focused()
    press("Tab")  # the words, which may be scrolled
    assert outlined(chat.page)
    press("Tab")
    expect(chat.panel.get_by_role("link", name="Open in article")).to_be_focused()
    press("Escape")
    expect(chat.panel).to_have_count(0)
    expect(mark).to_be_focused()


@pytest.mark.parametrize("width", [1360, 390])
def test_every_stop_of_the_tab_key_can_be_seen(open_chat: Open, harbour_server: Any, width: int) -> None:
    chat = open_chat(harbour_server.url, viewport={"width": width, "height": 800}, reduced_motion="reduce")
    chat.ask("How many people were brought ashore?").get_by_role("link", name="[1] in").click()
    chat.page.get_by_text("Filters", exact=True).click()
    if width > 1000:
        chat.page.get_by_role("button", name=re.compile("^More for")).click()
    chat.page.evaluate("document.querySelector('.skip').focus()")
    seen: list[str] = []
    for _ in range(60):
        chat.page.keyboard.press("Tab")
        name = chat.page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        if name.startswith("<body"):
            break
        assert outlined(chat.page), name
        assert chat.page.evaluate(
            """() => {
              const { left, top, right, bottom } = document.activeElement.getBoundingClientRect();
              const hit = document.elementFromPoint((left + right) / 2, Math.max((top + bottom) / 2, top + 1));
              const at = document.activeElement;
              const label = at.closest("label");
              return hit && (at.contains(hit) || hit.contains(at) || (label && label === hit.closest("label")));
            }"""
        ), f"covered or out of sight: {name}"
        seen.append(name)
    assert len(seen) > 20


@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_little_motion_where_it_is_asked_for(open_page: Open, harbour_server: Any, motion: str, moves: bool) -> None:
    page = open_page(harbour_server.url, reduced_motion=motion)
    scrolling, turning = page.evaluate(
        """() => [
          getComputedStyle(document.documentElement).scrollBehavior,
          getComputedStyle(document.querySelector("summary"), "::after").transitionDuration,
        ]"""
    )
    assert (scrolling == "smooth") is moves
    assert (turning != "0s") is moves


def test_on_paper_stand_question_answer_and_passages(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat(seed_server.url)
    turn = chat.ask(QUESTION)
    turn.get_by_role("blockquote").get_by_role("link", name="[1]").click()
    chat.page.emulate_media(media="print")
    expect(turn.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(turn.get_by_role("blockquote")).to_be_visible()
    passages = turn.get_by_role("region", name="Sources").locator(".passage:visible")
    expect(passages).to_have_count(1)  # that which is quoted
    expect(passages.get_by_role("mark")).to_be_visible()
    expect(passages).to_contain_text("I will drastically strengthen our defense capabilities.")
    for control in [*chat.page.get_by_role("button").all(), *chat.page.get_by_role("textbox").all(), chat.panel]:
        expect(control).to_be_hidden()
    assert faults(chat.page, [(DESKTOP, "light"), (DESKTOP, "dark")]) == []
    assert chat.page.pdf().startswith(b"%PDF-")
