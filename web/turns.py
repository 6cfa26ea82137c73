"""A question with what came of it, as the template of a turn is given it: each field is one thing the page shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa.document import confidence_figure, confidence_in_words, confidence_meaning, headline, looked_at_in_words
from qa.records import Answer, Citation, Copy, Note, Outcome, Passage, Span
from web.marks import Mark, Segment, highlighted, segments
from web.views import Date, article_link, date_view, web_address

_PREVIEW = 120


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
    date: Date | None
    preview: str
    """How a passage that is not quoted begins: several may be of one article."""
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
class Turn:
    """A question with what came of it; which of the fields are filled goes by the outcome."""

    id: str
    question: str
    outcome: Outcome
    headline: str | None
    reason: str | None
    looked_at: str
    confidence: Confidence
    notes: tuple[Note, ...]
    quotes: tuple[QuoteView, ...]
    listed: tuple[Listed, ...]
    cards: tuple[Card, ...]


def turn_view(answer: Answer, number: int) -> Turn:
    """Lay out an answer; `number` keeps its ids apart from those of the other turns on the page."""
    turn = f"turn-{number}"
    lists = answer.outcome is Outcome.LISTED
    return Turn(
        id=turn,
        question=answer.question,
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
        cards=() if lists else _cards(answer, turn),
    )


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
    shown = [passages[chunk] for chunk in cited] or answer.passages
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
        date=date_view(article.published_at),
        preview="" if quoted else passage.text[:_PREVIEW],
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
