"""Text with marks in it, exact to the code point: cut where marks begin and end, and nowhere else."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.records import Article, Citation, Page, Span
from qa.sentences import paragraphs

MOST_CITES = 20
"""Spans of a link that are marked."""

_CITE = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to mark, and the id that a link can go to; None where no link goes there."""

    id: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class PageBreak:
    """Where a page begins: its label, and the id that a link can go to."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text that is marked as a whole or not at all, on one page.

    `ids` are those of the marks that begin in it, `pages` begin with its first character.
    """

    text: str
    marked: bool
    ids: tuple[str, ...]
    pages: tuple[PageBreak, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a heading of level 2 to 6 (0: a paragraph); `pages` begin before it."""

    level: int
    segments: tuple[Segment, ...]
    pages: tuple[PageBreak, ...] = ()


Breaks = Mapping[int, tuple[PageBreak, ...]]
"""The pages that begin at an offset into the text."""
NO_BREAKS: Breaks = {}


def segments(text: str, window: Span, marks: Sequence[Mark], breaks: Breaks = NO_BREAKS) -> tuple[Segment, ...]:
    """Cut `text[window.start:window.end]` at the edges of marks and where pages begin; the pieces are that text."""
    edges = {edge for mark in marks for edge in (mark.span.start, mark.span.end)} | set(breaks)
    cuts = sorted({window.start, window.end, *(edge for edge in edges if window.start < edge < window.end)})
    return tuple(_segment(text, Span(start, end), marks, breaks) for start, end in pairwise(cuts))


def blocks(article: Article, marks: Sequence[Mark]) -> tuple[Block, ...]:
    """Return the article's paragraphs and headings, marked, with page breaks; a mark over several goes on in each.

    A page that begins between two of them begins with the second.
    """
    levels = {heading.start: min(max(heading.level, 2), 6) for heading in article.headings}
    breaks = _breaks(article.pages)
    begun = sorted(breaks)
    found = []
    for part in paragraphs(article.text):
        before, begun = _parted(begun, part.start)
        inside, begun = _parted(begun, part.end - 1)
        found.append(
            Block(
                level=levels.get(part.start, 0),
                segments=segments(article.text, part, marks, {place: breaks[place] for place in inside}),
                pages=tuple(page for place in before for page in breaks[place]),
            )
        )
    return tuple(found)


def _breaks(pages: Sequence[Page]) -> dict[int, tuple[PageBreak, ...]]:
    """Return the pages by where they begin; the id counts them from 1, because a label may come twice."""
    breaks: dict[int, tuple[PageBreak, ...]] = {}
    for number, page in enumerate(pages, start=1):
        breaks[page.start] = (*breaks.get(page.start, ()), PageBreak(f"page-{number}", page.label))
    return breaks


def _parted(places: list[int], last: int) -> tuple[list[int], list[int]]:
    """Part sorted places after `last`."""
    cut = bisect_right(places, last)
    return places[:cut], places[cut:]


def highlighted(citation: Citation) -> tuple[Segment, ...]:
    """Cut a quotation at the edges of the words that answer; together the pieces are its text."""
    start = citation.start_char_index
    marks = [
        Mark(None, Span(mark.start_char_index - start, mark.end_char_index - start)) for mark in citation.highlights
    ]
    return segments(citation.cited_text, Span(0, len(citation.cited_text)), marks)


def read_cites(cites: Iterable[str], text: str) -> list[Mark]:
    """Return the marks that a link's `cite=start-end` ask for; those that cannot be shown are left out.

    The n-th `cite` has the id `cite-n`, whatever became of the others.
    """
    found = ((number, _span(cite, text)) for number, cite in zip(range(1, MOST_CITES + 1), cites, strict=False))
    return [Mark(f"cite-{number}", span) for number, span in found if span is not None]


def _segment(text: str, part: Span, marks: Sequence[Mark], breaks: Breaks) -> Segment:
    over = [mark for mark in marks if mark.span.start <= part.start and part.end <= mark.span.end]
    ids = tuple(mark.id for mark in over if mark.id and part.start <= _first_visible(text, mark.span) < part.end)
    return Segment(text[part.start : part.end], bool(over), ids, breaks.get(part.start, ()))


def _first_visible(text: str, span: Span) -> int:
    """Return where a span's first visible character is: the blank line between paragraphs is nowhere on a page."""
    return span.end - len(text[span.start : span.end].lstrip())


def _span(cite: str, text: str) -> Span | None:
    match = _CITE.fullmatch(cite)
    if match is None:
        return None
    start, end = int(match[1]), int(match[2])
    return Span(start, end) if start < end <= len(text) and text[start:end].strip() else None
