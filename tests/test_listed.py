"""Questions about the corpus itself, answered from a real index of a few articles with the real models."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from qa.build import Report
from qa.config import Settings
from qa.listed import listed
from qa.listing import MOST_LISTED, CorpusQuestion, corpus_question
from qa.pipeline import Pipeline
from qa.records import NO_FILTERS, Filters, NoteKind, Outcome, Passage, Verdict
from qa.retrieval import Retrieval
from qa.stopwatch import Stopwatch

WIRE = "A ferry ran aground off Brennick harbour in thick fog. Rescuers brought 212 people ashore by noon."
ARTICLES = (
    ("aground", "Ferry aground", "Northern Wire", "2024-03-05", WIRE),
    ("copy", "Ferry stuck off Brennick", "Harbour Gazette", "2024-03-06", WIRE),
    ("towed", "Ferry towed to port", "Northern Wire", "2024-03-07T10:00:00Z",
     "Two tugs towed the damaged ferry back to Brennick at high tide. Divers will look at its hull on Friday."),
    ("fares", "Cheaper ferry fares", "Harbour Gazette", "2019",
     "The Sundal Line lowers the fares of its ferry by a tenth. Pupils travel free from May on."),
    ("undated", "The old ferry", None, None,
     "The old ferry was built in 1931 and lies in the museum. Visitors may ring its bell on Sundays."),
    ("bakery", "The bakery of Ann Lee", "Oslo Courier", "2025-01-02",
     "Thank you. Ann Lee sold her bakery in Oslo to Bob Ray for two million crowns."),
    *((f"owl-{day:02}", f"Owls in tower {day}", "Mill Post", f"2020-01-{day:02}",
       f"Barn owls nest again in tower {day} of the mill. Volunteers counted {day} chicks and {day + 30} mice there.")
      for day in range(1, 13)),
)  # fmt: skip


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory, build_index: Callable[..., Report]) -> Iterator[Pipeline]:
    folder = tmp_path_factory.mktemp("listed")
    rows = [
        {"_id": name, "title": title, "source": source, "published_at": day, "text": text}
        for name, title, source, day, text in ARTICLES
    ]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    settings = Settings.from_env(indexes=folder / "indexes")
    assert build_index(settings, folder / "corpus.jsonl").manifest.recipe.articles == len(ARTICLES)
    opened = Pipeline.open(settings)
    yield opened
    opened.close()


def ask(pipeline: Pipeline, question: str, filters: Filters = NO_FILTERS) -> tuple[Verdict, list[Passage]]:
    asked = corpus_question(question)
    assert asked is not None
    verdict, passages = listed(asked, Retrieval(pipeline.index, pipeline.reranker, 100), Stopwatch(), filters)
    for quote in verdict.quotes:  # what holds of every quote
        assert quote.passage.article.text[quote.span.start : quote.span.end] == quote.text
        assert quote.span in quote.passage.chunk.sentences
        assert quote.passage in passages
    return verdict, passages


def articles(verdict: Verdict) -> list[str]:
    return [quote.passage.article.id for quote in verdict.quotes]


class TestOfATopic:
    def test_newest_first_undated_last_and_a_copy_under_the_one_it_copies(self, pipeline: Pipeline) -> None:
        verdict, _ = ask(pipeline, "What articles do you have about the ferry?")
        assert (verdict.outcome, verdict.confidence, verdict.reason) == (Outcome.LISTED, 1.0, None)
        assert len(articles(verdict)) == 4
        assert [name for name in articles(verdict) if name not in {"aground", "copy"}] == ["towed", "fares", "undated"]
        (wire,) = [quote for quote in verdict.quotes if quote.passage.article.id in {"aground", "copy"}]
        assert articles(verdict).index(wire.passage.article.id) == 1
        assert {wire.passage.article.id, *(article.id for article in wire.also_in)} == {"aground", "copy"}

    def test_each_quote_is_a_sentence_that_names_the_topic(self, pipeline: Pipeline) -> None:
        verdict, _ = ask(pipeline, "Which articles mention the Sundal Line?")
        assert [quote.text for quote in verdict.quotes] == ["The Sundal Line lowers the fares of its ferry by a tenth."]

    def test_a_sentence_of_two_words_is_not_quoted(self, pipeline: Pipeline) -> None:
        verdict, _ = ask(pipeline, "Show me everything about the bakery")
        assert [quote.text for quote in verdict.quotes] == [
            "Ann Lee sold her bakery in Oslo to Bob Ray for two million crowns."
        ]

    def test_at_most_ten(self, pipeline: Pipeline) -> None:
        verdict, _ = ask(pipeline, "List all articles about barn owls")
        found = articles(verdict)
        assert len(found) == MOST_LISTED == 10
        assert found == sorted(found, reverse=True)
        assert set(found) < {f"owl-{day:02}" for day in range(1, 13)}

    def test_no_article_is_about_this(self, pipeline: Pipeline) -> None:
        verdict, passages = ask(pipeline, "What articles do you have about volcanoes in Peru?")
        assert verdict == Verdict(Outcome.NOT_COVERED, (), 0.0, "No article is about this.")
        assert passages  # what was looked at is shown


class TestOfASource:
    def test_only_its_articles(self, pipeline: Pipeline) -> None:
        verdict, _ = ask(pipeline, "What articles do you have from Northern Wire about the ferry?")
        assert articles(verdict) == ["towed", "aground"]

    def test_a_source_without_such_an_article(self, pipeline: Pipeline) -> None:
        verdict, _ = ask(pipeline, "What articles do you have from the Oslo Courier about the ferry?")
        assert (verdict.outcome, verdict.quotes) == (Outcome.NOT_COVERED, ())

    def test_what_is_no_source_is_part_of_the_topic(self, pipeline: Pipeline) -> None:
        verdict, _ = ask(pipeline, "What is the latest from Brennick?")
        assert "towed" in articles(verdict)
        assert not {"bakery", "fares", "undated"} & set(articles(verdict))

    def test_the_newest_of_a_source(self, pipeline: Pipeline) -> None:
        verdict, _ = ask(pipeline, "What are the latest articles from the Harbour Gazette?")
        assert [name for name in articles(verdict) if name != "copy"] == ["fares"]
        assert articles(verdict)[0] == "copy"

    def test_the_newest_of_a_source_that_many_newer_ones_stand_before(
        self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("qa.listed._LOOKED_THROUGH", 2)
        verdict, _ = ask(pipeline, "What are the latest articles from the Mill Post?")
        assert articles(verdict) == ["owl-12", "owl-11"]


class TestFiltered:
    @pytest.mark.parametrize(
        ("filters", "found"),
        [
            (Filters(("Northern Wire",)), ["towed", "aground"]),
            (Filters((), "2024-03-07"), ["towed"]),
            (Filters((), None, "2019-12-31"), ["fares"]),
            (Filters(("Harbour Gazette", "Oslo Courier"), "2024-01-01"), ["copy"]),
            (Filters(("Oslo Courier",)), []),
            (Filters((), "2030-01-01"), []),
        ],
    )
    def test_of_a_topic_only_what_passes(self, pipeline: Pipeline, filters: Filters, found: list[str]) -> None:
        verdict, passages = ask(pipeline, "What articles do you have about the ferry?", filters)
        assert articles(verdict) == found
        assert verdict.outcome is (Outcome.LISTED if found else Outcome.NOT_COVERED)
        for passage in passages:
            assert not filters.sources or passage.article.source in filters.sources

    def test_of_all_only_what_passes(self, pipeline: Pipeline) -> None:
        verdict, _ = ask(pipeline, "What is the latest news?", Filters(("Mill Post",), "2020-01-03", "2020-01-05"))
        assert articles(verdict) == ["owl-05", "owl-04", "owl-03"]

    def test_a_source_that_the_question_names_holds_too(self, pipeline: Pipeline) -> None:
        question = "What articles do you have from Northern Wire about the ferry?"
        assert articles(ask(pipeline, question, Filters((), "2024-03-06"))[0]) == ["towed"]
        both = Filters(("Northern Wire", "Mill Post"))
        assert articles(ask(pipeline, question, both)[0]) == ["towed", "aground"]
        for other in (question, "What are the latest articles from the Harbour Gazette?"):
            verdict, passages = ask(pipeline, other, Filters(("Mill Post",)))
            assert (verdict.outcome, passages) == (Outcome.NOT_COVERED, [])


class TestOfAll:
    def test_the_newest_of_all_by_their_opening(self, pipeline: Pipeline) -> None:
        verdict, passages = ask(pipeline, "What is the latest news?")
        assert verdict.outcome is Outcome.LISTED
        # The copy is newer than what it copies, and stands for it.
        assert articles(verdict) == ["bakery", "towed", "copy", *(f"owl-{day:02}" for day in range(12, 5, -1))]
        assert verdict.quotes[0].text == "Ann Lee sold her bakery in Oslo to Bob Ray for two million crowns."
        assert verdict.quotes[1].text == "Two tugs towed the damaged ferry back to Brennick at high tide."
        assert [article.id for article in verdict.quotes[2].also_in] == ["aground"]
        assert [passage.combined.rank for passage in passages if passage.combined] == list(range(1, len(ARTICLES) + 1))

    def test_the_pipeline_gives_the_same(self, pipeline: Pipeline) -> None:
        answer = pipeline.ask("What is the latest news?")
        verdict, _ = ask(pipeline, "What is the latest news?")
        assert answer.outcome is Outcome.LISTED
        assert [citation.article_id for citation in answer.citations] == articles(verdict)
        assert answer.answer == " ".join(quote.text for quote in verdict.quotes)
        assert not answer.abstained
        assert [copy.article_id for copy in answer.citations[2].also_in] == ["aground"]


class TestHowMany:
    def test_a_list_is_no_count_and_says_so(self, pipeline: Pipeline) -> None:
        verdict, _ = ask(pipeline, "How many articles mention the Sundal Line?")
        (note,) = verdict.notes
        assert note.kind is NoteKind.NOT_A_COUNT
        assert note.text == "The list shows 1; articles were searched, not counted, so there may be more."

    def test_as_long_as_a_list_gets(self, pipeline: Pipeline) -> None:
        verdict, _ = ask(pipeline, "How many articles are about barn owls?")
        (note,) = verdict.notes
        assert note.text == (
            "The list shows 10, the most it shows; articles were searched, not counted, so there may be more."
        )

    def test_where_no_number_is_asked_for_nothing_is_said(self, pipeline: Pipeline) -> None:
        assert ask(pipeline, "Which articles mention the Sundal Line?")[0].notes == ()


def test_where_nothing_is_indexed_by_meaning_words_find_the_list(words_settings: Settings) -> None:
    opened = Pipeline.open(words_settings)
    retrieval = Retrieval(opened.index, opened.reranker, 100)
    verdict, _ = listed(CorpusQuestion("the missile launch"), retrieval, Stopwatch())
    assert len(verdict.quotes) == 1
    verdict, passages = listed(CorpusQuestion("zebras"), retrieval, Stopwatch())
    assert (verdict.outcome, passages) == (Outcome.NOT_COVERED, [])
    opened.close()
