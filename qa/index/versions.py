"""The versions that are kept, and going back to one of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qa.errors import ArticleIndexError, IndexWriteError, VersionNotFoundError
from qa.index.locks import moving
from qa.index.opening import VERSION, current_version, verify_version
from qa.index.publishing import point
from qa.manifest import Manifest, read_manifest


@dataclass(frozen=True, slots=True)
class Version:
    """A version that is kept; `manifest` is None, and `fault` says why, for one that cannot be read."""

    id: str
    current: bool
    manifest: Manifest | None
    fault: str | None


def versions(folder: Path) -> list[Version]:
    """Return the versions of the index in `folder`, newest first; raises NoIndexError where there is none."""
    try:
        current: str | None = current_version(folder)
    except ArticleIndexError:
        if not (folder / "versions").is_dir():
            raise
        current = None
    if not (folder / "versions").is_dir():
        return []
    names = sorted(
        (path.name for path in (folder / "versions").iterdir() if VERSION.fullmatch(path.name)), reverse=True
    )
    found = [_version(folder, name, current) for name in names]
    # One that a builder has removed meanwhile is no version that cannot be used.
    return [version for version in found if version.manifest or (folder / "versions" / version.id).exists()]


def roll_back(folder: Path, version: str | None) -> Manifest:
    """Serve `version` again, or the one before the current; return its manifest.

    Every byte of it is read first. Raises VersionNotFoundError, IndexDamagedError, NoIndexError, or IndexWriteError
    when the pointer cannot be written.
    """
    if not (folder / "versions").is_dir():
        current_version(folder)  # says that there is no index; and none comes about by asking
        raise VersionNotFoundError(version)
    try:
        return _rolled_back(folder, version)
    except OSError as error:
        raise IndexWriteError(folder, error.strerror or str(error), "qa rollback") from error


def _rolled_back(folder: Path, version: str | None) -> Manifest:
    with moving(folder):
        target = version if version is not None else _before(folder)
        place = folder / "versions" / target
        if not VERSION.fullmatch(target) or not place.is_dir():
            raise VersionNotFoundError(target)
        manifest = verify_version(place)
        point(folder, target)
    return manifest


def _before(folder: Path) -> str:
    kept = versions(folder)
    current = next((version.id for version in kept if version.current), None)
    older = [version.id for version in kept if version.manifest and (current is None or version.id < current)]
    if not older:
        raise VersionNotFoundError(None)
    return older[0]


def _version(folder: Path, name: str, current: str | None) -> Version:
    try:
        return Version(name, name == current, read_manifest(folder / "versions" / name), None)
    except ArticleIndexError as error:
        return Version(name, name == current, None, str(error))
