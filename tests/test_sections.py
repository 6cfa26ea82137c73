"""The headings above a passage: its context in every format that has headings, found by, and shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from click import unstyle

from qa.build import Report
from qa.chunk import chunk
from qa.clean import clean
from qa.config import Settings
from qa.document import answer_document, named
from qa.pipeline import Pipeline
from qa.records import Article, Heading, Markup, RawDocument
from qa.sections import section_of
from qa.terminal import answer_lines

PROSE = {
    "intro": "This yearbook was printed in March and can be borrowed from the reading room.",
    "costs": "The carpenters charged forty-one thousand francs, and the scaffolding stood for nine weeks.",
    "slates": "They came by boat from a quarry in the north and were cut by hand.",
    "library": "It moved into the former customs hall and opened on the second of June.",
}
ATX = f"""# Yearbook

{PROSE["intro"]}

## Belfry

### Renovation

#### Expenses ####

{PROSE["costs"]}

### Slates

{PROSE["slates"]}

## Library

{PROSE["library"]}
"""
SETEXT = f"""Yearbook
========

{PROSE["intro"]}

Belfry
------

### Renovation

#### Expenses

{PROSE["costs"]}

### Slates

{PROSE["slates"]}

Library
-------

{PROSE["library"]}
"""
HTML = f"""<!DOCTYPE html><html lang="en"><head><title>Yearbook</title></head><body><nav><a href="/">Home</a></nav>
<article><h1>Yearbook</h1><p>{PROSE["intro"]}</p>
<section><h2>Belfry</h2><section><h3>Renovation</h3><h4>Expenses</h4><p>{PROSE["costs"]}</p>
<h3>Slates</h3><p>{PROSE["slates"]}</p></section></section>
<section><h2>Library</h2><p>{PROSE["library"]}</p></section></article></body></html>"""
FORMATS = {"atx.md": (ATX, Markup.MARKDOWN), "setext.md": (SETEXT, Markup.MARKDOWN), "page.html": (HTML, Markup.HTML)}
PATHS = {
    "intro": (),
    "costs": ("Belfry", "Renovation", "Expenses"),
    "slates": ("Belfry", "Slates"),
    "library": ("Library",),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_passage_has_the_whole_path_as_context(name: str) -> None:
    content, markup = FORMATS[name]
    article = clean(RawDocument(name, content, markup))
    assert isinstance(article, Article)
    assert article.title == "Yearbook"
    chunks = chunk(article, 100)
    told = {article.text[part.span.start : part.span.end]: part for part in chunks}
    assert {text: part.context for text, part in told.items()} == {
        PROSE[key]: " › ".join(("Yearbook", *path)) for key, path in PATHS.items()
    }
    for key, path in PATHS.items():
        assert section_of(article, told[PROSE[key]].span.start) == path


def test_plain_text_has_no_headings() -> None:
    article = clean(RawDocument("a.txt", "Yearbook\n\nBELFRY\n\nIt was renovated.", Markup.PLAIN))
    assert isinstance(article, Article)
    assert [section_of(article, place) for place in range(len(article.text))] == [()] * len(article.text)


def test_a_heading_is_not_under_itself() -> None:
    text = "One\n\nTwo\n\nUnder both."
    article = Article("a", "T", text, "a.md", headings=(Heading(1, 0, 3), Heading(2, 5, 8)))
    assert [section_of(article, place) for place in (0, 2, 3, 5, 8, 10, 999)] == [
        (), (), ("One",), ("One",), ("One", "Two"), ("One", "Two"), ("One", "Two"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, build_index: Callable[..., Report]) -> Settings:
    folder = tmp_path_factory.mktemp("yearbook")
    (folder / "yearbook.md").write_text(ATX, encoding="utf-8")
    (folder / "cake.md").write_text(
        "# Cake\n\nThe cake is baked with honey and cut into twelve pieces.\n", encoding="utf-8"
    )
    found = Settings.from_env(indexes=tmp_path_factory.mktemp("indexes"))
    build_index(found, folder)
    return found


QUESTION = "What did the carpenters charge for the belfry?"


def test_words_of_headings_find_the_passage_and_the_path_is_told(settings: Settings) -> None:
    pipeline = Pipeline.open(settings)
    try:
        for word, key in (("belfry expenses", "costs"), ("slate", "slates"), ("library", "library")):
            best = pipeline.index.lexical.search(word, 9)[0]
            ((passage, article),) = pipeline.index.store.chunks([best.row])
            assert article.text[passage.span.start : passage.span.end] == PROSE[key]
            assert word.split()[0] not in PROSE[key].lower(), "it is in a heading only"
        answer = pipeline.ask(QUESTION)
    finally:
        pipeline.close()
    (citation,) = answer.citations
    assert citation.section == PATHS["costs"]
    assert named(citation) == "Yearbook › Belfry › Renovation › Expenses"
    assert "[1] Yearbook › Belfry › Renovation › Expenses" in map(unstyle, answer_lines(answer))
    document = answer_document(answer)
    assert document["citations"][0]["section"] == list(PATHS["costs"])
    sections = {tuple(passage["section"]) for passage in document["passages"]}
    assert {PATHS["costs"], PATHS["slates"]} <= sections


def test_the_server_shows_it(settings: Settings, live_server: Callable[[Settings], Any]) -> None:
    server = live_server(settings).until_ready()
    told = httpx.post(f"{server.url}/ask", json={"question": QUESTION}, timeout=60).raise_for_status().json()
    assert told["citations"][0]["section"] == ["Belfry", "Renovation", "Expenses"]
    assert told["citations"][0]["language"] == told["passages"][0]["language"] == "en"
    page = httpx.get(server.url, params={"question": QUESTION}, timeout=60).raise_for_status().text
    assert re.findall(r'<span class="section">([^<]*)</span>', page)[0] == "› Belfry › Renovation › Expenses"
    assert re.search(r'<span class="quote" lang="en"', page)
    assert re.search(r'<p class="passage" id="[^"]*" tabindex="-1" lang="en">', page)
