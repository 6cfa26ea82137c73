"""Spans to citations: the one place where a quotation is made, and proven."""

from __future__ import annotations

from collections.abc import Sequence

from qa.errors import CitationError
from qa.pagination import pages_of
from qa.records import Article, Citation, Copy, Highlight, Quote, Span
from qa.sections import section_of


def cite(quotes: Sequence[Quote]) -> tuple[Citation, ...]:
    """Return one verified citation for each quote, in order.

    Raises CitationError where what was read as the answer is not, character for character, what the article holds
    at that span: a bug made loud, because a citation that cannot be checked must never reach a person.
    """
    documents: dict[str, int] = {}
    return tuple(_citation(quote, documents.setdefault(quote.passage.article.id, len(documents))) for quote in quotes)


def _citation(quote: Quote, document_index: int) -> Citation:
    article, span = quote.passage.article, quote.span
    inside = 0 <= span.start < span.end <= len(article.text)
    if not inside or article.text[span.start : span.end] != quote.text:
        raise CitationError(
            f"Characters {span.start}-{span.end} of article {article.id!r} are not the quotation; "
            "rebuild with `qa build`."
        )
    pages = pages_of(span, article.pages)
    return Citation(
        article_id=article.id,
        document_index=document_index,
        document_title=article.title,
        url=article.url,
        start_char_index=span.start,
        end_char_index=span.end,
        cited_text=article.text[span.start : span.end],
        chunk_id=quote.passage.chunk.id,
        source=article.source,
        published_at=article.published_at,
        section=section_of(article, span.start),
        start_page=pages.first,
        end_page=pages.last,
        language=article.language,
        highlights=tuple(_highlight(mark, quote) for mark in quote.highlights),
        also_in=tuple(_copy(other) for other in quote.also_in),
    )


def _highlight(mark: Span, quote: Quote) -> Highlight:
    if not quote.span.start <= mark.start < mark.end <= quote.span.end:
        raise CitationError(
            f"The highlight {mark.start}-{mark.end} of article {quote.passage.article.id!r} is outside its quotation."
        )
    return Highlight(mark.start, mark.end)


def _copy(article: Article) -> Copy:
    return Copy(article.id, article.title, article.source, article.published_at, article.url)
