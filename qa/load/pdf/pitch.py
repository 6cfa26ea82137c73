"""How far lines of one size usually stand from each other: more than that is a gap between paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from qa.load.pdf.geometry import Layout, same_size

_TYPICAL = 1.5
"""Of the size: no more is believed of a size that has few lines."""
_ENOUGH = 8
"""Distances between lines from which one that is not typical is believed."""


def pitches(layouts: Sequence[Layout]) -> dict[int, float]:
    """Return the usual distance between lines of a size (rounded), by what is between lines of one column."""
    found: dict[int, list[float]] = {}
    for size, pitch in _distances(layouts):
        if 0.8 * size < pitch < 2.5 * size:
            found.setdefault(round(size), []).append(pitch)
    return {
        size: _smaller(pitches) if len(pitches) >= _ENOUGH else min(_smaller(pitches), _TYPICAL * size)
        for size, pitches in found.items()
    }


def _smaller(pitches: Sequence[float]) -> float:
    """Return the median of the closer half: the others are between paragraphs."""
    return median(sorted(pitches)[: (len(pitches) + 1) // 2])


def _distances(layouts: Sequence[Layout]) -> Iterator[tuple[float, float]]:
    """Yield the size of a line and how far the next one of its size stands below it."""
    for layout in layouts:
        for column in layout.columns:
            for before, line in zip(column.lines, column.lines[1:], strict=False):
                if not before.table and not line.table and same_size(before.size, line.size):
                    yield line.size, line.base - before.base
