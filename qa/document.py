"""An answer for the outside: the JSON document of the API and of `qa ask --json`, and its parts in words.

The words are those of the page and of the terminal alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from qa.pagination import pages_in_words, pages_of
from qa.published import date_in_words
from qa.records import (
    Answer,
    Article,
    Citation,
    Copy,
    Filters,
    Findings,
    Outcome,
    Passage,
    Prose,
    ProseSentence,
    Standing,
    UnderWay,
)
from qa.sections import PATH, section_of

SILENCE: Mapping[Outcome, str] = {
    Outcome.NOT_STATED: "The articles are about this, but do not say.",
    Outcome.NOT_COVERED: "The articles are not about this.",
    Outcome.UNREADABLE: "This cannot be judged.",
}
"""What an answer without a quotation says first; the reason follows."""


@dataclass(frozen=True, slots=True)
class _Band:
    """A range of probabilities: where it begins, its name, and how many of ten are right in it."""

    least: float
    word: str
    of_ten: str


_BANDS = (
    _Band(0.9, "high", "at least 9"),
    _Band(0.7, "moderate", "at least 7"),
    _Band(0.5, "low", "at least 5"),
    _Band(0.0, "low", "fewer than 5"),
)


def confidence_in_words(confidence: float) -> str:
    """Return "high", "moderate" or "low"."""
    return _band(confidence).word


def confidence_meaning(confidence: float) -> str:
    """Return what the word stands for, as a count: true of every probability in its range."""
    return f"Of 10 such quotations {_band(confidence).of_ten} answer the question."


def confidence_figure(confidence: float) -> str:
    """Return two decimals, rounded down; neither 1.00 nor 0.00, which would read as certain."""
    hundredths = min(round(confidence * 10_000) // 100, 99)
    return f"{hundredths / 100:.2f}" if hundredths else "<0.01"


def headline(answer: Answer) -> str | None:
    """Return what stands over an answer: how many articles are shown, or that there is no answer.

    A list has an end where the corpus may have more, so it does not say that these are all. None where there is an
    answer: it is its own headline.
    """
    if answer.outcome is not Outcome.LISTED:
        return SILENCE.get(answer.outcome)
    number = len({citation.article_id for citation in answer.citations})
    shown = f"Here {'is' if number == 1 else 'are'} {counted(number, 'article')}"
    dated = any(citation.published_at for citation in answer.citations)
    return f"{shown}, newest first." if dated and number > 1 else f"{shown}."


def looked_at_in_words(answer: Answer | Findings) -> str:
    """Return what was looked at: how much was searched, in which ways, and how much of it was read."""
    at = answer.looked_at
    ways = "by words and by meaning" if "dense" in answer.searches else "by words, not by meaning"
    searched = f"Searched {counted(at.passages, 'passage')} of {counted(at.articles, 'article')} {ways}"
    if at.read == 0:
        return f"{searched}."
    if at.read >= at.passages:
        return f"{searched}; read {'it' if at.passages == 1 else 'all of them'}."
    return f"{searched}; read the {'closest one' if at.read == 1 else f'{at.read:,} closest'}."


def named(article: Citation | Copy) -> str:
    """Return an article as a sentence names it, and a quotation's place: "Title › Roof (Source, 12 May 2024, p. 3)"."""
    if isinstance(article, Copy):
        return _named(article.document_title, article.source, article.published_at)
    title = PATH.join([article.document_title, *article.section])
    pages = pages_in_words(article.start_page, article.end_page)
    return _named(title, article.source, article.published_at, pages)


def passage_named(passage: Passage) -> str:
    """Return the article of a passage, and its place, likewise."""
    article = passage.article
    title = PATH.join([article.title, *section_of(article, passage.chunk.span.start)])
    return _named(title, article.source, article.published_at, pages_named(passage))


def article_named(article: Article) -> str:
    """Return an article likewise."""
    return _named(article.title, article.source, article.published_at)


def pages_named(passage: Passage) -> str | None:
    """Return the pages on which a passage stands: "pp. 12–13"; None for an article without pages."""
    pages = pages_of(passage.chunk.span, passage.article.pages)
    return pages_in_words(pages.first, pages.last)


def _named(title: str, source: str | None, published_at: str | None, pages: str | None = None) -> str:
    about = ", ".join(filter(None, [source, published_at and date_in_words(published_at), pages]))
    return f"{title} ({about})" if about else title


def counted(number: int, noun: str) -> str:
    """Return "1 article", "13,656 articles"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


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


def byline(model: str) -> str:
    """Return who wrote the prose of an answer, and what was done with it."""
    return f"Written by {model} from the quotations below; each sentence was checked against them."


def building_document(building: UnderWay) -> dict[str, Any]:
    """Return how far a build is; `total` is null for a stage whose end is not known."""
    return {"started": building.started, "stage": building.stage, "done": building.done, "total": building.total}


def _band(confidence: float) -> _Band:
    return next(band for band in _BANDS if confidence >= band.least)


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
