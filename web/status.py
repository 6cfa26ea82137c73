"""What goes on, in a sentence: which search answers, and how far a build is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from qa.records import UnderWay


@dataclass(frozen=True, slots=True)
class Status:
    """What a page says of the index; `line` is None where nothing is out of the ordinary.

    `changing` says that a build is under way, so that it is worth to look again.
    """

    line: str | None
    changing: bool


def status_of(searches: Collection[str], building: UnderWay | None) -> Status:
    """Return the status of an index whose open version has these `searches`, none where no version is open."""
    return Status(_line(searches, building) if searches else None, building is not None)


def _line(searches: Collection[str], building: UnderWay | None) -> str | None:
    if "dense" in searches:
        return f"The articles are being read anew: {building.so_far}." if building else None
    if building is None:
        return "Searching by words. `qa build` prepares searching by meaning."
    return f"Searching by words. Searching by meaning is being prepared: {building.so_far}."


def first_version_detail(building: UnderWay, *, first: bool) -> str:
    """Return why there is no answer while a build is making the version that will give one."""
    return f"{'The first' if first else 'A new'} version is being built: {building.so_far}."
