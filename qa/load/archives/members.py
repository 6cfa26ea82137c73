"""Which members of an archive are read, judged by their names alone, as files in a folder are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from qa.load.kinds import BESIDE_CORPUS, CORPUS, shown, suffix_of
from qa.records import LeftOut

LONGEST_NAME = 1000
"""Characters of a member's path; a thousand folders in one another are no one's order."""
_SHOWN = 120
_RESOURCE_FORKS = "__MACOSX"
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its path, and why it is not read, where its entry alone tells that."""

    name: str
    fault: str | None = None


class Choice:
    """The members of one archive: which to read, and what is said of the others."""

    def __init__(self, origin: str, members: Sequence[Member], kind_of: Callable[[str], str | None]) -> None:
        """Take all its files, in order; `kind_of` tells by which format a name is read."""
        self.left_out: list[LeftOut] = []
        """The members that are not read, for what their names and entries tell."""
        self.kinds: dict[int, str] = {}
        """The kind of each file that is read, by its number among `members`."""
        self._origin = origin
        self._unknown: Counter[str] = Counter()
        last = {member.name: number for number, member in enumerate(members)}
        folders = {str(PurePosixPath(name).parent) for name in last if PurePosixPath(name).name in CORPUS}
        for number, member in enumerate(members):
            name, kind = member.name, kind_of(PurePosixPath(member.name).name)
            if fault := _fault(name):
                self._leave(name, fault)
            elif _is_hidden(name) or _is_beside_corpus(name, folders):
                continue
            elif kind is None:
                self.pass_over(name)
            elif member.fault:
                self._leave(name, member.fault)
            elif last[name] != number:
                self._leave(name, "is in the archive more than once; the last of them is read")
            else:
                self.kinds[number] = kind

    def origin_of(self, name: str) -> str:
        """Return where a member lies, for a person."""
        name = shown(name)
        return f"{self._origin}/{name if len(name) <= LONGEST_NAME else name[:_SHOWN] + '…'}"

    def pass_over(self, name: str) -> None:
        """Count a file as one of a type that is not read."""
        self._unknown[suffix_of(PurePosixPath(name))] += 1

    def passed_over(self) -> Iterator[LeftOut]:
        """Yield one line for all that is of other types."""
        if self._unknown:
            kinds = ", ".join(f"{count} {suffix or 'without a suffix'}" for suffix, count in self._unknown.items())
            yield LeftOut(self._origin, f"also holds files of types that are not read: {kinds}")

    def _leave(self, name: str, reason: str) -> None:
        self.left_out.append(LeftOut(self.origin_of(name), reason))


def _fault(name: str) -> str | None:
    """Return why a name is not to be trusted. It is never used as a path, but nor is what hides behind it read."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or _DRIVE.match(name):
        return "has a path that leads out of the archive"
    if len(name) > LONGEST_NAME:
        return f"has a path of more than {LONGEST_NAME:,} characters"
    return None


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == _RESOURCE_FORKS for part in PurePosixPath(name).parts)


def _is_beside_corpus(name: str, folders: set[str]) -> bool:
    """Return whether it holds questions or judgments beside a corpus in the layout of BEIR."""
    path = PurePosixPath(name)
    above = [path, *path.parents]
    return any(place.name in BESIDE_CORPUS and str(place.parent) in folders for place in above)
