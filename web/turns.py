"""A question with what came of it, as the template of a turn is given it: each field is one thing the page shows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from qa.document import (
    answer_document,
    confidence_figure,
    confidence_in_words,
    confidence_meaning,
    headline,
    looked_at_in_words,
)
from qa.records import Answer, Citation, Copy, Note, Outcome, Passage, Sources, Span, Standalone
from web.dates import Date, date_view
from web.links import article_link, question_link, site_of, web_address
from web.marks import Mark, Segment, highlighted, segments
from web.ways import Way, ways_on

_PREVIEW = 120
_JUDGED = ("question", "asked", "outcome", "answer", "confidence", "filters", "index_version")
_JUDGED_CITED = ("article_id", "document_title", "start_char_index", "end_char_index", "cited_text")


@dataclass(frozen=True, slots=True)
class Named:
    """An article as it is named beside a quotation; `link` is None where another link leads there."""

    title: str
    link: str | None
    source: str | None
    date: Date | None


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quoted stretch of the answer, its number, and where the same words stand in their passage.

    `origin` is given where quotes come from several articles: the reader must see which of them says what.
    """

    segments: tuple[Segment, ...]
    number: int
    link: str
    title: str
    origin: Named | None
    copies: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """An article of a list, with a sentence of it."""

    article: Named
    url: str | None
    segments: tuple[Segment, ...]
    copies: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A passage with the quoted words marked; `numbers` are those of the quotes, none for one that is not quoted."""

    id: str
    numbers: tuple[int, ...]
    title: str
    source: str | None
    site: str | None
    date: Date | None
    preview: str
    """How the passage begins: several may be of one article."""
    segments: tuple[Segment, ...]
    link: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure the quotes answer: in a word, what the word stands for, and as a figure."""

    word: str
    meaning: str
    figure: str


@dataclass(frozen=True, slots=True)
class Brief:
    """A source as the row above the answer shows it; `link` goes to its card, where it has one yet."""

    numbers: tuple[int, ...]
    title: str
    source: str | None
    date: Date | None
    preview: str
    """How the passage begins: several may be of one article."""
    link: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a turn as soon as the question is: what was asked, and what is searched for it."""

    id: str
    asked: str
    question: str
    carried: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with what came of it; which of the fields are filled goes by the outcome.

    `judged` is the answer as a form of feedback sends it back, in JSON.
    """

    id: str
    asked: str
    question: str
    carried: tuple[str, ...]
    outcome: Outcome
    headline: str | None
    reason: str | None
    looked_at: str
    confidence: Confidence
    notes: tuple[Note, ...]
    quotes: tuple[QuoteView, ...]
    listed: tuple[Listed, ...]
    cards: tuple[Card, ...]
    strip: tuple[Brief, ...]
    ways: tuple[Way, ...]
    link: str
    version: str
    judged: str


def head_view(step: Standalone, number: int) -> Head:
    """Lay out a question whose answer is not known yet."""
    return Head(f"turn-{number}", step.asked, step.question, step.carried)


def strip_view(step: Sources) -> tuple[Brief, ...]:
    """Lay out what the searches found, before it is known which of it is quoted."""
    return tuple(
        Brief(
            numbers=(),
            title=passage.article.title,
            source=passage.article.source or site_of(passage.article.url),
            date=date_view(passage.article.published_at),
            preview=passage.text[:_PREVIEW],
            link=None,
        )
        for passage in step.passages
    )


def turn_view(answer: Answer, number: int) -> Turn:
    """Lay out an answer; `number` keeps its ids apart from those of the other turns on the page."""
    turn = f"turn-{number}"
    lists = answer.outcome is Outcome.LISTED
    cards = () if lists else _cards(answer, turn)
    return Turn(
        id=turn,
        asked=answer.asked,
        question=answer.question,
        carried=answer.carried,
        outcome=answer.outcome,
        headline=headline(answer),
        reason=answer.reason,
        looked_at=looked_at_in_words(answer),
        confidence=Confidence(
            confidence_in_words(answer.confidence),
            confidence_meaning(answer.confidence),
            confidence_figure(answer.confidence),
        ),
        notes=answer.notes,
        quotes=() if lists else _quotes(answer, turn),
        listed=tuple(map(_listed, answer.citations)) if lists else (),
        cards=cards,
        strip=tuple(map(_brief, cards)),
        ways=ways_on(answer),
        link=question_link(answer.question, answer.filters, answer.index_version),
        version=answer.index_version,
        judged=_judged(answer),
    )


def _brief(card: Card) -> Brief:
    return Brief(card.numbers, card.title, card.source or card.site, card.date, card.preview, f"#{card.id}")


def _judged(answer: Answer) -> str:
    """Return what feedback on an answer says of it, as JSON."""
    document = answer_document(answer)
    cited = [{name: citation[name] for name in _JUDGED_CITED} for citation in document["citations"]]
    judged = {name: document[name] for name in _JUDGED}
    return json.dumps({**judged, "citations": cited}, ensure_ascii=False)


def _quotes(answer: Answer, turn: str) -> tuple[QuoteView, ...]:
    several = len({citation.article_id for citation in answer.citations}) > 1
    return tuple(
        QuoteView(
            segments=highlighted(citation),
            number=number,
            link=f"#{turn}-quote-{number}",
            title=citation.document_title,
            origin=_named(citation, None) if several else None,
            copies=_copies(citation.also_in),
        )
        for number, citation in enumerate(answer.citations, start=1)
    )


def _listed(citation: Citation) -> Listed:
    return Listed(
        article=_named(citation, article_link(citation.article_id, [_span(citation)])),
        url=web_address(citation.url),
        segments=highlighted(citation),
        copies=_copies(citation.also_in),
    )


def _cards(answer: Answer, turn: str) -> tuple[Card, ...]:
    passages = {passage.chunk.id: passage for passage in answer.passages}
    cited = dict.fromkeys(citation.chunk_id for citation in answer.citations)
    shown = [passages[chunk] for chunk in dict.fromkeys([*cited, *passages])]
    return tuple(_card(f"{turn}-card-{place}", passage, answer, turn) for place, passage in enumerate(shown, 1))


def _card(card: str, passage: Passage, answer: Answer, turn: str) -> Card:
    article, chunk = passage.article, passage.chunk
    quoted = [(number, it) for number, it in enumerate(answer.citations, start=1) if it.chunk_id == chunk.id]
    marks = [Mark(f"{turn}-quote-{number}", _span(citation)) for number, citation in quoted]
    spans = [mark.span for mark in marks]
    return Card(
        id=card,
        numbers=tuple(number for number, _ in quoted),
        title=article.title,
        source=article.source,
        site=site_of(article.url),
        date=date_view(article.published_at),
        preview=passage.text[:_PREVIEW],
        segments=segments(article.text, _around(chunk.span, spans), marks),
        link=article_link(article.id, spans or [chunk.span]),
        url=web_address(article.url),
    )


def _around(window: Span, spans: Iterable[Span]) -> Span:
    """Return the window, widened where a quote begins before it or ends behind it."""
    every = [window, *spans]
    return Span(min(span.start for span in every), max(span.end for span in every))


def _copies(articles: Iterable[Copy]) -> tuple[Named, ...]:
    return tuple(_named(article, article_link(article.article_id, [])) for article in articles)


def _named(article: Citation | Copy, link: str | None) -> Named:
    return Named(article.document_title, link, article.source, date_view(article.published_at))


def _span(citation: Citation) -> Span:
    return Span(citation.start_char_index, citation.end_char_index)
