"""The kind of answer a question asks for, proved by questions of every shape."""

from __future__ import annotations

import time

import pytest

from qa.expected import Expected, expected

QUESTIONS = {
    Expected.PERSON: [
        "Who founded the bakery?",
        "who founded the bakery",
        "By whom was the bridge designed?",
        "Whose bread won the prize?",
        "Which author wrote about the flood?",
        "What was the name of the first mayor of Ulm?",
        "According to the Harbour Gazette, who paid for the oven?",
        "When the mill burned down, who rebuilt it?",
        "The prize was given to which scientist in 1990?",
        "What violinist opened the hall?",
        "Exactly who sold the ship?",
        "Who is the person that, as reported by two papers, which seldom agree, bought the farm?",
    ],
    Expected.PLACE: [
        "Where does the river rise?",
        "In which city was the treaty signed?",
        "What is the capital of Bhutan?",
        "What country borders the lake to the north?",
        "From where did the flour come?",
        "The tunnel joins Dover with what town?",
        "capital of bhutan",
        "What are the largest islands of the group?",
    ],
    Expected.DATE: [
        "When did the mill burn down?",
        "In what year did the mill burn down?",
        "What year was it?",
        "Which month has the most rain?",
        "Until when did the strike last?",
        "How long ago was the last flood?",
        "On what date was the treaty signed?",
        "What was the date of the treaty?",
        "The lamp was first lit in which century?",
        "date of the treaty",
        "What school year saw the reform?",
    ],
    Expected.NUMBER: [
        "How many ovens does it have?",
        "how much does a loaf cost",
        "What percentage of the town voted?",
        "What is the population of Ulm?",
        "How long is the bridge?",
        "How old was she when she left?",
        "About how many people live there?",
        "What was the average temperature in May?",
        "The tower has how many steps?",
        "population of ulm",
        "ulm population",
        "What is the total area of the park?",
    ],
    Expected.ENTITY: [
        "Which company built the tunnel?",
        "What is the name of the ship?",
        "What team did he coach?",
        "Which companies built the tunnel?",
        "What language do they speak?",
        "For what newspaper did she write?",
    ],
    Expected.DESCRIPTION: [
        "Why did the mill burn down?",
        "How does a lock work?",
        "What is a lock?",
        "What kind of bread is it?",
        "What type of city is Ulm?",
        "What did she say about the fire?",
        "fire in the mill",
        "",
        "?",
    ],
    Expected.YES_NO: [
        "Did the mill burn down?",
        "Is it true that the mayor, who left in 1990, came back?",
        "Isn't the bridge closed?",
        "Between the report of May and that of June, was there a change in tone?",
        "After the Gazette reported on the fire, did the paper correct what it had said?",
    ],
}


@pytest.mark.parametrize(
    ("question", "kind"),
    [(question, kind) for kind, questions in QUESTIONS.items() for question in questions],
)
def test_the_kind_of_answer(question: str, kind: Expected) -> None:
    assert expected(question) is kind


@pytest.mark.parametrize("unit", ["what ", "who, ", ", ", "which of ", "and ", "x" * 50, "how "])
def test_a_long_question_takes_no_time(unit: str) -> None:
    question = unit * (20_000 // len(unit))
    began = time.thread_time()
    expected(question)
    assert time.thread_time() - began < 2  # measured: under 0.1; a question has at most 2,000 characters
