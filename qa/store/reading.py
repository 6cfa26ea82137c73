"""Articles and chunks, found by row or by id, by source, date or title."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import ArticleNotFoundError, IndexDamagedError
from qa.manifest import damaged
from qa.records import NO_FILTERS, Article, Chunk, Filters
from qa.seams import Rows
from qa.store.schema import ARTICLE_FIELDS, CHUNK_FIELDS, FILE, digest, unpack_article, unpack_chunk
from qa.store.shelf import Counts, LanguageCount, Overview, Shelf
from qa.store.titles import Entry, Found, folded, has_words

_ARTICLE = f"SELECT row, digest, {ARTICLE_FIELDS} FROM articles"
_CHUNK = f"SELECT article, digest, {CHUNK_FIELDS} FROM chunks"
_AT_ONCE = 4096


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
        self._languages: tuple[LanguageCount, ...] | None = None
        self._shelf: Shelf | None = None
        self._overview: Overview | None = None
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

    def every_article(self) -> Iterator[Article]:
        """Yield all articles in row order; holds one at a time."""
        last = self._all("SELECT max(row) FROM articles", ())[0][0]
        return map(self._article_at, range(0 if last is None else last + 1))

    def newest(self, limit: int, filters: Filters = NO_FILTERS) -> list[Article]:
        """Return the `limit` articles that pass and were published last; undated last, equal moments by row."""
        return [self._article_at(row) for row in self._on_shelf().newest(filters)[:limit].tolist()]

    def rows_of(self, filters: Filters) -> Rows:
        """Return the rows of the chunks of the articles that pass, ascending.

        Days are those of `qa.published.day_of`. Raises BadFilterError for a day that is none.
        """
        return self._on_shelf().rows_of(filters)

    def counts(self, filters: Filters) -> Counts:
        """Return how many articles pass, and how many chunks they have; raises as `rows_of` does."""
        return self._on_shelf().counts(filters)

    def overview(self) -> Overview:
        """Return the sources and the days there are to filter by."""
        if self._overview is None:
            self._overview = self._on_shelf().overview()
        return self._overview

    def languages(self) -> tuple[LanguageCount, ...]:
        """Return the languages of the articles, those of most articles first, equal ones by code, unknown last."""
        if self._languages is None:
            found = self._all("SELECT language, count(*) FROM articles GROUP BY language", ())
            ordered = sorted(found, key=lambda item: (-item[1], item[0] is None, item[0] or ""))
            self._languages = tuple(LanguageCount(language, count) for language, count in ordered)
        return self._languages

    def find(self, words: str, filters: Filters, offset: int, limit: int) -> Found:
        """Return those articles that pass and have all `words` in their title: `limit` of them, from `offset` on.

        Newest first, undated last, equal moments by id. Words may be parts of words, of any case, with accents or
        without. Raises as `rows_of` does.
        """
        shelf = self._on_shelf()
        rows = shelf.newest(filters)
        if wanted := folded(words).split():
            titles = self._each("SELECT row, title FROM articles")
            having = np.array([row for row, title in titles if has_words(title, wanted)], dtype=np.int32)
            rows = rows[np.isin(rows, having)]
        shown = rows[offset : offset + limit].tolist()
        return Found(len(rows), tuple(Entry.of(self._article_at(row), shelf.passages_of(row)) for row in shown))

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
                articles[article_row] = self._article_at(article_row)
            found.append((self._chunk(values, articles[article_row]), articles[article_row]))
        return found

    def every_chunk(self) -> Iterator[tuple[Chunk, Article]]:
        """Yield all chunks in row order, each with its article; holds one article at a time."""
        for row, article in enumerate(self.every_article()):
            first, count = self._one("SELECT first_chunk, chunks FROM articles WHERE row = ?", row)
            for _, *values in self._all(f"{_CHUNK} WHERE row >= ? AND row < ? ORDER BY row", (first, first + count)):
                yield self._chunk(values, article), article

    def _on_shelf(self) -> Shelf:
        if self._shelf is None:  # two threads may both make it, and either is right
            try:
                shelf = Shelf(self._each("SELECT row, source, published_at, first_chunk, chunks FROM articles"))
            except (ValueError, TypeError, OverflowError) as error:
                raise self._damaged(str(error)) from error
            last = self._all("SELECT max(row) FROM chunks", ())[0][0]
            if shelf.passages != (0 if last is None else last + 1):
                raise self._damaged("passages are missing")
            self._shelf = shelf
        return self._shelf

    def _article_at(self, row: int) -> Article:
        return self._article(self._one(f"{_ARTICLE} WHERE row = ?", row))

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
        with self._reading():
            return self._db.execute(statement, values).fetchall()

    def _each(self, statement: str) -> Iterator[Any]:
        """Yield what may be very many rows; others are answered meanwhile."""
        with self._reading():
            found = self._db.execute(statement)
        while True:
            with self._reading():
                some = found.fetchmany(_AT_ONCE)
            if not some:
                return
            yield from some

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except sqlite3.ProgrammingError:  # closed: a bug, not damage
            raise
        except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, what: str) -> IndexDamagedError:
        return damaged(self.path, f"is damaged ({what})")
