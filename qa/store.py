"""Articles and chunks on disk, found by row or by id: one SQLite file, opened read-only and mapped."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from qa.errors import ArticleNotFoundError, IndexDamagedError
from qa.records import Article, Chunk, Heading, Span

_SCHEMA = """
CREATE TABLE articles (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL,
    origin TEXT NOT NULL, url TEXT, source TEXT, author TEXT, published_at TEXT,
    headings TEXT NOT NULL, metadata TEXT NOT NULL
) STRICT;
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL, article INTEGER NOT NULL REFERENCES articles (row),
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, context TEXT NOT NULL, sentences TEXT NOT NULL
) STRICT;
"""
_FILE = "articles.sqlite"
_MAPPED_BYTES = 1 << 40


class Store:
    """The articles and chunks of one version; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open the file that `write` left in `folder`, read-only."""
        self._path = path = (folder / _FILE).resolve()
        self._lock = threading.Lock()
        # Nothing writes a published version, so no lock files are wanted: `immutable`.
        self._db = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self._db.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")

    @staticmethod
    def write(folder: Path, articles: Sequence[Article], chunks: Iterable[Chunk]) -> None:
        """Write articles and chunks into the existing, empty `folder`; rows follow the order given."""
        row_of = {article.id: row for row, article in enumerate(articles)}
        with closing(sqlite3.connect(folder / _FILE)) as db:
            # The file is flushed as a whole before it is published; a journal would only cost time.
            db.execute("PRAGMA journal_mode = OFF")
            db.execute("PRAGMA synchronous = OFF")
            db.executescript(_SCHEMA)
            db.executemany(
                "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_packed, row_of.values(), articles)
            )
            db.executemany(
                "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (row, c.id, row_of[c.article_id], c.span.start, c.span.end, c.context, _packed_spans(c.sentences))
                    for row, c in enumerate(chunks)
                ),
            )
            db.commit()

    def close(self) -> None:
        """Close the file; a search that is under way ends first."""
        with self._lock:
            self._db.close()

    def article(self, article_id: str) -> Article:
        """Return the article of this id; raises ArticleNotFoundError."""
        try:
            found = self._all("SELECT * FROM articles WHERE id = ?", (article_id,))
        except UnicodeEncodeError:  # half of a surrogate pair, which no id holds
            raise ArticleNotFoundError(article_id) from None
        if not found:
            raise ArticleNotFoundError(article_id)
        return _unpacked(found[0])

    def articles(self, limit: int = -1) -> list[Article]:
        """Return the first `limit` articles in row order; -1 returns them all."""
        return [_unpacked(row) for row in self._all("SELECT * FROM articles ORDER BY row LIMIT ?", (limit,))]

    def chunks(self, rows: Sequence[int]) -> list[tuple[Chunk, Article]]:
        """Return the chunks at these rows, each with its article, in the order asked for."""
        return list(self._chunks(rows))

    def _chunks(self, rows: Sequence[int]) -> Iterator[tuple[Chunk, Article]]:
        articles: dict[int, Article] = {}
        for row in rows:
            _, chunk_id, article_row, start, end, context, spans = self._all(
                "SELECT * FROM chunks WHERE row = ?", (row,)
            )[0]
            if article_row not in articles:
                articles[article_row] = _unpacked(self._all("SELECT * FROM articles WHERE row = ?", (article_row,))[0])
            article = articles[article_row]
            yield Chunk(chunk_id, article.id, Span(start, end), context, _unpacked_spans(spans)), article

    def _all(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._db.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise IndexDamagedError(
                self._path, f"{self._path} is damaged ({error}); `qa build` makes a new index from the articles."
            ) from error


def _packed(row: int, article: Article) -> tuple[Any, ...]:
    return (
        row,
        article.id,
        article.title,
        article.text,
        article.origin,
        article.url,
        article.source,
        article.author,
        article.published_at,
        json.dumps([[heading.level, heading.start, heading.end] for heading in article.headings]),
        json.dumps(dict(article.metadata), ensure_ascii=False, sort_keys=True),
    )


def _unpacked(row: tuple[Any, ...]) -> Article:
    _, article_id, title, text, origin, url, source, author, published_at, headings, metadata = row
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
        metadata=json.loads(metadata),
    )


def _packed_spans(spans: Sequence[Span]) -> str:
    return json.dumps([[span.start, span.end] for span in spans], separators=(",", ":"))


def _unpacked_spans(packed: str) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in json.loads(packed))
