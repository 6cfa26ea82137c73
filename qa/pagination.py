"""Which pages of the document that an article was read from a span of it lies on, and how a reader is told."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from qa.records import Page, Span


@dataclass(frozen=True, slots=True)
class Pages:
    """The labels of the pages on which something begins and ends; both None for a document without pages."""

    first: str | None
    last: str | None


def pages_of(span: Span, pages: Sequence[Page]) -> Pages:
    """Return the pages of a span of the article whose `pages` these are, in order."""
    if not pages:
        return Pages(None, None)
    return Pages(_label(span.start, pages), _label(max(span.start, span.end - 1), pages))


def pages_in_words(first: str | None, last: str | None) -> str | None:
    """Return pages as a reference names them: "p. 12", "pp. 12–13"; None where there are none."""
    if first is None:
        return None
    return f"p. {first}" if last in (first, None) else f"pp. {first}–{last}"


def _label(place: int, pages: Sequence[Page]) -> str:
    """Return the label of the last page that begins at or before `place`; what stands before all is on the first."""
    return pages[max(bisect_right(pages, place, key=attrgetter("start")) - 1, 0)].label
