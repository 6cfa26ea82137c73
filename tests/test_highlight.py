"""The words that answer, marked in a quote, proved by worked examples and by what must hold of any text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.expected import Expected, expected
from qa.highlight import highlights

PIECES = st.lists(
    st.sampled_from(
        ["Ann Marsh", "1990", "seven", " ", ", ", "Oslo", "in ", "bread", "“", "\n", "5%", "½", "May 3", "–", "é", "()"]
    )
).map("".join)  # fmt: skip


def marked(question: str, text: str) -> list[str]:
    return [text[span.start : span.end] for span in highlights(question, text, expected(question))]


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        # The mention nearest to the question's own words.
        ("Who designed the bridge?", "Ivo Kalin drew the mill, and the bridge was designed by Ann Marsh.", "Ann Marsh"),
        ("who designed the mill", "Ivo Kalin designed the mill, but the bridge is by Ann Marsh.", "Ivo Kalin"),
        # Brackets and commas end what belongs together.
        ("When was the mill built?", "The bridge (1930) and the mill (1931) were built by one firm.", "1931"),
        # What the question says itself is no answer.
        ("Who bought the farm from Ann Marsh?", "Ann Marsh sold the farm to Ivo Kalin, who kept it.", "Ivo Kalin"),
        ("After rents rose in 1990, what year did they fall?", "Rents rose in 1990 and fell in 1994.", "1994"),
        # A company is no person, a person no place.
        ("Who runs the bakery?", "The bakery is run by Marsh Trading Company and by Ivo Kalin.", "Ivo Kalin"),
        ("Where was the treaty signed?", "Ivo Kalin signed the treaty in Oslo.", "Oslo"),
        # The kind that the head noun names.
        ("Which river floods the town?", "The town is flooded each spring by the River Dart.", "River Dart"),
        # Years, days and times.
        ("In what year did the mill burn down?", "The mill burned down on 3 May 1987.", "1987"),
        ("When did the mill burn down?", "The mill burned down on 3 May 1987.", "3 May 1987"),
        ("What time does the market open?", "On Sunday the market opens at 7:30 a.m. and ends at noon.", "7:30 a.m."),
        ("When did he reign?", "He reigned well (1521–1567).", "1521–1567"),
        # Numbers with what they count, their unit, or their currency.
        ("How many ovens does it have?", "It has four rooms and seven ovens.", "seven"),
        ("How long is the bridge?", "The bridge, built by 300 men, is 1,200 metres long.", "1,200 metres"),
        ("What percentage of the town voted?", "Of 9,000 people in the town 62% voted.", "62%"),
        ("How much did the oven cost?", "The oven cost $1.2 million and served 12 towns.", "$1.2 million"),
    ],
)  # fmt: skip
def test_the_words_that_answer(question: str, text: str, answer: str) -> None:
    assert marked(question, text) == [answer]


def test_two_names_where_the_question_asks_for_several() -> None:
    text = "The mill was bought by Ann Marsh and Ivo Kalin in May."
    assert marked("Which two people bought the mill?", text) == ["Ann Marsh", "Ivo Kalin"]
    assert marked("Who bought the mill?", text) == ["Ann Marsh"]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Why did the mill burn down?", "The mill burned down on 3 May 1987 because Ivo Kalin left the oven on."),
        ("Did the mill burn down?", "The mill burned down on 3 May 1987."),
        ("When did the mill burn down?", "The mill burned down while nobody was there."),
        ("Who is Ivo Kalin?", "Ivo Kalin left."),
        ("", ""),
    ],
)
def test_no_mark_where_no_words_of_the_kind_answer(question: str, text: str) -> None:
    assert marked(question, text) == []


@given(PIECES, PIECES, st.sampled_from(Expected))
def test_marks_are_at_most_two_in_order_and_inside(question: str, text: str, kind: Expected) -> None:
    found = highlights(question, text, kind)
    assert len(found) <= 2
    assert all(0 <= span.start < span.end <= len(text) for span in found)
    assert all(text[span.start : span.end].strip() == text[span.start : span.end] for span in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
