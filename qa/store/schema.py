"""The tables of the store, and how a record becomes a row of them and is known again.

Every row carries a digest of its own values. SQLite itself does not notice a bit that the disk flipped inside
a text; the digest does, when the row is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from qa.records import Article, Chunk, Heading, Page, Span

FILE = "articles.sqlite"

SCHEMA = """
CREATE TABLE articles (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL,
    origin TEXT NOT NULL, url TEXT, source TEXT, author TEXT, published_at TEXT,
    headings TEXT NOT NULL, pages TEXT NOT NULL, language TEXT, metadata TEXT NOT NULL,
    digest BLOB NOT NULL, raw BLOB NOT NULL, first_chunk INTEGER NOT NULL, chunks INTEGER NOT NULL
) STRICT;
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL, article INTEGER NOT NULL REFERENCES articles (row),
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, context TEXT NOT NULL, sentences TEXT NOT NULL,
    digest BLOB NOT NULL, key BLOB NOT NULL
) STRICT;
"""

# What is filtered by, and titles, are read of all articles at once: from indexes that hold just these, not past the
# texts. A version that was written without them is read all the same.
INDEXES = """
CREATE UNIQUE INDEX articles_by_raw ON articles (raw);
CREATE INDEX articles_by_source ON articles (source);
CREATE INDEX articles_in_brief ON articles (published_at, source, first_chunk, chunks);
CREATE INDEX articles_by_language ON articles (language);
CREATE INDEX articles_by_title ON articles (title);
"""

ARTICLE_FIELDS = "id, title, text, origin, url, source, author, published_at, headings, pages, language, metadata"
CHUNK_FIELDS = 'id, start, "end", context, sentences'


def pack_article(article: Article) -> tuple[Any, ...]:
    """Return the values of ARTICLE_FIELDS."""
    return (
        article.id,
        article.title,
        article.text,
        article.origin,
        article.url,
        article.source,
        article.author,
        article.published_at,
        json.dumps([[heading.level, heading.start, heading.end] for heading in article.headings]),
        json.dumps([[page.label, page.start] for page in article.pages], ensure_ascii=False),
        article.language,
        json.dumps(dict(article.metadata), ensure_ascii=False, sort_keys=True),
    )


def unpack_article(values: Sequence[Any]) -> Article:
    """Return the article whose ARTICLE_FIELDS these are."""
    article_id, title, text, origin, url, source, author, published_at, headings, pages, language, metadata = values
    return Article(
        id=article_id,
        title=title,
        text=text,
        origin=origin,
        url=url,
        source=source,
        author=author,
        published_at=published_at,
        headings=tuple(Heading(*heading) for heading in json.loads(headings)),
        pages=tuple(Page(*page) for page in json.loads(pages)),
        language=language,
        metadata=json.loads(metadata),
    )


def pack_chunk(chunk: Chunk) -> tuple[Any, ...]:
    """Return the values of CHUNK_FIELDS."""
    spans = json.dumps([[span.start, span.end] for span in chunk.sentences], separators=(",", ":"))
    return chunk.id, chunk.span.start, chunk.span.end, chunk.context, spans


def unpack_chunk(values: Sequence[Any], article_id: str) -> Chunk:
    """Return the chunk whose CHUNK_FIELDS these are."""
    chunk_id, start, end, context, spans = values
    sentences = tuple(Span(first, last) for first, last in json.loads(spans))
    return Chunk(chunk_id, article_id, Span(start, end), context, sentences)


def digest(values: Sequence[str | int | None]) -> bytes:
    """Return the SHA-256 of packed values; which value ends where counts too."""
    whole = hashlib.sha256()
    for value in values:
        data = b"" if value is None else str(value).encode("utf-8")
        whole.update(b"%d%c" % (len(data), b"-" if value is None else b"+"))
        whole.update(data)
    return whole.digest()


def key_of(searched: str) -> bytes:
    """Return what the vector of a chunk is known by: the SHA-256 of the text that is embedded."""
    return hashlib.sha256(searched.encode("utf-8")).digest()
