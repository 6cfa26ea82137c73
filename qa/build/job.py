"""One build: what it is given, and where it works while it holds the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.config import Settings
from qa.load import Inventory, absolute
from qa.seams import Progress


@dataclass(frozen=True, slots=True)
class Job:
    """The paths that were named, what lies there, the index's folder, and an empty folder to write versions in."""

    paths: Sequence[Path]
    inventory: Inventory
    settings: Settings
    folder: Path
    staging: Path
    progress: Progress

    @property
    def sources(self) -> list[Path]:
        """The paths that were named, as absolute ones."""
        return [absolute(path) for path in self.paths]
