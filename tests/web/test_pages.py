"""The pages, as a browser without script gets them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from qa.config import Settings
from qa.document import (
    SILENCE,
    answer_document,
    confidence_figure,
    confidence_in_words,
    confidence_meaning,
    looked_at_in_words,
)
from qa.pipeline import Pipeline
from qa.records import Answer, Inquiry, Span, Standalone
from web.app import create_app
from web.dates import date_view
from web.links import article_link, web_address
from web.turns import turn_view

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FETCH = {"X-Requested-With": "fetch", "Accept": "text/event-stream"}
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
VOID = {"meta", "link", "input", "br", "img"}


class Page(HTMLParser):
    """A page as its elements: (tag, attributes, text content), in order; fails on tags that do not match."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element: tuple[str, dict[str, str | None], list[str]] = (tag, dict(attrs), [])
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, _, text in self._open:
            text.append(data)

    def all(self, tag: str, **wanted: str) -> list[tuple[dict[str, str | None], str]]:
        named = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [
            (attributes, "".join(text))
            for found, attributes, text in self.elements
            if found == tag and named.items() <= attributes.items()
        ]

    def text(self, tag: str, **wanted: str) -> str:
        ((_, text),) = self.all(tag, **wanted)
        return text


def fragment(client: httpx.Client, question: str, turn: int = 1) -> str:
    """The turn that our script is sent when the answer is there."""
    response = client.post(f"/ask?turn={turn}", json={"question": question}, headers=FETCH).raise_for_status()
    (done,) = [event for event in response.text.split("\n\n") if event.startswith("event: done\n")]
    html: str = json.loads(done.partition("\ndata: ")[2])["html"]
    return html


class TestChat:
    def test_says_what_there_is_and_what_to_ask(self, client: httpx.Client, seed_pipeline: Pipeline) -> None:
        page = Page(client.get("/").text)
        assert page.text("h1") == "Ask your articles"
        passages = seed_pipeline.index.manifest.recipe.chunks
        assert f"1 article, {passages} passages" in re.sub(r"\s+", " ", page.text("section", class_="welcome"))
        ((link, title),) = [found for found in page.all("a") if "/articles/" in str(found[0]["href"])]
        assert title == "North Korea launches missile amid US push to resume talks"
        assert client.get(str(link["href"])).status_code == 200
        suggested = [text for _, text in page.all("button", name="question")]
        assert suggested == list(seed_pipeline.suggestions())
        assert 1 <= len(suggested) <= 3

    def test_every_suggestion_is_answered(self, client: httpx.Client) -> None:
        for attributes, _ in Page(client.get("/").text).all("button", name="question"):
            page = Page(client.post("/ask", data={"question": attributes["value"]}).text)
            assert page.all("div", class_="answer")

    def test_the_form_works_by_itself(self, client: httpx.Client) -> None:
        page = Page(client.get("/").text)
        ((form, _),) = page.all("form", id="ask")
        assert (form["action"], form["method"]) == ("/ask", "post")
        assert page.text("label", for_="question") == "Your question"
        ((field, _),) = page.all("input", id="question")
        assert (field["name"], field["maxlength"]) == ("question", "2000")

    def test_an_answer_quotes_and_shows_where(self, client: httpx.Client, seed_pipeline: Pipeline) -> None:
        question = "Who condemned the missile launch?"
        answer = seed_pipeline.ask(question)
        page = Page(client.post("/ask", data={"question": question}, headers=PAGE).text)
        assert page.text("h2", class_="question") == question
        assert [text for _, text in page.all("span", class_="quote")] == [c.cited_text for c in answer.citations]
        assert not page.all("p", class_="standalone"), "it was searched as it was asked"
        for number, citation in enumerate(answer.citations, 1):
            (reference, _) = page.all("a", class_="ref")[number - 1]
            target = str(reference["href"]).removeprefix("#")
            assert page.text("mark", id=target) == citation.cited_text
        first = answer.citations[0]
        passage = next(p for p in answer.passages if p.chunk.id == first.chunk_id)
        assert page.all("p", class_="passage")[0][1] == passage.text
        (link, _) = next(found for found in page.all("a") if found[1] == "Open in article")
        assert (
            link["href"] == f"/articles/{first.article_id}?cite={first.start_char_index}-{first.end_char_index}#cite-1"
        )
        assert page.text("p", class_="confidence") == (
            f"Confidence: {confidence_in_words(answer.confidence)} {confidence_figure(answer.confidence)} "
            f"{confidence_meaning(answer.confidence)}"
        )
        assert page.text("p", class_="searched") == looked_at_in_words(answer)

    def test_it_says_when_only_words_are_searched(
        self, client: httpx.Client, words_server: Any, seed_pipeline: Pipeline
    ) -> None:
        line = "Searching by words. `qa build` prepares searching by meaning."
        passages = seed_pipeline.index.manifest.recipe.chunks
        searched = f"Searched {passages} passages of 1 article by words, not by meaning"
        question = {"question": "Who condemned the missile launch?"}
        with httpx.Client(base_url=words_server.url, timeout=60) as words:
            for page in (Page(words.get("/").text), Page(words.post("/ask", data=question).text)):
                assert page.text("p", id="status") == line.replace("`", "")
                assert "data-changing" not in page.all("p", id="status")[0][0]
            assert page.text("p", class_="searched").startswith(searched)
            assert page.all("blockquote")
            nothing = Page(words.post("/ask", data={"question": "What is the capital of France?"}).text)
            assert nothing.text("p", class_="searched").startswith(searched)
        for page in (Page(client.get("/").text), Page(client.post("/ask", data=question).text)):
            assert page.text("p", id="status") == ""
        assert page.text("p", class_="searched").startswith(searched.replace("words, not", "words and"))

    def test_the_fragment_is_what_the_page_holds(self, client: httpx.Client) -> None:
        question = "Who condemned the missile launch?"
        part = fragment(client, question)
        assert part.strip().startswith("<article")
        assert part.strip() in client.post("/ask", data={"question": question}, headers=PAGE).text

    def test_turns_keep_their_ids_apart(self, client: httpx.Client) -> None:
        page = Page(fragment(client, "Who condemned the missile launch?", turn=7))
        ids = [str(attributes["id"]) for _, attributes, _ in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        assert all(name.startswith("turn-7") for name in ids)

    def test_an_abstention_is_no_answer(self, client: httpx.Client, seed_pipeline: Pipeline) -> None:
        answer = seed_pipeline.ask("What is the capital of France?")
        page = Page(client.post("/ask", data={"question": answer.question}).text)
        assert not page.all("blockquote")
        assert [text for _, text in page.all("h3")][:2] == ["Closest passages", SILENCE[answer.outcome]]
        assert answer.reason in page.text("div", class_=f"nothing {answer.outcome.value}")
        assert [text for _, text in page.all("p", class_="passage")] == [passage.text for passage in answer.passages]
        assert all("open" not in attributes for attributes, _ in page.all("details"))

    def test_a_refusal_stands_beside_the_field_and_the_text_is_kept(self, client: httpx.Client) -> None:
        response = client.post("/ask", data={"question": '"><b>\x07'}, headers=PAGE)
        assert response.status_code == 422
        page = Page(response.text)
        ((field, _),) = page.all("input", id="question")
        assert field["value"] == '"><b>\x07'
        assert (field["aria-invalid"], field["aria-describedby"]) == ("true", "problem")
        assert page.text("div", id="problem").strip() == (
            "The question holds U+0007, a control character, which is not text; please remove it."
        )

    def test_a_refusal_for_the_script_is_the_sentence(self, client: httpx.Client) -> None:
        response = client.post("/ask", json={"question": ""}, headers=FETCH)
        assert response.status_code == 422
        assert response.text.strip() == (
            '<p class="problem">The question is empty; please type one, for example: Who condemned the launch?</p>'
        )

    def test_a_question_is_text(self, client: httpx.Client) -> None:
        question = "Is <script>alert(1)</script> & <img src=x onerror=alert(1)> bad?"
        html = client.post("/ask", data={"question": question}).text
        page = Page(html)
        assert page.text("h2", class_="question") == question
        assert not page.all("img")
        assert [attributes for attributes, _ in page.all("script")] == [
            {"type": "module", "src": page.all("script")[0][0]["src"]}
        ]


class TestOutcomes:
    """What the page makes of each kind of answer; these are made by hand, everything else is real."""

    @pytest.fixture
    def shown(
        self, client: httpx.Client, answers: dict[str, Answer], monkeypatch: pytest.MonkeyPatch
    ) -> Callable[[str], Page]:
        by_question = {answer.question: answer for answer in answers.values()}

        def steps(_: Pipeline, inquiry: Inquiry) -> Iterator[Standalone | Answer]:
            yield Standalone(inquiry.question, inquiry.question)
            yield by_question[inquiry.question]

        monkeypatch.setattr(Pipeline, "steps", steps)
        return lambda name: Page(fragment(client, answers[name].question))

    def test_the_words_that_answer_are_marked_inside_the_quote(self, shown: Callable[[str], Page]) -> None:
        page = shown("answered")
        assert page.text("span", class_="quote") == "Rescuers brought 212 people ashore by noon, the coastguard said."
        assert [(attributes, text) for attributes, text in page.all("mark") if "id" not in attributes] == [({}, "212")]
        assert said(page) == ["Rescuers brought 212 people ashore by noon, the coastguard said."]
        assert not page.all("p", class_="origin")
        assert page.text("p", class_="confidence") == (
            "Confidence: high 0.93 Of 10 such quotations at least 9 answer the question."
        )
        assert page.text("p", class_="searched") == (
            "Searched 13,656 passages of 609 articles by words and by meaning; read the 10 closest."
        )
        assert [text for _, text in page.all("h3")] == ["Sources", "Sources"], "the row above, and the passages below"
        assert page.all("span", class_="meta")[0][1] == "Northern Wire5 March 2024"
        assert page.all("span", class_="brief")[:1] == [], "each leads to its passage"
        assert [attributes["href"] for attributes, _ in page.all("a", class_="brief")] == [
            "#turn-1-card-1",
            "#turn-1-card-2",
        ]
        assert page.all("time")[0][0] == {"datetime": "2024-03-05"}

    def test_a_few_copies_are_named(self, shown: Callable[[str], Page]) -> None:
        page = shown("answered")
        assert page.text("p", class_="copies") == (
            "The same words in: Fog <b>strands</b> ferry (Morning Ledger, March 2024), 212 brought ashore (Coast Radio)"
        )
        assert [attributes["href"] for attributes, _ in page.all("a") if "copy" in str(attributes["href"])] == [
            "/articles/copy-0",
            "/articles/copy-1",
        ]
        assert not page.all("b")

    def test_many_copies_are_folded_away(self, shown: Callable[[str], Page]) -> None:
        page = shown("copied")
        ((folded, text),) = page.all("details", class_="copies")
        assert "open" not in folded
        assert "The same words in 6 other articles" in text
        assert [text for _, text in page.all("li") if text.startswith(("Ferry aground", "Off"))] == [
            "Ferry aground",
            "Off Brennick (6 March 2024)",
        ]
        assert page.text("p", class_="confidence").startswith(
            "Confidence: moderate 0.75 Of 10 such quotations at least 7"
        )

    def test_a_disagreement_is_said_and_each_quote_tells_where_it_is_from(self, shown: Callable[[str], Page]) -> None:
        page = shown("disagreeing")
        first, second = (
            "Ferry count revised (Harbour Gazette, 7 March 2024)",
            ("Ferry runs aground with 212 aboard (Northern Wire, 5 March 2024)"),
        )
        disagreement = "The articles differ: 207 (7 March 2024) and 212 (5 March 2024)."
        order = "Two passages answer about equally well; the newest comes first."
        assert [text for _, text in page.all("p", class_="origin")] == [first, second]
        assert page.text("p", class_="note disagreement") == f"Disagreement. {disagreement}"
        assert page.text("p", class_="note") == order
        assert [text for attributes, text in page.all("mark") if "id" not in attributes] == ["207", "212"]
        assert said(page) == [
            "It said 207 people were aboard.",
            first,
            "Rescuers brought 212 people ashore by noon, the coastguard said.",
            second,
            f"Disagreement. {disagreement}",
            order,
        ]
        html_order = [attributes.get("class") for _, attributes, _ in page.elements]
        assert html_order.index("answer") < html_order.index("note disagreement") < html_order.index("cards unscripted")

    def test_a_list_leads_to_its_articles(self, shown: Callable[[str], Page]) -> None:
        page = shown("listed")
        assert page.text("p", class_="headline") == "Here are 2 articles, newest first."
        assert said(page) == ["Here are 2 articles, newest first."]
        assert [text for _, text in page.all("h3")] == ["Ferry count revised", "Ferry runs aground with 212 aboard"]
        assert not page.all("ol", class_="briefs")
        links = [attributes["href"] for attributes, text in page.all("a") if text.startswith("Ferry")]
        assert links == ["/articles/revised?cite=38-69#cite-1", "/articles/aground?cite=60-124#cite-1"]
        assert [text for _, text in page.all("p", class_="meta")] == [
            "Harbour Gazette7 March 2024",
            "Northern Wire5 March 2024Original",
        ]
        assert [text for _, text in page.all("blockquote")] == [
            "It said 207 people were aboard.",
            "Rescuers brought 212 people ashore by noon, the coastguard said.",
        ]
        assert [text for _, text in page.all("mark")] == ["Rescuers"]
        assert page.text("p", class_="copies").startswith("The same words in: Fog")
        assert not page.all("p", class_="confidence")
        assert not page.all("section", class_="cards unscripted")

    @pytest.mark.parametrize(
        ("name", "headline"),
        [
            ("not_stated", "The articles are about this, but do not say."),
            ("not_covered", "The articles are not about this."),
        ],
    )
    def test_silence_says_which_it_is_and_what_was_looked_at(
        self, shown: Callable[[str], Page], name: str, headline: str
    ) -> None:
        page = shown(name)
        assert said(page) == [headline, "No passage answers."]
        box = page.text("div", class_=f"nothing {name}")
        assert "Searched 13,656 passages of 609 articles by words and by meaning; read the 10 closest." in box
        assert not page.all("blockquote")
        assert not page.all("p", class_="confidence")
        titles = ["Ferry runs aground with 212 aboard", "Ferry count revised"]
        assert [text for _, text in page.all("span", class_="title")] == [*titles, *titles], "in the row, and below"
        assert page.all("h3", class_="label")[0][1] == "Closest passages"
        assert "Look through the articles" in page.text("ul", class_="ways")

    @pytest.mark.parametrize("name", ["answered", "copied", "disagreeing", "listed", "not_stated", "not_covered"])
    @pytest.mark.usefixtures("shown")
    def test_the_api_says_the_same(self, client: httpx.Client, answers: dict[str, Answer], name: str) -> None:
        document = client.post("/ask", json={"question": answers[name].question}).raise_for_status().json()
        assert document == json.loads(json.dumps(answer_document(answers[name])))

    def test_a_quote_that_goes_beyond_its_passage_is_shown_whole(self, answers: dict[str, Answer]) -> None:
        answer = answers["copied"]
        first = answer.passages[0]
        late = replace(first, chunk=replace(first.chunk, span=Span(60, 124)))
        turn = turn_view(replace(answer, passages=(late,)), 1)
        card = turn.cards[0]
        marked = [piece for piece in card.segments if piece.ids == ("turn-1-quote-1",)]
        assert [piece.text for piece in marked] == [answer.citations[0].cited_text]


def said(page: Page) -> list[str]:
    """What the script reads to the live region, in order."""
    return ["".join(text) for _, attributes, text in page.elements if "data-say" in attributes]


class TestArticle:
    def test_shows_the_text_and_marks_what_is_cited(self, client: httpx.Client, seed_pipeline: Pipeline) -> None:
        (article,) = seed_pipeline.index.store.articles()
        page = Page(client.get(f"/articles/{article.id}?cite=527-714&cite=10-20").text)
        assert page.text("h1") == article.title
        assert page.text("mark", id="cite-1") == article.text[527:714]
        assert page.text("mark", id="cite-2") == article.text[10:20]
        assert len(page.all("mark")) == 2
        assert "\n\n".join(text for _, text in page.all("p", class_="passage")) == article.text

    def test_newlines_and_wide_characters_are_kept(self, hostile: httpx.Client) -> None:
        page = Page(hostile.get("/articles/glacier?cite=11-63").text)
        assert page.text("mark", id="cite-1") == "🏔️ reflects the sun and slows the melting\nby sixty p"
        assert page.all("time") == []
        assert page.text("a", rel="external noreferrer") == "Original"
        assert page.all("a", rel="external noreferrer")[0][0]["href"] == "https://example.org/glacier?a=1&b=2"

    def test_all_of_it_is_data(self, hostile: httpx.Client) -> None:
        response = hostile.get(article_link("odd/../id #1?&%2F é", [Span(11, 36)]).partition("#")[0])
        assert response.status_code == 200
        page = Page(response.text)
        assert page.text("h1") == "How <script>alert(1)</script> became a famous <b>test</b>"
        assert page.text("mark", id="cite-1") == "<script>alert(1)</script>"
        assert page.text("p", class_="meta") == "<i>Web</i> WeeklyAda <Quill>11 May 2024Language: English"
        assert page.all("time")[0][0] == {"datetime": "2024-05-11"}
        assert not page.all("script")
        assert not page.all("img")
        assert "javascript:" not in response.text

    @pytest.mark.parametrize(
        ("cites", "told", "marked"),
        [
            ("cite=5-2", "One place", 0),
            ("cite=0-3&cite=x&cite=99999999-999999999", "2 places", 1),
            ("cite=0-10&cite=5-15", None, 3),
            ("cite=" + "%00" * 100, "One place", 0),
            ("cite=%ff%fe", "One place", 0),
            ("cite", "One place", 0),
            ("&".join(["cite=0-3"] * 500), "480 places", 1),
        ],
    )
    def test_what_cannot_be_marked_is_said(
        self, client: httpx.Client, seed_pipeline: Pipeline, cites: str, told: str | None, marked: int
    ) -> None:
        (article,) = seed_pipeline.index.store.articles()
        response = client.get(f"/articles/{article.id}?{cites}")
        assert response.status_code == 200
        page = Page(response.text)
        assert len(page.all("mark")) == marked
        notices = [text.split(" that ")[0].strip() for _, text in page.all("p", class_="notice")]
        assert notices == ([told] if told else [])

    def test_an_unknown_one_is_a_page_that_says_so(self, client: httpx.Client) -> None:
        response = client.get("/articles/none", headers=PAGE)
        assert response.status_code == 404
        page = Page(response.text)
        assert page.text("h1") == "There is no such article"
        assert page.text("p", class_="notice") == "No article 'none' in this index; it may have left with a rebuild."


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/healthz", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/static/style.css", 200),
        ("GET", "/static/chat.js", 200),
        ("GET", "/static/icon.svg", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/ask", 405),
        ("POST", "/ask", 415),
        ("POST", "/feedback", 415),
        ("GET", "/articles", 200),
        ("GET", "/corpus", 200),
    ],
)
def test_every_response_is_guarded(client: httpx.Client, method: str, path: str, status: int) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-security-policy"] == CSP
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/articles",
        "/articles?title=glacier",
        "/?question=Who+pays%3F",
        "/articles/none",
        "/articles/glacier?cite=0-3",
    ],
)
def test_nothing_is_inline_and_nothing_from_elsewhere(hostile: httpx.Client, path: str) -> None:
    page = Page(hostile.get(path, headers=PAGE).text)
    for tag, attributes, text in page.elements:
        assert tag != "style"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        assert tag != "script" or not "".join(text)
        for name in ("src", "action") + (("href",) if tag == "link" else ()):
            assert str(attributes.get(name, "/")).startswith("/")


def test_an_unexpected_fault_is_told_without_itself(seed_settings: Settings) -> None:
    app = create_app(seed_settings)

    @app.get("/fault")
    def fault() -> None:
        raise RuntimeError("secret of /home/me")

    async def get(headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/fault", headers=headers)

    response, page = asyncio.run(get({})), asyncio.run(get(PAGE))
    assert response.status_code == page.status_code == 500
    assert response.json()["detail"] == "Something went wrong in the server; its log says what."
    assert "secret" not in response.text + page.text
    assert response.headers["content-security-policy"] == CSP
    assert Page(page.text).text("h1") == "Internal Server Error"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/b", True),
        ("HTTP://a.example", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//a.example", False),
        ("http:", False),
        ("http://[", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, shown: bool) -> None:
    assert web_address(url) == (url if shown else None)


def test_dates() -> None:
    assert date_view(None) is None
    assert [
        (d.iso, d.shown) for d in map(date_view, ["2021-10-19", "2021-10-19T23:00:00+09:00", "last year"]) if d
    ] == [
        ("2021-10-19", "19 October 2021"),
        ("2021-10-19", "19 October 2021"),
        (None, "last year"),
    ]


def test_an_id_of_any_characters_makes_a_link() -> None:
    assert article_link("a/b?c#d é%", []) == "/articles/" + quote("a/b?c#d é%", safe="")
