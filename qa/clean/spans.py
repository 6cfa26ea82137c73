"""Cells of web pages that span several rows, written into each of them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from qa.tables import placed

_LONGEST = 200
"""Characters of a cell that is written again; more are the layout of a page."""


def fill_spans(tree: Any) -> None:
    """Write short cells that span several rows into each, so that what follows stands below its own header."""
    for table in tree.iter("table"):
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        cells = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
        if not any(cell.get("rowspan") for row in cells for cell in row):
            continue
        for row, found in zip(rows, placed(cells), strict=True):
            for column, item in enumerate(found):
                if item.again and len("".join(item.cell.itertext())) <= _LONGEST:
                    copy = deepcopy(item.cell)
                    copy.tail = None
                    row.insert(column, copy)
        for cell in (cell for row in rows for cell in row):
            cell.attrib.pop("rowspan", None)
