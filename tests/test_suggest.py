"""Questions drawn from articles, by worked examples and by what is asked of the callback."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.clean import clean
from qa.records import Article, Markup, RawDocument
from qa.suggest import MOST_TRIED, suggestions

SEED = Path(__file__).parents[1] / "seeds/000_4cfc9b414cc2f2ae.txt"


def article(text: str, article_id: str = "a") -> Article:
    return Article(article_id, "Title", text, "test")


def asked_of(*texts: str) -> list[str]:
    """Every question that is tried on articles of these texts when none is ever answered."""
    asked: list[str] = []

    def answers(question: str, _: Article) -> bool:
        asked.append(question)
        return False

    assert list(suggestions([article(text, str(number)) for number, text in enumerate(texts)], answers, 3)) == []
    return asked


def test_what_is_shouted_is_no_name() -> None:
    assert asked_of("Programs MUST NOT. They MUST NOT, said Ada Quill, write there.") == [
        "What is said about Ada Quill?"
    ]


def always(_question: str, _article: Article) -> bool:
    return True


class TestWorkedExamples:
    @pytest.mark.parametrize(
        ("text", "questions"),
        [
            ("“We must talk,” Sung Kim said.", ["What did Sung Kim say?"]),
            ("Sung Kim, said on Monday that it rained.", ["What did Sung Kim say?", "What is said about Sung Kim?"]),
            # A title is no part of a name.
            ("Prime Minister Fumio Kishida told reporters so.", ["What did Fumio Kishida say?"]),
            ("“No,” Foreign Affairs Spokesperson Wang Wenbin warned.", ["What did Wang Wenbin say?"]),
            # The name of four words at most; one word is no name of a person.
            ("Maria Anna Lopez Garcia wrote it.", ["What did Maria Anna Lopez Garcia say?"]),
            ("Kishida said so. They said so.", []),
            # What something is: one long word is enough, at the start of a sentence.
            ("Oslo is the capital.", []),
            ("Norway is a kingdom. Some say Sweden is a kingdom.", ["What is Norway?"]),
            ("It rained. Solar Power was one way out.", ["What was Solar Power?", "What is said about Solar Power?"]),
            ("There is a way. These was the ones. This is an end.", []),
            # A name at the end of a clause.
            ("They flew to South Korea, then to New Delhi.", ["What is said about South Korea?",
                                                              "What is said about New Delhi?"]),
            ("They flew to New Delhi. He saw South Korea, and South Korea.", ["What is said about South Korea?",
                                                                             "What is said about New Delhi?"]),
            ("A South Korean counterpart met Sung Kim’s aide.", []),
            # Kinds take turns: said, defined, named; each at most three.
            (
                "Norway is a kingdom. Sung Kim said so. They saw Kim Noh. Ann Lee said so.",
                ["What did Sung Kim say?", "What is Norway?", "What is said about Kim Noh?", "What did Ann Lee say?"],
            ),
            # Who holds an office, and when something came about: what one would ask.
            (
                "Ann Lee said so. Jack Ma, the founder of Alibaba, left.",
                ["Who is the founder of Alibaba?", "What did Ann Lee say?", "What is said about Jack Ma?"],
            ),
            (
                "Tom Ray, head coach of the Oslo Bears. Solar Park was opened in May 2014.",
                [
                    "Who is the head coach of the Oslo Bears?",
                    "When was Solar Park opened?",
                    "What is said about Tom Ray?",
                    "What is said about Oslo Bears?",
                    "What is said about Solar Park?",
                ],
            ),
            ("The New York-based Iron Works was founded in 2014.", ["What is said about New York-based Iron Works?"]),
            ("", []),
            ("nothing but lower case, and 漢字 and 🎉.", []),
        ],
    )  # fmt: skip
    def test_the_questions_of_a_text(self, text: str, questions: list[str]) -> None:
        assert asked_of(text) == questions

    def test_whoever_speaks_most_comes_first(self) -> None:
        text = "Ann Lee said so. Bob Ray said so. Bob Ray told them. Cal Fox wrote it. Dan Hay said no."
        assert [question for question in asked_of(text) if question.startswith("What did")] == [
            "What did Bob Ray say?",
            "What did Ann Lee say?",
            "What did Cal Fox say?",
        ]

    def test_a_name_starts_where_its_word_does(self) -> None:
        assert asked_of("The iPhone Users said so. The re-Elected Mayor said so.") == []

    def test_the_seed_article(self) -> None:
        cleaned = clean(RawDocument(SEED.name, SEED.read_text(encoding="utf-8"), Markup.PLAIN))
        assert isinstance(cleaned, Article)
        assert list(suggestions([cleaned], always, 4)) == [
            "What did Fumio Kishida say?",
            "What is said about Sung Kim?",
            "What did Wang Wenbin say?",
            "What is said about North Korea?",
        ]


class TestAsking:
    def test_articles_take_turns(self) -> None:
        texts = ["Ann Lee said so. Norway is a kingdom.", "", "Bob Ray said so. Sweden is a kingdom."]
        assert asked_of(*texts)[:4] == [
            "What did Ann Lee say?",
            "What did Bob Ray say?",
            "What is Norway?",
            "What is Sweden?",
        ]

    def test_each_question_is_asked_with_the_article_it_came_from(self) -> None:
        asked: list[tuple[str, str]] = []

        def answers(question: str, source: Article) -> bool:
            asked.append((question, source.id))
            return True

        articles = [article("Ann Lee said so.", "x"), article("Bob Ray said so.", "y")]
        assert list(suggestions(articles, answers, 5)) == ["What did Ann Lee say?", "What did Bob Ray say?"]
        assert asked == [("What did Ann Lee say?", "x"), ("What did Bob Ray say?", "y")]

    def test_only_what_is_answered_is_suggested(self) -> None:
        texts = ["Ann Lee said so.", "Bob Ray said so.", "Cal Fox said so.", "Dan Hay said so."]
        articles = [article(text, str(number)) for number, text in enumerate(texts)]
        found = suggestions(articles, lambda question, _: "Bob" in question or "Dan" in question, 3)
        assert list(found) == ["What did Bob Ray say?", "What did Dan Hay say?"]

    def test_no_more_is_asked_than_wanted(self) -> None:
        asked, answers = counting(always)
        articles = [article(f"{name} Lee said so.", name) for name in ("Ann", "Bob", "Cal", "Dan")]
        assert list(suggestions(articles, answers, 2)) == ["What did Ann Lee say?", "What did Bob Lee say?"]
        assert asked == ["What did Ann Lee say?", "What did Bob Lee say?"]

    def test_at_most_nine_are_tried(self) -> None:
        assert MOST_TRIED == 9
        names = [f"Ann {letter}ee" for letter in "ABCDEFGHIJKLMNOP"]
        assert asked_of(*(f"{name} said so." for name in names)) == [f"What did {name} say?" for name in names[:9]]

    def test_nothing_is_asked_before_it_is_wanted(self) -> None:
        asked, answers = counting(always)
        found = suggestions([article("Ann Lee said so. Bob Ray said so.")], answers, 3)
        assert asked == []
        assert next(found) == "What did Ann Lee say?"
        assert asked == ["What did Ann Lee say?"]

    def test_no_articles(self) -> None:
        assert list(suggestions([], always, 3)) == []


def counting(verdict: Callable[[str, Article], bool]) -> tuple[list[str], Callable[[str, Article], bool]]:
    asked: list[str] = []

    def answers(question: str, source: Article) -> bool:
        asked.append(question)
        return verdict(question, source)

    return asked, answers


@pytest.mark.parametrize("unit", ["A", "Aa-", "Aa ", "Aa_Bb ", "Ann Lee said ", "\n", "Prime Minister "], ids=ascii)
def test_half_a_megabyte_of_odd_text_takes_seconds(unit: str) -> None:
    text = unit * (500_000 // len(unit))
    began = time.thread_time()
    asked_of(text)
    assert time.thread_time() - began < 10  # measured: under 1; what grows with the square takes minutes
