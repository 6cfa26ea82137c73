"""The list of articles, filters in it and on questions, and the page of an article."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

Open = Callable[..., Any]
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script on", "script off"])
ALL = ["A lamp for the lighthouse", "Old mill bakes again", "Ferry runs aground off Brennick"]
ASHORE = "How many people were brought ashore?"


def titles(page: Page) -> Locator:
    return page.get_by_role("heading", level=2)


@SCRIPT
def test_articles_are_listed_filtered_and_found_by_title(open_page: Open, harbour_server: Any, script: bool) -> None:
    page = open_page(harbour_server.url, java_script_enabled=script)
    page.get_by_role("link", name="Articles", exact=True).click()
    expect(titles(page)).to_have_text(ALL)
    expect(page.get_by_text("3 articles.")).to_be_visible()
    first = page.get_by_role("listitem").filter(has_text="Ferry runs aground")
    expect(first).to_contain_text("Northern Wire")
    expect(first).to_contain_text("5 March 2024")
    expect(first).to_contain_text("Ines Holt")

    page.get_by_label("Words of the title").fill("AGAIN mill")
    page.get_by_role("button", name="Find").click()
    expect(titles(page)).to_have_text(ALL[1:2])
    page.get_by_role("link", name="Show all").click()
    expect(titles(page)).to_have_text(ALL)

    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Northern Wire").check()
    page.get_by_label("From", exact=True).fill("2024-04-01")
    page.get_by_role("button", name="Find").click()
    expect(titles(page)).to_have_text(ALL[:1])
    expect(page.get_by_text("Filters: Northern Wire, from 2024-04-01")).to_be_visible()
    expect(page.get_by_label("Northern Wire")).to_be_checked()  # the filters stand open and can be changed
    page.get_by_label("To", exact=True).fill("2024-04-02")
    page.get_by_role("button", name="Find").click()
    expect(titles(page)).to_have_count(0)
    expect(page.get_by_text("No article is like that.")).to_be_visible()

    page.goto(f"{harbour_server.url}/articles?title=ferry")
    page.get_by_role("link", name="Ferry runs aground off Brennick").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ferry runs aground off Brennick")
    expect(page.get_by_role("main")).to_contain_text("Rescuers brought 212 people ashore")
    expect(page.get_by_role("link", name="Original")).to_have_attribute("href", "https://example.org/aground")


@SCRIPT
def test_filters_apply_to_questions(open_chat: Open, harbour_server: Any, script: bool) -> None:
    chat = open_chat(harbour_server.url, java_script_enabled=script)
    chat.page.get_by_text("Filters", exact=True).click()
    chat.page.get_by_label("Harbour Gazette").check()
    turn = chat.ask(ASHORE)
    expect(turn.get_by_role("blockquote")).to_have_count(0)
    expect(turn.get_by_text(re.compile("Searched 1 passage of 1 article"))).to_be_visible()
    expect(chat.page.get_by_text("Filters: Harbour Gazette")).to_be_visible()
    link = str(turn.get_by_role("link", name="Link to this").get_attribute("href"))
    assert "source=Harbour+Gazette" in link

    turn.get_by_role("link", name="Ask all articles").click()
    again = chat.turns(ASHORE).last
    expect(again.get_by_role("blockquote")).to_contain_text("212 people")

    there = open_chat(harbour_server.url + link, java_script_enabled=script)  # the link brings the filters as well
    expect(there.turns(ASHORE).get_by_text(re.compile("Searched 1 passage of 1 article"))).to_be_visible()
    expect(there.page.get_by_text("Filters: Harbour Gazette")).to_be_visible()


@SCRIPT
def test_a_filter_that_cannot_be_used_is_said(open_page: Open, harbour_server: Any, script: bool) -> None:
    page = open_page(f"{harbour_server.url}/articles?source=Nobody", java_script_enabled=script)
    expect(page.get_by_role("alert")).to_contain_text("Nobody")
    expect(page.get_by_role("button", name="Find")).to_be_enabled()


def test_days_of_a_question_are_told_in_words(open_chat: Open, harbour_server: Any) -> None:
    chat = open_chat(harbour_server.url)
    filters = chat.page.locator("summary", has_text="Filters")
    filters.click()
    chat.page.get_by_label("From", exact=True).fill("2024-04-01")
    chat.page.get_by_label("Northern Wire").check()
    expect(filters).to_have_text("Filters: Northern Wire, from 2024-04-01")
    expect(chat.ask(ASHORE).get_by_role("blockquote")).to_have_count(0)
    expect(chat.ask("Who said the lamp is seen for thirty miles?").get_by_role("blockquote")).to_contain_text(
        "Pell Aas"
    )
    chat.page.get_by_role("button", name="Clear the filters").click()
    expect(filters).to_have_text("Filters")
    expect(chat.page.get_by_label("Northern Wire")).not_to_be_checked()
    expect(chat.ask(ASHORE).get_by_role("blockquote")).to_contain_text("212 people")
    chat.page.get_by_label("Harbour Gazette").check()
    chat.field.press("Escape")
    expect(chat.page.get_by_label("From", exact=True)).to_be_hidden()
    expect(filters).to_have_text("Filters: Harbour Gazette")


@SCRIPT
def test_every_marked_place_of_an_article_can_be_gone_to(open_page: Open, seed_server: Any, script: bool) -> None:
    page = open_page(seed_server.url, java_script_enabled=script)
    page.get_by_role("list", name="Articles").get_by_role("link").click()
    page.goto(f"{page.url}?cite=527-714&cite=3000-3050&cite=9999999-10000000#cite-2")
    expect(page.get_by_role("mark")).to_have_count(2)
    expect(page.get_by_role("mark").last).to_be_in_viewport()
    page.get_by_role("link", name="[1]").click()
    expect(page.get_by_role("mark").first).to_be_in_viewport()
    expect(page.get_by_text("One place that the link asks to mark")).to_be_visible()
