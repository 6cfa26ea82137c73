"""Articles and chunks, found by row or by id."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import ArticleNotFoundError, IndexDamagedError
from qa.manifest import damaged
from qa.records import Article, Chunk
from qa.store.schema import ARTICLE_FIELDS, CHUNK_FIELDS, FILE, digest, unpack_article, unpack_chunk

_ARTICLE = f"SELECT row, digest, {ARTICLE_FIELDS} FROM articles"
_CHUNK = f"SELECT article, digest, {CHUNK_FIELDS} FROM chunks"


@dataclass(frozen=True, slots=True)
class Published:
    """Who published an article and when, as far as it says so."""

    source: str | None
    published_at: str | None


class Store:
    """The articles and chunks of one version; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open the file that a StoreWriter left in `folder`, read-only."""
        self.path = path = (folder / FILE).resolve()
        self._lock = threading.Lock()
        self._sources: tuple[str, ...] | None = None
        # Nothing writes a published version, so no lock files are wanted: `immutable`.
        self._db = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        # Read, not mapped: a question wants few pages, and the first touch of a mapped one costs more than reading it.
        self._db.execute("PRAGMA mmap_size = 0")

    def close(self) -> None:
        """Close the file; a search that is under way ends first."""
        with self._lock:
            self._db.close()

    def article(self, article_id: str) -> Article:
        """Return the article of this id; raises ArticleNotFoundError, or IndexDamagedError when it was altered."""
        try:
            found = self._all(f"{_ARTICLE} WHERE id = ?", (article_id,))
        except UnicodeEncodeError:  # half of a surrogate pair, which no id holds
            raise ArticleNotFoundError(article_id) from None
        if not found:
            raise ArticleNotFoundError(article_id)
        return self._article(found[0])

    def articles(self, limit: int = -1) -> list[Article]:
        """Return the first `limit` articles in row order; -1 returns them all."""
        return [self._article(row) for row in self._all(f"{_ARTICLE} ORDER BY row LIMIT ?", (limit,))]

    def newest(self, limit: int, sources: Sequence[str] = ()) -> list[Article]:
        """Return the `limit` articles whose date of publication is the last as text, undated last.

        Where `sources` are given, only their articles count.
        """
        of_sources = f" WHERE source IN ({', '.join('?' * len(sources))})" if sources else ""
        statement = f"{_ARTICLE}{of_sources} ORDER BY published_at DESC, row LIMIT ?"
        return [self._article(row) for row in self._all(statement, (*sources, limit))]

    def first_chunk(self, article_id: str) -> Chunk | None:
        """Return the first chunk of an article, or None where it has none; raises ArticleNotFoundError."""
        article = self.article(article_id)
        first = self._all("SELECT first_chunk, chunks FROM articles WHERE id = ?", (article_id,))[0]
        if not first[1]:
            return None
        _, *values = self._one(f"{_CHUNK} WHERE row = ?", first[0])
        return self._chunk(values, article)

    def sources(self) -> tuple[str, ...]:
        """Return who published the articles, each once, in order."""
        if self._sources is None:  # of a million articles this takes some tenths of a second; nothing here changes
            found = self._all("SELECT DISTINCT source FROM articles WHERE source IS NOT NULL ORDER BY source", ())
            self._sources = tuple(source for (source,) in found)
        return self._sources

    def published(self, rows: Sequence[int]) -> list[Published]:
        """Return who published the article of each of these chunks, and when, in the order asked for."""
        statement = "SELECT source, published_at FROM articles WHERE row = (SELECT article FROM chunks WHERE row = ?)"
        return [Published(*self._one(statement, row)) for row in rows]

    def chunks(self, rows: Sequence[int]) -> list[tuple[Chunk, Article]]:
        """Return the chunks at these rows, each with its article, in the order asked for."""
        articles: dict[int, Article] = {}
        found = []
        for row in rows:
            article_row, *values = self._one(f"{_CHUNK} WHERE row = ?", row)
            if article_row not in articles:
                articles[article_row] = self._article(self._one(f"{_ARTICLE} WHERE row = ?", article_row))
            found.append((self._chunk(values, articles[article_row]), articles[article_row]))
        return found

    def every_chunk(self) -> Iterator[tuple[Chunk, Article]]:
        """Yield all chunks in row order, each with its article; holds one article at a time."""
        last = self._all("SELECT max(row) FROM articles", ())[0][0]
        for row in range(0 if last is None else last + 1):
            article = self._article(self._one(f"{_ARTICLE} WHERE row = ?", row))
            first, count = self._one("SELECT first_chunk, chunks FROM articles WHERE row = ?", row)
            for _, *values in self._all(f"{_CHUNK} WHERE row >= ? AND row < ? ORDER BY row", (first, first + count)):
                yield self._chunk(values, article), article

    def _article(self, row: Sequence[Any]) -> Article:
        _, recorded, *values = row
        self._check(recorded, values)
        return unpack_article(values)

    def _chunk(self, row: Sequence[Any], article: Article) -> Chunk:
        recorded, *values = row
        self._check(recorded, values)
        chunk = unpack_chunk(values, article.id)
        if chunk.id.rpartition(":")[0] != article.id:  # which row its article is in is no part of the digest
            raise self._damaged("a passage is not of its article")
        return chunk

    def _check(self, recorded: bytes, values: Sequence[Any]) -> None:
        if digest(values) != recorded:
            raise self._damaged("a row is not what was written")

    def _one(self, statement: str, row: int) -> tuple[Any, ...]:
        found = self._all(statement, (row,))
        if not found:
            raise self._damaged(f"row {row} is missing")
        return found[0]

    def _all(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._db.execute(statement, values).fetchall()
        except sqlite3.ProgrammingError:  # closed: a bug, not damage
            raise
        except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, what: str) -> IndexDamagedError:
        return damaged(self.path, f"is damaged ({what})")
