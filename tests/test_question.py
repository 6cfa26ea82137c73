"""What a person typed: what is made of it, and what is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import BadQuestionError
from qa.question import read_question

EMPTY = "The question is empty; please type one, for example: Who condemned the launch?"


@pytest.mark.parametrize(
    ("raw", "question"),
    [
        ("Who condemned the launch?", "Who condemned the launch?"),
        ("  Who\tcondemned \r\n\r\n the\u00a0launch?\n", "Who condemned the launch?"),
        ("Who\u2028is\u3000it\x1f?", "Who is it ?"),
        ("cafe\u0301 \u212b", "café Å"),
        ("誰が非難したか", "誰が非難したか"),
        ("🎉 1?", "🎉 1?"),
        ("a", "a"),
        ("<b>'; DROP TABLE articles; -- \\ %s {x}", "<b>'; DROP TABLE articles; -- \\ %s {x}"),
    ],
)
def test_what_is_made_of_it(raw: str, question: str) -> None:
    assert read_question(raw, 2000) == question


@pytest.mark.parametrize("raw", ["", " \n\t\u3000", "?", "…", "🎉🎉", "👩\u200d👧", "\u200b", "“”", "_", "\u0301"])
def test_nothing_to_search_for(raw: str) -> None:
    with pytest.raises(BadQuestionError) as caught:
        read_question(raw, 2000)
    assert str(caught.value) == EMPTY


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ("bell\x07?", "U+0007"),
        ("null\x00", "U+0000"),
        ("\x1b[31mred", "U+001B"),
        ("del\x7f", "U+007F"),
        ("c1 \x9f", "U+009F"),
        ("half \ud800 pair", "U+D800"),
        ("half \udfff", "U+DFFF"),
        ("\x08", "U+0008"),
    ],
)
def test_what_is_no_text(raw: str, named: str) -> None:
    with pytest.raises(BadQuestionError) as caught:
        read_question(raw, 2000)
    assert str(caught.value) == (
        f"The question holds {named}, a control character, which is not text; please remove it."
    )


def test_the_limit() -> None:
    assert read_question("é" * 20, 20) == "é" * 20
    with pytest.raises(BadQuestionError) as caught:
        read_question("é" * 21, 20)
    assert str(caught.value) == "The question has 21 characters; at most 20 can be asked, so please shorten it."


def test_a_hundred_kilobytes() -> None:
    with pytest.raises(BadQuestionError) as caught:
        read_question("why " * 25_000, 2000)
    assert str(caught.value) == "The question has 100,000 characters; at most 2,000 can be asked, so please shorten it."
    assert read_question("why " * 25_000, 100_000) == ("why " * 25_000).strip()


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(raw: str) -> None:
    try:
        question = read_question(raw, 50)
    except BadQuestionError:
        held = " ".join(raw.split())
        assert (
            len(raw) > 50
            or not any(character.isalnum() for character in held)
            or any(unicodedata.category(character) in ("Cc", "Cs") for character in held)
        )
    else:
        assert question == unicodedata.normalize("NFC", " ".join(raw.split()))
        assert read_question(question, len(question)) == question
