"""ONLINE: from a question to a cited answer, or to silence.

question -> search (lexical + dense) -> fuse -> rerank (and rank by all three) -> answer -> cite
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from qa.answering import answered
from qa.chunk import searched_text
from qa.cite import cite
from qa.config import Settings
from qa.fuse import Judged, fuse, order, rows_of, standardised
from qa.index import OpenIndex, current_manifest, index_folder, open_current, searching
from qa.loading import LateEncoder, load_reranker
from qa.question import read_question
from qa.records import Answer, Article, Candidate, Chunk, Hit, LookedAt, Passage, Standing, Verdict
from qa.seams import Encoder, Reranker
from qa.suggest import suggestions

_NO_ANSWER = "The articles do not seem to answer this."


@dataclass(slots=True)
class _Stopwatch:
    """The wall time of each stage, in milliseconds, in the order in which they ran."""

    timings_ms: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.timings_ms[name] = round((time.perf_counter() - started) * 1000, 2)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """An open index with the models that answer from it; safe to use from several threads."""

    settings: Settings
    index: OpenIndex
    encoder: Encoder | None
    """None where the version has no vectors to compare a question's with."""
    reranker: Reranker

    @classmethod
    def open(cls, settings: Settings) -> Pipeline:
        """Open the index that the settings name, and load the models beside it.

        Raises NoIndexError, IndexMismatchError, IndexDamagedError, ModelMissingError or ModelDamagedError,
        each with the command that mends it.
        """
        folder = index_folder(settings.indexes, settings.index)
        with ThreadPoolExecutor(2, thread_name_prefix="load") as pool:  # each takes some tenths of a second
            late = LateEncoder(settings)
            late.begin(current_manifest(folder), pool)
            reranker = pool.submit(load_reranker, settings)
            return cls(settings, *_opened(folder, late), reranker.result())

    def reopened(self) -> Pipeline:
        """Return a pipeline with the same models on the version that is current now.

        The encoder is loaded where that version has vectors and this one had none.
        """
        folder = index_folder(self.settings.indexes, self.settings.index)
        index, encoder = _opened(folder, LateEncoder(self.settings, self.encoder))
        return replace(self, index=index, encoder=encoder)

    @property
    def searches(self) -> tuple[str, ...]:
        """The searches that look for a question: by words, and by meaning where the version has vectors."""
        return ("lexical",) if self.index.dense is None else ("lexical", "dense")

    def close(self) -> None:
        """Close the index's files."""
        self.index.store.close()

    def ask(self, raw_question: str, k: int | None = None) -> Answer:
        """Answer a question with exact quotations, or abstain; report the best `k` passages and all that are cited.

        Raises BadQuestionError for a question that cannot be searched.
        """
        k = k or self.settings.k
        watch = _Stopwatch()
        with watch.stage("question"):
            question = read_question(raw_question, self.settings.max_question_chars)
        with watch.stage("lexical"), searching(self.index):
            lexical = self.index.lexical.search(question, self.settings.candidates)
        with watch.stage("dense"), searching(self.index):
            dense = self.index.dense.search(question, self.settings.candidates) if self.index.dense else []
        with watch.stage("fuse"), searching(self.index):
            judged = self._judged(question, lexical, dense)
            candidates = fuse(judged, lexical, dense)
        with watch.stage("fetch"):
            best = self._fetched(candidates[: self.settings.rerank])
        with watch.stage("rerank"):
            logits = self._logits(question, best)
            ordered = order(judged, logits, max(k, self.settings.rerank))
            passages = self._passages(candidates, best, logits, ordered)
        with watch.stage("answer"):
            read = [passage for passage in passages if passage.rerank]
            rarity = self.index.lexical.rarity(question)
            verdict = answered(question, read, rarity, self.reranker.score, self.settings.min_confidence)
        cited = {quote.passage.chunk.id for quote in verdict.quotes}
        shown = [passage for place, passage in enumerate(passages) if place < k or passage.chunk.id in cited]
        return self._cited(question, verdict, shown, len(best), watch)

    def article(self, article_id: str) -> Article:
        """Return an article; raises ArticleNotFoundError."""
        return self.index.store.article(article_id)

    def suggestions(self, wanted: int = 3) -> tuple[str, ...]:
        """Return questions drawn from the corpus, each asked here and answered from the article it came from."""
        return tuple(suggestions(self.index.store.articles(limit=12), self._answers, wanted))

    def _answers(self, question: str, article: Article) -> bool:
        answer = self.ask(question)
        return not answer.abstained and answer.citations[0].article_id == article.id

    def _judged(self, question: str, lexical: Sequence[Hit], dense: Sequence[Hit]) -> Judged:
        """Return what both searches say of every row that either found."""
        rows = rows_of(lexical, dense)
        return Judged(rows, self.index.lexical.contributions(question, rows), standardised(rows, dense))

    def _fetched(self, candidates: Sequence[Candidate]) -> dict[int, tuple[Chunk, Article]]:
        rows = [candidate.row for candidate in candidates]
        return dict(zip(rows, self.index.store.chunks(rows), strict=True))

    def _logits(self, question: str, fetched: Mapping[int, tuple[Chunk, Article]]) -> dict[int, float]:
        """Return what the cross-encoder says of each row."""
        texts = [searched_text(chunk, article) for chunk, article in fetched.values()]
        return dict(zip(fetched, self.reranker.score(question, texts), strict=True))

    def _passages(
        self,
        candidates: Sequence[Candidate],
        fetched: Mapping[int, tuple[Chunk, Article]],
        logits: Mapping[int, float],
        ordered: Sequence[Hit],
    ) -> list[Passage]:
        """Return the ordered rows as passages, with every standing they have; what was not fetched yet is."""
        by_row = {candidate.row: (rank, candidate) for rank, candidate in enumerate(candidates, start=1)}
        known = {**fetched, **self._fetched([by_row[hit.row][1] for hit in ordered if hit.row not in fetched])}
        by_logit = sorted(logits, key=lambda row: (-logits[row], row))
        rerank = {row: Standing(rank, logits[row]) for rank, row in enumerate(by_logit, start=1)}
        passages = []
        for place, hit in enumerate(ordered, start=1):
            rank, candidate = by_row[hit.row]
            chunk, article = known[hit.row]
            passages.append(
                Passage(
                    chunk=chunk,
                    article=article,
                    fused=Standing(rank, candidate.score),
                    lexical=candidate.lexical,
                    dense=candidate.dense,
                    rerank=rerank.get(hit.row),
                    combined=Standing(place, hit.score),
                )
            )
        return passages

    def _cited(
        self, question: str, verdict: Verdict, passages: Sequence[Passage], read: int, watch: _Stopwatch
    ) -> Answer:
        with watch.stage("cite"):
            citations = cite(verdict.quotes)
        recipe = self.index.manifest.recipe
        return Answer(
            question=question,
            answer=" ".join(citation.cited_text for citation in citations) or _NO_ANSWER,
            outcome=verdict.outcome,
            reason=verdict.reason,
            notes=verdict.notes,
            looked_at=LookedAt(recipe.articles, recipe.chunks, read),
            confidence=round(verdict.confidence, 4),
            citations=citations,
            passages=tuple(passages),
            index_version=self.index.manifest.version,
            searches=self.searches,
            timings_ms={**watch.timings_ms, "total": round(sum(watch.timings_ms.values()), 2)},
        )


def _opened(folder: Path, late: LateEncoder) -> tuple[OpenIndex, Encoder | None]:
    index = open_current(folder, late.encode_query)
    try:
        return index, late.needed_by(index.manifest)
    except BaseException:
        index.store.close()
        raise
