"""The reading order of a page: pieces of lines to columns, from top to bottom and from left to right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import mean, median

from qa.load.pdf.aligned import with_tables
from qa.load.pdf.geometry import Column, Line, around
from qa.load.pdf.lines import Span, gaps, lines_of, merged, occupied

_FEWEST_LINES = 3
_FEWEST_WORDS = 2.5
_FILLED = 0.5
_DEEPEST = 4
_LARGER = 1.1


def columns(parts: Sequence[Line], depth: int = 0) -> list[Column]:
    """Return the columns of a page in the order in which they are read."""
    if not parts:
        return []
    size = median(part.size for part in parts)
    ordered: list[Column] = []
    single: list[Line] = []
    for group in filter(None, _groups(parts, size)):
        gutters = [gap for gap in gaps(occupied(group), size) if _parts_columns(group, gap)]
        if not gutters or depth == _DEEPEST:
            single.extend(group)
            continue
        ordered.extend(_column(single))
        single = []
        for side in _sides(group, gutters):
            ordered.extend(columns(side, depth + 1))
    return [*ordered, *_column(single)]


def _column(parts: Sequence[Line]) -> Iterator[Column]:
    if parts:
        lines = with_tables(parts)
        yield Column(tuple(lines), around(line.box for line in lines))


def _groups(parts: Sequence[Line], size: float) -> Iterator[list[Line]]:
    """Yield groups of bands, from top to bottom: with a space through all of them, and without."""
    group: list[list[Line]] = []
    taken: list[Span] = []
    for band in _bands(parts):
        own = occupied(band)
        together = merged([*taken, *own])
        if gaps(taken, size) and not gaps(together, size):
            rest = _heading_below(group, size)
            yield _flat(group[: len(group) - len(rest)])
            group, taken = rest, occupied(_flat(rest))
        if group and (apart := gaps(own, size)) and not gaps(taken, size):
            rest = _right_above(group, apart[0])
            yield _flat(group[: len(group) - len(rest)])
            group, taken = rest, occupied(_flat(rest))
        group.append(band)
        taken = merged([*taken, *own])
    rest = _heading_below(group, size)
    yield _flat(group[: len(group) - len(rest)])
    yield _flat(rest)


def _flat(bands: Sequence[Sequence[Line]]) -> list[Line]:
    return [part for band in bands for part in band]


def _right_above(bands: Sequence[list[Line]], gap: Span) -> list[list[Line]]:
    """Return the last bands that stand right of a gap which begins below them: a right column that begins higher."""
    right = [all(part.box.x0 >= gap[1] for part in band) for band in bands]
    first = len(bands) - next((number for number, it in enumerate(reversed(right)) if not it), len(bands))
    return list(bands[first:])


def _heading_below(bands: Sequence[Sequence[Line]], size: float) -> list[list[Line]]:
    """Return the last bands from a heading on that stands below columns, at the left, and belongs to none of them."""
    whole = gaps(occupied([part for band in bands for part in band]), size)
    if not whole:
        return []
    last = max(number for number, band in enumerate(bands) if any(part.box.x0 >= whole[0][1] for part in band))
    below = [list(band) for band in bands[last + 1 :]]
    first = next((n for n, band in enumerate(below) if all(part.size > _LARGER * size for part in band)), len(below))
    return below[first:]


def _bands(parts: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the pieces in bands with nothing between them; of each only the middle half of its height counts."""
    band: list[Line] = []
    end = 0.0
    for part in sorted(parts, key=lambda part: part.box.top + part.box.height / 4):
        quarter = 0.0 if part.table else part.box.height / 4
        if band and part.box.top + quarter >= end:
            yield band
            band, end = [], 0.0
        end = part.box.bottom - quarter if not band else max(end, part.box.bottom - quarter)
        band.append(part)
    if band:
        yield band


def _parts_columns(group: Sequence[Line], gap: Span) -> bool:
    """Whether what stands on both sides of a gap are lines of running text, and not cells side by side."""
    left = [part for part in group if part.box.x1 <= gap[0]]
    right = [part for part in group if part.box.x0 >= gap[1]]
    return all(_runs(side) for side in (left, right))


def _runs(side: Sequence[Line]) -> bool:
    lines = lines_of(side)
    if len(lines) < _FEWEST_LINES:
        return False
    width = around(line.box for line in lines).width
    filled = median(line.box.width for line in lines) >= _FILLED * width
    return filled and mean(len(line.text.split()) for line in lines) >= _FEWEST_WORDS


def _sides(group: Sequence[Line], gutters: Sequence[Span]) -> Iterator[list[Line]]:
    edges = [float("-inf"), *(gap[1] for gap in gutters), float("inf")]
    for left, right in pairwise(edges):
        side = [part for part in group if left <= part.box.x0 < right]
        if side:
            yield side
