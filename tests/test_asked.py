"""What a question names: the parts it has, the sources and the days of the articles that it points to."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.asked import attribution, is_published_on, parts, sources_named

KNOWN = (
    "The Verge",
    "Fortune",
    "Wired",
    "TechNews",
    "The Arden - Sports",
    "The Arden - Travel",
    "Globe | World Business",
    "Sporting News",
    "News",
)


class TestParts:
    @pytest.mark.parametrize(
        ("question", "expected"),
        [
            (
                "Did The Verge report that Orix sold its tower in Oslo, while Wired said Acme bought one bridge?",
                ("Did The Verge report that Orix sold its tower in Oslo", "Wired said Acme bought one bridge"),
            ),
            (
                "Does the Verge article call the new Orix phone in contrast to the Wired piece on its fast new chip?",
                ("Does the Verge article call the new Orix phone", "the Wired piece on its fast new chip"),
            ),
            (
                "Did the article about Ann Lee's first album and the article about Bob Ray's last tour show a success?",
                ("Did the article about Ann Lee's first album", "the article about Bob Ray's last tour show a success"),
            ),
            (
                "Between the report on the old Arden bridge fall and the report on the Oslo tunnel fire now, was it?",
                (
                    "Between the report on the old Arden bridge fall, was it",
                    "the report on the Oslo tunnel fire now, was it",
                ),
            ),
            ("Who was older, Ann Lee or Bob Ray?", ("Who was older, Ann Lee", "Who was older, Bob Ray")),
            (
                "Which is taller: the Arden Tower or the Oslo Tower?",
                ("Which is taller, the Arden Tower", "Which is taller, the Oslo Tower"),
            ),
            (
                "What is the difference between Orix and Acme?",
                ("What is the difference between Orix", "What is the difference between Acme"),
            ),
            ("Is Norway much larger than Sweden?", ("Is Norway much larger", "Is Sweden much larger")),
        ],
    )
    def test_two_things(self, question: str, expected: tuple[str, ...]) -> None:
        assert parts(question) == expected

    @pytest.mark.parametrize(
        "question",
        [
            "Who condemned the launch?",
            "Who wrote War and Peace?",
            "What happened between 2019 and 2020?",
            "Is Oslo larger than it was in 1900?",
            "Is it red, blue or green?",
            "What is the difference between a frog and a toad?",
            "Did the town close the bridge on October 4, 2023, and the road?",
            "Which company, known for its phones, and accused of fraud by its owners, was sold to Acme in May?",
            "",
            "?",
        ],
    )
    def test_one_thing(self, question: str) -> None:
        assert parts(question) == ()

    def test_no_more_than_three(self) -> None:
        clause = "the {} report describes a large new bridge near Arden"
        question = f"Does {', while '.join(clause.format(name) for name in 'ABCDE')}?"
        assert len(parts(question)) == 3

    @pytest.mark.parametrize("piece", [", and ", "and the ", "A or ", ", while", "than ", "between ", "Ann and Bob, "])
    def test_a_long_question_takes_no_time(self, piece: str) -> None:
        question = (piece * 2000)[:2000]
        started = time.thread_time()
        parts(question)
        attribution(question, KNOWN)
        assert time.thread_time() - started < 2

    @given(st.text(max_size=200))
    def test_a_question_is_in_no_part_or_in_several(self, question: str) -> None:
        assert len(parts(question)) in {0, 2, 3}


class TestSources:
    @pytest.mark.parametrize(
        ("question", "named"),
        [
            ("What did The Verge say of Orix?", ("The Verge",)),
            ("What did the Verge say of Orix?", ("The Verge",)),
            ("What is on the verge of collapse?", ()),
            ("What did Wired and Fortune say?", ("Wired", "Fortune")),
            ("Fortune favours whom?", ()),  # alone at the beginning it may be the word
            ("TechNews said what?", ("TechNews",)),
            ("What is a wired house?", ()),
            ("What does the Wireder say?", ()),
            ("What does The Arden say?", ("The Arden - Sports", "The Arden - Travel")),
            ("What does The Arden - Travel say?", ("The Arden - Travel",)),
            ("According to 'Globe', who won?", ("Globe | World Business",)),
            ("Did a Sporting News article say so?", ("Sporting News",)),  # the longer name, not News
            ("Who won?", ()),
        ],
    )
    def test_which_are_named(self, question: str, named: tuple[str, ...]) -> None:
        assert sources_named(question, KNOWN) == named

    def test_a_name_that_is_none(self) -> None:
        assert sources_named("What did the The say?", ("The ", " ", "", "a")) == ()

    def test_no_source_is_known(self) -> None:
        assert sources_named("What did The Verge say?", ()) == ()

    def test_a_day_beside_a_source(self) -> None:
        found = attribution(
            "Did the 'Fortune' article published on October 4, 2023, say that Orix's tower fell?", KNOWN
        )
        assert found.sources == ("Fortune",)
        assert found.days == ("2023-10-04",)

    def test_a_day_without_a_source_is_one_of_the_world(self) -> None:
        assert attribution("What report was published on 4 October 1848?", KNOWN).days == ()

    @given(st.text(max_size=100), st.lists(st.text(max_size=8)))
    def test_any_text(self, question: str, known: list[str]) -> None:
        found = attribution(question, known)
        assert set(found.sources) <= set(known)
        assert found.sources or not found.days


class TestDays:
    @pytest.mark.parametrize(
        ("published_at", "days", "is_so"),
        [
            ("2023-10-04", ("2023-10-04",), True),
            ("2023-10-04 08:00:00Z", ("2023-10-04",), True),
            ("2023-10-05", ("2023-10-04",), False),
            ("2023-10-05", ("2023-10-04", "2023-10-05"), True),
            ("2023-10-04", ("XXXX-10-04",), True),
            ("2023-10-04", ("2023-10",), True),
            ("2023-11-04", ("2023-10",), False),
            ("2023-10-04", (), False),
            (None, ("2023-10-04",), False),
            ("", ("2023-10-04",), False),
            ("spring 2024", ("2023-10-04",), False),
        ],
    )
    def test_whether_an_article_is_of_a_day(
        self, published_at: str | None, days: tuple[str, ...], *, is_so: bool
    ) -> None:
        assert is_published_on(published_at, days) == is_so
