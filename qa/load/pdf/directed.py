"""Pages with text that runs from right to left: their words in the order in which they are read.

PDFium hands on such text in whatever order it was drawn, with spaces at odd places; where a character stands is sure.
So lines with such text are read anew. A page most of whose text runs from right to left is seen
in a mirror: its first column is the left one then, and a line begins at its left. What runs to the right on a line is
laid out in the order in which it is read, too; so whatever follows need not know of directions.
"""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import dataclass, replace
from operator import attrgetter
from statistics import median
from typing import Any, NamedTuple

from qa.load.pdf.bidi import RIGHT_TO_LEFT, brackets_to_mirror, letters, read, reads_from_right, runs_to_left
from qa.load.pdf.geometry import Box, around
from qa.load.pdf.glyphs import Glyphs
from qa.load.pdf.runs import Run

_ON_LINE = 0.45
"""Of the size: what stands higher or lower than this is on another line."""
_SPACE = 0.12
"""Of the size: a wider space parts words."""
_APART = 1.0
"""Of the size: a wider space could be one between columns."""
_SAME = 0.01


@dataclass(frozen=True, slots=True)
class Directed:
    """The words of a page; where it is seen in a mirror, x grows from 0 at its right side to the left, negative."""

    runs: tuple[Run, ...]
    in_mirror: bool


class _Place(NamedTuple):
    """A character: its y, its number in the text of the page, itself."""

    y: float
    number: int
    character: str


@dataclass(slots=True)
class _Cell:
    """Characters at one place of a line, `last` of which has this number in the text of the page."""

    x: float
    text: str
    box: Box
    last: int


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a line, in the order in which it is read; which of it is read to the left; its place and print."""

    cells: tuple[_Cell, ...]
    turned: tuple[bool, ...]
    like: Run


def directed(page: Any, runs: Sequence[Run]) -> Directed:
    """Return the words of a page in order; `runs` are as they were drawn, most of them level."""
    text = "".join(run.text for run in runs)
    right = len(RIGHT_TO_LEFT.findall(text))
    if not right:
        return Directed(tuple(runs), in_mirror=False)
    mostly = right * 2 > sum(map(str.isalpha, text))
    level = [run for run in runs if not run.turned]
    found = [run for run in runs if run.turned]
    anew: list[_Part] = []
    with closing(Glyphs(page)) as glyphs:
        places = _places(glyphs, all_level=not found)
        for line in _lines(level):
            if any(RIGHT_TO_LEFT.search(run.text) for run in line):
                anew.extend(_read_anew(glyphs, places, line, mostly=mostly))
            else:
                found.extend(_in_mirror(line) if mostly else line)
    mirrors = brackets_to_mirror(
        (cell.text for cell, turned in zip(it.cells, it.turned, strict=True) if turned) for it in anew
    )
    for part in anew:
        found.extend(_words(part, mirrors, mostly=mostly))
    return Directed(tuple(found), mostly)


def _lines(runs: Sequence[Run]) -> list[list[Run]]:
    """Return the words by the lines that they stand on, from top to bottom."""
    lines: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: run.y):
        if lines and run.y - lines[-1][0].y <= _ON_LINE * max(run.size, lines[-1][0].size):
            lines[-1].append(run)
        else:
            lines.append([run])
    return lines


def _places(glyphs: Glyphs, *, all_level: bool) -> list[_Place]:
    """Return the characters that are seen on a page and are level, from top to bottom."""
    seen = (place for place in enumerate(glyphs.text()) if not place[1].isspace() and place[1] != "\0")
    found = (_Place(glyphs.origin(index)[1], index, character) for index, character in seen)
    return sorted(place for place in found if all_level or not glyphs.style(place.number).turned)


def _read_anew(glyphs: Glyphs, places: Sequence[_Place], line: Sequence[Run], *, mostly: bool) -> Iterator[_Part]:
    size = median(run.size for run in line)
    start = bisect_left(places, min(run.y for run in line) - _SAME, key=attrgetter("y"))
    end = bisect_left(places, max(run.y for run in line) + _SAME, key=attrgetter("y"))
    cells = _cells(glyphs, sorted(places[start:end], key=attrgetter("number")))
    for part in _apart(cells, size):
        texts = [cell.text for cell in part]
        from_right = reads_from_right("".join(texts), mostly=mostly)
        turned = runs_to_left(texts, from_right=from_right)
        ordered = [(part[place], turned[place]) for place in read(texts, from_right=from_right)]
        yield _Part(tuple(cell for cell, _ in ordered), tuple(it for _, it in ordered), _like(part, line))


def _like(cells: Sequence[_Cell], line: Sequence[Run]) -> Run:
    """Return a word without letters in the place and in the print of cells."""
    box = around(cell.box for cell in cells)
    near = [run for run in line if box.covers(run.box)] or list(line)
    bases = Counter(run.y for run in near)
    y = max(bases, key=lambda base: (bases[base], base))
    size, bold = median(run.size for run in near), all(run.bold for run in near)
    return Run("", box, box.x0, y, size, bold, 0)


def _cells(glyphs: Glyphs, places: Sequence[_Place]) -> list[_Cell]:
    """Return what stands on a line from left to right, accents with the letters that they stand on.

    Of several characters at one place, as a ligature has them, the text of the page has the order. What is drawn twice,
    to be bold, is read once.
    """
    cells: list[_Cell] = []
    accents: list[_Cell] = []
    drawn: set[tuple[int, str]] = set()
    last_x = math.inf
    for _, index, character in places:
        box, (x, _) = glyphs.box(index), glyphs.origin(index)
        box = replace(box, x0=min(box.x0, x))
        if cells and abs(x - last_x) <= _SAME and index == cells[-1].last + 1:
            same = cells[-1]
            same.text, same.box, same.last = same.text + character, around((same.box, box)), index
        elif unicodedata.category(character) == "Mn":
            accents.append(_Cell(x, character, box, index))
        elif (round(x), character) not in drawn:
            drawn.add((round(x), character))
            cells.append(_Cell(x, character, box, index))
            last_x = x
    cells.sort(key=lambda cell: (cell.x, cell.last))
    for accent in accents if cells else ():
        middle = (accent.box.x0 + accent.box.x1) / 2
        cells[max(bisect_left(cells, middle, key=attrgetter("x")) - 1, 0)].text += accent.text
    return cells


def _apart(cells: Sequence[_Cell], size: float) -> Iterator[list[_Cell]]:
    """Yield the cells between spaces that are as wide as between columns, with a cell of " " between words."""
    part: list[_Cell] = []
    end = 0.0
    for cell in cells:
        space = cell.box.x0 - end
        if part and space > _APART * size:
            yield part
            part = []
        elif part and space > _SPACE * size:
            part.append(_Cell(end, " ", replace(cell.box, x0=end, x1=cell.box.x0), cell.last))
        end = max(end, cell.box.x1) if part else cell.box.x1
        part.append(cell)
    if part:
        yield part


def _words(part: _Part, mirrors: AbstractSet[str], *, mostly: bool) -> Iterator[Run]:
    """Yield the words of a part of a line as they are read, laid out from left to right in the place of the part."""
    x = start = -part.like.box.x1 if mostly else part.like.box.x0
    word = ""
    for cell, turned in zip(part.cells, part.turned, strict=True):
        if cell.text != " ":
            word += letters(cell.text, mirrors if turned else frozenset())
        elif word:
            yield _word(word, start, x, part.like)
            word, start = "", x + cell.box.width
        x += max(cell.box.width, 0.0)
    if word:
        yield _word(word, start, x, part.like)


def _word(text: str, start: float, end: float, like: Run) -> Run:
    return replace(like, text=text, box=replace(like.box, x0=start, x1=max(start, end)), x=start)


def _in_mirror(line: Sequence[Run]) -> Iterator[Run]:
    """Yield words that are read from left to right, seen in the mirror in this order."""
    part: list[Run] = []
    for run in sorted(line, key=lambda run: run.box.x0):
        if part and run.box.x0 - part[-1].box.x1 > _APART * max(run.size, part[-1].size):
            yield from _shifted(part)
            part = []
        part.append(run)
    yield from _shifted(part)


def _shifted(part: Sequence[Run]) -> Iterator[Run]:
    box = around(run.box for run in part)
    shift = -box.x1 - box.x0
    for run in part:
        moved = replace(run.box, x0=run.box.x0 + shift, x1=run.box.x1 + shift)
        yield replace(run, box=moved, x=run.x + shift)
