"""Which source files are new, changed or gone since a version was built."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qa.catalogue import SourceFile
from qa.load import origin_of
from qa.models import sha256_of

_RACY_NS = 2_000_000_000
"""A file that was changed so shortly before it was looked at could have been changed again within the same tick of
its file system's clock (two seconds on FAT), unnoticed; it is read to be sure."""


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A source file, by the path that the person gave, as it is now; and whether its content is what it was."""

    path: Path
    file: SourceFile
    same: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """The origins of files that are new, that hold something else now, and that are gone."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def survey(paths: Iterable[Path], before: Sequence[SourceFile]) -> list[Surveyed]:
    """Look at each file, in order; its bytes are read only where size or time differ from what they were."""
    known = {file.path: file for file in before}
    return [_look(path, known) for path in paths]


def changes(found: Sequence[Surveyed], before: Sequence[SourceFile]) -> Changes:
    """Return what is different from the files of before."""
    there, here = {file.path for file in before}, {item.file.path for item in found}
    return Changes(
        added=tuple(item.file.origin for item in found if item.file.path not in there),
        changed=tuple(item.file.origin for item in found if item.file.path in there and not item.same),
        removed=tuple(file.origin for file in before if file.path not in here),
    )


def unchanged_since(file: SourceFile) -> bool:
    """Return whether the file still has the size and time that it had when it was looked at."""
    try:
        status = file.path.stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (file.size, file.modified_ns)


def _look(path: Path, known: dict[Path, SourceFile]) -> Surveyed:
    place = Path(os.path.abspath(path))  # noqa: PTH100 - resolves "..", keeps links as they are named
    file = SourceFile(place, origin_of(path), 0, 0, time.time_ns(), "")
    old = known.get(place)
    try:
        status = path.stat()
        file = replace(file, size=status.st_size, modified_ns=status.st_mtime_ns)
        if old is not None and old.sha256 and _looks_the_same(file, old):
            file = replace(file, sha256=old.sha256, looked_ns=old.looked_ns)
        else:
            file = replace(file, sha256=sha256_of(path))
    except OSError:
        return Surveyed(path, file, same=False)  # reading it will say what is wrong with it
    return Surveyed(path, file, same=old is not None and (old.sha256, old.origin) == (file.sha256, file.origin))


def _looks_the_same(file: SourceFile, old: SourceFile) -> bool:
    settled = old.looked_ns - old.modified_ns > _RACY_NS
    return settled and (file.size, file.modified_ns) == (old.size, old.modified_ns)
