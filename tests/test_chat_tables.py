"""Conversations about tables: an answer that is a row names what its cells name, and no header of theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from qa.build import Report
from qa.chat import standalone
from qa.chat.rows import Cell, rows
from qa.config import Settings
from qa.pipeline import Pipeline
from qa.records import Inquiry, Message

NORTH = "Pier: North pier; Opened: 1897; Length: 240 m; Built by: Hall & Sons"
SOUTH = "Pier: South pier; Opened: 1923; Length: 310 m; Built by: the Navy"
DOGS = "Ticket: Dogs; Single: 4.50; Return: 8.00"
ALMA = "Ferry: Alma; Departs: 07:15; Arrives: 08:05; Runs: weekdays"
NORWAY = "Country: Norway; Capital: Oslo; Population: 5.5 million; Currency: krone"
ICELAND = "Country: Iceland; Capital: Reykjavik; Population: 0.4 million; Currency: króna"
DIRECTOR = "Director: Marta Keller"
SPEAKER = "Speaker: Ada Quill will open the bridge"


def put(*said: str) -> str:
    """The last message as it is searched after those before it, the person's and the answers by turns."""
    *before, question = said
    history = [Message("assistant" if number % 2 else "user", text) for number, text in enumerate(before)]
    return standalone(question, history).question


class TestRows:
    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            (DIRECTOR, [[("Director", "Marta Keller")]]),
            ("Ticket: Dogs; Return: 8.00", [[("Ticket", "Dogs"), ("Return", "8.00")]]),
            (
                "Pier: North pier; Opened: 1897 Pier: South pier; Opened: 1923",
                [[("Pier", "North pier"), ("Opened", "1897")], [("Pier", "South pier"), ("Opened", "1923")]],
            ),
        ],
    )
    def test_an_answer_is_taken_apart(self, answer: str, expected: list[list[tuple[str, str]]]) -> None:
        assert rows(answer) == tuple(tuple(Cell(*cell) for cell in row) for row in expected)

    @pytest.mark.parametrize(
        "answer",
        [
            "",
            "The pier was opened in 1897.",
            "He said: we are closing the pier.",
            "There are two piers: the north pier; the south pier.",
            "“All parties should keep in mind: peace; order,” he said.",
            "Kim said it; Lee denied it.",
        ],
    )
    def test_a_sentence_is_no_row(self, answer: str) -> None:
        assert rows(answer) == ()


class TestFollowUps:
    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            (("When was the North pier opened?", NORTH, "And the South pier?"), "When was the South pier opened?"),
            (("how long is the north pier", NORTH, "and the south pier"), "how long is the south pier"),
            (("Who built the North pier?", NORTH, "When was it opened?"), "When was the North pier opened?"),
            (("Which pier was opened in 1923?", SOUTH, "Who built it?"), "Who built South pier?"),
            (
                ("When was the North pier opened?", NORTH, "And the South pier?", SOUTH, "How long is it?"),
                "How long is the South pier?",
            ),
            (("When does the Gunnar depart?", "", "And the Alma?"), "When does the Alma depart?"),
            (("When does the Alma depart?", ALMA, "When does it arrive?"), "When does Alma arrive?"),
            (
                ("How much is a return ticket for dogs?", DOGS, "And for children?"),
                "How much is a return ticket for children?",
            ),
            (
                ("How much is a return ticket for dogs?", DOGS, "And bicycles?"),
                "How much is a return ticket for bicycles?",
            ),
            (
                ("How much is a return ticket for dogs?", DOGS, "And a single ticket?"),
                "How much is a single ticket for dogs?",
            ),
            (
                ("What does a single ticket for adults cost?", "", "And for bicycles?"),
                "What does a single ticket for bicycles cost?",
            ),
            (("What is the capital of Norway?", NORWAY, "And of Iceland?"), "What is the capital of Iceland?"),
            (("What is the capital of Norway?", NORWAY, "And its population?"), "What is the population of Norway?"),
            (("Where is the capital of Norway?", NORWAY, "And the currency?"), "What is the currency of Norway?"),
            (
                ("What is the capital of Norway?", NORWAY, "And of Iceland?", ICELAND, "What is its currency?"),
                "What is Iceland's currency?",
            ),
            (("Who is the director of the office?", DIRECTOR, "When was it founded?"), "When was the office founded?"),
            (("Who is the director of the office?", DIRECTOR, "When was she born?"), "When was Marta Keller born?"),
            (("How long is the South pier?", SOUTH, "Why?"), "Why (How long is the South pier)?"),
            (("What is the capital of Norway?", NORWAY, "And its king?"), "And Norway's king?"),
            (("Who opens the bridge?", SPEAKER, "What did she say?"), "What did Ada Quill say?"),
            (("Who opens the bridge?", SPEAKER, "Who else?"), "Who else opens the bridge?"),
        ],
    )
    def test_after_a_row(self, said: tuple[str, ...], expected: str) -> None:
        assert put(*said) == expected

    def test_a_series_goes_on(self) -> None:
        said = ["How much is a return ticket for dogs?", DOGS]
        for ticket in ("children", "bicycles", "adults", "groups"):
            said += [f"And {ticket}?", f"Ticket: {ticket.title()}; Single: 4.50; Return: 8.00"]
        assert put(*said, "And a single ticket?") == "How much is a single ticket for groups?"

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            (
                ("When was the old bridge built?", "It was built in 1801.", "And the new bridge?"),
                "When was the new bridge built?",
            ),
            (("What is the price of bread?", "Two francs.", "And of butter?"), "What is the price of butter?"),
            (("Who won in Paris?", "Kim won in Paris.", "And in summer?"), "Who won in Paris in summer?"),
            (("Who won in Paris?", "Kim won in Paris.", "And in Rome?"), "Who won in Rome?"),
        ],
    )
    def test_after_a_sentence(self, said: tuple[str, ...], expected: str) -> None:
        assert put(*said) == expected

    def test_headers_are_no_names(self) -> None:
        assert put("How long is the North pier?", NORTH, "Why was it closed?") == "Why was the North pier closed?"
        assert put("Who built the North pier?", NORTH, "Who else?") == "Who else built the North pier?"

    def test_one_of_several_rows_is_meant(self) -> None:
        asked = put("Which piers were opened before 1950?", f"{NORTH} {SOUTH}", "How long is the second one?")
        assert asked == "How long is South pier?"


PIERS = """# Piers of Brennick

The town has three piers, which are cared for by the harbour board.

| Pier | Opened | Length | Built by |
|---|---|---|---|
| North pier | 1897 | 240 m | Hall & Sons |
| South pier | 1923 | 310 m | the Navy |
| Fish pier | 1951 | 95 m | Ada Quill |
"""
PRICES = """<html><head><title>Prices of the ferry</title></head><body><article><h1>Prices of the ferry</h1>
<p>All prices are in francs and hold from the first of April until the end of October.</p>
<table><tr><th>Ticket</th><th>Single</th><th>Return</th></tr><tr><td>Adults</td><td>12.00</td><td>20.00</td></tr>
<tr><td>Children</td><td>6.00</td><td>10.00</td></tr><tr><td>Dogs</td><td>4.50</td><td>8.00</td></tr></table>
</article></body></html>"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory, build_index: Callable[..., Report]) -> Iterator[Pipeline]:
    folder = tmp_path_factory.mktemp("tables")
    (folder / "piers.md").write_text(PIERS, encoding="utf-8")
    (folder / "prices.html").write_text(PRICES, encoding="utf-8")
    settings = Settings.from_env(indexes=folder / "indexes")
    build_index(settings, folder / "piers.md", folder / "prices.html")
    pipeline = Pipeline.open(settings)
    yield pipeline
    pipeline.close()


@pytest.mark.parametrize(
    "turns",
    [
        [
            ("When was the North pier opened?", "1897"),
            ("And the South pier?", "1923"),
            ("Who built it?", "the Navy"),
            ("And the Fish pier?", "Ada Quill"),
        ],
        [
            ("How much is a return ticket for dogs?", "8.00"),
            ("And for children?", "10.00"),
            ("What about adults?", "20.00"),
            ("And a single ticket?", "12.00"),
        ],
    ],
    ids=["piers", "prices"],
)
def test_a_conversation_is_answered_from_one_row_after_the_other(
    tables: Pipeline, turns: list[tuple[str, str]]
) -> None:
    history: tuple[Message, ...] = ()
    for question, cell in turns:
        answer = tables.answer(Inquiry(question, history))
        assert [cell in citation.cited_text for citation in answer.citations] == [True], answer.question
        history += answer.messages


@pytest.mark.parametrize("question", ["And the?", "And for the?", "And the the?", "And of?", "And a ;: ?", "And (?"])
@pytest.mark.parametrize("before", [("Who built it for the?", NORTH), ("For the", DOGS), ("?", DIRECTOR)])
def test_what_is_no_question_is_left_as_it_is(question: str, before: tuple[str, str]) -> None:
    assert put(*before, question).startswith(question[:4])
