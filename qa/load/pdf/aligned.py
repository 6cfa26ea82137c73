"""Tables without drawn lines: rows of short pieces that stand in columns one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean, median

from qa.load.pdf.geometry import Line, around
from qa.load.pdf.lines import Span, gaps, lines_of, occupied, rows_of

_FEWEST_ROWS = 3
_MOST_WORDS = 8
"""Words of a cell on average; more are running text."""
_SIZE = 0.25
"""By which sizes within a table may differ."""


def with_tables(parts: Sequence[Line]) -> list[Line]:
    """Return the lines of a column, from top to bottom; rows of cells that stand in columns are one table."""
    rows = rows_of(parts)
    found: list[Line] = []
    start = 0
    while start < len(rows):
        end = _end(rows, start)
        if end - start >= _FEWEST_ROWS:
            found.append(_table(rows[start:end]))
            start = end
        else:
            found.append(Line.joined(rows[start]))
            start += 1
    return found


def _end(rows: Sequence[Sequence[Line]], start: int) -> int:
    """Return where the table ends that begins with a row; `start` where none does."""
    end, full = start, 0
    while end < len(rows) and _fits(rows, start, end):
        full += len(rows[end]) > 1
        end += 1
    while end > start and len(rows[end - 1]) == 1 and rows[end - 1][0].box.x0 <= rows[start][0].box.x1:
        end -= 1
    parts = [part for row in rows[start:end] for part in row]
    if full < _FEWEST_ROWS or mean(len(part.text.split()) for part in parts) > _MOST_WORDS:
        return start
    return end


def _fits(rows: Sequence[Sequence[Line]], start: int, end: int) -> bool:
    """Whether a row goes on with a table: its pieces stand below one another, with the spaces between left free."""
    row = rows[end]
    if any(part.table for part in row) or (end == start and len(row) == 1):
        return False
    size = median(part.size for part in rows[start])
    if any(abs(part.size - size) > _SIZE * size for part in row):
        return False
    together = _columns(rows[start : end + 1], size)
    if len(together) < 2 or len(together) < max(map(len, rows[start:end]), default=0):  # noqa: PLR2004
        return False
    # The rest of a cell that is too long for its column stands alone, right of the first column.
    return len(row) > 1 or row[0].box.x0 >= together[1][0]


def _columns(rows: Sequence[Sequence[Line]], size: float) -> list[Span]:
    """Return where the columns of rows stand: what is parted by a space through all of them."""
    spans = occupied([part for row in rows for part in row])
    apart = gaps(spans, size)
    starts = [spans[0][0], *(gap[1] for gap in apart)]
    ends = [*(gap[0] for gap in apart), spans[-1][1]]
    return list(zip(starts, ends, strict=True))


def _table(rows: Sequence[Sequence[Line]]) -> Line:
    """Put rows together as a table; what stands below a row with nothing in the first column goes on with it."""
    parts = [part for row in rows for part in row]
    size = median(part.size for part in parts)
    columns = _columns(rows, size)
    table: list[list[str]] = []
    for row in rows:
        cells = [
            " ".join(line.text for line in lines_of([it for it in row if start <= it.box.x0 <= end]))
            for start, end in columns
        ]
        if table and not cells[0]:
            table[-1] = [f"{above} {cell}".strip() for above, cell in zip(table[-1], cells, strict=True)]
        else:
            table.append(cells)
    box = around(part.box for part in parts)
    return Line("", box, box.bottom, size, bold=False, table=tuple(map(tuple, table)))
