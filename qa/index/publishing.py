"""How a version is written and becomes the one that is served: in one atomic step, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from qa.dense import DenseIndex
from qa.errors import IndexBusyError
from qa.index.opening import VERSION, open_version
from qa.lexical import LexicalIndex
from qa.manifest import FORMAT, Manifest, Recipe, record_files, write_manifest
from qa.records import Article, Chunk
from qa.seams import Vectors
from qa.store import Store

_STAGING = ".building-"


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
    open_version(staging, _no_question).store.close()
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
    others = (path for path in (folder / "versions").iterdir() if VERSION.fullmatch(path.name))
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


def _no_question(_: str) -> Vectors:
    raise AssertionError("a version is opened here only to verify that it opens")
