"""Recency breaks near ties, in sight: the order changes and a note says so; no score does."""

from __future__ import annotations

from collections.abc import Sequence

from qa.published import day_of, in_words, newest_first
from qa.records import Note, NoteKind, Quote


def newest_of_near(quotes: Sequence[Quote], within: float) -> tuple[tuple[Quote, ...], Note | None]:
    """Order the quotes that answer about equally well newest first, and say so where that changed their order.

    Those whose score is at most `within` (logits) below the best score tie. They share their places among
    themselves; a quote without a date, and one that trails further, keeps its place. Days are compared, not hours:
    a day is what the reader is shown.
    """
    if not quotes:
        return (), None
    least = max(quote.score for quote in quotes) - within
    tied = [
        place
        for place, quote in enumerate(quotes)
        if quote.score >= least and day_of(quote.passage.article) is not None
    ]
    ordered = list(quotes)
    moved = newest_first((quotes[place] for place in tied), lambda quote: quote.passage.article)
    for place, quote in zip(tied, moved, strict=True):
        ordered[place] = quote
    if ordered == list(quotes):
        return tuple(quotes), None
    return tuple(ordered), _note(moved)


def _note(quotes: Sequence[Quote]) -> Note:
    days = list(dict.fromkeys(in_words(quote.passage.article) for quote in quotes))
    dates = ", then ".join(day for day in days if day)
    several = f"{_COUNTS.get(len(quotes), 'Several')} passages"
    return Note(NoteKind.NEWEST_FIRST, f"{several} answer about equally well; the newest comes first ({dates}).")


_COUNTS = {2: "Two", 3: "Three", 4: "Four"}
