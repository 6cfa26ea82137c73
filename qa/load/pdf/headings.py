"""Which paragraphs are headings: those that the outline names, else those in larger or heavier print."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from qa.load.pdf.paragraphs import Paragraph, letters_of

_LARGER = 1.12
_LONGEST = 200
_LONGEST_BOLD = 120
_MOST_LINES = 4
_MOST = 0.3
"""Of all letters: where more stand in large print, size says nothing about headings."""
_DEEPEST = 6
_AT_THE_TOP = 4
"""Paragraphs among which a title is looked for."""
_ENDS = re.compile(r"[.;,:]\Z")


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of a PDF's outline: its title, its depth from 1, and the page it leads to, from 0 (None: to none)."""

    title: str
    level: int
    sheet: int | None


def lines_named(outline: Sequence[Bookmark]) -> frozenset[tuple[int, str]]:
    """Return the pages of the entries and their letters, as `paragraphs` takes them."""
    return frozenset((it.sheet, letters_of(it.title)) for it in outline if it.sheet is not None)


def body_size(sizes: Counter[float]) -> float:
    """Return the size in which most letters are printed."""
    return max(sizes, key=lambda size: (sizes[size], -size), default=0.0)


def mark_headings(paragraphs: Sequence[Paragraph], body: float, outline: Sequence[Bookmark]) -> None:
    """Give headings their levels: by the outline, where at least half of it is found in the text, else by print.

    An outline need not name the title: what stands above all that it names, in larger print than that, is one.
    """
    named = _named(paragraphs, outline)
    if named and len(named) * 2 >= len(outline):
        title = _title(paragraphs, [it for it, _ in named], body)
        for paragraph, level in named:
            paragraph.level = min(level + (title is not None), _DEEPEST)
        if title is not None:
            title.level = 1
        return
    large = [it for it in paragraphs if _is_large(it, body)]
    letters = sum(len(it.text) for it in paragraphs)
    if sum(len(it.text) for it in large) > _MOST * letters:
        return
    sizes = sorted({round(it.size) for it in large}, reverse=True)
    for paragraph in large:
        paragraph.level = min(sizes.index(round(paragraph.size)) + 1, _DEEPEST)
    for paragraph in _bold(paragraphs, body):
        paragraph.level = min(len(sizes) + 1, _DEEPEST)


def _named(paragraphs: Sequence[Paragraph], outline: Sequence[Bookmark]) -> list[tuple[Paragraph, int]]:
    """Return the paragraphs that the outline names, on the pages that it says, and their levels."""
    places: dict[tuple[int, str], Paragraph] = {}
    for paragraph in paragraphs:
        if not paragraph.table and len(paragraph.text) <= _LONGEST:
            places.setdefault((paragraph.sheet, letters_of(paragraph.text)), paragraph)
    found = []
    for entry in outline:
        place = (-1 if entry.sheet is None else entry.sheet, letters_of(entry.title))
        if place in places:
            found.append((places.pop(place), entry.level))
    return found


def _title(paragraphs: Sequence[Paragraph], named: Sequence[Paragraph], body: float) -> Paragraph | None:
    """Return the largest paragraph above all that the outline names, if it is larger than each of them."""
    above = list(takewhile(lambda it: all(it is not other for other in named), paragraphs))[:_AT_THE_TOP]
    large = [it for it in above if _is_large(it, body)]
    title = max(large, key=lambda it: it.size, default=None)
    return title if title is not None and title.size >= _LARGER * max(it.size for it in named) else None


def _is_large(paragraph: Paragraph, body: float) -> bool:
    fits = len(paragraph.text) <= _LONGEST and paragraph.lines <= _MOST_LINES and not paragraph.table
    return fits and paragraph.size >= _LARGER * body and any(map(str.isalpha, paragraph.text))


def _bold(paragraphs: Sequence[Paragraph], body: float) -> list[Paragraph]:
    """Return short lines in heavy print, unless most of the text is in it."""
    heavy = sum(len(it.text) for it in paragraphs if it.bold)
    if heavy > _MOST * sum(len(it.text) for it in paragraphs):
        return []
    return [
        it
        for it in paragraphs
        if it.bold
        and not it.table
        and not it.level
        and it.size >= body * 0.95
        and len(it.text) <= _LONGEST_BOLD
        and not _ENDS.search(it.text)
        and any(map(str.isalpha, it.text))
    ]
