"""ONLINE: from a question to a cited answer, or to silence.

question -> search (lexical + dense) -> fuse -> rerank -> answer -> cite
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from qa.answer import choose
from qa.chunk import searched_text
from qa.cite import cite
from qa.config import Settings
from qa.fuse import reciprocal_rank_fusion
from qa.index import OpenIndex, current_manifest, index_folder, open_current, searching
from qa.loading import LateEncoder, load_reranker
from qa.question import read_question
from qa.records import Answer, Article, Candidate, LookedAt, Passage, Standing, Verdict
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
        with watch.stage("fuse"):
            limit = max(k, self.settings.rerank)  # what is reported may go beyond what is read
            candidates = reciprocal_rank_fusion(lexical, dense, self.settings.rrf_k, limit)
        with watch.stage("fetch"):
            passages = self._fetched(candidates)
        with watch.stage("rerank"):
            read = self._reranked(question, passages[: self.settings.rerank])
        with watch.stage("answer"):
            verdict = choose(question, read, self.reranker.score, self.settings.min_confidence)
        cited = {quote.passage.chunk.id for quote in verdict.quotes}
        ordered = [*read, *passages[self.settings.rerank :]]
        shown = [passage for place, passage in enumerate(ordered) if place < k or passage.chunk.id in cited]
        return self._cited(question, verdict, shown, watch)

    def article(self, article_id: str) -> Article:
        """Return an article; raises ArticleNotFoundError."""
        return self.index.store.article(article_id)

    def suggestions(self, wanted: int = 3) -> tuple[str, ...]:
        """Return questions drawn from the corpus, each asked here and answered from the article it came from."""
        return tuple(suggestions(self.index.store.articles(limit=12), self._answers, wanted))

    def _answers(self, question: str, article: Article) -> bool:
        answer = self.ask(question)
        return not answer.abstained and answer.citations[0].article_id == article.id

    def _fetched(self, candidates: Sequence[Candidate]) -> list[Passage]:
        found = self.index.store.chunks([candidate.row for candidate in candidates])
        return [
            Passage(
                chunk=chunk,
                article=article,
                fused=Standing(rank, candidate.score),
                lexical=candidate.lexical,
                dense=candidate.dense,
                rerank=None,
            )
            for rank, (candidate, (chunk, article)) in enumerate(zip(candidates, found, strict=True), start=1)
        ]

    def _reranked(self, question: str, passages: Sequence[Passage]) -> list[Passage]:
        """Order passages by the cross-encoder; equal logits keep the order of fusion."""
        texts = [searched_text(passage.chunk, passage.article) for passage in passages]
        scored = zip(self.reranker.score(question, texts), passages, strict=True)
        ordered = sorted(scored, key=lambda pair: (-pair[0], pair[1].fused.rank))
        return [
            replace(passage, rerank=Standing(rank, logit)) for rank, (logit, passage) in enumerate(ordered, start=1)
        ]

    def _cited(self, question: str, verdict: Verdict, passages: Sequence[Passage], watch: _Stopwatch) -> Answer:
        with watch.stage("cite"):
            citations = cite(verdict.quotes)
        recipe = self.index.manifest.recipe
        return Answer(
            question=question,
            answer=" ".join(citation.cited_text for citation in citations) or _NO_ANSWER,
            outcome=verdict.outcome,
            reason=verdict.reason,
            notes=verdict.notes,
            looked_at=LookedAt(recipe.articles, recipe.chunks, min(len(passages), self.settings.rerank)),
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
