"""Cells of web pages that span several rows, written into each of them."""

from __future__ import annotations

from typing import Any

from qa.tables import placed
from qa.whitespace import all_text

_LONGEST = 200
"""Characters of a cell that is written again; more are the layout of a page."""


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
