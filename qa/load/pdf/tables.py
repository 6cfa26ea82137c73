"""Tables with drawn lines: where lines across and upright lines make a grid, its cells are read row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from qa.load.pdf.geometry import Box, Line, Rule, Word, around
from qa.load.pdf.lines import lines_of, pieces

_NEAR = 3.0
"""Points: lines that are nearer are one line."""
_MOST_RULES = 5_000
_MOST_CELLS = 20_000
_LONGEST_ALONE = 40
"""Words of a cell in a grid of one row."""


def tables(words: Sequence[Word], rules: Sequence[Rule]) -> tuple[list[Word], list[Line]]:
    """Return the words outside of all tables, and each table as one piece with its rows."""
    found: list[Line] = []
    rest = list(words)
    for grid in _grids(rules) if 0 < len(rules) <= _MOST_RULES else ():
        box = around(rule.box for rule in grid)
        inside = [word for word in rest if box.covers(word.box)]
        rows = _rows(inside, grid)
        if not _is_table(rows):
            continue
        taken = set(map(id, inside))
        rest = [word for word in rest if id(word) not in taken]
        sizes = sorted(word.size for word in inside)
        found.append(Line("", box, box.bottom, sizes[len(sizes) // 2], bold=False, table=rows))
    return rest, found


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    """Whether these are cells, and not the text of a page with a frame around it."""
    cells = [cell for row in rows for cell in row if cell]
    if max(map(len, rows), default=0) < 2 or len(cells) < 2:  # noqa: PLR2004
        return False
    return len(rows) > 1 or max(len(cell.split()) for cell in cells) <= _LONGEST_ALONE


def _grids(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    """Yield the lines that touch one another, directly or by others."""
    waiting = sorted(rules, key=lambda rule: rule.box.top)
    while waiting:
        grid = [waiting.pop(0)]
        reached = 0
        while reached < len(grid):
            box = grid[reached].box
            touching = [rule for rule in waiting if _touch(rule.box, box)]
            if touching:
                ids = set(map(id, touching))
                waiting = [rule for rule in waiting if id(rule) not in ids]
                grid.extend(touching)
            reached += 1
        yield grid


def _touch(one: Box, other: Box) -> bool:
    return (
        one.x0 - _NEAR <= other.x1
        and other.x0 - _NEAR <= one.x1
        and one.top - _NEAR <= other.bottom
        and other.top - _NEAR <= one.bottom
    )


def _rows(words: Sequence[Word], grid: Sequence[Rule]) -> tuple[tuple[str, ...], ...]:
    """Return the cells between the lines; cells that are not parted by an upright line are one."""
    across = _places([rule.box.middle for rule in grid if rule.across])
    upright = [rule.box for rule in grid if not rule.across]
    edges = _places([(box.x0 + box.x1) / 2 for box in upright])
    if len(across) * len(edges) > _MOST_CELLS:
        return ()
    rows = []
    for top, bottom in pairwise(across):
        cells: list[list[Word]] = []
        middle = (top + bottom) / 2
        for left, right in pairwise(edges):
            parted = any(
                abs((box.x0 + box.x1) / 2 - left) <= _NEAR and box.top <= middle <= box.bottom for box in upright
            )
            inside = [word for word in words if Box(left, top, right, bottom).covers(word.box)]
            if parted or not cells:
                cells.append(inside)
            else:
                cells[-1].extend(inside)
                cells.append([])
        rows.append(tuple(" ".join(line.text for line in lines_of(pieces(cell))) for cell in cells))
    return tuple(row for row in rows if any(row))


def _places(numbers: Sequence[float]) -> list[float]:
    """Return the distinct places, near ones made one."""
    places: list[float] = []
    for number in sorted(numbers):
        if not places or number - places[-1] > _NEAR:
            places.append(number)
    return places
