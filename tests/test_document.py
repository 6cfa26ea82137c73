"""An answer in words: true of what it describes, and the same on the page and in the terminal."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.document import (
    answer_document,
    confidence_figure,
    confidence_in_words,
    confidence_meaning,
    headline,
    looked_at_in_words,
    named,
)
from qa.published import date_in_words
from qa.records import Answer, LookedAt

MANY = LookedAt(articles=609, passages=13_656, read=10)
BOTH, WORDS = ("lexical", "dense"), ("lexical",)


@pytest.mark.parametrize(
    ("confidence", "word", "of_ten", "figure"),
    [
        (1.0, "high", "at least 9", "0.99"),
        (0.9999, "high", "at least 9", "0.99"),
        (0.9, "high", "at least 9", "0.90"),
        (0.8999, "moderate", "at least 7", "0.89"),
        (0.7, "moderate", "at least 7", "0.70"),
        (0.6999, "low", "at least 5", "0.69"),
        (0.5, "low", "at least 5", "0.50"),
        (0.4999, "low", "fewer than 5", "0.49"),
        (0.29, "low", "fewer than 5", "0.29"),  # 0.29 * 100 is 28.999999999999996
        (0.01, "low", "fewer than 5", "0.01"),
        (0.0099, "low", "fewer than 5", "<0.01"),
        (0.0, "low", "fewer than 5", "<0.01"),
    ],
)
def test_confidence(confidence: float, word: str, of_ten: str, figure: str) -> None:
    assert confidence_in_words(confidence) == word
    assert confidence_meaning(confidence) == f"Of 10 such quotations {of_ten} answer the question."
    assert confidence_figure(confidence) == figure


@given(st.integers(0, 10_000))
def test_no_confidence_reads_as_more_than_it_is(ten_thousandths: int) -> None:
    figure = confidence_figure(ten_thousandths / 10_000)
    assert figure not in {"1.00", "0.00"}
    if figure != "<0.01":
        assert 0 <= ten_thousandths / 10_000 - float(figure) <= 0.01 + 1e-9


@pytest.mark.parametrize(
    ("looked_at", "searches", "sentence"),
    [
        (MANY, BOTH, "13,656 passages of 609 articles by words and by meaning; read the 10 closest."),
        (MANY, WORDS, "13,656 passages of 609 articles by words, not by meaning; read the 10 closest."),
        (LookedAt(2, 9, 1), WORDS, "9 passages of 2 articles by words, not by meaning; read the closest one."),
        (LookedAt(1, 8, 8), BOTH, "8 passages of 1 article by words and by meaning; read all of them."),
        (LookedAt(1, 1, 1), BOTH, "1 passage of 1 article by words and by meaning; read it."),
        (LookedAt(3, 12, 0), BOTH, "12 passages of 3 articles by words and by meaning."),
    ],
)  # fmt: skip
def test_what_was_looked_at(
    answers: dict[str, Answer], looked_at: LookedAt, searches: tuple[str, ...], sentence: str
) -> None:
    answer = replace(answers["not_stated"], looked_at=looked_at, searches=searches)
    assert looked_at_in_words(answer) == f"Searched {sentence}"


def test_headlines(answers: dict[str, Answer]) -> None:
    assert {name: headline(answer) for name, answer in answers.items()} == {
        "answered": None,
        "copied": None,
        "disagreeing": None,
        "listed": "Here are 2 articles, newest first.",
        "not_stated": "The articles are about this, but do not say.",
        "not_covered": "The articles are not about this.",
    }


def test_a_list_claims_an_order_only_where_there_is_one(answers: dict[str, Answer]) -> None:
    listed = answers["listed"]
    undated = tuple(replace(citation, published_at=None) for citation in listed.citations)
    assert headline(replace(listed, citations=undated)) == "Here are 2 articles."
    assert headline(replace(listed, citations=listed.citations[:1])) == "Here is 1 article."


def test_an_article_is_named_with_what_is_known_of_it(answers: dict[str, Answer]) -> None:
    (citation,) = answers["copied"].citations
    assert named(citation) == "Ferry runs aground with 212 aboard (Northern Wire, 5 March 2024)"
    assert [named(copy) for copy in citation.also_in[:4]] == [
        "Fog <b>strands</b> ferry (Morning Ledger, March 2024)",
        "212 brought ashore (Coast Radio)",
        "Ferry aground",
        "Off Brennick (6 March 2024)",
    ]


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ("2021-10-19", "19 October 2021"),
        ("2021-10-19T23:30:00-11:00", "19 October 2021"),
        ("2021-10", "October 2021"),
        ("0021-10-09", "9 October 21"),
        ("2021", "2021"),
        ("2021-13-40", "2021-13-40"),
        ("spring 2024", "spring 2024"),
    ],
)
def test_dates_are_shown_as_they_were_stated(stated: str, shown: str) -> None:
    assert date_in_words(stated) == shown


def test_the_document_has_everything_a_reader_sees(answers: dict[str, Answer]) -> None:
    document = json.loads(json.dumps(answer_document(answers["disagreeing"])))
    assert document["outcome"] == "answered"
    assert document["notes"] == [
        {"kind": "disagreement", "text": "The articles differ: 207 (7 March 2024) and 212 (5 March 2024)."},
        {"kind": "newest_first", "text": "Two passages answer about equally well; the newest comes first."},
    ]
    assert document["looked_at"] == {"articles": 609, "passages": 13656, "read": 10}
    first, second = document["citations"]
    assert (first["source"], first["published_at"]) == ("Harbour Gazette", "2024-03-07")
    assert (first["document_index"], second["document_index"]) == (0, 1)
    for citation, words in ((first, "207"), (second, "212")):
        (mark,) = citation["highlights"]
        start = mark["start_char_index"] - citation["start_char_index"]
        assert citation["cited_text"][start : mark["end_char_index"] - citation["start_char_index"]] == words
    (copied,) = answer_document(answers["listed"])["citations"][1]["also_in"]
    assert copied == {
        "article_id": "copy-0",
        "document_title": "Fog <b>strands</b> ferry",
        "source": "Morning Ledger",
        "published_at": "2024-03",
        "url": None,
    }
