"""Passages on the page: each whole, with the quoted words marked, and in short in the row above the answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa.pagination import pages_in_words, pages_of
from qa.records import Answer, Citation, Passage, Sources, Span
from qa.sections import PATH, section_of
from web.dates import Date, date_view
from web.links import article_link, site_of, web_address
from web.marks import Mark, Segment, segments

_PREVIEW = 120
"""Characters."""


@dataclass(frozen=True, slots=True)
class Card:
    """A passage with the quoted words marked; `numbers` are those of the quotes, none for one that is not quoted."""

    id: str
    numbers: tuple[int, ...]
    title: str
    source: str | None
    site: str | None
    date: Date | None
    section: str
    """The headings it stands under: "Roof › Costs"; "" where it stands under none."""
    pages: str | None
    """Where it stands, for a document with pages: "p. 12"."""
    language: str | None
    preview: str
    """How it begins, or what is quoted of it: several may be of one article."""
    segments: tuple[Segment, ...]
    link: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Brief:
    """A source as the row above the answer shows it; `link` goes to its card, where it has one yet."""

    numbers: tuple[int, ...]
    title: str
    source: str | None
    date: Date | None
    pages: str | None
    preview: str
    """How it begins, or what is quoted of it: several may be of one article."""
    link: str | None


def strip_view(step: Sources) -> tuple[Brief, ...]:
    """Lay out what the searches found, before it is known which of it is quoted."""
    return tuple(
        Brief(
            numbers=(),
            title=passage.article.title,
            source=passage.article.source or site_of(passage.article.url),
            date=date_view(passage.article.published_at),
            pages=_pages(passage.chunk.span, passage),
            preview=passage.text[:_PREVIEW],
            link=None,
        )
        for passage in step.passages
    )


def cards_of(answer: Answer, turn: str) -> tuple[Card, ...]:
    """Return the passages that are quoted, then the others that were considered; `turn` begins their ids."""
    passages = {passage.chunk.id: passage for passage in answer.passages}
    cited = dict.fromkeys(citation.chunk_id for citation in answer.citations)
    shown = [passages[chunk] for chunk in dict.fromkeys([*cited, *passages])]
    return tuple(_card(f"{turn}-card-{place}", passage, answer, turn) for place, passage in enumerate(shown, 1))


def _card(card: str, passage: Passage, answer: Answer, turn: str) -> Card:
    article, chunk = passage.article, passage.chunk
    quoted = [(number, it) for number, it in enumerate(answer.citations, start=1) if it.chunk_id == chunk.id]
    marks = [Mark(f"{turn}-quote-{number}", span_of(citation)) for number, citation in quoted]
    spans = [mark.span for mark in marks]
    return Card(
        id=card,
        numbers=tuple(number for number, _ in quoted),
        title=article.title,
        source=article.source,
        site=site_of(article.url),
        date=date_view(article.published_at),
        section=PATH.join(section_of(article, chunk.span.start)),
        pages=_pages(_around(spans[0], spans) if spans else chunk.span, passage),
        language=article.language,
        preview=(quoted[0][1].cited_text if quoted else passage.text)[:_PREVIEW],
        segments=segments(article.text, _around(chunk.span, spans), marks),
        link=article_link(article.id, spans or [chunk.span]),
        url=web_address(article.url),
    )


def _around(window: Span, spans: Iterable[Span]) -> Span:
    """Return the window, widened where a quote begins before it or ends behind it."""
    every = [window, *spans]
    return Span(min(span.start for span in every), max(span.end for span in every))


def brief_of(card: Card) -> Brief:
    """Return a passage in short, with a link to it."""
    return Brief(card.numbers, card.title, card.source or card.site, card.date, card.pages, card.preview, f"#{card.id}")


def _pages(span: Span, passage: Passage) -> str | None:
    pages = pages_of(span, passage.article.pages)
    return pages_in_words(pages.first, pages.last)


def span_of(citation: Citation) -> Span:
    """Return where a quotation stands in its article."""
    return Span(citation.start_char_index, citation.end_char_index)
