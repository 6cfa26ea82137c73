"""Cells of web pages that span several rows, written into each of them; and tables that would never end."""

from __future__ import annotations

from typing import Any

from qa.tables import placed
from qa.whitespace import all_text

_LONGEST = 200
"""Characters of a cell that is written again; more are the layout of a page."""
_MOST_EMPTY = 500_000
"""Empty cells that the extraction may add to the tables of a page so that all their rows are as wide as the widest."""
_MOST_STEPS = 1_000_000_000
"""The extraction walks through a row for each of its cells: this many take some seconds."""
_WIDEST = 100
"""Columns that the extraction takes a cell to span, and to which it fills a row up."""


def grows_beyond_measure(tree: Any) -> bool:
    """Whether a page holds tables that were made to grow: few bytes of it would take all time, or all memory."""
    empty = steps = 0
    for table in tree.iter("table"):
        widths = []
        for row in table.iter("tr"):
            spans = [_columns(cell) for cell in row if cell.tag in ("td", "th")]
            widths.append(sum(spans))
            empty += widths[-1] - len(spans)
            steps += widths[-1] ** 2
        fill_to = min(max(widths, default=0), _WIDEST)
        empty += sum(max(fill_to - width, 0) for width in widths)
    return empty > _MOST_EMPTY or steps > _MOST_STEPS


def forget_columns(tree: Any) -> None:
    """Have every cell of a page take one column: "as wide as the table" is often written as 100 of them."""
    for cell in tree.iter("td", "th"):
        cell.attrib.pop("colspan", None)


def _columns(cell: Any) -> int:
    stated = cell.get("colspan", "1")
    return min(int(stated[:9]), _WIDEST) if stated.isdecimal() else 1


def fill_spans(tree: Any) -> None:
    """Write short cells that span several rows into each, so that what follows stands below its own header.

    Their text is, and nothing else that they may hold: of a cell that was made to hold much there can be many.
    """
    for table in tree.iter("table"):
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        cells = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
        if not any(cell.get("rowspan") for row in cells for cell in row):
            continue
        texts = {cell: all_text(cell) for row in cells for cell in row if cell.get("rowspan")}
        for row, found in zip(rows, placed(cells), strict=True):
            for column, item in enumerate(found):
                if item.again and len(texts[item.cell]) <= _LONGEST:
                    row.insert(column, _again(item.cell, texts[item.cell]))
        for cell in (cell for row in rows for cell in row):
            cell.attrib.pop("rowspan", None)


def _again(cell: Any, text: str) -> Any:
    copy = cell.makeelement(cell.tag, {"colspan": cell.get("colspan")[:9]} if cell.get("colspan") else {})
    copy.text = text
    return copy
