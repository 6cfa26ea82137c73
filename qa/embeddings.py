"""Every vector that was computed, kept beside the versions: known by the text that was embedded and the encoder.

A build embeds only what is not here. What it embeds is written down as it goes, so that a build that is killed
has lost some seconds of work, and the next one goes on from there. Vectors are rounded to float16: half the size,
and an error a hundred times smaller than that of the int8 models. Every version is made from what is kept here,
so that one built at once and one built in many steps are the same to the bit.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from qa.seams import Vectors

FILE = "embeddings.sqlite"
Rounded = NDArray[np.float16]
_ROUNDED = np.dtype("<f2")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    id INTEGER PRIMARY KEY, encoder TEXT NOT NULL, key BLOB NOT NULL, vector BLOB NOT NULL, crc INTEGER NOT NULL,
    UNIQUE (encoder, key)
) STRICT;
"""
_OF_THE_SYSTEM = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
_SPARE = 1000
"""So many vectors that no chunk uses are kept without a thought."""


FAILURES = (sqlite3.Error, UnicodeDecodeError)
"""What a cache can raise; the second where SQLite's own words quote bytes that are no text."""


def is_damage(error: Exception) -> bool:
    """Return whether one of FAILURES is the file's fault, and not one of space, permission or another process."""
    return (getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF) not in _OF_THE_SYSTEM


def _is_whole(key: bytes, data: object, crc: object) -> bool:
    return isinstance(data, bytes) and zlib.crc32(key + data) == crc


class EmbeddingCache:
    """The vectors of one encoder, for the chunks of one store; a context manager, for the one builder there is."""

    def __init__(self, folder: Path, encoder: str, store: Path) -> None:
        """Open the cache in the index folder `folder` for the encoder's fingerprint and the store's file `store`.

        A cache that is no database any more is put away: it holds nothing that cannot be computed again.
        """
        self._path, self._encoder = folder / FILE, encoder
        try:
            self._db = self._opened(store)
        except FAILURES as error:
            if not is_damage(error):
                raise
            self.discard()
            self._db = self._opened(store)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def discard(self) -> None:
        """Remove the files of the cache."""
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(FILE + suffix).unlink(missing_ok=True)

    def missing(self) -> list[int]:
        """Return a row of the store for each text that has no vector yet, ascending."""
        found = self._db.execute(
            "SELECT min(row) FROM store.chunks c WHERE NOT EXISTS "
            "(SELECT 1 FROM vectors v WHERE v.encoder = ? AND v.key = c.key) GROUP BY c.key ORDER BY 1",
            (self._encoder,),
        )
        return [row for (row,) in found]

    def add(self, rows: Sequence[int], vectors: Vectors) -> None:
        """Keep the vectors of these rows' texts, shape (len(rows), dimension); they survive from here on."""
        with self._db:
            for row, vector in zip(rows, vectors.astype(_ROUNDED), strict=True):
                ((key,),) = self._db.execute("SELECT key FROM store.chunks WHERE row = ?", (row,))
                data = vector.tobytes()
                self._db.execute(
                    "INSERT OR REPLACE INTO vectors (encoder, key, vector, crc) VALUES (?, ?, ?, ?)",
                    (self._encoder, key, data, zlib.crc32(key + data)),
                )

    def write(self, path: Path, rows: int, dimension: int) -> Rounded | None:
        """Write the vectors of all rows to the .npy file `path`; return it mapped, shape (rows, dimension).

        Returns None when some were damaged: those are forgotten, and `missing` names their rows. Raises
        sqlite3.DatabaseError where a row has no vector.
        """
        damaged, written = [], 0
        # Written and not mapped: a full disk is an error when writing, and the end of the process when mapping.
        with path.open("wb") as file:
            header = {"descr": np.lib.format.dtype_to_descr(_ROUNDED), "fortran_order": False}
            np.lib.format.write_array_header_1_0(file, {**header, "shape": (rows, dimension)})
            for key, data, crc in self._in_order():
                if _is_whole(key, data, crc) and len(data) == dimension * _ROUNDED.itemsize:
                    written += file.write(data)
                else:
                    damaged.append((self._encoder, key))
        if damaged:
            with self._db:
                self._db.executemany("DELETE FROM vectors WHERE encoder = ? AND key = ?", damaged)
            return None
        if written != rows * dimension * _ROUNDED.itemsize:
            raise sqlite3.DatabaseError("not every text that is said to have a vector has one")
        matrix: Rounded = np.load(path, mmap_mode="r")
        return matrix

    def prune(self) -> None:
        """Forget the vectors that no chunk of the store uses, once they are the greater part."""
        used = "encoder = ? AND key IN (SELECT key FROM store.chunks)"
        total = self._db.execute("SELECT count(*) FROM vectors").fetchone()[0]
        of_use = self._db.execute(f"SELECT count(*) FROM vectors WHERE {used}", (self._encoder,)).fetchone()[0]
        if total - of_use > max(of_use, _SPARE):
            with self._db:
                self._db.execute(f"DELETE FROM vectors WHERE NOT ({used})", (self._encoder,))
            self._db.execute("VACUUM main")

    def _in_order(self) -> Iterator[tuple[Any, ...]]:
        return self._db.execute(
            "SELECT c.key, v.vector, v.crc FROM store.chunks c "
            "JOIN vectors v ON v.encoder = ? AND v.key = c.key ORDER BY c.row",
            (self._encoder,),
        )

    def _opened(self, store: Path) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, uri=True)
        try:
            # A commit survives the end of the process at once, and that of the machine within some commits.
            db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;" + _SCHEMA)
            db.execute("ATTACH ? AS store", (f"{store.resolve().as_uri()}?mode=ro&immutable=1",))
            db.execute("SELECT count(*) FROM vectors WHERE encoder = ?", (self._encoder,)).fetchone()
        except BaseException:
            db.close()
            raise
        return db
