"""Words to pieces of lines, pieces to lines, and the spaces between them from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from qa.load.pdf.geometry import Line, Word, beside

_APART = 1.0
"""Of the size: a space that is wider could be one between columns."""
_GUTTER = 0.8
"""Of the size: so wide is a space between columns at least."""

Span = tuple[float, float]


def pieces(words: Sequence[Word]) -> list[Line]:
    """Put words together that follow each other on one line without a wide space between them."""
    found: list[list[Word]] = []
    for word in words:
        last = found[-1][-1] if found else None
        space = word.box.x0 - last.box.x1 if last else 0.0
        if last and beside(last, word) and -0.3 * word.size <= space <= _APART * max(word.size, last.size):
            found[-1].append(word)
        else:
            found.append([word])
    return [Line.of(run) for run in found]


def rows_of(parts: Sequence[Line]) -> list[list[Line]]:
    """Return the pieces that stand on each line, from top to bottom and from left to right."""
    rows: list[list[Line]] = []
    for part in sorted(parts, key=lambda part: (part.base, part.box.x0)):
        if rows and not part.table and not rows[-1][0].table and beside(rows[-1][0], part):
            rows[-1].append(part)
        else:
            rows.append([part])
    return [sorted(row, key=lambda part: part.box.x0) for row in rows]


def lines_of(parts: Sequence[Line]) -> list[Line]:
    """Put pieces together that stand on one line, from top to bottom."""
    return [Line.joined(row) for row in rows_of(parts)]


def occupied(parts: Sequence[Line]) -> list[Span]:
    """Return where anything stands, seen from above."""
    return merged([(part.box.x0, part.box.x1) for part in parts])


def merged(spans: Sequence[Span]) -> list[Span]:
    """Return spans that overlap as one, in order."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def gaps(spans: Sequence[Span], size: float) -> list[Span]:
    """Return the spaces between spans that are wide enough to part columns."""
    return [(left[1], right[0]) for left, right in pairwise(spans) if right[0] - left[1] >= _GUTTER * size]
