"""Writing a store: articles come in any order, some from the version before, and go out ordered by id.

They are gathered in a work file, so that memory does not grow with the corpus, and ordered when all are known.
So the rows, and with them every file of a version, depend on what the articles are and not on how they came.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from qa.records import Article, Chunk
from qa.store.schema import (
    ARTICLE_FIELDS,
    CHUNK_FIELDS,
    FILE,
    INDEXES,
    SCHEMA,
    digest,
    key_of,
    pack_article,
    pack_chunk,
    unpack_article,
)

_WORK = f"""
CREATE TABLE articles (number INTEGER PRIMARY KEY, {ARTICLE_FIELDS}, digest, raw, chunks);
CREATE TABLE chunks (article INTEGER, number INTEGER, {CHUNK_FIELDS}, digest, key, PRIMARY KEY (article, number))
    WITHOUT ROWID;
CREATE UNIQUE INDEX articles_by_id ON articles (id);
"""
# The file is flushed as a whole before it is published; a journal would only cost time.
_NO_JOURNAL = "PRAGMA {0}.journal_mode = OFF; PRAGMA {0}.synchronous = OFF;"


@dataclass(frozen=True, slots=True)
class Stored:
    """What a finished store holds; `digest` is one for the same articles in the same form, whatever made them."""

    articles: int
    chunks: int
    digest: str


class StoreWriter:
    """Gathers articles with their chunks, then writes them in order; a context manager."""

    def __init__(self, work: Path, previous: Path | None = None) -> None:
        """Gather in the folder `work`; articles can be carried over from the store in the folder `previous`."""
        self._db = sqlite3.connect(work / "work.sqlite", uri=True)
        self._db.executescript(_NO_JOURNAL.format("main") + _WORK)
        self._previous = previous is not None
        if previous is not None:
            place = f"{(previous / FILE).resolve().as_uri()}?mode=ro&immutable=1"
            self._db.execute("ATTACH ? AS old", (place,))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def get(self, article_id: str) -> Article | None:
        """Return the gathered article of this id, None where there is none."""
        found = self._db.execute(f"SELECT {ARTICLE_FIELDS} FROM articles WHERE id = ?", (article_id,)).fetchone()
        return found and unpack_article(found)

    def has_any(self, article_ids: Sequence[str]) -> bool:
        """Return whether one of these ids is gathered already."""
        return any(
            self._db.execute("SELECT 1 FROM articles WHERE id = ?", (article_id,)).fetchone()
            for article_id in article_ids
        )

    def add(self, article: Article, raw: bytes, chunks: Sequence[Chunk], searched: Sequence[str]) -> None:
        """Gather an article that is not here yet; `raw` tells its document, `searched` its chunks' texts to embed."""
        number = self._insert(article, raw, len(chunks))
        packed = map(pack_chunk, chunks)
        self._db.executemany(
            "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (number, place, *values, digest(values), key_of(text))
                for place, (values, text) in enumerate(zip(packed, searched, strict=True))
            ),
        )

    def known(self, raw: bytes) -> Article | None:
        """Return the article that the version before made of this raw document, None where there is none."""
        if not self._previous:
            return None
        found = self._db.execute(f"SELECT {ARTICLE_FIELDS} FROM old.articles WHERE raw = ?", (raw,)).fetchone()
        return found and unpack_article(found)

    def carry(self, article_id: str, origin: str | None = None) -> bool:
        """Gather an article of the version before with its chunks; False where that version does not have it.

        `origin` is where it lies now, when that has changed.
        """
        found = self._db.execute(
            f"SELECT {ARTICLE_FIELDS}, raw, first_chunk, chunks FROM old.articles WHERE id = ?", (article_id,)
        ).fetchone()
        if found is None:
            return False
        *values, raw, first, count = found
        article = unpack_article(values)
        number = self._insert(article if origin is None else replace(article, origin=origin), raw, count)
        self._db.execute(
            f"INSERT INTO chunks SELECT ?, row - ?, {CHUNK_FIELDS}, digest, key FROM old.chunks "
            "WHERE row >= ? AND row < ?",
            (number, first, first, first + count),
        )
        return True

    def finish(self, folder: Path) -> Stored:
        """Write the store, ordered by the id of the articles, into the existing, empty `folder`."""
        self._db.commit()
        self._db.execute("ATTACH ? AS new", (str(folder / FILE),))
        self._db.executescript(_NO_JOURNAL.format("new") + SCHEMA.replace("TABLE ", "TABLE new."))
        self._db.execute(
            f"INSERT INTO new.articles SELECT row_number() OVER (ORDER BY id) - 1, {ARTICLE_FIELDS}, digest, raw, "
            "sum(chunks) OVER (ORDER BY id) - chunks, chunks FROM main.articles ORDER BY id"
        )
        chunk_fields = ", ".join(f"c.{name.strip()}" for name in CHUNK_FIELDS.split(",")[1:])
        self._db.execute(
            "INSERT INTO new.chunks SELECT row_number() OVER (ORDER BY a.id, c.number) - 1, c.id, n.row, "
            f"{chunk_fields}, c.digest, c.key FROM main.chunks c JOIN main.articles a ON a.number = c.article "
            "JOIN new.articles n ON n.id = a.id ORDER BY a.id, c.number"
        )
        self._db.executescript(INDEXES.replace("INDEX ", "INDEX new."))
        self._db.commit()
        stored = self._counted()
        self._db.execute("DETACH new")
        return stored

    def _insert(self, article: Article, raw: bytes, chunks: int) -> int:
        values = pack_article(article)
        places = ", ".join("?" * (len(values) + 3))
        done = self._db.execute(f"INSERT INTO articles VALUES (NULL, {places})", (*values, digest(values), raw, chunks))
        return int(done.lastrowid or 0)

    def _counted(self) -> Stored:
        whole, articles = hashlib.sha256(), 0
        for (recorded,) in self._db.execute("SELECT digest FROM new.articles ORDER BY row"):
            whole.update(recorded)
            articles += 1
        chunks = self._db.execute("SELECT count(*) FROM new.chunks").fetchone()[0]
        return Stored(articles, chunks, whole.hexdigest())
