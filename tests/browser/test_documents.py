"""Documents in a browser: pages in an answer and in an article, and what Chromium itself prints to PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from qa.clean import clean
from qa.load import Limits, read
from qa.records import Article, RawDocument
from tests.browser.test_accessibility import EVERY, faults

pytestmark = pytest.mark.browser

Open = Callable[..., Any]
QUESTION = "How many ships did the keeper write down in year 77?"


def test_an_answer_names_the_page_and_the_article_opens_there(open_chat: Open, documents_server: Any) -> None:
    chat = open_chat(documents_server.url)
    turn = chat.ask(QUESTION)
    expect(turn.get_by_role("list", name="Sources").get_by_role("listitem").first).to_contain_text("p. 5")
    turn.get_by_role("blockquote").get_by_role("link", name="[1]").click()
    expect(chat.panel).to_contain_text("p. 5")
    chat.panel.get_by_role("link", name="Open in article").click()
    page = chat.page
    expect(page.locator("mark")).to_contain_text(
        "In year 77 the keeper of the northern lighthouse wrote down 539 ships"
    )
    breaks = page.locator(".page-break")
    labels = [breaks.nth(number).get_attribute("aria-label") for number in range(breaks.count())]
    assert labels == [f"Page {number}" for number in range(1, 8)]
    shown = page.locator("#page-5").evaluate("(it) => getComputedStyle(it, '::after').content")
    assert shown in {'"p. " "5"', '"p. 5"'}
    assert faults(page, EVERY) == []


REPORT = """<!doctype html><html lang="en"><head><title>The harbour report</title><style>
@page { size: A5; margin: 2cm } body { font: 11pt/1.3 serif } h1 { font-size: 22pt } h2 { font-size: 16pt }
.columns { columns: 2; text-align: justify; hyphens: auto } td, th { border: 1px solid; padding: 2pt }
table { border-collapse: collapse } tr { break-inside: avoid }</style></head><body>
<h1>The harbour report</h1><p>Written by <b>Ada Quill</b> in the office of efficient waffles.</p>
<h2>Findings</h2><div class="columns">%s</div><h2>Piers</h2>
<table><thead><tr><th>Pier</th><th>Opened</th><th>Length</th></tr></thead>%s</table></body></html>"""
FINDINGS = [
    f"Finding number {number} says that the administration of the northern harbour established an international "
    "commission to investigate the considerable deterioration of breakwaters, and the commission recommended "
    "extraordinary maintenance expenditure over several years of work."
    for number in range(1, 9)
]
PIERS = [(f"Pier {number}", str(1880 + number), f"{number * 7} m") for number in range(1, 41)]


@pytest.fixture(scope="module")
def printed(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Article:
    path = tmp_path_factory.mktemp("printed") / "report.pdf"
    rows = "".join(f"<tr><td>{pier}</td><td>{opened}</td><td>{length}</td></tr>" for pier, opened, length in PIERS)
    page = browser.new_page()
    page.set_content(REPORT % ("".join(f"<p>{finding}</p>" for finding in FINDINGS), rows))
    page.pdf(
        path=path, prefer_css_page_size=True, display_header_footer=True, header_template="<span class=title></span>",
        footer_template='<div style="font-size: 8pt; width: 100%; text-align: center">Page <span class="pageNumber">'
        '</span> of <span class="totalPages"></span></div>',
    )  # fmt: skip
    page.close()
    (found,) = (clean(raw) if isinstance(raw, RawDocument) else raw for raw in read(Path(path), Limits.from_mb(64, 4)))
    assert isinstance(found, Article)
    return found


def test_what_chromium_prints_is_read(printed: Article) -> None:
    assert printed.title == "The harbour report"
    paragraphs = printed.text.split("\n\n")
    assert paragraphs[0] == "Written by Ada Quill in the office of efficient waffles."
    assert [printed.text[it.start : it.end] for it in printed.headings] == ["Findings", "Piers"]
    assert paragraphs[2:10] == FINDINGS
    assert paragraphs[11:] == [f"Pier: {pier}; Opened: {opened}; Length: {length}" for pier, opened, length in PIERS]
    assert [page.label for page in printed.pages] == [str(number + 1) for number in range(len(printed.pages))]
    assert len(printed.pages) > 2


def test_the_day_of_printing_is_not_that_of_what_it_says(printed: Article) -> None:
    assert printed.published_at is None
    assert printed.author is None
