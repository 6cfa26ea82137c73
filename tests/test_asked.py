"""What is searched for a question: the whole, the sources it names, its parts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.asked import Search, parts, searches, sources_named
from qa.asked.sources import attribution
from qa.records import Article

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
        started = time.perf_counter()
        parts(question)
        searches(question, KNOWN)
        assert time.perf_counter() - started < 2

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

    def test_words_that_only_point_are_not_searched(self) -> None:
        found = attribution(
            "Did the 'Fortune' article published on October 4, 2023, say that Orix's tower fell?", KNOWN
        )
        assert found.sources == ("Fortune",)
        assert found.days == ("2023-10-04",)
        assert found.about == "Did the , Orix's tower fell?"

    def test_without_a_source_the_question_is_searched_as_it_is(self) -> None:
        question = "What report was published on 4 October 1848?"
        assert attribution(question, KNOWN).about == question
        assert attribution(question, KNOWN).days == ()

    def test_a_question_of_nothing_but_a_source(self) -> None:
        assert attribution("the Verge articles", KNOWN).about != ""
        assert attribution("The Verge", KNOWN).about == "The Verge"

    @given(st.text(max_size=100), st.lists(st.text(max_size=8)))
    def test_any_text(self, question: str, known: list[str]) -> None:
        found = attribution(question, known)
        assert set(found.sources) <= set(known)
        assert found.sources or found.about == question


class TestSearches:
    def test_one_question_has_one_search(self) -> None:
        assert searches("Who condemned the launch?", KNOWN) == (Search("Who condemned the launch?"),)

    def test_the_whole_then_each_source_then_the_days_then_the_parts(self) -> None:
        question = (
            "Did The Verge report on October 4, 2023 that Orix sold its tower in Oslo, "
            "while Wired claimed that Acme bought a bridge in Arden?"
        )
        found = searches(question, KNOWN)
        assert [(search.sources, search.days) for search in found] == [
            ((), ()),
            (("The Verge",), ()),
            (("Wired",), ()),
            (("The Verge", "Wired"), ("2023-10-04",)),
            (("The Verge",), ("2023-10-04",)),
            (("Wired",), ()),
        ]
        assert {search.text for search in found[:4]} == {found[0].text}
        assert "Verge" not in found[0].text
        assert [search.text for search in found[4:]] == [
            "Did that Orix sold its tower in Oslo",
            "Acme bought a bridge in Arden",
        ]

    @pytest.mark.parametrize(
        ("search", "source", "published_at", "admitted"),
        [
            (Search("x"), None, None, True),
            (Search("x", ("The Verge",)), "The Verge", None, True),
            (Search("x", ("The Verge",)), "Wired", "2023-10-04", False),
            (Search("x", ("The Verge",)), None, None, False),
            (Search("x", ("The Verge",), ("2023-10-04",)), "The Verge", "2023-10-04 08:00:00Z", True),
            (Search("x", ("The Verge",), ("2023-10-04",)), "The Verge", "2023-10-05", False),
            (Search("x", ("The Verge",), ("XXXX-10-04",)), "The Verge", "2023-10-04", True),
            (Search("x", ("The Verge",), ("2023-10",)), "The Verge", "2023-10-04", True),
            (Search("x", ("The Verge",), ("2023-10-04",)), "The Verge", None, False),
        ],
    )
    def test_what_a_search_admits(
        self, search: Search, source: str | None, published_at: str | None, *, admitted: bool
    ) -> None:
        assert search.admits(Article("a", "T", "x", "test", source=source, published_at=published_at)) == admitted
