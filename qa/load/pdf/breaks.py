"""Where a paragraph ends: what a gap, an indent, a short last line or another size tells apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.load.pdf.geometry import Column, Line, same_size

_ENDS = re.compile(r"[.?!:;…。！？][\"'”’»)\]]*\Z")
_BULLET = re.compile(r"[•◦▪▫●○■□‣⁃–—*·-]\s+\S|[•◦▪●■‣]")
_NUMBERED = re.compile(r"(?:\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]|\d+(?:\.\d+)+\.?)\s+\S")
_END = 8
_LOOSE = 1.3
"""Of the usual distance between lines: more is a gap."""
_SOLID = 1.2
_INDENT = 0.8
_SHORT = 0.2
_FULL = 0.04


@dataclass(frozen=True, slots=True)
class Above:
    """The line before, in its column, and how the paragraph that it is in began.

    `begins` is the x of its first line, `lines` how many it has; `named`: it is known to be a heading; `item`: it is
    one of a list.
    """

    line: Line
    column: Column
    begins: float
    lines: int
    named: bool
    item: bool


def begins(line: Line, above: Above, pitches: dict[int, float]) -> bool:
    """Whether a line begins a paragraph, below the one before; `pitches` are the usual distances by size."""
    before, column = above.line, above.column
    if not same_size(line.size, before.size):
        return True
    pitch = line.base - before.base
    usual = pitches.get(round(line.size), _SOLID * line.size)
    short = before.box.x1 < column.box.x1 - _SHORT * column.box.width
    ended = _ended(before.text)
    indent = line.box.x0 - column.box.x0
    if pitch > _LOOSE * usual or (line.bold != before.bold and (short or pitch > 1.1 * usual)):
        return True
    if _BULLET.match(line.text) or (_NUMBERED.match(line.text) and (ended or short)):
        return True
    if (ended and short) or (above.item and line.box.x0 < above.begins - _INDENT * line.size):
        return True
    if indent > _INDENT * line.size and line.box.x0 > before.box.x0 + _INDENT * line.size:
        return (ended or short) and above.begins <= line.box.x0
    return above.lines > 1 and before.box.x0 > above.begins + _INDENT * line.size >= line.box.x0 and ended


def is_item(line: Line) -> bool:
    """Whether a line begins as an item of a list does."""
    return bool(_BULLET.match(line.text) or _NUMBERED.match(line.text))


def goes_on(text: str, line: Line, column: Column, *, full: bool) -> bool:
    """Whether a paragraph, whose last line is `full`, goes on with the first line of another column."""
    if _BULLET.match(line.text):
        return False
    indented = line.box.x0 > column.box.x0 + _INDENT * line.size
    if _ended(text):
        return full and not indented and _lower(line.text)
    return full or _lower(line.text) or text.endswith(("-", ","))


def is_full(line: Line, column: Column) -> bool:
    """Whether a line runs to the right side of its column."""
    return line.box.x1 >= column.box.x1 - _FULL * column.box.width


def _ended(text: str) -> bool:
    """Whether a text ends with a sentence; only its end is looked at, because it grows line by line."""
    return _ENDS.search(text[-_END:]) is not None


def _lower(text: str) -> bool:
    return text[:1].islower()
