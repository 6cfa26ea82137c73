"""Asking in a real browser, with script and without: answers, passages, silence, and what is hostile."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

QUESTION = "Who condemned the missile launch?"
ANSWER = (
    "“North Korea’s firing of the missiles is [in breach of] United Nations Security Council resolutions and I "
    "strongly condemn the action,” Japanese Prime Minister Fumio Kishida said Tuesday."
)
HOSTILE_TITLE = "How <script>alert(1)</script> became a famous <b>test</b>"
SEARCHED = re.compile(r"Searched \d passages of 1 article by words and by meaning; read all of them\.")
Open = Callable[..., Any]
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])


def passage_of(chat: Any, turn: Locator, script: bool) -> Locator:
    """Where a passage is looked at: beside the answer, or without a script in a card below it."""
    return chat.panel if script else turn.locator("details[open]")


@SCRIPT
def test_ask_check_the_quotation_and_read_on(open_chat: Open, seed_server: Any, script: bool) -> None:
    chat = open_chat(seed_server.url, java_script_enabled=script)
    expect(chat.page.get_by_role("heading", name="Ask your articles", level=1)).to_be_visible()
    turn = chat.ask(QUESTION)
    quotation = turn.get_by_role("blockquote")
    expect(quotation).to_contain_text(ANSWER)
    passage = passage_of(chat, turn, script)
    expect(passage).to_have_count(0)
    quotation.get_by_role("link", name="[1]").click()
    expect(passage).to_contain_text("North Korea launches missile amid US push to resume talks")
    marked = passage.get_by_role("mark")
    expect(marked).to_be_in_viewport()
    assert marked.text_content() == ANSWER
    expect(turn.get_by_text("Confidence: ")).to_be_visible()
    expect(turn.get_by_text(SEARCHED)).to_be_visible()

    passage.get_by_role("link", name="Open in article").click()
    expect(chat.page).to_have_url(re.compile(r"/articles/[0-9a-f]+\?cite=527-714#cite-1$"))
    expect(chat.page.get_by_role("heading", level=1)).to_have_text(
        "North Korea launches missile amid US push to resume talks"
    )
    marked = chat.page.get_by_role("mark")
    expect(marked).to_be_in_viewport()
    assert marked.text_content() == ANSWER


@SCRIPT
def test_a_source_tells_its_title_site_and_date(open_chat: Open, harbour_server: Any, script: bool) -> None:
    chat = open_chat(harbour_server.url, java_script_enabled=script)
    turn = chat.ask("How many people were brought ashore?")
    brief = turn.get_by_role("list", name="Sources").get_by_role("listitem").first
    expect(brief).to_contain_text("[1] Ferry runs aground off Brennick")
    expect(brief).to_contain_text("Northern Wire")
    expect(brief).to_contain_text("5 March 2024")
    brief.get_by_role("link").click()
    passage = passage_of(chat, turn, script)
    expect(passage.get_by_role("mark")).to_contain_text("Rescuers brought 212 people ashore by noon")
    expect(passage.get_by_role("link", name="Original")).to_have_attribute("href", "https://example.org/aground")


def test_the_passage_is_beside_the_answer_and_below_it_on_a_phone(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat(seed_server.url)
    answer = chat.ask(QUESTION).get_by_role("blockquote")
    for width, beside in ((1360, True), (1024, True), (390, False)):
        chat.page.set_viewport_size({"width": width, "height": 800})
        answer.get_by_role("link", name="[1]").click()
        expect(chat.panel).to_be_in_viewport(ratio=0.9)
        quoted, panel = answer.bounding_box(), chat.panel.bounding_box()
        assert quoted is not None
        assert panel is not None
        if beside:
            assert panel["x"] >= quoted["x"] + quoted["width"]
            expect(answer).to_be_in_viewport()
        else:
            assert panel["y"] >= quoted["y"] + quoted["height"]
        chat.panel.get_by_role("button", name="Close").click()
        expect(chat.panel).to_have_count(0)


@SCRIPT
def test_no_answer_looks_like_none_and_leads_on(open_chat: Open, seed_server: Any, script: bool) -> None:
    chat = open_chat(seed_server.url, java_script_enabled=script)
    turn = chat.ask("What is the capital of France?")
    expect(turn.get_by_role("heading", name="The articles are not about this.")).to_be_visible()
    expect(turn.get_by_text(SEARCHED)).to_be_visible()
    expect(turn.get_by_role("blockquote")).to_have_count(0)
    expect(turn.get_by_text("Confidence")).to_have_count(0)
    turn.get_by_role("list", name="Closest passages").get_by_role("link").first.click()
    passage_of(chat, turn, script).get_by_role("link", name="Open in article").click()
    expect(chat.page.get_by_role("mark").first).to_be_in_viewport()
    chat.page.go_back()
    ways = chat.page.get_by_role("list", name="What you can do")
    if script:
        ways.get_by_role("button", name="Change the question").click()
        expect(chat.field).to_be_focused()
        expect(chat.field).to_have_value("What is the capital of France?")
    ways.get_by_role("link", name="Look through the articles").click()
    expect(chat.page.get_by_role("heading", name="Articles", level=1)).to_be_visible()


@SCRIPT
def test_the_empty_page_says_what_there_is(open_chat: Open, harbour_server: Any, script: bool) -> None:
    page = open_chat(harbour_server.url, java_script_enabled=script).page
    holds = page.get_by_role("main")
    expect(holds).to_contain_text(re.compile(r"3 articles,\s+3 passages,\s+from 5 March 2024 to 2 May 2024"))
    expect(holds).to_contain_text("From Northern Wire, Harbour Gazette.")
    expect(page.get_by_role("list", name="Articles").get_by_role("link")).to_have_count(3)


@SCRIPT
def test_a_suggestion_asks_itself(open_chat: Open, seed_server: Any, script: bool) -> None:
    chat = open_chat(seed_server.url, java_script_enabled=script)
    suggestions = chat.page.get_by_role("list", name="You could ask").get_by_role("button")
    question = str(suggestions.first.text_content())
    assert 1 <= suggestions.count() <= 3
    suggestions.first.click()
    expect(chat.turns(question).get_by_role("blockquote").first).to_be_visible()
    expect(chat.page.get_by_role("heading", name="You could ask")).to_have_count(0)


@SCRIPT
def test_a_refusal_stands_at_the_field(open_chat: Open, seed_server: Any, script: bool) -> None:
    chat = open_chat(seed_server.url, java_script_enabled=script)
    chat.send("???")
    expect(chat.alert).to_have_text(re.compile(r"\s*The question is empty; please type one"))
    expect(chat.field).to_have_value("???")
    expect(chat.field).to_have_accessible_description(re.compile("The question is empty"))
    assert chat.field.get_attribute("aria-invalid") == "true"


@SCRIPT
def test_what_is_asked_and_what_is_read_stays_text(open_chat: Open, hostile_server: Any, script: bool) -> None:
    chat = open_chat(hostile_server.url, java_script_enabled=script)
    expect(chat.page.get_by_role("link", name=HOSTILE_TITLE)).to_be_visible()
    question = "What is <script>alert(1)</script> <img src=x onerror=alert(1)> known for?"
    turn = chat.ask(question)
    expect(turn.get_by_role("heading", name=question)).to_be_visible()
    expect(turn.get_by_role("blockquote")).to_contain_text("A variant, <img src=x onerror=alert(2)>, was")
    turn.get_by_role("blockquote").get_by_role("link").first.click()
    passage = passage_of(chat, turn, script)
    expect(passage).to_contain_text(HOSTILE_TITLE)
    if script:  # from where it is kept it comes back as the same text
        chat.page.reload()
        expect(chat.turns(question).get_by_role("heading", name=question)).to_be_visible()
        turn.get_by_role("blockquote").get_by_role("link").first.click()
    passage.get_by_role("link", name="Open in article").first.click()
    expect(chat.page.get_by_role("heading", name=HOSTILE_TITLE)).to_be_visible()
    expect(chat.page.get_by_text("<img src=x onerror=alert(2)>")).to_be_visible()
    expect(chat.page.get_by_role("img")).to_have_count(0)
    expect(chat.page.get_by_role("link", name="Original")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 320])
def test_on_a_phone_nothing_runs_over(open_chat: Open, hostile_server: Any, width: int) -> None:
    chat = open_chat(hostile_server.url, viewport={"width": width, "height": 640})
    assert not chat.overflows
    turn = chat.ask("What is " + "x" * 300 + " <script>alert(1)</script> known for?")
    assert not chat.overflows
    turn.get_by_role("link", name=re.compile("<script>|glacier")).first.click()
    assert not chat.overflows
    chat.panel.get_by_role("link", name="Open in article").click()
    expect(chat.page.get_by_role("mark").first).to_be_in_viewport()
    assert not chat.overflows


def test_going_back_from_an_article_leads_to_the_answer(open_chat: Open, seed_server: Any) -> None:
    chat = open_chat(seed_server.url)
    chat.ask(QUESTION).get_by_role("blockquote").get_by_role("link", name="[1]").click()
    chat.panel.get_by_role("link", name="Open in article").click()
    expect(chat.page.get_by_role("mark")).to_be_visible()
    chat.page.get_by_role("link", name="Ask a question").click()
    expect(chat.turns(QUESTION).get_by_role("blockquote")).to_contain_text(ANSWER)


RESCUED = "Rescuers brought 212 people ashore by noon, the coastguard said."


@SCRIPT
def test_the_words_that_answer_are_marked(ask_made: Open, script: bool) -> None:
    chat, turn = ask_made("answered", java_script_enabled=script)
    expect(turn.get_by_role("blockquote").get_by_role("mark")).to_have_text("212")
    expect(turn.get_by_text("The same words in: ")).to_be_visible()
    turn.get_by_role("blockquote").get_by_role("link", name="[1]").click()
    expect(passage_of(chat, turn, script).get_by_role("mark")).to_have_text(RESCUED)


@pytest.mark.parametrize(
    "options",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}, {"media": "print"}],
    ids=lambda options: " ".join(options.values()),
)
def test_the_mark_is_seen_without_its_colour(ask_made: Open, options: dict[str, Any]) -> None:
    chat, turn = ask_made("answered")
    chat.page.emulate_media(**options)
    mark = turn.get_by_role("blockquote").get_by_role("mark")
    style = mark.evaluate("(mark) => { const s = getComputedStyle(mark); return [s.fontWeight, s.borderBottom] }")
    assert style[0] == "600"
    assert style[1].startswith("2px solid")


def test_many_copies_unfold(ask_made: Open) -> None:
    _, turn = ask_made("copied")
    copies = turn.get_by_role("link", name=re.compile("Fog .*strands|Sundal ferry stuck"))
    expect(copies).to_have_count(0)
    turn.get_by_text("The same words in 6 other articles").click()
    expect(copies).to_have_count(2)


def test_a_disagreement_is_heard_in_the_order_it_is_read(ask_made: Open) -> None:
    chat, turn = ask_made("disagreeing")
    expect(turn.get_by_text("Disagreement.")).to_be_visible()
    expect(chat.said).to_have_text(
        "It said 207 people were aboard. Ferry count revised (Harbour Gazette, 7 March 2024) "
        f"{RESCUED} Ferry runs aground with 212 aboard (Northern Wire, 5 March 2024) "
        "Disagreement. The articles differ: 207 (7 March 2024) and 212 (5 March 2024). "
        "Two passages answer about equally well; the newest comes first."
    )


def test_a_list_names_articles_and_leads_to_the_sentence(ask_made: Open) -> None:
    chat, turn = ask_made("listed")
    expect(chat.said).to_have_text("Here are 2 articles, newest first.")
    items = turn.get_by_role("heading", level=3)
    assert items.all_text_contents() == ["Ferry count revised", "Ferry runs aground with 212 aboard"]
    expect(turn.get_by_role("link", name="Ferry count revised")).to_have_attribute(
        "href", "/articles/revised?cite=38-69#cite-1"
    )


@SCRIPT
def test_the_two_kinds_of_silence(ask_made: Open, script: bool) -> None:
    _, turn = ask_made("not_stated", java_script_enabled=script)
    expect(turn.get_by_role("heading", name="The articles are about this, but do not say.")).to_be_visible()
    expect(turn.get_by_text("Ferry count revised").first).to_be_visible()
    chat, turn = ask_made("not_covered", java_script_enabled=script)
    expect(turn.get_by_role("heading", name="The articles are not about this.")).to_be_visible()
    expect(turn.get_by_text("read the 10 closest.")).to_be_visible()
    if script:
        expect(chat.said).to_have_text("The articles are not about this. No passage answers.")
