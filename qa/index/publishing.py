"""How what was written becomes the version that is served: in one atomic step, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from qa.errors import ArticleIndexError
from qa.index.locks import LEAVING, moving
from qa.index.opening import VERSION, close, no_question, open_version
from qa.manifest import FORMAT, Manifest, Recipe, read_manifest, record_files, write_manifest

_TIME = "%Y%m%dT%H%M%SZ"


def link_parts(version: Path, staging: Path, parts: Sequence[str]) -> None:
    """Give a new version parts of another that are the same: the same files on the disk where links can be made."""
    for part in parts:
        (staging / part).mkdir()
        for file in (version / part).iterdir():
            try:
                os.link(file, staging / part / file.name)
            except OSError:
                shutil.copyfile(file, staging / part / file.name)


def publish(folder: Path, staging: Path, recipe: Recipe, keep: int) -> Manifest:
    """Make what was written in `staging` the version that is served; return its manifest.

    Once it is in place and opens there, versions beyond the newest `keep` are removed. Raises
    IndexDamagedError when the version does not open as it should: then nothing is published.
    """
    files = record_files(staging)
    for path in [*staging.rglob("*"), staging]:
        flush(path)
    with moving(folder):
        now = datetime.now(UTC)
        manifest = Manifest(FORMAT, _new_id(folder, now, files), now.isoformat(timespec="seconds"), recipe, files)
        write_manifest(staging, manifest)
        flush(staging / "manifest.json")
        flush(staging)
        final = folder / "versions" / manifest.version
        staging.rename(final)
        flush(final.parent)
        close(open_version(final, no_question))
        point(folder, manifest.version)
        _prune(folder, manifest, keep)
    return manifest


def point(folder: Path, version: str) -> None:
    """Replace the pointer file in one atomic step; the caller holds `moving`."""
    pointer, fresh = folder / "current", folder / "current.new"
    fresh.write_text(version + "\n", encoding="utf-8")
    flush(fresh)
    if pointer.is_dir():  # no program made it, but it would stand in the way for ever
        pointer.rename(folder / "versions" / f"{LEAVING}{version}-current")
    fresh.replace(pointer)
    flush(folder)


def flush(path: Path) -> None:
    """Have the operating system write a file, or the names in a folder, to the disk."""
    windows = os.name == "nt"
    if windows and path.is_dir():  # names need no flushing there, and a folder cannot be opened
        return
    descriptor = os.open(path, os.O_RDWR if windows else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _new_id(folder: Path, now: datetime, files: object) -> str:
    """Return an id that sorts after those of all other versions, even when the clock was set back."""
    taken = [path.name for path in (folder / "versions").iterdir() if VERSION.fullmatch(path.name)]
    with suppress(ValueError, OverflowError):  # no version yet, or a name that is an id in form and no time
        last = datetime.strptime(max(taken)[:16], _TIME).replace(tzinfo=UTC)
        now = max(now, last + timedelta(seconds=1))
    return f"{now:{_TIME}}-{sha256(repr(files).encode()).hexdigest()[:8]}"


def _prune(folder: Path, served: Manifest, keep: int) -> None:
    """Remove all but the newest `keep` versions; never the one that was just published.

    A version without vectors that has been completed by the one that is served is of no more use.
    """
    versions = folder / "versions"
    others = sorted(
        (path for path in versions.iterdir() if VERSION.fullmatch(path.name) and path.name != served.version),
        reverse=True,
    )
    completed = [path for path in others if _is_first_step(path, served)]
    left = [path for path in others if path not in completed]
    for old in [*completed, *left[keep - 1 :]]:
        # Renamed first: what is half removed must not look like a version.
        leaving = old.with_name(LEAVING + old.name)
        try:
            old.rename(leaving)
        except OSError:
            continue  # in use, on a system that does not let go of open files; the next build tries again
        shutil.rmtree(leaving, ignore_errors=True)


def _is_first_step(version: Path, served: Manifest) -> bool:
    try:
        recipe = read_manifest(version).recipe
    except ArticleIndexError:
        return False
    return recipe.encoder is None and served.recipe.encoder is not None and recipe.corpus == served.recipe.corpus
