"""Questions about the corpus, told from questions about the world, and the articles listed for them."""

from __future__ import annotations

import time

import pytest

from qa.listing import MOST_LISTED, CorpusQuestion, corpus_question, list_articles, opening
from qa.records import Article, Chunk, Passage, Span, Standing
from qa.sentences import sentences


def passage(
    text: str, article: str = "a", logit: float = 4.0, published_at: str | None = None, context: str = "Title"
) -> Passage:
    spans = tuple(sentences(text))
    chunk = Chunk(f"{article}:0", article, Span(spans[0].start, spans[-1].end), context, spans)
    whole = Article(article, context, text, "test", published_at=published_at)
    return Passage(chunk, whole, Standing(1, 0.1), None, None, Standing(1, logit))


class TestCorpusQuestion:
    @pytest.mark.parametrize(
        ("question", "expected"),
        [
            ("what articles do you have about X-ray imaging?", CorpusQuestion("X-ray imaging")),
            ("Which articles mention Ann Lee?", CorpusQuestion("Ann Lee")),
            ("Which articles are about AI?", CorpusQuestion("AI")),
            ("list everything on climate", CorpusQuestion("climate")),
            ("Please give me all articles about the river Arden please.", CorpusQuestion("the river Arden")),
            ("what do you have on Oslo", CorpusQuestion("Oslo")),
            ("Do you have anything about cats?", CorpusQuestion("cats")),
            ("articles about football", CorpusQuestion("football")),
            ("What is the latest on Oslo?", CorpusQuestion("Oslo", latest=True)),
            ("What’s new  about the bridge?", CorpusQuestion("the bridge", latest=True)),
            ("What are the latest developments on the bridge?", CorpusQuestion("the bridge", latest=True)),
            ("Any news on Orix?", CorpusQuestion("Orix")),
            ("latest news on Orix", CorpusQuestion("Orix", latest=True)),
            ("What is the latest from Oslo?", CorpusQuestion("", source="Oslo", latest=True)),
            ("Show me articles from The Verge about Orix", CorpusQuestion("Orix", source="The Verge")),
            ("What stories are there by Reuters on the flood?", CorpusQuestion("the flood", source="Reuters")),
            ("How many articles mention Orix?", CorpusQuestion("Orix", how_many=True)),
            ("How many articles do you have about Orix?", CorpusQuestion("Orix", how_many=True)),
            ("How many articles do you have?", CorpusQuestion("", how_many=True)),
            ("what articles do you have?", CorpusQuestion("")),
            ("What is this about?", CorpusQuestion("")),
            ("What's the latest?", CorpusQuestion("", latest=True)),
            ("Show me the newest articles", CorpusQuestion("", latest=True)),
        ],
    )
    def test_about_the_corpus(self, question: str, expected: CorpusQuestion) -> None:
        assert corpus_question(question) == expected

    @pytest.mark.parametrize(
        "question",
        [
            "What is the latest iPhone?",
            "What is the latest version of Python?",
            "What is new in Python 3.12?",
            "What articles of the constitution protect speech?",
            "Which articles of the constitution mention slavery?",
            "Which articles did Le Monde publish in 1999 according to the report?",
            "How many articles are there in the treaty?",
            "What is the most recent report on climate change by the panel?",
            "What is the latest with Orix and who is its head?",
            "What new articles did he write about war?",
            "List the planets",
            "What is on the moon?",
            "What is the report about?",
            "What do you have to do on Sunday?",
            "Is there any evidence on vaccines?",
            "Who wrote the article about Orix?",
            "What does the article about Orix say?",
            "Which articles mention the",
            "",
        ],
    )
    def test_about_the_world(self, question: str) -> None:
        assert corpus_question(question) is None

    @pytest.mark.parametrize(
        "question",
        [
            "what articles do you have " + "about " * 330,
            "list " + "all " * 490,
            "articles by " + "on " * 650,
            "what is " * 250,
        ],
    )
    def test_a_long_question_takes_no_time(self, question: str) -> None:
        started = time.thread_time()
        corpus_question(question)
        assert time.thread_time() - started < 0.5


class TestListArticles:
    def test_newest_first_undated_last_with_the_sentence_that_names_the_topic(self) -> None:
        passages = [
            passage("Snow fell all night here. The old bridge was closed by the town.", "old", 5.0, "2023-01-01"),
            passage("The bridge is said to be old by many.", "undated", 4.0),
            passage("They opened the old bridge again today.", "new", 3.0, "2023-10-04"),
        ]
        assert [
            (found.passage.article.id, found.text, found.score) for found in list_articles("old bridge", passages)
        ] == [
            ("new", "They opened the old bridge again today.", 3.0),
            ("old", "The old bridge was closed by the town.", 5.0),
            ("undated", "The bridge is said to be old by many.", 4.0),
        ]

    def test_every_quote_is_what_stands_in_the_article(self) -> None:
        (found,) = list_articles("bridges", [passage("Snow fell all night here.  The Bridge was closed by the town.")])
        assert found.text == found.passage.article.text[found.span.start : found.span.end]
        assert found.text == "The Bridge was closed by the town."

    @pytest.mark.parametrize(
        ("text", "context", "logit", "listed"),
        [
            ("The bridge was closed by the town.", "Title", -5.9, True),  # named
            ("The bridge was closed by the town.", "Title", -6.1, False),  # in passing
            ("It was closed by the town.", "The bridge of Arden", -1.0, True),  # its title names it
            ("The crossing was closed by the town.", "Title", 0.0, True),  # the reranker knows it
            ("The crossing was closed by the town.", "Title", -0.1, False),
        ],
    )
    def test_what_is_about_the_topic(self, text: str, context: str, logit: float, *, listed: bool) -> None:
        assert len(list_articles("the bridge", [passage(text, logit=logit, context=context)])) == listed

    def test_an_article_is_listed_once_with_its_best_passage(self) -> None:
        passages = [
            passage("The bridge was closed by the town.", logit=5),
            passage("A bridge is a bridge here.", logit=4),
        ]
        assert [found.text for found in list_articles("bridge", passages)] == ["The bridge was closed by the town."]

    def test_at_most_so_many_and_those_are_the_best(self) -> None:
        passages = [
            passage("The bridge was closed by the town.", str(place), 9.0 - place / 10, f"2023-01-{place + 1:02}")
            for place in range(15)
        ]
        found = [quote.passage.article.id for quote in list_articles("bridge", passages)]
        assert found == [str(place) for place in reversed(range(MOST_LISTED))]

    def test_a_crumb_is_quoted_only_where_there_is_nothing_longer(self) -> None:
        assert list_articles("bridge", [passage("Bridge! The town closed all its roads.")])[0].text == (
            "The town closed all its roads."
        )
        assert list_articles("bridge", [passage("Bridge!")])[0].text == "Bridge!"

    def test_nothing_is_about_it(self) -> None:
        assert list_articles("bridge", []) == ()


class TestAllArticles:
    def test_an_article_is_shown_by_its_first_sentence_that_says_something(self) -> None:
        assert opening(passage("By Ann Lee. The town closed all its roads. Snow fell all night here.")).text == (
            "The town closed all its roads."
        )
