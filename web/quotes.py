"""Quotations as a turn shows them: with their marks, and the articles that they and their copies are from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa.pagination import pages_in_words
from qa.records import Answer, Citation, Copy
from web.cards import span_of
from web.dates import Date, date_view
from web.links import article_link, web_address
from web.marks import Segment, highlighted


@dataclass(frozen=True, slots=True)
class Named:
    """An article as it is named beside a quotation; `link` is None where another link leads there."""

    title: str
    link: str | None
    source: str | None
    date: Date | None
    pages: str | None


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quoted stretch of the answer, its number, and where the same words stand in their passage.

    `origin` is given where quotes come from several articles: the reader must see which of them says what. `pages` are
    given where there are any.
    """

    segments: tuple[Segment, ...]
    number: int
    link: str
    title: str
    pages: str | None
    language: str | None
    origin: Named | None
    copies: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """An article of a list, with a sentence of it."""

    article: Named
    url: str | None
    segments: tuple[Segment, ...]
    copies: tuple[Named, ...]


def quotes_of(answer: Answer, turn: str) -> tuple[QuoteView, ...]:
    """Lay out the quotations of an answer; `turn` is the id of the turn that they are on."""
    several = len({citation.article_id for citation in answer.citations}) > 1
    return tuple(
        QuoteView(
            segments=highlighted(citation),
            number=number,
            link=f"#{turn}-quote-{number}",
            title=citation.document_title,
            pages=pages_in_words(citation.start_page, citation.end_page),
            language=citation.language,
            origin=_named(citation, None) if several else None,
            copies=_copies(citation.also_in),
        )
        for number, citation in enumerate(answer.citations, start=1)
    )


def listed_of(citation: Citation) -> Listed:
    """Lay out an article of a list."""
    return Listed(
        article=_named(citation, article_link(citation.article_id, [span_of(citation)])),
        url=web_address(citation.url),
        segments=highlighted(citation),
        copies=_copies(citation.also_in),
    )


def _copies(articles: Iterable[Copy]) -> tuple[Named, ...]:
    return tuple(_named(article, article_link(article.article_id, [])) for article in articles)


def _named(article: Citation | Copy, link: str | None) -> Named:
    pages = pages_in_words(article.start_page, article.end_page) if isinstance(article, Citation) else None
    return Named(article.document_title, link, article.source, date_view(article.published_at), pages)
