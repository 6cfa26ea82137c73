"""A text that was cleaned before, with what an export says of it: taken as it is, where that still fits."""

from __future__ import annotations

from itertools import pairwise

from qa.clean.canonical import canonical, one_line
from qa.clean.reading import Reading
from qa.records import Heading, Outline, RawDocument

_LOWEST = 6


def read_outlined(raw: RawDocument) -> Reading | None:
    """Return the reading of an exported text.

    None for any other document, and for one that was edited since, so that its outline lies elsewhere: it is read as
    what it is without one.
    """
    text, title = raw.content, one_line(raw.title or "")
    if raw.outline is None or not title or canonical(text) != text or not _fits(raw.outline, text):
        return None
    return Reading(text, title, raw.outline.headings, raw.outline.pages)


def _fits(outline: Outline, text: str) -> bool:
    """Whether headings are whole lines of the text, in order, and pages begin in it, in order."""
    ends = [0, *(heading.end for heading in outline.headings)]
    in_order = all(end <= heading.start for end, heading in zip(ends, outline.headings, strict=False))
    starts = [0, *(page.start for page in outline.pages), len(text)]
    return in_order and all(_is_line(it, text) for it in outline.headings) and all(a <= b for a, b in pairwise(starts))


def _is_line(heading: Heading, text: str) -> bool:
    start, end = heading.start, heading.end
    if not (1 <= heading.level <= _LOWEST and 0 <= start < end <= len(text)):
        return False
    return (start == 0 or text[start - 1] == "\n") and (end == len(text) or text[end] == "\n")
