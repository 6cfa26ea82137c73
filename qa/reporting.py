"""From a verdict, or from passages alone, to what is reported: with what was searched, how, and how long it took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.cite import cite
from qa.document import SILENCE
from qa.index import OpenIndex
from qa.records import Answer, Findings, Inquiry, LookedAt, Passage, Standalone, Verdict
from qa.stopwatch import Stopwatch

_SUREST, _LEAST_SURE = 0.9999, 0.0001
_NOTHING_PASSES = "No article is of the sources and dates that the filters ask for."


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported of an inquiry whatever comes of it; `limit` is how many passages are, besides those cited."""

    index: OpenIndex
    inquiry: Inquiry
    alone: Standalone
    limit: int
    watch: Stopwatch

    def answer(self, verdict: Verdict, passages: Sequence[Passage]) -> Answer:
        """Return the answer: each quote of the verdict as a citation that was verified, or silence."""
        with self.watch.stage("cite"):
            citations = cite(verdict.quotes)
        cited = {quote.passage.chunk.id for quote in verdict.quotes}
        looked_at = self._looked_at(passages)
        return Answer(
            question=self.alone.question,
            answer=" ".join(citation.cited_text for citation in citations) or SILENCE[verdict.outcome],
            outcome=verdict.outcome,
            reason=_NOTHING_PASSES if self.inquiry.filters and not looked_at.articles else verdict.reason,
            notes=verdict.notes,
            looked_at=looked_at,
            # Rounded, a probability near the end of its range would read as certain.
            confidence=round(min(max(verdict.confidence, _LEAST_SURE), _SUREST), 4),
            signals={name: round(value, 4) for name, value in verdict.signals.items()},
            citations=citations,
            passages=tuple(it for place, it in enumerate(passages) if place < self.limit or it.chunk.id in cited),
            index_version=self.index.manifest.version,
            searches=self.index.searches,
            timings_ms=self.watch.with_total(),
            asked=self.alone.asked,
            carried=self.alone.carried,
            filters=self.inquiry.filters,
        )

    def findings(self, passages: Sequence[Passage]) -> Findings:
        """Return the passages without an answer."""
        return Findings(
            question=self.alone.question,
            asked=self.alone.asked,
            passages=tuple(passages[: self.limit]),
            looked_at=self._looked_at(passages),
            index_version=self.index.manifest.version,
            searches=self.index.searches,
            timings_ms=self.watch.with_total(),
            carried=self.alone.carried,
            filters=self.inquiry.filters,
        )

    def _looked_at(self, passages: Sequence[Passage]) -> LookedAt:
        """Return how much passes the filters, and how many of the passages were read."""
        read = sum(passage.rerank is not None for passage in passages)
        if self.inquiry.filters:
            counts = self.index.store.counts(self.inquiry.filters)
            return LookedAt(counts.articles, counts.passages, read)
        recipe = self.index.manifest.recipe
        return LookedAt(recipe.articles, recipe.chunks, read)
