"""Paragraphs that follow one another, to blocks: headings, lists, tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from qa.records import Block
from qa.tables import table_lines

_DEEPEST = 6
_INSET = "  "
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|contents|index) [1-9]", re.IGNORECASE)


class Flow:
    """A text of its own: the body of a document, a note, a text box.

    A paragraph's properties come before or in its text, and hold until they are set anew.
    """

    def __init__(self, styles: Mapping[int, str]) -> None:
        """`styles` are the names of the document's styles by their numbers."""
        self._styles = styles
        self._done: list[tuple[Block, bool]] = []
        """The blocks; True for a title."""
        self._text: list[str] = []
        self._cells: list[str] = []
        self._rows: list[list[str]] = []
        self._items: list[str] = []
        self._headed = False
        self.mark = ""
        """What stands before an item of a list: a number, a bullet."""
        self.boxes: list[Flow] = []
        """Text boxes of the paragraph that is being written."""
        self.plain()

    def plain(self) -> None:
        """Go back to an ordinary paragraph."""
        self.style, self.depth = 0, 0
        self.outline: int | None = None
        self.in_table = False

    def add(self, text: str) -> None:
        """Go on with the paragraph."""
        self._text.append(text)

    def begin_row(self) -> None:
        """Begin a row, of which it is not known yet whether it holds headers."""
        self._end_list()

    def row_of_headers(self) -> None:
        """Know that the row holds the headers of the columns."""
        self._headed = self._headed or not self._rows

    def end_paragraph(self) -> None:
        """End a paragraph; in a table it is one of several of a cell."""
        if self.in_table or self._cells:
            self._text.append(" ")
            self.mark = ""
            return
        self._end_table()
        text, mark, self.mark = self._taken(), self.mark, ""
        if mark and text:
            sign = mark if any(map(str.isalnum, mark)) else "-"
            self._items.append(f"{_INSET * min(self.depth, _DEEPEST)}{sign} {' '.join(text.split())}")
        elif text:
            self._end_list()
            self._write(text)
        self._end_boxes()

    def end_cell(self) -> None:
        """End a cell."""
        self._cells.append(" ".join(self._taken().split()))
        self.mark = ""

    def end_row(self) -> None:
        """End a row of cells."""
        if rest := self._taken():
            self._cells.append(rest)
        self._rows.append(self._cells)
        self._cells = []

    def blocks(self) -> list[tuple[Block, bool]]:
        """Return all blocks of the flow, each with whether it is a title."""
        if self._cells:  # it breaks off within a row
            self.end_row()
        self.in_table = False
        self.end_paragraph()
        self._end_list()
        return self._done

    def line(self) -> str:
        """Return all of it on one line."""
        return " ".join(" ".join(block.text for block, _ in self.blocks()).split())

    def _taken(self) -> str:
        lines = _PRIVATE.sub("", "".join(self._text)).split("\n")
        self._text = []
        return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))

    def _write(self, text: str) -> None:
        name = self._styles.get(self.style, "")
        if _CONTENTS.fullmatch(name):
            return
        if name.casefold() == "title":
            self._done.append((Block(" ".join(text.split()), 1), True))
            return
        named = _HEADING.fullmatch(name)
        level = self.outline + 1 if self.outline is not None else int(named[1]) if named else 0
        self._done.append((Block(" ".join(text.split()) if level else text, min(level, _DEEPEST)), False))

    def _end_list(self) -> None:
        if self._items:
            self._done.append((Block("\n".join(self._items)), False))
            self._items = []

    def _end_table(self) -> None:
        rows, headed = self._rows, self._headed
        self._rows, self._headed = [], False
        if max(map(len, rows), default=0) == 1:  # a frame
            self._extend(row[0] for row in rows if row)
        else:
            self._extend(table_lines(rows, headed=headed or None))

    def _extend(self, texts: Iterable[str]) -> None:
        self._done.extend((Block(text), False) for text in texts if text)

    def _end_boxes(self) -> None:
        boxes, self.boxes = self.boxes, []
        for box in boxes:
            if found := box.blocks():
                self._end_list()
                self._done.extend(found)


def levelled(blocks: Iterable[tuple[Block, bool]]) -> Iterator[Block]:
    """Yield blocks; below a title the headings are one level lower, so that it is the only one of its level."""
    known = list(blocks)
    titled = any(is_title for _, is_title in known)
    for block, is_title in known:
        lower = titled and block.level and not is_title
        yield Block(block.text, min(block.level + 1, _DEEPEST)) if lower else block
