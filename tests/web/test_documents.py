"""A PDF from the file to the page: asked, cited with its page, and shown with its page breaks."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa.config import Settings
from qa.pipeline import Pipeline
from qa.records import Article, Inquiry

QUESTION = "How many ships did the keeper write down in year 77?"
SENTENCE = """In year 77 the keeper of the northern lighthouse wrote down 539 ships and called the weather fair \
without saying why."""
DOCUMENTS = Path(__file__).resolve().parent.parent / "data" / "documents"


@pytest.fixture(scope="module")
def client(documents_server: Any) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=documents_server.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def pipeline(documents_settings: Settings) -> Iterator[Pipeline]:
    pipeline = Pipeline.open(documents_settings)
    yield pipeline
    pipeline.close()


@pytest.fixture(scope="module")
def harbour(pipeline: Pipeline) -> Article:
    (article,) = pipeline.index.store.articles(5)
    return pipeline.article(article.id)


def asked(client: httpx.Client, question: str) -> dict[str, Any]:
    document: dict[str, Any] = client.post("/ask", json={"question": question}).raise_for_status().json()
    return document


def page_at(article: Article, place: int) -> str:
    """The page by going through all of them, without searching."""
    label = article.pages[0].label
    for page in article.pages:
        if page.start <= place:
            label = page.label
    return label


class TestCitation:
    def test_it_names_the_page_and_quotes_the_article(self, client: httpx.Client, harbour: Article) -> None:
        (citation,) = asked(client, QUESTION)["citations"]
        assert citation["cited_text"] == SENTENCE
        start, end = citation["start_char_index"], citation["end_char_index"]
        assert harbour.text[start:end] == SENTENCE
        assert (citation["start_page"], citation["end_page"]) == ("5", "5")
        assert (page_at(harbour, start), page_at(harbour, end - 1)) == ("5", "5")

    def test_a_row_of_a_table_is_quoted_with_its_headers(self, client: httpx.Client) -> None:
        (citation,) = asked(client, "When was the south pier opened?")["citations"]
        assert citation["cited_text"] == "Pier: South pier; Opened: 1911; Length: 275 m"
        assert citation["start_page"] == "2"
        assert citation["type"] == "char_location"

    def test_passages_have_theirs(self, client: httpx.Client, harbour: Article) -> None:
        for passage in asked(client, QUESTION)["passages"]:
            assert passage["start_page"] == page_at(harbour, passage["start_char_index"])
            assert passage["end_page"] == page_at(harbour, passage["end_char_index"] - 1)

    def test_every_chunk_lies_on_the_pages_that_say_so(self, pipeline: Pipeline, harbour: Article) -> None:
        answer = pipeline.answer(Inquiry(QUESTION))
        assert answer.citations[0].start_page == "5"
        assert [page.label for page in harbour.pages] == list("1234567")
        assert [page.start for page in harbour.pages] == sorted(page.start for page in harbour.pages)


class TestPage:
    def test_the_answer_says_on_which_page(self, client: httpx.Client) -> None:
        html = client.get("/", params={"question": QUESTION}).text
        assert "<span>p. 5</span>" in html
        assert "in The harbour of Norrhaven" in html
        assert re.search(r"\[1\]<span class=\"unseen\"> in [^<]*, p\. 5</span>", html)

    def test_the_article_shows_where_pages_begin_and_its_text_stays_whole(
        self, client: httpx.Client, harbour: Article
    ) -> None:
        (citation,) = asked(client, QUESTION)["citations"]
        span = f"{citation['start_char_index']}-{citation['end_char_index']}"
        reader = Reader(client.get(f"/articles/{harbour.id}", params={"cite": span}).text)
        assert reader.labels == ["1", "2", "3", "4", "5", "6", "7"]
        text = "\n\n".join(reader.paragraphs)
        assert text == harbour.text
        starts = [harbour.text[page.start :][:40] for page in harbour.pages]
        assert [following[:40] for following in reader.following] == starts
        assert reader.marked == SENTENCE


class Reader(HTMLParser):
    """The paragraphs of an article's page, the page breaks among them, and what follows each of those."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[str] = []
        self.labels: list[str] = []
        self.following: list[str] = []
        self.marked = ""
        self._inside = self._marking = False
        self.feed(html[html.index("</header>", html.index("<article")) : html.index("</article>")])
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"p", "h2", "h3"}:
            self._inside = True
            self.paragraphs.append("")
        elif given.get("role") == "separator":
            self.labels.append(str(given["data-label"]))
            assert given["aria-label"] == f"Page {given['data-label']}"
            self.following.append("")
        self._marking = self._marking or tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag not in {"p", "h2", "h3"}
        self._marking = self._marking and tag != "mark"

    def handle_data(self, data: str) -> None:
        if not self._inside:
            return
        self.paragraphs[-1] += data
        self.following = [text + data for text in self.following]
        self.marked += data if self._marking else ""


def test_the_terminal_names_the_page_and_the_build_what_it_left_out(
    documents_settings: Settings, tmp_path: Path
) -> None:
    run = [sys.executable, "-m", "qa"]
    where = ["--indexes", str(documents_settings.indexes)]
    shown = subprocess.run([*run, "ask", QUESTION, *where], capture_output=True, text=True, check=True).stdout
    assert re.search(r"^\[1\] The harbour of Norrhaven.*p\. 5\)$", shown, re.MULTILINE)
    built = subprocess.run(
        [*run, "build", str(DOCUMENTS / "harbour.pdf"), str(DOCUMENTS / "encrypted.pdf"), *where],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 3
    assert "encrypted.pdf is encrypted: save it without a password" in built.stdout
    assert "Nothing has changed" in built.stdout
