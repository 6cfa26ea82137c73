"""Spans to citations: the one place where a quotation is made, and proven."""

from __future__ import annotations

from collections.abc import Sequence

from qa.errors import CitationError
from qa.records import Citation, Quote


def cite(quotes: Sequence[Quote]) -> tuple[Citation, ...]:
    """Return one verified citation for each quote, in order.

    Raises CitationError for a span that is empty or leaves its article: a bug made loud, because a
    citation that cannot be checked must never reach a person.
    """
    documents: dict[str, int] = {}
    return tuple(_citation(quote, documents.setdefault(quote.passage.article.id, len(documents))) for quote in quotes)


def _citation(quote: Quote, document_index: int) -> Citation:
    article, span = quote.passage.article, quote.span
    if not 0 <= span.start < span.end <= len(article.text):
        raise CitationError(
            f"Span {span.start}-{span.end} is not inside article {article.id!r}; rebuild with `qa build`."
        )
    return Citation(
        article_id=article.id,
        document_index=document_index,
        document_title=article.title,
        url=article.url,
        start_char_index=span.start,
        end_char_index=span.end,
        cited_text=article.text[span.start : span.end],
        chunk_id=quote.passage.chunk.id,
    )
