"""Lines to paragraphs, over columns and pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from qa.load.pdf.breaks import Above, begins, goes_on, is_full, is_item
from qa.load.pdf.geometry import Column, Layout, Line, same_size
from qa.load.pdf.hyphens import Hyphens
from qa.load.pdf.pitch import pitches
from qa.records import Page
from qa.tables import looks_headed, table_lines

_NO_LETTER = re.compile(r"[\W_]+")
_SMALL = 0.9
"""Of the size of the running text: notes are printed no larger."""


@dataclass(slots=True, eq=False)
class Paragraph:
    """Lines that belong together; `pages` begin at offsets into its `text`, `sheet` is where it begins, from 0."""

    text: str
    size: float
    bold: bool
    sheet: int
    last_sheet: int
    table: bool = False
    lines: int = 1
    level: int = 0
    pages: list[Page] = field(default_factory=list)


def paragraphs(
    layouts: Sequence[Layout], body: float, hyphens: Hyphens, named: AbstractSet[tuple[int, str]] = frozenset()
) -> list[Paragraph]:
    """Return the paragraphs of all pages in order; `body` is the size of the running text.

    `named` are lines that are known to be headings: the page of each, from 0, and its letters (`letters_of`).

    One that goes on in the next column or on the next page is put together, also over notes in small print below it,
    which then come before it, so that no page begins before the one it follows.
    """
    writer = _Writer(body, hyphens, pitches(layouts), named)
    for sheet, layout in enumerate(layouts):
        writer.turn(layout.label)
        for column in layout.columns:
            writer.column(column, sheet)
    return writer.finished()


class _Writer:
    """The paragraphs that are finished, and what could still go on."""

    def __init__(
        self, body: float, hyphens: Hyphens, pitches: dict[int, float], named: AbstractSet[tuple[int, str]]
    ) -> None:
        self._body, self._hyphens, self._pitches, self._named = body, hyphens, pitches, named
        self._done: list[Paragraph] = []
        self._waiting: list[str] = []
        """Labels of pages of which nothing has been written yet."""
        self._open: Paragraph | None = None
        """The last paragraph of running text; `_full` says whether its last line is."""
        self._full = False
        self._headers: tuple[str, ...] | None = None
        """The headers of the table that was written last, None after anything else."""

    def turn(self, label: str) -> None:
        """Begin a page."""
        self._waiting.append(label)

    def column(self, column: Column, sheet: int) -> None:
        """Write a column of a page."""
        above: Above | None = None
        for line in column.lines:
            if line.table:
                self._table(line, sheet)
                above = None
            else:
                self._headers = None
                above = self._line(line, column, sheet, above)
                self._note(line, column)

    def _line(self, line: Line, column: Column, sheet: int, above: Above | None) -> Above:
        """Write a line below another, or the first of a column; return it as what the next one stands below."""
        named = (sheet, letters_of(line.text)) in self._named
        if above is not None and not (named or above.named) and not begins(line, above, self._pitches):
            self._add(self._done[-1], line, sheet)
            return Above(line, column, above.begins, above.lines + 1, named=False, item=above.item)
        opened = self._opened_for(line, column) if above is None and not named else None
        if opened is None:
            self._write(Paragraph(line.text, line.size, line.bold, sheet, sheet))
        else:
            self._reopen(opened)
            self._add(opened, line, sheet)
        return Above(line, column, line.box.x0, 1, named=named, item=is_item(line))

    def finished(self) -> list[Paragraph]:
        """Return what was written; pages at the end without any text begin at its end."""
        if self._done:
            self._mark(self._done[-1], len(self._done[-1].text))
        return self._done

    def _write(self, paragraph: Paragraph) -> None:
        self._mark(paragraph, 0)
        self._done.append(paragraph)

    def _table(self, line: Line, sheet: int) -> None:
        """Write the rows of a table; one with as many columns that goes on with the last has its headers."""
        rows, headers = list(line.table), self._headers
        if headers and len(headers) == max(map(len, rows)):
            if rows[0] != headers:
                rows.insert(0, headers)
            lines = table_lines(rows, headed=True) if len(rows) > 1 else []
        else:
            headed = looks_headed(rows)
            self._headers = rows[0] if headed else None
            lines = table_lines(rows, headed=headed)
        for text in lines:
            self._write(Paragraph(text, line.size, line.bold, sheet, sheet, table=True))

    def _add(self, paragraph: Paragraph, line: Line, sheet: int) -> None:
        text, between = self._hyphens.glue(paragraph.text, line.text)
        paragraph.text = text + between
        self._mark(paragraph, len(paragraph.text))
        paragraph.text += line.text
        paragraph.bold = paragraph.bold and line.bold
        paragraph.lines += 1
        paragraph.last_sheet = sheet

    def _mark(self, paragraph: Paragraph, place: int) -> None:
        paragraph.pages.extend(Page(label, place) for label in self._waiting)
        self._waiting = []

    def _note(self, line: Line, column: Column) -> None:
        """Remember the last paragraph of running text, which may go on elsewhere."""
        paragraph = self._done[-1]
        if same_size(line.size, self._body) and not paragraph.bold:
            self._open, self._full = paragraph, is_full(line, column)

    def _opened_for(self, line: Line, column: Column) -> Paragraph | None:
        """Return the paragraph that the first line of a column goes on with, if it does.

        Only notes in small print may stand between, on the page on which the paragraph begins.
        """
        opened = self._open
        if opened is None or not same_size(line.size, opened.size) or line.bold:
            return None
        between = self._done[self._done.index(opened) + 1 :]
        if any(it.size > _SMALL * self._body or it.table or it.sheet != opened.sheet for it in between):
            return None
        return opened if goes_on(opened.text, line, column, full=self._full) else None

    def _reopen(self, opened: Paragraph) -> None:
        """Put a paragraph behind the notes that stand below it, and let its page begin with the first of them."""
        place = self._done.index(opened)
        notes = self._done[place + 1 :]
        if notes:
            notes[0].pages, opened.pages = [*opened.pages, *notes[0].pages], []
            self._done[place:] = [*notes, opened]


def letters_of(text: str) -> str:
    """Return what a heading is compared by: its letters and figures, without case."""
    return _NO_LETTER.sub("", text).casefold()
