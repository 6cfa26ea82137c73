"""Tables of contents and indexes: entries with a row of dots to the number of a page. No answer is in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.load.pdf.geometry import Column, Layout, Line

_LEADER = re.compile(r"(?:[.·…_]\s?){4,}\s*(?P<page>\w{1,6}(?:-\d+)?)\Z")
_FEWEST = 4
"""Entries on a page; fewer could be something else, with a price at its end."""


def without_contents(layouts: Sequence[Layout]) -> list[Layout]:
    """Return the pages without the entries that lead to a page that there is."""
    labels = {layout.label.casefold() for layout in layouts}
    return [_without(layout, labels) for layout in layouts]


def _without(layout: Layout, labels: set[str]) -> Layout:
    entries = sum(_is_entry(line, labels) for column in layout.columns for line in column.lines)
    if entries < _FEWEST:
        return layout
    columns = (
        Column(tuple(line for line in column.lines if not _is_entry(line, labels)), column.box)
        for column in layout.columns
    )
    return replace(layout, columns=tuple(column for column in columns if column.lines))


def _is_entry(line: Line, labels: set[str]) -> bool:
    leader = _LEADER.search(line.text)
    return leader is not None and leader["page"].casefold() in labels
