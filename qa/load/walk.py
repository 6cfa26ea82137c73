"""Which files there are to read: folders walked in one order, each real file once."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.errors import SourceError
from qa.load.formats import SUFFIXES, kind_of
from qa.load.kinds import BESIDE_CORPUS, CORPUS, is_other_xml, shown, suffix_of
from qa.records import LeftOut


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a set of paths holds: files in reading order, and what will not be read.

    `unknown` counts the files inside folders whose kind is not read, by suffix ("" for none).
    """

    files: tuple[Path, ...]
    unknown: Mapping[str, int]
    left_out: tuple[LeftOut, ...]


def find(paths: Sequence[Path]) -> Inventory:
    """List the readable files in and under `paths`, in the order of the paths, then of the names.

    Inside a folder, names that begin with a dot are passed over, and so are the questions and judgments
    beside a `corpus.jsonl` (the BEIR layout). Links are followed, but no folder is entered twice and
    no file listed twice, so a loop of links ends. Raises SourceError for a path that is not there.
    """
    walk = _Walk()
    for path in paths:
        walk.enter(path)
    return Inventory(tuple(walk.files), dict(sorted(walk.unknown.items())), tuple(walk.left_out))


def absolute(path: Path) -> Path:
    """Return `path` from the root, without "..", and with links as they are named."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps "..", Path.resolve follows links


def origin_of(path: Path) -> str:
    """Return `path` for a person, and for JSON: no control characters, no bytes that are not UTF-8."""
    return shown(path.as_posix())


class _Walk:
    """The state of one listing: what was found, and which real places were visited."""

    def __init__(self) -> None:
        self.files: list[Path] = []
        self.unknown: Counter[str] = Counter()
        self.left_out: list[LeftOut] = []
        self._seen: set[tuple[int, int]] = set()

    def enter(self, path: Path) -> None:
        """Take a path that a person named: unlike what lies in a folder, it must be there and of use."""
        try:
            mode = path.stat().st_mode
            if stat.S_ISDIR(mode):
                next(path.iterdir(), None)
        except FileNotFoundError:
            raise SourceError(path, f"{_gone(path)}; name a file or a folder that is there.") from None
        except (OSError, ValueError) as error:
            raise SourceError(path, f"cannot be read: {_why(error)}; check its name and permissions.") from None
        if not stat.S_ISDIR(mode) and kind_of(path.name) is None:
            self.left_out.append(LeftOut(origin_of(path), f"is not of a kind that is read ({', '.join(SUFFIXES)})"))
            return
        self._visit(path)

    def _visit(self, start: Path) -> None:
        """Go through `start` and all below it; a list instead of recursion, as folders can nest deeply."""
        waiting = [start]
        while waiting:
            path = waiting.pop()
            try:
                status = path.stat()
                place = (status.st_dev, status.st_ino)
                if place in self._seen:
                    continue
                self._seen.add(place)
                if stat.S_ISDIR(status.st_mode):
                    waiting.extend(sorted(_members(path), reverse=True))
                else:
                    self._file(path, status.st_mode)
            except FileNotFoundError:
                self.left_out.append(LeftOut(origin_of(path), _gone(path)))
            except OSError as error:
                self.left_out.append(LeftOut(origin_of(path), f"cannot be read: {_why(error)}"))

    def _file(self, path: Path, mode: int) -> None:
        if not stat.S_ISREG(mode):
            self.left_out.append(LeftOut(origin_of(path), "is not a regular file"))
        elif (kind := kind_of(path.name)) is None or (kind == ".xml" and _is_other(kind, path)):
            self.unknown[suffix_of(path)] += 1
        else:
            self.files.append(path)


def _members(folder: Path) -> Iterator[Path]:
    """Yield what is to be visited in `folder`, in no order."""
    names = os.listdir(folder)  # noqa: PTH208 - only names are wanted here
    passed = BESIDE_CORPUS if CORPUS.intersection(names) else frozenset()
    return (folder / name for name in names if not name.startswith(".") and name not in passed)


def _is_other(kind: str, path: Path) -> bool:
    with path.open("rb") as stream:
        return is_other_xml(kind, stream)


def _gone(path: Path) -> str:
    return "is a link to something that does not exist" if path.is_symlink() else "does not exist"


def _why(error: OSError | ValueError) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
