"""Lines to paragraphs: what a gap, an indent, a short last line or another size tells apart, over columns and pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from statistics import median

from qa.load.pdf.geometry import Column, Line
from qa.load.pdf.hyphens import Hyphens
from qa.records import Page
from qa.tables import looks_headed, table_lines

_ENDS = re.compile(r"[.?!:;…。！？][\"'”’»)\]]*\Z")
_BULLET = re.compile(r"[•◦▪▫●○■□‣⁃–—*·-]\s+\S|[•◦▪●■‣]")
_NUMBERED = re.compile(r"(?:\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]|\d+(?:\.\d+)+\.?)\s+\S")
_NO_LETTER = re.compile(r"[\W_]+")
_END = 8
_SAME_SIZE = 0.08
_LOOSE = 1.3
"""Of the usual distance between lines: more is a gap."""
_SOLID = 1.2
_TYPICAL = 1.5
_ENOUGH = 8
"""Distances between lines from which one that is not typical is believed."""
_INDENT = 0.8
_SHORT = 0.2
_FULL = 0.04
_SMALL = 0.9


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


@dataclass(frozen=True, slots=True)
class Layout:
    """A page: its label, and its columns in the order in which they are read."""

    label: str
    columns: tuple[Column, ...]


@dataclass(slots=True)
class _Last:
    """The line before, in its column, and how the paragraph that it is in began."""

    line: Line
    column: Column
    begins: float
    lines: int
    named: bool


def paragraphs(
    layouts: Sequence[Layout], body: float, hyphens: Hyphens, named: AbstractSet[tuple[int, str]] = frozenset()
) -> list[Paragraph]:
    """Return the paragraphs of all pages in order; `body` is the size of the running text.

    `named` are lines that are known to be headings: the page of each, from 0, and its letters (`letters_of`).

    One that goes on in the next column or on the next page is put together, also over notes in small print below it,
    which then come before it, so that no page begins before the one it follows.
    """
    writer = _Writer(body, hyphens, _pitches(layouts), named)
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
        last: _Last | None = None
        for line in column.lines:
            if line.table:
                self._table(line, sheet)
                last = None
                continue
            self._headers = None
            named = (sheet, letters_of(line.text)) in self._named
            if last is not None and not (named or last.named) and not self._begins(line, last):
                self._add(self._done[-1], line, sheet)
                last = _Last(line, column, last.begins, last.lines + 1, named=False)
            else:
                opened = self._goes_on(line, column) if last is None and not named else None
                if opened is None:
                    self._begin(line, sheet)
                else:
                    self._reopen(opened)
                    self._add(opened, line, sheet)
                last = _Last(line, column, line.box.x0, 1, named=named)
            self._note(line, column)

    def finished(self) -> list[Paragraph]:
        """Return what was written; pages at the end without any text begin at its end."""
        if self._done:
            self._mark(self._done[-1], len(self._done[-1].text))
        return self._done

    def _begin(self, line: Line, sheet: int) -> None:
        self._write(Paragraph(line.text, line.size, line.bold, sheet, sheet))

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
        if _same(line.size, self._body) and not paragraph.bold:
            self._open = paragraph
            self._full = line.box.x1 >= column.box.x1 - _FULL * column.box.width

    def _goes_on(self, line: Line, column: Column) -> Paragraph | None:
        """Return the paragraph that the first line of a column goes on with, if it does.

        Only notes in small print may stand between, on the page on which the paragraph begins.
        """
        opened = self._open
        if opened is None or not _same(line.size, opened.size) or line.bold:
            return None
        between = self._done[self._done.index(opened) + 1 :]
        if any(it.size > _SMALL * self._body or it.table or it.sheet != opened.sheet for it in between):
            return None
        indented = line.box.x0 > column.box.x0 + _INDENT * line.size
        if _ended(opened.text):
            goes_on = self._full and not indented and _lower(line.text)
        else:
            goes_on = self._full or _lower(line.text) or opened.text.endswith(("-", ","))
        return opened if goes_on and not _BULLET.match(line.text) else None

    def _reopen(self, opened: Paragraph) -> None:
        """Put a paragraph behind the notes that stand below it, and let its page begin with the first of them."""
        place = self._done.index(opened)
        notes = self._done[place + 1 :]
        if notes:
            notes[0].pages, opened.pages = [*opened.pages, *notes[0].pages], []
            self._done[place:] = [*notes, opened]

    def _begins(self, line: Line, last: _Last) -> bool:
        """Whether a line begins a paragraph, below the one before."""
        before, column = last.line, last.column
        if not _same(line.size, before.size):
            return True
        pitch = line.base - before.base
        usual = self._pitches.get(round(line.size), _SOLID * line.size)
        width = column.box.width
        short = before.box.x1 < column.box.x1 - _SHORT * width
        ended = _ended(before.text)
        indent = line.box.x0 - column.box.x0
        if pitch > _LOOSE * usual or (line.bold != before.bold and (short or pitch > 1.1 * usual)):
            return True
        if _BULLET.match(line.text) or (_NUMBERED.match(line.text) and (ended or short)):
            return True
        if ended and short:
            return True
        if indent > _INDENT * line.size and line.box.x0 > before.box.x0 + _INDENT * line.size:
            return (ended or short) and last.begins <= line.box.x0
        return last.lines > 1 and before.box.x0 > last.begins + _INDENT * line.size >= line.box.x0 and ended


def letters_of(text: str) -> str:
    """Return what a heading is compared by: its letters and figures, without case."""
    return _NO_LETTER.sub("", text).casefold()


def _same(size: float, other: float) -> bool:
    return abs(size - other) <= _SAME_SIZE * max(size, other)


def _ended(text: str) -> bool:
    """Whether a text ends with a sentence; only its end is looked at, because it grows line by line."""
    return _ENDS.search(text[-_END:]) is not None


def _lower(text: str) -> bool:
    return text[:1].islower()


def _pitches(layouts: Sequence[Layout]) -> dict[int, float]:
    """Return the usual distance between lines of a size (rounded), by what is between lines of one column."""
    found: dict[int, list[float]] = {}
    for size, pitch in _distances(layouts):
        if 0.8 * size < pitch < 2.5 * size:
            found.setdefault(round(size), []).append(pitch)
    return {
        size: _smaller(pitches) if len(pitches) >= _ENOUGH else min(_smaller(pitches), _TYPICAL * size)
        for size, pitches in found.items()
    }


def _smaller(pitches: Sequence[float]) -> float:
    """Return the median of the closer half: the others are between paragraphs."""
    return median(sorted(pitches)[: (len(pitches) + 1) // 2])


def _distances(layouts: Sequence[Layout]) -> Iterator[tuple[float, float]]:
    for layout in layouts:
        for column in layout.columns:
            for before, line in zip(column.lines, column.lines[1:], strict=False):
                if not before.table and not line.table and _same(before.size, line.size):
                    yield line.size, line.base - before.base
