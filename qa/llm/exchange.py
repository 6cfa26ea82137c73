"""Whether a sentence fits its quotation better with another of the quotation's names, numbers or dates in place of one.

All words of "Quill succeeded Holt" are in "Holt succeeded Quill", and the cross-encoder scores both high. But not the
same: of two sentences that differ in one place, it nearly always prefers the one that is borne out. So each name of a
sentence is exchanged with each other one, and each name, number and date replaced by those that the quotation has
besides; where one of these sentences scores clearly higher, something stands in the wrong place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

from qa.mentions import Mention, dates, names, numbers

Score = Callable[[str, Sequence[str]], list[float]]
"""As `qa.seams.Reranker.score`."""

MOST = 24
"""Other sentences that are scored, each in about ten milliseconds."""

SWAPPED, RENAMED, RECOUNTED = 0.05, 0.3, 0.2
"""By how much (logits) two names exchanged, one name, or one number or date replaced may fit better, and no more."""


_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Other:
    """A sentence that differs in one place, and by how much it may score higher."""

    text: str
    room: float


def is_out_of_place(sentence: str, quotes: str, score: Score) -> bool:
    """Whether a sentence is borne out better with something else of the quotations in place of something of its own.

    Never of one that stands in the quotations word for word.
    """
    if as_words(sentence) in as_words(quotes):
        return False
    others = list(islice(_others(sentence, quotes), MOST))
    if not others:
        return False
    own = score(sentence, [quotes])[0]
    return any(score(other.text, [quotes])[0] > own + other.room for other in others)


def _others(sentence: str, quotes: str) -> Iterator[_Other]:
    named, all_named = _distinct(names(sentence)), _distinct(names(quotes))
    shared = [name for name in named if name in quotes]
    for one, other in combinations(shared, 2):
        yield _Other(_replaced(_replaced(_replaced(sentence, one, "\0"), other, one), "\0", other), SWAPPED)
    counted, all_counted = _distinct(numbers(sentence)), _distinct(numbers(quotes))
    dated, all_dated = _distinct(dates(sentence)), _distinct(dates(quotes))
    for here, there, room in (
        (shared, all_named, RENAMED),
        (counted, all_counted, RECOUNTED),
        (dated, all_dated, RECOUNTED),
    ):
        besides = [text for text in there if not any(text in other or other in text for other in (sentence, *here))]
        for own in here:
            for other in besides:
                yield _Other(_replaced(sentence, own, other), room)


def _distinct(mentions: Sequence[Mention[str]] | Sequence[Mention[float]]) -> list[str]:
    return list(dict.fromkeys(mention.text for mention in mentions))


def _replaced(text: str, old: str, new: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, text)


def as_words(text: str) -> str:
    """Return the words of a text as they are compared: case-folded, without points, one blank around each."""
    plain = text.casefold().replace("’s", "").replace("'s", "").replace(".", "").replace(",", " ")
    return f" {' '.join(_WORD.findall(plain))} "
