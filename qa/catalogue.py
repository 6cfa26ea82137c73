"""Which files a version was read from, and what came out of each: how a build knows what has changed.

One SQLite file in each version. A path is kept as the bytes the file system knows it by.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from qa.errors import IndexDamagedError
from qa.manifest import damaged
from qa.records import LeftOut

FILE = "files.sqlite"

_SCHEMA = """
CREATE TABLE files (
    number INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, origin TEXT NOT NULL, size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL, changed_ns INTEGER NOT NULL, looked_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL, whole INTEGER NOT NULL
) STRICT;
CREATE TABLE sources (number INTEGER PRIMARY KEY, path BLOB NOT NULL) STRICT;
CREATE TABLE members (file INTEGER, place INTEGER, article TEXT NOT NULL, PRIMARY KEY (file, place)) STRICT;
CREATE TABLE left_out (file INTEGER, place INTEGER, origin TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
"""
_FIELDS = "path, origin, size, modified_ns, changed_ns, looked_ns, sha256"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as a build saw it: when and in what state; times in nanoseconds since the epoch.

    `path` is absolute; `origin` is how the person named it. `changed_ns` is the file system's own time of the last
    change, which no program can set. `sha256` is empty for a file that could not be read.
    """

    path: Path
    origin: str
    size: int
    modified_ns: int
    changed_ns: int
    looked_ns: int
    sha256: str

    @property
    def state(self) -> tuple[int, int, int]:
        """Return what differs once the file is written to again, unless that happens within the same moment."""
        return self.size, self.modified_ns, self.changed_ns


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a file held: the ids of its articles in order, and what could not be used.

    `whole` says that every article of the file is in the version, so that they can be carried over without
    reading the file; a copy of another file's article is not, and would be needed when that one goes.
    """

    articles: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    whole: bool


class Catalogue:
    """The files of one version; a context manager."""

    def __init__(self, folder: Path) -> None:
        """Open the file that `write_catalogue` left in `folder`, read-only."""
        self._path = (folder / FILE).resolve()
        try:
            self._db = sqlite3.connect(f"{self._path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._damaged(str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def sources(self) -> list[Path]:
        """Return the files and folders that the build was given, as absolute paths."""
        found = self._all("SELECT path FROM sources ORDER BY number")
        return [self._path_of(path) for (path,) in found]

    def files(self) -> Iterator[SourceFile]:
        """Yield the files in the order in which they were read."""
        for path, *values in self._all(f"SELECT {_FIELDS} FROM files ORDER BY number"):
            yield SourceFile(self._path_of(path), *values)

    def outcome(self, path: Path) -> Outcome:
        """Return what the file at this path, one of `files`, held."""
        found = self._all("SELECT number, whole FROM files WHERE path = ?", os.fsencode(path))
        if not found:
            raise self._damaged("a file is missing")
        ((number, whole),) = found
        members = self._all("SELECT article FROM members WHERE file = ? ORDER BY place", number)
        left_out = self._all("SELECT origin, reason FROM left_out WHERE file = ? ORDER BY place", number)
        return Outcome(tuple(member for (member,) in members), tuple(LeftOut(*item) for item in left_out), bool(whole))

    def _all(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(statement, values).fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self._damaged(str(error)) from error

    def _path_of(self, recorded: object) -> Path:
        if not isinstance(recorded, bytes):
            raise self._damaged("a path is none")
        return Path(os.fsdecode(recorded))

    def _damaged(self, what: str) -> IndexDamagedError:
        return damaged(self._path, f"is damaged ({what})")


def write_catalogue(folder: Path, sources: Sequence[Path], entries: Sequence[tuple[SourceFile, Outcome]]) -> None:
    """Write the catalogue of a version into the existing, empty `folder`; `sources` are absolute."""
    with closing(sqlite3.connect(folder / FILE)) as db:
        # The file is flushed as a whole before it is published; a journal would only cost time.
        db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        db.executemany("INSERT INTO sources (path) VALUES (?)", ((os.fsencode(path),) for path in sources))
        for number, (file, outcome) in enumerate(entries):
            values = (os.fsencode(file.path), file.origin, *file.state, file.looked_ns, file.sha256)
            db.execute("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (number, *values, outcome.whole))
            db.executemany(
                "INSERT INTO members VALUES (?, ?, ?)",
                ((number, place, article) for place, article in enumerate(outcome.articles)),
            )
            db.executemany(
                "INSERT INTO left_out VALUES (?, ?, ?, ?)",
                ((number, place, item.origin, item.reason) for place, item in enumerate(outcome.left_out)),
            )
        db.commit()
