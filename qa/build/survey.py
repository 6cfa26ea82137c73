"""Which source files are new, changed or gone since a version was built."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qa.catalogue import SourceFile
from qa.load import absolute, origin_of
from qa.models import sha256_of

_RACY_NS = 2_000_000_000
"""A file that was changed so shortly before it was looked at could have been changed again within the same tick of
its file system's clock (two seconds on FAT), unnoticed; it is read to be sure."""


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A source file, by the path that the person gave, as it is now and as it was before."""

    path: Path
    file: SourceFile
    before: SourceFile | None

    @property
    def same_content(self) -> bool:
        """Whether it holds what it held; or, of one that cannot be read, whether nothing has happened to it."""
        if self.before is None or self.before.sha256 != self.file.sha256:
            return False
        return bool(self.file.sha256) or self.before.state == self.file.state

    @property
    def same(self) -> bool:
        """Whether it holds what it held and is called what it was called, so that nothing in it has to be read."""
        return self.same_content and self.before is not None and self.before.origin == self.file.origin


@dataclass(frozen=True, slots=True)
class Changes:
    """The origins of files that are new, that hold something else now, and that are gone."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def in_words(self) -> str:
        """Return how many files there are of each kind: "2 files added, 1 changed"."""
        counts = ((len(self.added), "added"), (len(self.changed), "changed"), (len(self.removed), "removed"))
        told = [(count, what) for count, what in counts if count]
        first = "".join(f"{count:,} {'file' if count == 1 else 'files'} {what}" for count, what in told[:1])
        return ", ".join([first, *(f"{count:,} {what}" for count, what in told[1:])])


def survey(paths: Iterable[Path], before: Sequence[SourceFile]) -> list[Surveyed]:
    """Look at each file, in order; its bytes are read only where size or time differ from what they were."""
    known = {file.path: file for file in before}
    return [_look(path, known) for path in paths]


def changes(found: Sequence[Surveyed], before: Sequence[SourceFile]) -> Changes:
    """Return what is different from the files of before."""
    there, here = {file.path for file in before}, {item.file.path for item in found}
    return Changes(
        added=tuple(item.file.origin for item in found if item.file.path not in there),
        changed=tuple(item.file.origin for item in found if item.before and item.before.sha256 != item.file.sha256),
        removed=tuple(file.origin for file in before if file.path not in here),
    )


def unchanged_since(file: SourceFile) -> bool:
    """Return whether the file still has the size and times that it had when it was looked at."""
    try:
        status = file.path.stat()
    except OSError:
        return False
    return _state(status) == file.state


def _look(path: Path, known: dict[Path, SourceFile]) -> Surveyed:
    place = absolute(path)
    file = SourceFile(place, origin_of(path), 0, 0, 0, time.time_ns(), "")
    old = known.get(place)
    try:
        size, modified, changed = _state(path.stat())
        file = replace(file, size=size, modified_ns=modified, changed_ns=changed)
        if old is not None and old.sha256 and _looks_the_same(file, old):
            file = replace(file, sha256=old.sha256, looked_ns=old.looked_ns)
        else:
            file = replace(file, sha256=sha256_of(path))
    except OSError:
        pass  # reading it will say what is wrong with it
    return Surveyed(path, file, old)


def _looks_the_same(file: SourceFile, old: SourceFile) -> bool:
    settled = old.looked_ns - max(old.modified_ns, old.changed_ns) > _RACY_NS
    return settled and file.state == old.state


def _state(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns
