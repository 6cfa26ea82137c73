"""The passages for a question, best first, from a real index of a few articles with the real models."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from qa.build import Report
from qa.chunk import searched_text
from qa.config import Settings
from qa.index import OpenIndex
from qa.pipeline import Pipeline
from qa.records import Passage, Standing
from qa.retrieval import Retrieval
from qa.stopwatch import Stopwatch

FERRY = (
    "A ferry ran aground off Brennick harbour in thick fog. Rescuers brought 212 people ashore by noon, the coastguard "
    "said. The Sundal Line has run the crossing since 1974."
)
BAKERY = (
    "Ann Lee sold her bakery in Oslo to Bob Ray for two million crowns. She had founded it with the money of an uncle, "
    "and baked there for thirty years."
)
GLACIER = (
    "The village covers its glacier with white fleece each summer. The fleece reflects the sun and slows the melting "
    "by sixty percent."
)
BRIDGE = (
    "The council of Arden voted for a new bridge over the river. It will cost ninety million crowns and open in 2027."
)
CHESS = (
    "The world title match ended in a draw after seven hours. Neither player risked a pawn in the last game, and the "
    "crowd left early."
)
OWLS = (
    "Barn owls nest again in the towers of the old mill. Volunteers counted eleven chicks this spring, the most since "
    "the mill closed."
)
ARTICLES = (
    ("wire-1", "Ferry aground", "Northern Wire", "2024-03-05T11:20:00Z", FERRY),
    ("gazette", "Ferry stuck off Brennick", "Harbour Gazette", "2024-03-07", FERRY),
    ("wire-2", "Ferry towed", "Northern Wire", "2024-03-07", f"{FERRY} Two tugs towed the ferry back at high tide."),
    ("bakery", "The bakery of Ann Lee", "Oslo Courier", "2021-05-02", BAKERY),
    ("glacier", "A glacier under blankets", None, None, GLACIER),
    ("bridge", "A bridge for Arden", "Oslo Courier", "2023-10-04", BRIDGE),
    ("chess", "A draw after seven hours", "Harbour Gazette", "2022-11-30", CHESS),
    ("owls", "Owls return", None, "2020", OWLS),
)
LONG = (
    "What did the council of Arden vote for, what will the new bridge over the river cost in crowns, when will it "
    "open, and which of the two, the bridge or the ferry that ran aground in fog off Brennick harbour, was in the news "
    "first, and who baked for thirty years with the money of an uncle?"
)
QUESTIONS = (
    "How many people were brought ashore?",
    "Who sold a bakery in Oslo?",
    "What slows the melting of the glacier?",
    LONG,
)


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory, build_index: Callable[..., Report]) -> Iterator[Pipeline]:
    folder = tmp_path_factory.mktemp("retrieval")
    rows = [
        {"_id": name, "title": title, "source": source, "published_at": day, "text": text}
        for name, title, source, day, text in ARTICLES
    ]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    settings = Settings.from_env(indexes=folder / "indexes", chunk_words=20)
    assert build_index(settings, folder / "corpus.jsonl").manifest.recipe.articles == len(ARTICLES)
    opened = Pipeline.open(settings)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def retrieval(pipeline: Pipeline) -> Retrieval:
    return Retrieval(pipeline.index, pipeline.reranker, 100)


def found(retrieval: Retrieval, question: str, read: int = 5, limit: int = 100) -> list[Passage]:
    return retrieval.passages(question, read, limit, Stopwatch())


class TestOrder:
    @pytest.mark.parametrize("question", QUESTIONS)
    def test_every_row_that_was_found_once_best_first(self, retrieval: Retrieval, question: str) -> None:
        passages = found(retrieval, question)
        assert len({passage.chunk.id for passage in passages}) == len(passages) == rows_of(retrieval.index)
        combined = [passage.combined for passage in passages if passage.combined]
        assert [standing.rank for standing in combined] == list(range(1, len(passages) + 1))
        scores = [standing.score for standing in combined]
        assert scores == sorted(scores, reverse=True)

    @pytest.mark.parametrize(("question", "article"), [(QUESTIONS[1], "bakery"), (QUESTIONS[2], "glacier")])
    def test_what_answers_comes_first(self, retrieval: Retrieval, question: str, article: str) -> None:
        assert found(retrieval, question)[0].article.id == article

    def test_the_same_question_finds_the_same(self, retrieval: Retrieval) -> None:
        assert found(retrieval, QUESTIONS[0]) == found(retrieval, QUESTIONS[0])

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_how_many_are_wanted_changes_nothing_of_what_was_read(self, retrieval: Retrieval, question: str) -> None:
        for read in (2, 8):
            few, many = (found(retrieval, question, read, limit) for limit in (1, 100))
            assert [passage for passage in few if passage.rerank] == [passage for passage in many if passage.rerank]
            assert few[0] == many[0]

    @pytest.mark.parametrize("question", QUESTIONS)
    @pytest.mark.parametrize("limit", [1, 5, 12])
    def test_what_was_read_is_always_there(self, retrieval: Retrieval, question: str, limit: int) -> None:
        for read in (1, 2, 8):
            passages = found(retrieval, question, read, limit)
            assert len([passage for passage in passages if passage.rerank]) == read
            assert max(read, limit) <= len(passages) <= read + limit


class TestStandings:
    @pytest.mark.parametrize("question", QUESTIONS)
    def test_of_both_searches(self, retrieval: Retrieval, question: str) -> None:
        index = retrieval.index
        assert index.dense is not None
        by_search = {
            "lexical": index.lexical.search(question, 100),
            "dense": index.dense.search(question, 100),
        }
        expected = {
            name: {
                chunk.id: Standing(rank, hit.score)
                for rank, (hit, (chunk, _)) in enumerate(
                    zip(hits, index.store.chunks([hit.row for hit in hits]), strict=True), start=1
                )
            }
            for name, hits in by_search.items()
        }
        for passage in found(retrieval, question):
            assert passage.lexical == expected["lexical"].get(passage.chunk.id)
            assert passage.dense == expected["dense"].get(passage.chunk.id)

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_the_best_by_both_searches_are_read_and_no_other(self, retrieval: Retrieval, question: str) -> None:
        passages = found(retrieval, question, read=4)
        assert sorted(passage.fused.rank for passage in passages) == list(range(1, len(passages) + 1))
        assert {passage.fused.rank for passage in passages if passage.rerank} == {1, 2, 3, 4}
        by_fused = sorted(passages, key=lambda passage: passage.fused.rank)
        scores = [passage.fused.score for passage in by_fused]
        assert scores == sorted(scores, reverse=True)

    @pytest.mark.parametrize("question", QUESTIONS)
    def test_of_the_cross_encoder(self, retrieval: Retrieval, question: str) -> None:
        read = {passage.chunk.id: passage for passage in found(retrieval, question) if passage.rerank}
        by_fused = sorted(read.values(), key=lambda passage: passage.fused.rank)
        texts = [searched_text(passage.chunk, passage.article) for passage in by_fused]
        logits = dict(zip([p.chunk.id for p in by_fused], retrieval.reranker.score(question, texts), strict=True))
        best = sorted(logits, key=lambda chunk: -logits[chunk])
        for name, passage in read.items():
            assert passage.rerank is not None
            assert passage.rerank.rank == best.index(name) + 1
            assert passage.rerank.score == pytest.approx(logits[name], abs=1e-4)

    def test_who_published_it_is_read_with_it(self, retrieval: Retrieval) -> None:
        passage = found(retrieval, QUESTIONS[0])[0]
        assert searched_text(passage.chunk, passage.article).startswith(f"{passage.article.source}, ")


class TestSourcesThatAreNamed:
    @pytest.mark.parametrize(
        ("question", "articles"),
        [
            ("What did the Harbour Gazette report about the ferry?", {"gazette"}),
            ("What did Northern Wire report about the ferry?", {"wire-1", "wire-2"}),
            ("What did Northern Wire report on 7 March 2024 about the ferry that ran aground?", {"wire-2"}),
            ("What did Northern Wire report on 5 March 2024 about the ferry that ran aground?", {"wire-1"}),
        ],
    )
    def test_their_articles_come_first(self, retrieval: Retrieval, question: str, articles: set[str]) -> None:
        passages = found(retrieval, question, read=6)
        assert {passage.article.id for passage in passages[: len(articles)]} <= articles
        assert passages[0].article.id in articles

    def test_two_sources_are_both_among_the_first(self, retrieval: Retrieval) -> None:
        question = "Did the Harbour Gazette and Northern Wire both report that the ferry ran aground?"
        sources = [passage.article.source for passage in found(retrieval, question, read=6)[:3]]
        assert set(sources) == {"Harbour Gazette", "Northern Wire"}

    def test_a_day_without_a_source_names_no_article(self, retrieval: Retrieval) -> None:
        rows = range(rows_of(retrieval.index))
        named, days = retrieval._named("What happened to the ferry on 7 March 2024?", rows)
        assert (named.tolist(), days.tolist()) == ([0.0] * len(rows), [0.0] * len(rows))

    def test_a_day_counts_with_the_source_only(self, retrieval: Retrieval) -> None:
        rows = range(rows_of(retrieval.index))
        named, days = retrieval._named("What did Northern Wire say on 7 March 2024?", rows)
        articles = [article.id for _, article in retrieval.index.store.chunks(rows)]
        assert [bool(one) for one in named] == [article in {"wire-1", "wire-2"} for article in articles]
        assert [bool(one) for one in days] == [article == "wire-2" for article in articles]


class TestEdges:
    def test_the_stages_are_timed(self, retrieval: Retrieval) -> None:
        watch = Stopwatch()
        retrieval.passages(QUESTIONS[0], 5, 5, watch)
        assert list(watch.timings_ms)[:5] == ["lexical", "dense", "fuse", "fetch", "rerank"]

    def test_without_vectors(self, retrieval: Retrieval) -> None:
        words = replace(retrieval, index=replace(retrieval.index, dense=None))
        passages = found(words, "Who sold a bakery in Oslo?")
        assert passages[0].article.id == "bakery"
        assert all(passage.lexical and not passage.dense for passage in passages)

    def test_nothing_is_found(self, retrieval: Retrieval) -> None:
        words = replace(retrieval, index=replace(retrieval.index, dense=None))
        assert found(words, "zebra giraffe") == []

    def test_no_known_word_is_found_by_meaning(self, retrieval: Retrieval) -> None:
        passages = found(retrieval, "pâtisserie")
        assert passages[0].article.id == "bakery"
        assert all(passage.dense and not passage.lexical for passage in passages)

    def test_fewer_candidates(self, retrieval: Retrieval) -> None:
        few = replace(retrieval, candidates=2)
        passages = found(few, QUESTIONS[0])
        assert 2 <= len(passages) <= 4
        assert all(max(s.rank for s in (passage.lexical, passage.dense) if s) <= 2 for passage in passages)


def rows_of(index: OpenIndex) -> int:
    """How many passages the index has; the search by vectors finds them all."""
    return index.manifest.recipe.chunks
