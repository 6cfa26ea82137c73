"""Characters of a page to words, put together where nothing parts them, in the order in which they are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from qa.load.pdf.geometry import Box, around
from qa.load.pdf.glyphs import HYPHENS, Glyphs

_WORD = re.compile(f"[^\\x00-\\x20\\xa0\ufffe]+[{HYPHENS}]?|[{HYPHENS}]")
_RAISED = 0.45
_LOW = 0.12
"""Of the size: what stands higher or lower than this is raised or lowered."""
_MARK = re.compile(
    r"""(?P<word>.*(?:[.,;:!?)\]"'”’»]|[^\W\d_]{4}))(?P<mark>\d{1,3})(?P<end>[.,;:!?)\]"'”’»]*)""", re.DOTALL
)
"""A word that the mark of a note may follow; behind a short one, or a figure, it would be a power (m², 10³)."""
_WIDEST = 2.0
"""Of the size: the widest step from one character to the next within a word."""
_BACKWARDS = (1, 2)


@dataclass(slots=True)
class Run:
    """Characters of a word that is being put together; `x` and `y` are where the last one stands.

    `turned` is the direction in which they run, in quarters against the clock.
    """

    text: str
    box: Box
    x: float
    y: float
    size: float
    bold: bool
    turned: int


def runs_of(page: Any) -> Iterator[Run]:
    """Yield the words of a page of pypdfium2; y grows downwards, to 0 at the lower edge.

    A word is asked where its first character and its last stand, and all of them only where these are not on one line.
    """
    with closing(Glyphs(page)) as glyphs:
        for match in _WORD.finditer(glyphs.text()):
            whole = _run(glyphs, match.start(), match.end(), match[0])
            yield from [whole] if whole is not None else _one_by_one(glyphs, match.start(), match[0])


def _run(glyphs: Glyphs, start: int, end: int, text: str) -> Run | None:
    """Return the characters from `start` to `end` as a word, or None where they are not on one line."""
    box, (x, y), style = glyphs.box(start), glyphs.origin(start), glyphs.style(start)
    size, turned = style.size, style.turned
    if end - start > 1:
        last, (x1, y1) = glyphs.box(end - 1), glyphs.origin(end - 1)
        along, across = (y1 - y, x1 - x) if turned % 2 else (x1 - x, y1 - y)
        along = -along if turned in _BACKWARDS else along
        if abs(across) > _RAISED * size or not -_RAISED * size <= along <= _WIDEST * size * (end - start):
            return None
        top, bottom = min(box.top, last.top), max(box.bottom, last.bottom)
        box = Box(min(box.x0, last.x0), top, max(box.x1, last.x1), bottom)
        if (mark := _MARK.fullmatch(text)) and not turned:
            text = _with_note_mark(glyphs, start, mark, y - _LOW * size)
    return Run(text, box, x, y, size, style.bold, turned)


def _with_note_mark(glyphs: Glyphs, start: int, marked: re.Match[str], above: float) -> str:
    """Set raised figures behind a word in brackets: they are the mark of a note, and no part of the word."""
    raised = all(glyphs.origin(start + place)[1] < above for place in range(*marked.span("mark")))
    return f"{marked['word']}[{marked['mark']}]{marked['end']}" if raised else marked[0]


def _one_by_one(glyphs: Glyphs, start: int, text: str) -> Iterator[Run]:
    """Yield what stands on one line of these characters."""
    run: Run | None = None
    for index, character in enumerate(text, start):
        single = _run(glyphs, index, index + 1, character)
        if run is not None and single is not None and _beside(run, single):
            run.text += character
            run.box = around((run.box, single.box))
            continue
        if run is not None:
            yield run
        run = single
    if run is not None:
        yield run


def _beside(run: Run, single: Run) -> bool:
    """Whether a character stands beside the last ones of a word, along the direction of the word."""
    if run.turned != single.turned:
        return False
    along, across = single.x - run.x, single.y - run.y
    if run.turned % 2:
        along, across = across, along
    if abs(across) > _RAISED * run.size:
        return False
    if run.turned:
        return abs(along) < run.size * (len(run.text) + 2)
    return run.box.x0 <= single.box.x1 and single.box.x0 - run.box.x1 < run.size
