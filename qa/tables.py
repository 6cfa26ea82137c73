"""Rows of cells to lines that can be understood alone: each cell with its header.

A row that says "Country: Norway; Capital: Oslo" can be found, and quoted, without the rest of its table.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

_YEAR = re.compile(r"(?:(?:FY|[QH][1-4])[ /]?)?(?:19|20)\d\d(?:[/–-]\d{2,4})?")
"""A year as it heads a column: "2024", "FY 2024", "Q1 2024", "2023/24"."""
_LONGEST_HEADER = 60
"""Characters."""
_LONGEST_REPEATED = 200
"""Characters of a header that is written into every row; a longer one stands above them, once."""
_JUDGED = 1_000
"""Rows, and columns, that are looked at for whether a table has headers; a wider table is taken to have none."""
_PAIR = 2
_WIDEST = 100
"""Columns that a cell may span."""
_MOST_SPANNED = 200_000
"""Columns that all cells of a table may span besides their own; of more, each cell takes one."""
_MOST_REPEATED = 2_000
"""Cells of a table that stand in more rows than one; of a page that was made to have more, the rest stand in one."""
_NUMBER = re.compile(r"[1-9]\d{0,3}")

Row = Sequence[str]


def table_lines(rows: Sequence[Row], *, headed: bool | None = None) -> list[str]:
    """Return a line for each row that holds anything: "Header: cell; Header: cell".

    `headed` says whether the first row of several cells holds the headers of the columns; None: it is judged by what it
    looks like. Without headers the first of two cells names the second ("Founded: 1912"), and more cells stand side by
    side ("a | b | c"). White space inside a cell is made even, and rows above the headers stand alone.
    """
    even = [[" ".join(cell.split()) for cell in row] for row in rows]
    table = [row for row in even if any(row)]
    first = next((number for number, row in enumerate(table) if len(list(filter(None, row))) > 1), len(table))
    above, table = ["".join(row) for row in table[:first]], table[first:]
    if len(table) > 1 and (looks_headed(table) if headed is None else headed):
        names = [header.rstrip(": ") if len(header) <= _LONGEST_REPEATED else "" for header in table[0]]
        if max(map(len, table[0])) > _LONGEST_REPEATED:
            above = [*above, " | ".join(filter(None, table[0]))]
        return above + [_headed(names, row) for row in table[1:]]
    if all(map(_is_pair, table)):
        return above + [f"{row[0].rstrip(':')}: {row[1]}" for row in table]
    return above + [" | ".join(filter(None, row)) for row in table]


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell of a row; `again`: it began in a row above, and spans this one too."""

    cell: Any
    across: int
    again: bool = False


def placed(rows: Sequence[Sequence[Any]]) -> list[list[Placed]]:
    """Return rows of elements `td` and `th` with those in them that span them from above, each at its column."""
    found: list[list[Placed]] = []
    spanning: deque[tuple[int, Placed, int]] = deque()
    repeated = spanned = 0
    for row in rows:
        out: list[Placed] = []
        below: deque[tuple[int, Placed, int]] = deque()
        column, waiting = 0, list(row)[::-1]
        while waiting or spanning:
            start = spanning[0][0] if spanning else column
            if start < column:  # a wider cell of this row stands in its place
                spanning.popleft()
                continue
            if spanning and (start == column or not waiting):  # the latter: a row that is too short
                column, item, down = spanning.popleft()
                repeated += 1
            else:
                cell = waiting.pop()
                across = min(_span(cell, "colspan"), _WIDEST) if spanned < _MOST_SPANNED else 1
                spanned += across - 1
                item, down = Placed(cell, across), _span(cell, "rowspan")
            out.append(item)
            if down > 1 and repeated + len(below) < _MOST_REPEATED:
                below.append((column, replace(item, again=True), down - 1))
            column += item.across
        spanning = below
        found.append(out)
    return found


def _span(cell: Any, name: str) -> int:
    stated = str(cell.get(name, "1")).strip()
    return int(stated) if _NUMBER.fullmatch(stated) else 1


def _headed(names: Row, row: Row) -> str:
    pairs = zip_longest(names[: len(row)], row, fillvalue="")
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)


def _is_pair(row: Row) -> bool:
    """Whether the first of two cells could be the name of the second."""
    return len(row) == _PAIR and all(row) and len(row[0]) <= _LONGEST_HEADER and not row[0].endswith((".", "?", "!"))


def looks_headed(table: Sequence[Row]) -> bool:
    """Whether the first row names the columns: short cells, all different, without figures but for years.

    A year names a column of three or more that holds other figures than years. Of two columns figures must stand below
    one, or else it could be a list of names and values.
    """
    first, width = table[0], max(map(len, table))
    named = len(first) == width <= _JUDGED and len({*first}) == width
    table = table[:_JUDGED]
    named = named and all(_is_name(cell) or _is_year_of(table, column) for column, cell in enumerate(first[1:], 1))
    if not named or len(first[0]) > _LONGEST_HEADER or _has_figures(first[0]):
        return False
    return width > _PAIR or all(len(row) > 1 and _has_figures(row[1]) for row in table[1:])


def _is_name(cell: str) -> bool:
    return 0 < len(cell) <= _LONGEST_HEADER and not _has_figures(cell)


def _is_year_of(table: Sequence[Row], column: int) -> bool:
    """Whether a column of a table of figures begins with a year and goes on with figures that are none."""
    head, *below = [row[column] for row in table if len(row) > column]
    figures = [cell for cell in below if _has_figures(cell)]
    return bool(len(table[0]) > _PAIR and _YEAR.fullmatch(head) and figures) and not any(
        _YEAR.fullmatch(cell) for cell in figures
    )


def _has_figures(cell: str) -> bool:
    return any(character.isdigit() for character in cell)
