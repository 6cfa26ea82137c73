"""The command or the change that mends an index: it depends on what is wrong with it, and on what is kept."""

from __future__ import annotations

import shlex
from pathlib import Path

from qa.config import Settings
from qa.errors import IndexDamagedError, IndexMismatchError, NoIndexError, QaError
from qa.index import Version, current_version, version_folder, versions
from qa.manifest import read_manifest


def mend_of(error: Exception, folder: Path, settings: Settings) -> str:
    """Return what mends the fault in an index that this error tells of."""
    if isinstance(error, IndexDamagedError) and _has_older(folder):
        return shlex.join(["qa", "rollback", *_of(settings)])
    if isinstance(error, (IndexDamagedError, IndexMismatchError, NoIndexError)):
        return build_again(folder, settings)
    return f"change the owner or the permissions of {folder}"


def _has_older(folder: Path) -> bool:
    """Return whether `qa rollback` has a version to go back to."""
    try:
        current: str | None = current_version(folder)
    except QaError:  # then the newest is gone back to
        current = None
    return any(kept.manifest and (current is None or kept.id < current) for kept in kept_versions(folder))


def kept_versions(folder: Path) -> list[Version]:
    """Return the versions that are kept, none where that cannot be known."""
    try:
        return versions(folder)
    except (QaError, OSError):  # what is wrong with the index is a finding already
        return []


def build_again(folder: Path, settings: Settings) -> str:
    """Return the command that builds from the same articles, as far as it is known which they were."""
    try:
        sources = read_manifest(version_folder(folder, current_version(folder))).recipe.sources
    except QaError:
        sources = next((kept.manifest.recipe.sources for kept in kept_versions(folder) if kept.manifest), ("FOLDER",))
    return shlex.join(["qa", "build", *sources, *_of(settings)])


def _of(settings: Settings) -> list[str]:
    """Return the options by which a command finds the same index."""
    named = (("--indexes", str(settings.indexes), "indexes"), ("--index", settings.index, "default"))
    return [word for option, value, usual in named if value != usual for word in (option, value)]
