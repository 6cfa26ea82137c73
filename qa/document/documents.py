"""Answers, what a search found, and their parts as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from qa.pagination import pages_of
from qa.records import Answer, Citation, Filters, Findings, Passage, Prose, ProseSentence, Standing, UnderWay
from qa.sections import section_of


def answer_document(answer: Answer, building: UnderWay | None = None) -> dict[str, Any]:
    """Return the document of an answer; offsets count code points into the article's text, end exclusive.

    `building` is the build of this index that is under way: what it makes will answer better, or of more.
    """
    return {
        "question": answer.question,
        "asked": answer.asked,
        "carried": list(answer.carried),
        "filters": _filters(answer.filters),
        "answer": answer.answer,
        "outcome": answer.outcome.value,
        "abstained": answer.abstained,
        "reason": answer.reason,
        "prose": answer.prose and prose_document(answer.prose),
        "notes": [{"kind": note.kind.value, "text": note.text} for note in answer.notes],
        "looked_at": asdict(answer.looked_at),
        "confidence": answer.confidence,
        "signals": dict(answer.signals),
        "citations": [citation_document(citation) for citation in answer.citations],
        "passages": [passage_document(passage) for passage in answer.passages],
        "index_version": answer.index_version,
        "searches": list(answer.searches),
        "building": building and building_document(building),
        "timings_ms": dict(answer.timings_ms),
    }


def findings_document(findings: Findings, building: UnderWay | None = None) -> dict[str, Any]:
    """Return the document of a search; its fields mean what they do in the document of an answer."""
    return {
        "question": findings.question,
        "asked": findings.asked,
        "carried": list(findings.carried),
        "filters": _filters(findings.filters),
        "looked_at": asdict(findings.looked_at),
        "passages": [passage_document(passage) for passage in findings.passages],
        "index_version": findings.index_version,
        "searches": list(findings.searches),
        "building": building and building_document(building),
        "timings_ms": dict(findings.timings_ms),
    }


def _filters(filters: Filters) -> dict[str, Any]:
    return {**asdict(filters), "sources": list(filters.sources)}


def prose_document(prose: Prose) -> dict[str, Any]:
    """Return what a language model made of the quotations; `citations` of a sentence are places from 0."""
    return {
        "model": prose.model,
        "text": prose.text,
        "sentences": [sentence_document(sentence) for sentence in prose.sentences],
        "removed": prose.removed,
        "notice": prose.notice,
    }


def sentence_document(sentence: ProseSentence) -> dict[str, Any]:
    """Return a sentence of prose; `replaces` is null where it is the model's own."""
    return {
        "text": sentence.text,
        "citations": list(sentence.citations),
        "replaces": sentence.replaces and sentence.replaces.value,
    }


def building_document(building: UnderWay) -> dict[str, Any]:
    """Return how far a build is; `total` is null for a stage whose end is not known."""
    return {"started": building.started, "stage": building.stage, "done": building.done, "total": building.total}


def citation_document(citation: Citation) -> dict[str, Any]:
    """Return a citation in the common citation format."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(citation).items()}


def passage_document(passage: Passage) -> dict[str, Any]:
    """Return a passage with its standing in each ranking."""
    chunk, article = passage.chunk, passage.article
    pages = pages_of(chunk.span, article.pages)
    return {
        "chunk_id": chunk.id,
        "article_id": article.id,
        "title": article.title,
        "source": article.source,
        "published_at": article.published_at,
        "url": article.url,
        "start_char_index": chunk.span.start,
        "end_char_index": chunk.span.end,
        "section": list(section_of(article, chunk.span.start)),
        "start_page": pages.first,
        "end_page": pages.last,
        "language": article.language,
        "text": passage.text,
        "lexical": _standing(passage.lexical),
        "dense": _standing(passage.dense),
        "fused": _standing(passage.fused),
        "rerank": _standing(passage.rerank),
        "combined": _standing(passage.combined),
    }


def _standing(standing: Standing | None) -> dict[str, Any] | None:
    return None if standing is None else asdict(standing)
