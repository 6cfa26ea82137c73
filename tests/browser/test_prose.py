"""Prose above the quotations: as it comes, in full, and when the model fails."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from qa.config import Settings

pytestmark = pytest.mark.browser

Open = Callable[..., Any]
QUESTION = "Where was the missile launched from?"
GOOD = "The missile was likely launched via submarine from waters near the eastern port of Sinpo."
WRONG = "It was launched from <b>Wonsan</b>, see [here](http://evil.example). [1]"
WHY = "Quoted in place of a sentence of the model that is not plain prose:"
BYLINE = "Written by a <small> model from the quotations below; each sentence was checked against them."


@pytest.fixture(scope="module")
def writing(
    live_server: Callable[..., Any], seed_settings: Settings, llm_class: Callable[[], Any]
) -> Iterator[tuple[Any, Any]]:
    """A server with a scripted model, and the model."""
    scripted = llm_class()
    settings = replace(seed_settings, llm_url=scripted.url, llm_model="a <small> model", llm_timeout_s=120)
    yield live_server(settings).until_ready(), scripted
    scripted.close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_it_stands_above_the_quotations_with_marks_that_lead_to_them(
    open_chat: Open, writing: tuple[Any, Any], script: bool
) -> None:
    server, scripted = writing
    scripted.says(WRONG, " ", GOOD, " [1] Nobody knows why.")
    chat = open_chat(server.url, java_script_enabled=script)
    turn = chat.ask(QUESTION)
    prose, said = turn.get_by_role("region", name="In other words"), turn.locator(".said")
    expect(said).to_contain_text(GOOD)
    expect(prose.get_by_text(BYLINE)).to_be_visible()
    expect(prose.get_by_text("1 sentence of the model was replaced by a quotation")).to_be_visible()
    expect(prose.get_by_text("1 sentence of the model was left out, because it cites no quotation")).to_be_visible()
    headings = ["Sources", "In other words", "Word for word", *([] if script else ["Sources"])]
    expect(turn.get_by_role("heading", level=3)).to_have_text(headings)
    quotation = turn.get_by_role("blockquote")
    expect(quotation).to_contain_text("near the eastern port of Sinpo.")
    above, below = said.bounding_box(), quotation.bounding_box()
    assert above["y"] + above["height"] <= below["y"]
    assert "evil" not in turn.inner_text()
    assert "Wonsan" not in turn.inner_text()
    if script:
        expect(chat.said).to_contain_text(GOOD)
        expect(chat.said).not_to_contain_text("blockquote")
        mark = said.get_by_role("link", name=re.compile(r"^\[1\]")).last
        mark.press("Enter")
        expect(chat.panel.locator("mark.current")).to_contain_text("near the eastern port of Sinpo")
        chat.page.keyboard.press("Escape")
        expect(mark).to_be_focused()
    else:
        said.get_by_role("link", name=re.compile(r"^\[1\]")).first.click()
        expect(turn.locator("mark[id$=quote-1]")).to_be_in_viewport()
    assert not chat.overflows


def test_what_was_checked_and_what_stands_in_place_are_told_apart(open_chat: Open, writing: tuple[Any, Any]) -> None:
    """By what is seen and by what is heard, also while it comes in."""
    server, scripted = writing
    last = threading.Event()

    def does(handler: Any) -> None:
        handler.begins()
        handler.piece(f"{WRONG} {GOOD} [1] And so ")
        last.wait(60)
        handler.piece("on.")
        handler.piece(None, "stop")
        handler.line("[DONE]")

    scripted.does = does
    chat = open_chat(server.url)
    chat.send(QUESTION)
    turn = chat.page.locator(".turn").last
    own, instead = turn.locator(".said > p"), turn.locator(".said > .instead")

    def are_told_apart() -> None:
        expect(own).to_contain_text(f"{GOOD}\u00a0[1]" if last.is_set() else f"{GOOD} [1]")
        expect(own.locator(".marks > .tick")).to_be_visible()
        expect(instead.locator(".why")).to_have_text(WHY)
        expect(instead.locator("q")).to_contain_text("Joint Chiefs of Staff said")
        expect(instead.locator(".tick")).to_have_count(0)

    expect(own).to_contain_text(GOOD)
    are_told_apart()
    before = instead.bounding_box()
    last.set()
    expect(turn.get_by_text(BYLINE)).to_be_visible()
    are_told_apart()
    assert instead.bounding_box() == before  # nothing has moved
    heard = own.aria_snapshot()
    assert heard.index(GOOD) < heard.index('link "[1] in North Korea launches missile') < heard.index("checked")
    expect(chat.said).to_contain_text(WHY)
    expect(chat.said).to_contain_text("checked")


def test_it_comes_in_sentence_by_sentence_while_the_quotations_are_there(
    open_chat: Open, writing: tuple[Any, Any]
) -> None:
    server, scripted = writing
    first, second = threading.Event(), threading.Event()

    def does(handler: Any) -> None:
        handler.begins()
        first.wait(60)
        handler.piece(f"{WRONG} {GOOD} [1] And so ")
        second.wait(60)
        handler.piece("on.")
        handler.piece(None, "stop")
        handler.line("[DONE]")

    scripted.does = does
    chat = open_chat(server.url)
    chat.send(QUESTION)
    turn = chat.page.locator(".turn").last
    expect(turn.locator(".answer.live")).to_contain_text("near the eastern port of Sinpo.")
    expect(turn.locator(".said")).to_have_text("a <small> model is writing from the quotations below.")
    first.set()
    expect(turn.locator(".said")).to_contain_text(f"{GOOD} [1]")
    expect(turn.locator(".said")).not_to_contain_text("is writing")
    expect(turn.locator(".byline")).to_have_count(0)
    assert "Wonsan" not in turn.inner_text()
    second.set()
    expect(turn.locator(".byline")).to_have_text(BYLINE)
    expect(turn.locator(".said")).to_contain_text(GOOD)


def test_a_reader_may_stop_it(open_chat: Open, writing: tuple[Any, Any]) -> None:
    server, scripted = writing
    scripted.gone.clear()

    def does(handler: Any) -> None:
        handler.begins()
        handler.connection.settimeout(60)
        if not handler.connection.recv(1):
            scripted.gone.set()

    scripted.does = does
    chat = open_chat(server.url)
    chat.send(QUESTION)
    expect(chat.page.get_by_text("is writing from the quotations below")).to_be_visible()
    chat.page.get_by_role("button", name="Stop").click()
    assert scripted.gone.wait(60)
    expect(chat.field).to_have_value(QUESTION)


def test_when_the_model_fails_the_page_says_so_and_has_the_quotations(
    open_chat: Open, writing: tuple[Any, Any]
) -> None:
    server, scripted = writing
    scripted.does = lambda handler: handler.answers(500, "text/plain", b"<script>alert(1)</script>")
    turn = open_chat(server.url).ask(QUESTION)
    notice = "The language model failed (HTTP 500); the quotations stand without its words."
    expect(turn.get_by_text(notice)).to_be_visible()
    expect(turn.locator(".said")).to_have_count(0)
    expect(turn.get_by_role("blockquote")).to_contain_text("near the eastern port of Sinpo.")


def test_it_is_kept_with_the_conversation_and_exported(open_chat: Open, writing: tuple[Any, Any]) -> None:
    server, scripted = writing
    scripted.says(WRONG, " ", GOOD, " [1]")
    chat = open_chat(server.url)
    chat.ask(QUESTION)
    chat.page.reload()
    expect(chat.page.locator(".turn .said")).to_contain_text(GOOD)
    chat.page.get_by_role("button", name=re.compile("^More for")).click()
    with chat.page.expect_download() as download:
        chat.page.get_by_role("button", name="Save as Markdown").click()
    text = download.value.path().read_text(encoding="utf-8")
    (prose,) = [line for line in text.splitlines() if GOOD in line]
    assert re.fullmatch(rf"“South Korea’s Joint Chiefs [^”]+” \[1\] {re.escape(GOOD)} \[1\]", prose)
    assert text.index(GOOD) < text.index("> South Korea’s Joint Chiefs")
