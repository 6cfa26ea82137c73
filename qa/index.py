"""An index on disk: how a version is written, published and opened.

    indexes/<name>/current                  the id of the version that is served
    indexes/<name>/versions/<id>/           manifest.json, store/, lexical/, dense/

A version is written into a folder of its own, flushed, verified by opening it, renamed into place, and only
then named by `current`, which is replaced in one atomic step. A build that is killed anywhere leaves the
version that is served untouched.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from qa.dense import DenseIndex
from qa.errors import BadSettingError, IndexBusyError, IndexDamagedError, IndexMismatchError, NoIndexError
from qa.lexical import LexicalIndex
from qa.manifest import (
    FORMAT,
    Manifest,
    Recipe,
    check_files,
    damaged,
    read_manifest,
    record_files,
    write_manifest,
)
from qa.records import Article, Chunk
from qa.seams import Vectors
from qa.store import Store

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_VERSION = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
_STAGING = ".building-"


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """A version, open for search. Rows of the searches are rows of the store's chunks."""

    manifest: Manifest
    store: Store
    lexical: LexicalIndex
    dense: DenseIndex


def index_folder(indexes: Path, name: str) -> Path:
    """Return the folder of the index called `name`; raises BadSettingError for a name that is no file name."""
    if not _NAME.fullmatch(name):
        raise BadSettingError("index", f"{name!r} is not a name: letters, digits, '.', '_' and '-', at most 64.")
    return indexes / name


def current_version(folder: Path) -> str:
    """Return the id of the version that is served; raises NoIndexError or IndexDamagedError."""
    pointer = folder / "current"
    try:
        version = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise NoIndexError(folder, _no_index(folder)) from None
    except (OSError, UnicodeDecodeError):
        raise damaged(pointer) from None
    if not _VERSION.fullmatch(version):
        raise damaged(pointer)
    return version


def open_current(folder: Path, encode_query: Callable[[str], Vectors]) -> OpenIndex:
    """Open the version that is served, after a check of its manifest and of the size of every file.

    Raises NoIndexError, IndexMismatchError or IndexDamagedError, each with the command that mends it.
    """
    return open_version(folder / "versions" / current_version(folder), encode_query)


def open_version(folder: Path, encode_query: Callable[[str], Vectors]) -> OpenIndex:
    """Open the version in `folder`; raises IndexMismatchError or IndexDamagedError."""
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    try:
        with ExitStack() as undo:
            store = Store(folder / "store")
            undo.callback(store.close)
            opened = OpenIndex(
                manifest=manifest,
                store=store,
                lexical=LexicalIndex(folder / "lexical"),
                dense=DenseIndex(folder / "dense", encode_query),
            )
            undo.pop_all()
            return opened
    except (OSError, ValueError, KeyError, RuntimeError, sqlite3.Error) as error:
        raise IndexDamagedError(
            folder, f"{folder} cannot be opened ({error}); `qa build` makes a new index from the articles."
        ) from error


def check_encoder(manifest: Manifest, name: str, fingerprint: str | None = None) -> None:
    """Refuse an encoder other than the one whose vectors the index holds.

    Raises IndexMismatchError. With `fingerprint`, an encoder of the same name and other files is refused too.
    """
    built = manifest.recipe.encoder
    if name != built.name:
        raise IndexMismatchError(
            Path(manifest.version),
            f"The index was built with the encoder {built.name!r}, not {name!r}; rebuild it with `qa build`, "
            f"or use --encoder {built.name} (QA_ENCODER).",
        )
    if fingerprint is not None and fingerprint != built.fingerprint:
        raise IndexMismatchError(
            Path(manifest.version),
            f"The files or prompts of the encoder {name!r} have changed since the index was built; "
            "rebuild it with `qa build`.",
        )


@contextmanager
def building(folder: Path) -> Iterator[Path]:
    """Hold the index for one build and yield an empty folder to write a version in; it goes away after.

    The lock is the operating system's, so a builder that dies does not hold it. Raises IndexBusyError.
    """
    from filelock import FileLock, Timeout

    versions = folder / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / "build.lock", timeout=0):
            for abandoned in versions.glob(f"{_STAGING}*"):
                shutil.rmtree(abandoned, ignore_errors=True)
            staging = Path(tempfile.mkdtemp(dir=versions, prefix=_STAGING))
            # Made for its owner alone; a published version is read by whoever may read the index's folder.
            staging.chmod(versions.stat().st_mode)
            try:
                yield staging
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    except Timeout:
        raise IndexBusyError(folder, f"Another build of {folder} is running; wait for it to end.") from None


def write_version(
    staging: Path, articles: Sequence[Article], chunks: Sequence[Chunk], texts: Sequence[str], vectors: Vectors
) -> None:
    """Write the parts of a version; `texts` and `vectors` belong to `chunks`, row by row."""
    for part in ("store", "lexical", "dense"):
        (staging / part).mkdir()
    Store.write(staging / "store", articles, chunks)
    LexicalIndex.write(staging / "lexical", texts)
    DenseIndex.write(staging / "dense", vectors)


def publish(folder: Path, staging: Path, recipe: Recipe, keep: int) -> Manifest:
    """Make what was written in `staging` the version that is served; return its manifest.

    Versions beyond the newest `keep` are removed afterwards. Raises IndexDamagedError when the version
    does not open as it should: then nothing is published.
    """
    files = record_files(staging)
    now = datetime.now(UTC)
    content = sha256("\n".join(f"{name} {record.sha256}" for name, record in files.items()).encode())
    version = f"{now:%Y%m%dT%H%M%SZ}-{content.hexdigest()[:8]}"
    manifest = Manifest(FORMAT, version, now.isoformat(timespec="seconds"), recipe, files)
    write_manifest(staging, manifest)
    for path in [*staging.rglob("*"), staging]:
        _flush(path)
    _close(open_version(staging, _no_question))
    final = folder / "versions" / version
    if not final.exists():  # or else the same content was published within the same second
        staging.rename(final)
        _flush(final.parent)
    _point(folder, version)
    _prune(folder, version, keep)
    return manifest


def _point(folder: Path, version: str) -> None:
    """Replace the pointer file in one atomic step."""
    fresh = folder / "current.new"
    fresh.write_text(version + "\n", encoding="utf-8")
    _flush(fresh)
    fresh.replace(folder / "current")
    _flush(folder)


def _prune(folder: Path, served: str, keep: int) -> None:
    """Remove all but the newest `keep` versions; never the served one, whatever clock named the others."""
    others = (path for path in (folder / "versions").iterdir() if _VERSION.fullmatch(path.name))
    newest_first = sorted((path for path in others if path.name != served), reverse=True)
    for old in newest_first[keep - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def _flush(path: Path) -> None:
    """Have the operating system write a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _close(opened: OpenIndex) -> None:
    opened.store.close()


def _no_question(_: str) -> Vectors:
    raise AssertionError("a version is opened here only to verify that it opens")


def _no_index(folder: Path) -> str:
    others = sorted(pointer.parent.name for pointer in folder.parent.glob("*/current"))
    there = f" The indexes here are: {', '.join(others)}." if others else ""
    option = "" if folder.name == "default" else f" --index {folder.name}"
    return f"There is no index {folder.name!r} in {folder.parent} yet; `qa build{option}` makes it.{there}"
