"""How far a build is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A build as it last told of itself: its process, its start (UTC, ISO 8601), and how far its stage is.

    `total` is None for a stage whose end is not known.
    """

    process: int
    host: str
    started: str
    stage: str
    done: int
    total: int | None

    @property
    def so_far(self) -> str:
        """How far it is, within a sentence: "embedding passages, 3,200 of 13,657"."""
        stage = self.stage[:1].lower() + self.stage[1:]
        return f"{stage}, {self.done:,} of {self.total:,}" if self.total else stage
