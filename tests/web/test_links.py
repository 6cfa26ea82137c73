"""Pages that an address alone brings back: a turn, and the articles; and feedback without a script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from qa.config import Settings
from qa.feedback import read_feedback
from qa.records import Answer, Filters
from web.links import question_link
from web.ways import ways_on

QUESTION = "Who condemned the missile launch?"
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def turn(html: str) -> str:
    """The turn of a page, but for its link, which names the version."""
    found = re.search(r"<article class=\"turn\".*?</article>", html, re.DOTALL)
    assert found is not None
    return found[0]


class TestTurn:
    def test_the_link_of_a_turn_brings_it_back(self, client: httpx.Client) -> None:
        asked = client.post("/ask", data={"question": QUESTION}, headers=PAGE).text
        (link,) = re.findall(r'class="permanent" href="([^"]+)"', asked)
        link = link.replace("&amp;", "&")
        again = client.get(link, headers=PAGE)
        assert again.status_code == 200
        assert turn(again.text) == turn(asked)
        assert "moved on" not in again.text
        version = client.get("/corpus").json()["index_version"]
        assert parse_qs(urlsplit(link).query) == {"question": [QUESTION], "version": [version]}

    @pytest.mark.parametrize(
        ("version", "made"),
        [
            ("20240512T101500Z-00000000", "12 May 2024, 10:15 UTC"),
            ("an old one", None),
            ("99999999T999999Z-0", None),
            ('"><script>', None),
        ],
    )
    def test_it_says_when_the_index_has_moved_on(self, client: httpx.Client, version: str, made: str | None) -> None:
        html = client.get("/", params={"question": QUESTION, "version": version}, headers=PAGE).text
        assert "The index has moved on since this link was made" in html
        assert (f">{made}</time>" in html) is (made is not None)
        assert "strongly condemn" in html
        assert "<script>" not in html.replace('<script type="module"', "")

    def test_a_question_that_cannot_be_asked_is_refused_on_the_page(self, client: httpx.Client) -> None:
        response = client.get("/", params={"question": "?"}, headers=PAGE)
        assert response.status_code == 422
        assert "The question is empty" in response.text
        assert 'value="?"' in response.text

    def test_filters_are_part_of_it(self, hostile: httpx.Client) -> None:
        question, filters = "Who pays for the blankets?", Filters(("Alpine Courier",), None, None)
        html = hostile.get(question_link(question, filters), headers=PAGE).text
        assert re.search(r'name="source" value="Alpine Courier" checked', html)
        assert not re.search(r'value="&lt;i&gt;Web&lt;/i&gt; Weekly" checked', html)
        assert 'Filters<span id="active">: Alpine Courier</span>' in html
        assert "source=Alpine+Courier" in re.findall(r'class="permanent" href="([^"]+)"', html)[0]
        assert "of 1 article" in html

    def test_a_filter_that_cannot_be_used_is_said_and_kept(self, hostile: httpx.Client) -> None:
        response = hostile.get("/", params={"question": "Who?", "since": "soon", "source": "Nobody"}, headers=PAGE)
        assert response.status_code == 422
        assert 'value="Who?"' in response.text

    def test_other_sites_pages_cannot_have_it_worked_out(self, client: httpx.Client) -> None:
        elsewhere = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
        assert client.get("/", params={"question": QUESTION}, headers=elsewhere).status_code == 403
        followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", **PAGE}
        assert client.get("/", params={"question": QUESTION}, headers=followed).status_code == 200


class TestSilence:
    def test_it_offers_what_may_lead_on(self, answers: dict[str, Answer]) -> None:
        silent = replace(answers["not_stated"], question="Who was the captain of the Sundal Line?")
        assert [(way.label, way.question) for way in ways_on(silent)] == [
            ("List the articles about Sundal Line", "What articles do you have about Sundal Line?")
        ]
        followed = replace(
            silent, asked="Who was its captain?", carried=("the Sundal Line",), filters=Filters(("Wire",))
        )
        assert [(way.label, way.link) for way in ways_on(followed)] == [
            ("Ask without the conversation", "/?question=Who+was+its+captain%3F&source=Wire"),
            ("Ask all articles", "/?question=Who+was+the+captain+of+the+Sundal+Line%3F"),
            (
                "List the articles about Sundal Line",
                "/?question=What+articles+do+you+have+about+Sundal+Line%3F&source=Wire",
            ),
        ]
        assert ways_on(answers["answered"]) == ()

    def test_it_offers_to_ask_more_widely(self, hostile: httpx.Client) -> None:
        asked = {"question": "What is the capital of France?", "source": "Alpine Courier"}
        html = hostile.post("/ask", data=asked, headers=PAGE).text
        ways = dict(re.findall(r'<li><a href="([^"]+)"[^>]*>([^<]+)</a></li>', html))
        assert ways["/?question=What+is+the+capital+of+France%3F"] == "Ask all articles"
        assert ways["/articles"] == "Look through the articles"


class TestArticles:
    def test_lists_them_newest_first(self, hostile: httpx.Client) -> None:
        html = hostile.get("/articles").text
        titles = re.findall(r"<h2><a href=\"[^\"]+\">(.*?)</a></h2>", html)
        assert titles == [
            "How &lt;script&gt;alert(1)&lt;/script&gt; became a famous &lt;b&gt;test&lt;/b&gt;",
            "A village keeps its glacier under blankets",
        ]
        assert "2 articles." in html
        assert "javascript:" not in html

    @pytest.mark.parametrize(
        ("asked", "number"),
        [
            ({"title": "GLACIER village"}, 1),
            ({"title": "%"}, 0),
            ({"title": "_"}, 0),
            ({"title": "<script>"}, 1),
            ({"source": "Alpine Courier"}, 1),
            ({"source": "Alpine Courier", "title": "script"}, 0),
            ({"since": "2024-05-11", "until": "2024-05-11"}, 1),
            ({"until": "2024-05-10"}, 0),
            ({"page": "2"}, 2),
        ],
    )
    def test_finds_by_title_source_and_date(self, hostile: httpx.Client, asked: dict[str, str], number: int) -> None:
        response = hostile.get("/articles", params=asked)
        assert response.status_code == 200
        told = re.search(r'<p class="found">\s*(.*?)[,.]?\s*<', response.text, re.DOTALL)
        assert told is not None
        said = "No article is like that" if number == 0 else f"{number} article{'' if number == 1 else 's'}"
        assert " ".join(told[1].split()).startswith(said)

    @pytest.mark.parametrize("asked", [{"since": "soon"}, {"source": "Alpine Curier"}, {"page": "0"}, {"page": "x"}])
    def test_what_cannot_be_used_is_refused_in_words(self, hostile: httpx.Client, asked: dict[str, str]) -> None:
        response = hostile.get("/articles", params=asked, headers=PAGE)
        assert response.status_code == 422
        assert response.headers["content-type"].startswith("text/html")

    def test_parts_of_a_long_list_lead_to_each_other(
        self, monkeypatch: pytest.MonkeyPatch, hostile: httpx.Client
    ) -> None:
        monkeypatch.setattr("web.listing.PER_PAGE", 1)
        first = hostile.get("/articles", params={"since": ""}).text
        (older,) = re.findall(r'href="([^"]+)" rel="next"', first)
        second = hostile.get(older.replace("&amp;", "&")).text
        assert "A village keeps its glacier" in second
        (newer,) = re.findall(r'href="([^"]+)" rel="prev"', second)
        assert hostile.get(newer.replace("&amp;", "&")).text == first.replace("?since=", "?")


@pytest.fixture
def kept(hostile_settings: Settings) -> Iterator[Path]:
    """The folder in which feedback is kept, emptied of it afterwards."""
    folder = hostile_settings.indexes / hostile_settings.index
    yield folder
    (folder / "feedback.jsonl").unlink(missing_ok=True)


class TestFeedback:
    @pytest.fixture
    def about(self, hostile: httpx.Client) -> dict[str, Any]:
        html = hostile.post("/ask", data={"question": "Who pays for the blankets?"}, headers=PAGE).text
        (value,) = re.findall(r'name="about" value="([^"]*)"', html)
        from html import unescape

        return dict(json.loads(unescape(value)))

    def test_a_form_is_kept_and_thanked_for(self, hostile: httpx.Client, kept: Path, about: dict[str, Any]) -> None:
        sent = {"about": json.dumps(about), "rating": "up", "note": " Right, <b>but</b> late. "}
        response = hostile.post("/feedback", data=sent, headers=PAGE)
        assert response.status_code == 201
        assert "Thank you" in response.text
        (entry,) = read_feedback(kept).entries
        assert (entry.rating, entry.note, entry.question) == ("up", "Right, <b>but</b> late.", about["question"])
        assert [cited.cited_text for cited in entry.citations] == [it["cited_text"] for it in about["citations"]]
        assert entry.index_version == about["index_version"]

    def test_json_is_kept_too(self, hostile: httpx.Client, kept: Path, about: dict[str, Any]) -> None:
        response = hostile.post("/feedback", json={"rating": "down", "about": about})
        assert response.status_code == 201
        (entry,) = read_feedback(kept).entries
        assert (response.json(), entry.rating, entry.note) == ({"id": entry.id}, "down", None)

    def test_what_the_article_does_not_say_is_refused(
        self, hostile: httpx.Client, kept: Path, about: dict[str, Any]
    ) -> None:
        for changed in ({"cited_text": "The village pays nothing."}, {"article_id": "nobody"}):
            citations = [{**about["citations"][0], **changed}]
            response = hostile.post("/feedback", json={"rating": "up", "about": {**about, "citations": citations}})
            assert response.status_code == 422
            assert response.json()["type"].endswith(":bad-feedback")
        assert read_feedback(kept).entries == ()

    @pytest.mark.usefixtures("kept")
    def test_an_answer_of_a_version_that_is_gone_is_taken_as_it_was(
        self, hostile: httpx.Client, about: dict[str, Any]
    ) -> None:
        older = {**about, "index_version": "20240512T101500Z-00000000", "citations": [
            {**about["citations"][0], "cited_text": "It said so then."}
        ]}  # fmt: skip
        assert hostile.post("/feedback", json={"rating": "up", "about": older}).status_code == 201

    @pytest.mark.parametrize(
        "body", [{}, {"rating": "sideways"}, {"rating": "up", "about": {}}, {"rating": "up", "note": "x" * 2001}]
    )
    def test_what_is_none_is_refused(self, hostile: httpx.Client, kept: Path, body: dict[str, Any]) -> None:
        assert hostile.post("/feedback", json=body).status_code == 422
        assert hostile.post("/feedback", data={**body, "about": "{"}, headers=PAGE).status_code in {400, 422}
        assert read_feedback(kept).entries == ()

    def test_another_sites_page_cannot_leave_any(
        self, hostile: httpx.Client, kept: Path, about: dict[str, Any]
    ) -> None:
        headers = {"Sec-Fetch-Site": "cross-site"}
        assert hostile.post("/feedback", json={"rating": "up", "about": about}, headers=headers).status_code == 403
        assert read_feedback(kept).entries == ()
