"""Places in a text. Offsets count its code points, end exclusive."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an article's text, in code points, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the document that an article was read from: its label as printed, and where its text begins.

    It goes on to the start of the next; a paragraph may run over it.
    """

    label: str
    start: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside an article; it governs the text from `end` to the next of its level or above."""

    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Outline:
    """Where the headings of a text lie and its pages begin, as an export states it of a text in canonical form."""

    headings: tuple[Heading, ...]
    pages: tuple[Page, ...]
