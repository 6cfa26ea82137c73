"""Conversations: follow-ups, what the browser keeps of them, and the links that bring a turn back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from qa.config import Settings

pytestmark = pytest.mark.browser

Open = Callable[..., Any]
QUESTION = "Who condemned the missile launch?"
SAID = "strongly condemn the action"
FOLLOW_UP = "When did he say it?"
OTHER = "Who is Takehiro Funakoshi?"
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])


def test_a_follow_up_shows_what_was_searched(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat(seed_server.url)
    expect(chat.page.get_by_label("Follow on from the conversation")).to_be_hidden()  # there is none yet
    chat.page.evaluate("window.same = true")
    expect(chat.ask(QUESTION).get_by_text("Searched as: ")).to_have_count(0)
    expect(chat.field).to_have_value("")
    turn = chat.ask(FOLLOW_UP)
    expect(turn.get_by_text("Searched as: ")).to_contain_text("Fumio Kishida")
    expect(turn.get_by_role("blockquote").get_by_role("mark")).to_have_text("Tuesday")
    assert "Kishida" in str(turn.get_by_role("link", name="Link to this").get_attribute("href"))
    expect(chat.page.get_by_role("article")).to_have_count(2)
    assert chat.page.evaluate("window.same") is True
    assert chat.page.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size") == (
        chat.page.evaluate("document.querySelectorAll('[id]').length")
    )


def test_the_carry_over_can_be_switched_off_for_a_turn(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat(seed_server.url)
    chat.ask(QUESTION)
    follow = chat.page.get_by_label("Follow on from the conversation")
    follow.uncheck()
    expect(chat.ask(FOLLOW_UP).get_by_text("Searched as: ")).to_have_count(0)
    expect(follow).to_be_checked()  # for the next one it is on again
    chat.ask(FOLLOW_UP).get_by_role("button", name="Ask as typed").click()
    last = chat.turns(FOLLOW_UP).nth(2)
    expect(last.get_by_role("link", name="Link to this")).to_be_visible()
    expect(last.get_by_text("Searched as: ")).to_have_count(0)


def test_conversations_are_kept_listed_and_opened(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat(seed_server.url)
    expect(chat.page.get_by_text("What you ask is kept here, in this browser only.")).to_be_visible()
    chat.ask(QUESTION)
    chat.ask(FOLLOW_UP)
    chat.page.get_by_role("button", name="New").click()
    expect(chat.page.get_by_role("article")).to_have_count(0)
    expect(chat.page.get_by_role("heading", name="Ask your articles", level=1)).to_be_visible()
    expect(chat.field).to_be_focused()
    chat.ask(OTHER)
    chat.page.reload()
    expect(chat.page.get_by_role("article")).to_have_count(1)  # the one that was open
    expect(chat.turns(OTHER)).to_be_visible()
    expect(chat.conversations).to_have_count(2)
    names = chat.conversations.get_by_role("button", name=re.compile(r"\?$")).all_text_contents()
    assert [name for name in names if name != "⋯"] == [OTHER, QUESTION]
    chat.page.get_by_role("button", name=QUESTION, exact=True).click()
    expect(chat.page.get_by_role("article")).to_have_count(2)
    expect(chat.turns(FOLLOW_UP).get_by_role("blockquote").get_by_role("mark")).to_be_in_viewport()
    expect(chat.field).to_be_focused()
    turn = chat.ask("Where did he say it?")  # what is carried over is that of the conversation that was opened
    expect(turn.get_by_text("Searched as: ")).to_contain_text("Kishida")


def test_rename_delete_and_undo(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat(seed_server.url)
    chat.ask(QUESTION)
    chat.do("Rename", QUESTION)
    name = chat.page.get_by_label("Name of the conversation")
    expect(name).to_be_focused()
    name.fill("Kishida <b>& co</b>")
    name.press("Enter")
    expect(chat.page.get_by_role("button", name="Kishida <b>& co</b>", exact=True)).to_be_focused()
    chat.do("Rename", "Kishida <b>& co</b>")
    name.fill("no")
    name.press("Escape")
    chat.page.reload()
    expect(chat.page.get_by_role("button", name="Kishida <b>& co</b>", exact=True)).to_be_visible()
    chat.do("Delete", "Kishida <b>& co</b>")
    expect(chat.conversations).to_have_count(0)
    expect(chat.page.get_by_role("article")).to_have_count(0)
    undo = chat.page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.press("Enter")
    chat.page.get_by_role("button", name="Kishida <b>& co</b>", exact=True).click()
    expect(chat.turns(QUESTION).get_by_role("blockquote")).to_contain_text(SAID)
    chat.do("Delete", "Kishida <b>& co</b>")
    chat.page.reload()
    expect(chat.page.get_by_text("What you ask is kept here, in this browser only.")).to_be_visible()


def test_exports_hold_what_was_asked_quoted_and_where(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat(seed_server.url)
    chat.ask(QUESTION)
    chat.ask(FOLLOW_UP)
    version = chat.page.locator("#version").text_content()

    def saved(form: str) -> tuple[str, str]:
        with chat.page.expect_download() as download:
            chat.do(f"Save as {form}", QUESTION)
        return download.value.suggested_filename, Path(download.value.path()).read_text(encoding="utf-8")

    name, text = saved("JSON")
    assert name == "Who-condemned-the-missile-launch.json"
    exported = json.loads(text)
    assert exported["name"] == QUESTION
    assert [turn["asked"] for turn in exported["turns"]] == [QUESTION, FOLLOW_UP]
    assert "Kishida" in exported["turns"][1]["question"]
    for turn in exported["turns"]:
        assert set(turn) == {
            *(
                "question",
                "asked",
                "outcome",
                "answer",
                "confidence",
                "filters",
                "index_version",
                "citations",
                "prose",
                "at",
            ),
        }
        assert turn["index_version"] == version
        (cited,) = turn["citations"]
        assert cited["end_char_index"] - cited["start_char_index"] == len(cited["cited_text"])
        assert SAID in cited["cited_text"]

    name, text = saved("Markdown")
    assert name == "Who-condemned-the-missile-launch.md"
    assert text.startswith(f"# {QUESTION}\n\n## {QUESTION}\n\n> “North Korea’s firing")
    assert f"## {FOLLOW_UP}\n\nSearched as: When did" in text
    assert "1. North Korea launches missile amid US push to resume talks, characters 527-714 (" in text
    assert f"Index {version}, 20" in text


def test_two_tabs_lose_nothing_of_each_other(open_chat: Open, seed_server: Any) -> None:
    one = open_chat(seed_server.url)
    one.ask(QUESTION)
    two = one.another_tab()
    two.page.get_by_role("button", name=QUESTION, exact=True).click()
    two.ask(FOLLOW_UP)
    expect(one.turns(FOLLOW_UP)).to_be_visible()  # it is there without being asked for
    one.ask(OTHER)
    expect(two.page.get_by_role("article")).to_have_count(3)
    for chat in (one, two):
        chat.page.reload()
        expect(chat.page.get_by_role("article")).to_have_count(3)
        for question in (QUESTION, FOLLOW_UP, OTHER):
            expect(chat.turns(question)).to_have_count(1)
    two.page.get_by_role("button", name="New").click()
    two.ask("What did Sung Kim say?")
    expect(one.conversations).to_have_count(2)
    expect(one.page.get_by_role("article")).to_have_count(3)


def test_a_full_storage_is_said_and_the_answer_shown(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat(seed_server.url)
    chat.page.evaluate(
        """() => {
          for (let size = 2 ** 22, n = 0; size >= 1; ) {
            try { localStorage.setItem(`other${n++}`, "x".repeat(size)); } catch { size /= 2; }
          }
        }"""
    )
    turn = chat.ask(QUESTION)
    expect(turn.get_by_role("blockquote")).to_contain_text(SAID)
    expect(chat.alert).to_have_text(re.compile("This browser's storage is full, so this turn is not kept"))
    expect(chat.ask(FOLLOW_UP).get_by_text("Searched as: ")).to_contain_text("Kishida")


def test_a_browser_that_keeps_nothing_can_still_converse(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat("about:blank")
    chat.page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        "  Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });"
    )
    chat.page.goto(seed_server.url)
    chat.ask(QUESTION)
    expect(chat.ask(FOLLOW_UP).get_by_text("Searched as: ")).to_contain_text("Kishida")
    expect(chat.conversations).to_have_count(1)


def test_arrow_up_edits_the_last_question(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat(seed_server.url)
    chat.field.press("ArrowUp")
    expect(chat.field).to_have_value("")
    chat.ask(QUESTION)
    expect(chat.field).to_be_focused()
    chat.page.keyboard.press("ArrowUp")
    expect(chat.field).to_have_value(QUESTION)
    chat.page.keyboard.type(" And when?")
    expect(chat.field).to_have_value(f"{QUESTION} And when?")
    chat.page.keyboard.press("ArrowUp")  # what was typed is not replaced
    expect(chat.field).to_have_value(f"{QUESTION} And when?")


@SCRIPT
def test_a_link_brings_the_turn_back(open_chat: Open, seed_server: Any, script: bool) -> None:
    chat = open_chat(seed_server.url, java_script_enabled=script)
    link = str(chat.ask(QUESTION).get_by_role("link", name="Link to this").get_attribute("href"))
    there = open_chat(seed_server.url + link, java_script_enabled=script)
    expect(there.turns(QUESTION).get_by_role("blockquote")).to_contain_text(SAID)
    expect(there.page).to_have_title(re.compile("Who condemned"))
    expect(there.page.get_by_text("The index has moved on")).to_have_count(0)
    if script:  # and the conversation goes on from it
        expect(there.ask(FOLLOW_UP).get_by_text("Searched as: ")).to_contain_text("Kishida")
        there.page.get_by_role("button", name="New").click()
        expect(there.page).to_have_url(f"{seed_server.url}/")
        expect(there.conversations).to_have_count(1)
    old = re.sub("version=[^&]+", "version=20240512T101500Z-00000000", link)
    there = open_chat(seed_server.url + old, java_script_enabled=script)
    expect(
        there.page.get_by_text("The index has moved on since this link was made (12 May 2024, 10:15 UTC)")
    ).to_be_visible()
    expect(there.turns(QUESTION).get_by_role("blockquote")).to_contain_text(SAID)


def test_a_kept_turn_says_when_the_index_has_moved_on(
    open_chat: Open, live_server: Open, build_index: Open, tmp_path: Path
) -> None:
    settings = Settings.from_env(indexes=tmp_path / "indexes")
    bread = tmp_path / "bread.txt"
    bread.write_text("Bread\n\nThe bread bakes for forty minutes.", encoding="utf-8")
    build_index(settings, bread)
    server = live_server(settings).until_ready()
    chat = open_chat(server.url)
    question = "How long does the bread bake?"
    chat.ask(question)
    bread.write_text("Bread\n\nThe bread bakes for fifty minutes.", encoding="utf-8")
    version = build_index(settings, bread).manifest.version
    server.until_told(version)
    turn = chat.ask("How many minutes does the bread bake?")
    expect(turn.get_by_role("blockquote")).to_contain_text("fifty")
    expect(chat.page.get_by_text(f"Index {version}")).to_be_visible()
    chat.page.reload()
    first = chat.turns(question)
    expect(first.get_by_role("blockquote")).to_contain_text("forty")  # what was said stays as it was said
    moved = "The index has moved on since this was answered; the link asks again."
    expect(chat.page.get_by_text(moved)).to_have_count(1)
    expect(first.get_by_text(moved)).to_be_visible()
    first.get_by_role("link", name="Link to this").click()
    expect(chat.turns(question).get_by_role("blockquote")).to_contain_text("fifty")


def test_on_a_phone_conversations_are_one_touch_away(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat(seed_server.url, viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    chat.ask(QUESTION)
    expect(chat.field).not_to_be_focused()  # the keyboard would cover the answer
    expect(chat.conversations).to_have_count(0)
    opener = chat.page.get_by_role("button", name="Conversations")
    opener.tap()
    expect(chat.conversations).to_have_count(1)
    assert not chat.overflows
    chat.page.get_by_role("complementary", name="Conversations").get_by_role("button", name="Close").tap()
    expect(chat.conversations).to_have_count(0)
    opener.tap()
    chat.page.get_by_role("button", name="New").tap()
    expect(chat.conversations).to_have_count(0)
    expect(chat.page.get_by_role("heading", name="Ask your articles", level=1)).to_be_visible()
