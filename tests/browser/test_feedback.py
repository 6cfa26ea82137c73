"""What a reader thinks of an answer: two thumbs, and a note if they like, with script and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from qa.config import Settings
from qa.feedback import FeedbackEntry, read_feedback
from qa.index import index_folder

pytestmark = pytest.mark.browser

Open = Callable[..., Any]
QUESTION = "How many people were brought ashore?"


@pytest.fixture
def kept(harbour_settings: Settings) -> Callable[[], list[FeedbackEntry]]:
    """Return a function that reads what was kept since the test began."""
    folder = index_folder(harbour_settings.indexes, harbour_settings.index)

    def read() -> list[FeedbackEntry]:
        return list(read_feedback(folder).entries)

    before = len(read())
    return lambda: read()[before:]


def test_a_thumb_is_kept_at_once_and_a_note_after_it(open_chat: Open, harbour_server: Any, kept: Any) -> None:
    chat = open_chat(harbour_server.url)
    turn = chat.ask(QUESTION)
    note = turn.get_by_label("A note, if you like")
    expect(note).to_be_hidden()
    down = turn.get_by_role("group", name="Did this answer the question?").get_by_role(
        "button", name="This did not help"
    )
    down.click()
    expect(turn.get_by_text("Kept, thank you.")).to_be_visible()
    expect(down).to_have_attribute("aria-pressed", "true")
    note.fill("It says <b>more</b> elsewhere.")
    note.press("Enter")
    expect(turn.get_by_text("Kept with your note, thank you.")).to_be_visible()
    first, second = kept()
    assert (first.rating, first.note) == ("down", None)
    assert (second.rating, second.note) == ("down", "It says <b>more</b> elsewhere.")
    assert second.question == QUESTION
    assert "212 people" in second.citations[0].cited_text
    chat.page.reload()  # and the page still knows
    expect(chat.turns(QUESTION).get_by_role("button", name="This did not help")).to_have_attribute(
        "aria-pressed", "true"
    )
    turn.get_by_role("button", name="This helped").click()
    expect(down).to_have_attribute("aria-pressed", "false")
    assert kept()[-1].rating == "up"


def test_silence_is_judged_by_keyboard(open_chat: Open, harbour_server: Any, kept: Any) -> None:
    chat = open_chat(harbour_server.url)
    turn = chat.ask("What is the capital of Mongolia?")
    up = turn.get_by_role("group", name="Was it right to stay silent?").get_by_role("button", name="This helped")
    up.focus()
    chat.page.keyboard.press("Enter")
    expect(turn.get_by_text("Kept, thank you.")).to_be_visible()
    chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Tab")
    expect(turn.get_by_label("A note, if you like")).to_be_focused()
    chat.page.keyboard.type("Right")
    chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Enter")
    expect(turn.get_by_text("Kept with your note, thank you.")).to_be_visible()
    assert [(it.rating, it.note, it.outcome) for it in kept()] == [
        ("up", None, "not_covered"),
        ("up", "Right", "not_covered"),
    ]


def test_without_a_script(open_chat: Open, harbour_server: Any, kept: Any) -> None:
    chat = open_chat(harbour_server.url, java_script_enabled=False)
    turn = chat.ask(QUESTION)
    note = turn.get_by_label("A note, if you like")
    note.fill("Thanks")
    note.press("Enter")  # no thumb was chosen: nothing is sent
    turn.get_by_role("button", name="This helped").click()
    expect(chat.page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert [(it.rating, it.note) for it in kept()] == [("up", "Thanks")]


def test_feedback_that_does_not_arrive_is_said(
    open_chat: Open, live_server: Open, harbour_settings: Settings, kept: Any
) -> None:
    server = live_server(harbour_settings).until_ready()
    chat = open_chat(server.url)
    turn = chat.ask(QUESTION)
    server.stop()
    turn.get_by_role("button", name="This helped").click()
    expect(turn.get_by_text("The server did not answer; your feedback is not kept yet.")).to_be_visible()
    expect(turn.get_by_role("button", name="This helped")).not_to_have_attribute("aria-pressed", "true")
    assert kept() == []
