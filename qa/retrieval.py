"""The passages for a question, best first: search (lexical + dense) -> fuse -> rerank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qa.asked import attribution, is_published_on
from qa.chunk import searched_text
from qa.fuse import Floats, Judged, fuse, order, rows_of, standardised
from qa.index import OpenIndex, searching
from qa.records import NO_FILTERS, Article, Candidate, Chunk, Filters, Hit, Passage, Standing
from qa.seams import Reranker
from qa.stopwatch import Stopwatch

Fetched = Mapping[int, tuple[Chunk, Article]]


@dataclass(frozen=True, slots=True)
class Found:
    """What both searches found for a question, in the order of their sum; `best` are the rows that are to be read."""

    question: str
    judged: Judged
    candidates: Sequence[Candidate]
    best: Fetched

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages that are to be read, best first, as far as they are judged yet."""
        rows = [(0, Hit(row, 0.0)) for row in self.best]
        return tuple(replace(passage, combined=None) for passage in _passages(self.candidates, self.best, {}, rows))


@dataclass(frozen=True, slots=True)
class Retrieval:
    """An open index and the cross-encoder that reads what it finds."""

    index: OpenIndex
    reranker: Reranker
    candidates: int
    """How many passages each search puts forward."""

    def passages(
        self, question: str, read: int, limit: int, watch: Stopwatch, filters: Filters = NO_FILTERS
    ) -> list[Passage]:
        """Return the best `limit` passages, and all of the best `read`, which the cross-encoder reads."""
        return self.read(self.search(question, read, watch, filters), limit, watch)

    def search(self, question: str, read: int, watch: Stopwatch, filters: Filters = NO_FILTERS) -> Found:
        """Return what both searches find among what passes the filters, with the `read` best to be read."""
        with watch.stage("lexical"), searching(self.index):
            within = self.index.store.rows_of(filters) if filters else None
            lexical = self.index.lexical.search(question, self.candidates, within)
        with watch.stage("dense"), searching(self.index):
            dense = self.index.dense.search(question, self.candidates, within) if self.index.dense else []
        with watch.stage("fuse"), searching(self.index):
            judged = self.judged(question, lexical, dense)
            candidates = fuse(judged, lexical, dense)
        with watch.stage("fetch"):
            best = self._fetched(candidate.row for candidate in candidates[:read])
        return Found(question, judged, candidates, best)

    def read(self, found: Found, limit: int, watch: Stopwatch) -> list[Passage]:
        """Have the cross-encoder read; return the best `limit` passages, and all that were read."""
        with watch.stage("rerank"):
            logits = self._logits(found.question, found.best)
            ordered = [
                (place, hit)
                for place, hit in enumerate(order(found.judged, logits, len(found.judged.rows)), start=1)
                if place <= limit or hit.row in logits
            ]
        with watch.stage("fetch more"):
            rest = self._fetched(hit.row for _, hit in ordered if hit.row not in found.best)
        return _passages(found.candidates, {**found.best, **rest}, logits, ordered)

    def judged(self, question: str, lexical: Sequence[Hit], dense: Sequence[Hit]) -> Judged:
        """Return what is known of every row that either search found."""
        rows = rows_of(lexical, dense)
        parts = self.index.lexical.contributions(question, rows)
        return Judged(rows, parts, standardised(rows, dense), *self._named(question, rows))

    def _named(self, question: str, rows: Sequence[int]) -> tuple[Floats, Floats]:
        """Return 1 for each row whose source the question names, else 0; and likewise for days of publication."""
        of = attribution(question, self.index.store.sources())
        if not of.sources:
            return np.zeros(len(rows)), np.zeros(len(rows))
        published = self.index.store.published(rows)
        by_source = np.array([float(item.source in of.sources) for item in published])
        by_day = np.array([float(is_published_on(item.published_at, of.days)) for item in published])
        return by_source, by_source * by_day

    def _fetched(self, wanted: Iterable[int]) -> dict[int, tuple[Chunk, Article]]:
        rows = list(wanted)
        return dict(zip(rows, self.index.store.chunks(rows), strict=True))

    def _logits(self, question: str, fetched: Fetched) -> dict[int, float]:
        """Return what the cross-encoder says of each row."""
        texts = [searched_text(chunk, article) for chunk, article in fetched.values()]
        return dict(zip(fetched, self.reranker.score(question, texts), strict=True))


def _passages(
    candidates: Sequence[Candidate], fetched: Fetched, logits: Mapping[int, float], ordered: Sequence[tuple[int, Hit]]
) -> list[Passage]:
    """Return the ordered rows as passages, with every standing they have."""
    fused = {candidate.row: (rank, candidate) for rank, candidate in enumerate(candidates, start=1)}
    by_logit = sorted(logits, key=lambda row: (-logits[row], row))
    rerank = {row: Standing(rank, logits[row]) for rank, row in enumerate(by_logit, start=1)}
    passages = []
    for place, hit in ordered:
        rank, candidate = fused[hit.row]
        chunk, article = fetched[hit.row]
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
