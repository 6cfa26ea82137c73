"""An answer for the outside: the JSON document of the API and of `qa ask --json`, and confidence in words."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from qa.records import Answer, Passage, Standing, UnderWay

_WORDS = ((0.9, "high"), (0.7, "moderate"), (0.0, "low"))


def confidence_in_words(confidence: float) -> str:
    """Return "high", "moderate" or "low"."""
    return next(word for least, word in _WORDS if confidence >= least)


def confidence_figure(confidence: float) -> str:
    """Return two decimals, rounded down: what is not certain must not read 1.00."""
    return f"{math.floor(confidence * 100) / 100:.2f}"


def answer_document(answer: Answer, building: UnderWay | None = None) -> dict[str, Any]:
    """Return the document of an answer; offsets count code points into the article's text, end exclusive.

    `building` is the build of this index that is under way: what it makes will answer better, or of more.
    """
    return {
        "question": answer.question,
        "answer": answer.answer,
        "outcome": answer.outcome.value,
        "abstained": answer.abstained,
        "reason": answer.reason,
        "notes": [{"kind": note.kind.value, "text": note.text} for note in answer.notes],
        "looked_at": asdict(answer.looked_at),
        "confidence": answer.confidence,
        "citations": [asdict(citation) for citation in answer.citations],
        "passages": [_passage(passage) for passage in answer.passages],
        "index_version": answer.index_version,
        "searches": list(answer.searches),
        "building": building and building_document(building),
        "timings_ms": dict(answer.timings_ms),
    }


def building_document(building: UnderWay) -> dict[str, Any]:
    """Return how far a build is; `total` is null for a stage whose end is not known."""
    return {"started": building.started, "stage": building.stage, "done": building.done, "total": building.total}


def _passage(passage: Passage) -> dict[str, Any]:
    chunk, article = passage.chunk, passage.article
    return {
        "chunk_id": chunk.id,
        "article_id": article.id,
        "title": article.title,
        "source": article.source,
        "published_at": article.published_at,
        "url": article.url,
        "start_char_index": chunk.span.start,
        "end_char_index": chunk.span.end,
        "text": passage.text,
        "lexical": _standing(passage.lexical),
        "dense": _standing(passage.dense),
        "fused": _standing(passage.fused),
        "rerank": _standing(passage.rerank),
    }


def _standing(standing: Standing | None) -> dict[str, Any] | None:
    return None if standing is None else asdict(standing)
