"""Articles as a sentence names them."""

from __future__ import annotations

from qa.pagination import pages_in_words, pages_of
from qa.published import date_in_words
from qa.records import Article, Citation, Copy, Passage
from qa.sections import PATH, section_of


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
