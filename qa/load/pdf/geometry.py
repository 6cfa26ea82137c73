"""What a page is made of; lengths are points, y grows downwards, and text runs from left to right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_RAISED = 0.45
_SAME_SIZE = 0.08


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        """Its width."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Its height."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """The y of its middle."""
        return (self.top + self.bottom) / 2

    def covers(self, other: Box) -> bool:
        """Whether the middle of `other` lies in it."""
        return self.x0 <= (other.x0 + other.x1) / 2 <= self.x1 and self.top <= other.middle <= self.bottom


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all of them."""
    every = list(boxes)
    return Box(
        min(box.x0 for box in every),
        min(box.top for box in every),
        max(box.x1 for box in every),
        max(box.bottom for box in every),
    )


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without a space between them; `base` is the y of the line they stand on, `size` that of their font."""

    text: str
    box: Box
    base: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A drawn line, across or upright, or an edge of a drawn rectangle."""

    box: Box

    @property
    def across(self) -> bool:
        """Whether it runs from left to right."""
        return self.box.width >= self.box.height


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it was read: its label, its size, what is on it, and whether a picture is.

    `unknown` counts the characters that the fonts do not name.
    """

    label: str
    box: Box
    words: tuple[Word, ...]
    rules: tuple[Rule, ...]
    pictures: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Line:
    """Words side by side, or a table (the cells of its rows)."""

    text: str
    box: Box
    base: float
    size: float
    bold: bool
    table: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, words: Sequence[Word]) -> Line:
        """Put words together, from left to right."""
        letters = sum(len(word.text) for word in words)
        sizes: Counter[float] = Counter()
        bases: Counter[float] = Counter()
        for word in words:
            sizes[word.size] += len(word.text)
            bases[word.base] += len(word.text)
        return cls(
            " ".join(word.text for word in words),
            around(word.box for word in words),
            max(bases, key=lambda base: (bases[base], base)),
            max(sizes, key=lambda size: (sizes[size], size)),
            sum(len(word.text) for word in words if word.bold) * 2 > letters,
        )

    @classmethod
    def joined(cls, parts: Sequence[Line]) -> Line:
        """Put pieces of one line together, from left to right."""
        if len(parts) == 1:
            return parts[0]
        ordered = sorted(parts, key=lambda part: part.box.x0)
        longest = max(ordered, key=lambda part: len(part.text))
        bold = all(part.bold for part in ordered)
        text = " ".join(part.text for part in ordered)
        return cls(text, around(part.box for part in ordered), longest.base, longest.size, bold)


def beside(one: Word | Line, other: Word | Line) -> bool:
    """Whether both stand on one line, be it a little higher or lower, as the mark of a note is."""
    return abs(one.base - other.base) <= _RAISED * max(one.size, other.size)


def same_size(size: float, other: float) -> bool:
    """Whether both are the size of one print, but for rounding."""
    return abs(size - other) <= _SAME_SIZE * max(size, other)


@dataclass(frozen=True, slots=True)
class Column:
    """Lines one below the other, and where the text begins and ends at its sides."""

    lines: tuple[Line, ...]
    box: Box


@dataclass(frozen=True, slots=True)
class Layout:
    """A page: its label, and its columns in the order in which they are read."""

    label: str
    columns: tuple[Column, ...]
