"""What the question before has that a new name takes the place of: "And Japan?", after "Who left Korea?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.chat.rows import Row, place_of
from qa.chat.words import FUNCTION_WORDS
from qa.mentions import names
from qa.records import Span

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_WITHIN = re.compile(r"\b(?:in|at|from|for|to|on|by|with|of)\s(?:the\s)?\Z")
_ARTICLES = frozenset({"the", "a", "an"})
_MOST_BEFORE_HEAD = 3
_DOES = re.compile(r"\b(?:do|does|did|will|would|can|could)\b", re.IGNORECASE)
"""A verb that has another at the end: "What does a ticket for adults cost?"."""
_LONGEST_PLACED = 3
"""Words after a preposition at the end of a question that are replaced together."""
_END = " \t?.!"


def replaced(before: str, new: str, preposition: str, table: Sequence[Row], *, typed_small: bool) -> Span | None:
    """Return where the question before has what `new` takes the place of; None where nothing there is of its kind.

    A year, a name, "the north pier" for "the south pier", what is in a cell of the rows that were answered (`table`),
    or what follows the same `preposition`, "" where there is none. `typed_small`: who asks writes without capitals.
    """
    return (
        _name(before, new, typed_small=typed_small)
        or _alike(before, new)
        or _in_cells(before, table)
        or (_after_the_same(before, preposition, new) if preposition else None)
    )


def without_article(before: str, new: str) -> str:
    """Return what stands before a name that brings its own article: no "the the Alma"."""
    return before[:-4] if new.casefold().startswith("the ") and before.casefold().endswith(" the ") else before


def _alike(before: str, new: str) -> Span | None:
    """Return where the question before has one of the same kind: "the north pier" for "the south pier"."""
    kind = [word for word in new.split() if word.casefold() not in _ARTICLES]
    head = kind[-1] if len(kind) > 1 else ""
    if not head.isalpha() or set(map(str.casefold, kind)) & FUNCTION_WORDS:
        return None
    for match in re.finditer(rf"\b{re.escape(head)}\b", before, re.IGNORECASE):
        words = list(re.finditer(r"\S+", before[: match.start()]))[-_MOST_BEFORE_HEAD - 1 :]
        start: int | None = None
        while words and words[-1][0].casefold() not in FUNCTION_WORDS and words[-1][0][-1].isalnum():
            start = words.pop().start()
        if start is not None and start > 0:
            has_article = words and words[-1][0].casefold() in _ARTICLES
            return Span(words[-1].start() if has_article else start, match.end())
    return None


def _in_cells(before: str, table: Sequence[Row]) -> Span | None:
    """Return where the question before has what a cell of the answer has."""
    found = (place_of(cell, before) for row in table for cell in row)
    return next((Span(*place) for place in found if place is not None), None)


def _after_the_same(before: str, preposition: str, new: str) -> Span | None:
    """Return what the question before has after the same preposition: "for dogs", where it is "for children" now.

    A name gives way only to a name: "in Paris" goes together with "in summer".
    """
    asked = before.rstrip(_END)
    places = list(re.finditer(rf"\b{re.escape(preposition)}\s(?=(?:(?:the|an?)\s)?(\w[\w’'-]*))", asked, re.IGNORECASE))
    if not places or (places[-1][1][:1].isupper() and not new.removeprefix("the ")[:1].isupper()):
        return None
    start = places[-1].end()
    after = asked[start:].split()
    bare = [word for word in after if word.casefold() not in _ARTICLES]
    if not bare:
        return None
    whole = len(bare) == 1 or (len(after) <= _LONGEST_PLACED and not _DOES.search(asked))
    if whole and not set(map(str.casefold, bare)) & FUNCTION_WORDS:
        return Span(start, len(asked))
    return None if bare[0].casefold() in FUNCTION_WORDS else Span(start, asked.index(bare[0], start) + len(bare[0]))


def _name(before: str, new: str, *, typed_small: bool) -> Span | None:
    """Return where the question before has what `new` takes the place of: a year, a name that it asks about.

    Who types without capitals (`typed_small`) names with one word or two.
    """
    if _YEAR.fullmatch(new):
        year = _YEAR.search(before)
        return Span(*year.span()) if year else None
    small = typed_small and len(new.split()) < 3 and not set(new.split()) & FUNCTION_WORDS  # noqa: PLR2004
    there, found = names(before), names(f"of {new.title() if small else new}")
    if not there or not found or len(found[0].text) < len(new.removeprefix("the ")):
        return None
    within = [name for name in there if _WITHIN.search(before[: name.span.start])]
    old = (within or there)[-1]
    return None if old.text.casefold() in new.casefold() else old.span
