"""Whether a sentence fits its quotation better with another of the quotation's names, numbers or dates in place of one.

All words of "Quill succeeded Holt" are in "Holt succeeded Quill", and the cross-encoder scores both high. But not the
same: of two sentences that differ in one place, it nearly always prefers the one that is borne out. So each name of a
sentence is exchanged with each other one, and each name, number and date replaced by those that the quotation has
besides; where one of these sentences scores clearly higher, something stands in the wrong place. What is told of a name
stands near it: the nearer another one stands to the words that sentence and quotation share, the less it need score.

Names of one list are not exchanged: what is told of one is told of all.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

from qa.mentions import Mention, dates, names, numbers
from qa.statements import content

Score = Callable[[str, Sequence[str]], list[float]]
"""As `qa.seams.Reranker.score`."""

MOST = 24
"""Other sentences that are scored, each in about ten milliseconds."""

SWAPPED, RENAMED, RECOUNTED = 0.05, 0.35, 0.25
"""By how much (logits) two names exchanged, one name, or one number or date replaced may fit better, and no more."""

NEARER = 0.15
"""By how much less that is, for each word by which what replaces it stands nearer to the rest of the sentence."""

FURTHEST = 12
"""Words; what is further away is no further."""

_FEWEST_LISTED = 3
"""Of two with a comma between them one may be where the other is: Paris, Texas."""
_BETWEEN_NAMES = re.compile(r"\s*(?:,\s*(?:and|or)?|and|or|&)\s*", re.IGNORECASE)
_IN_ORDER = re.compile(r"\brespectively\b|\bin that order\b", re.IGNORECASE)

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
    listed, also_listed = _lists(quotes), _lists(sentence)
    for one, other in combinations(shared, 2):
        if not (_are_listed(one, other, listed) and _are_listed(one, other, also_listed)):
            yield _Other(_replaced(_replaced(_replaced(sentence, one, "\0"), other, one), "\0", other), SWAPPED)
    counted, all_counted = _distinct(numbers(sentence)), _distinct(numbers(quotes))
    dated, all_dated = _distinct(dates(sentence)), _distinct(dates(quotes))
    told = _Told.of(quotes)
    for here, there, room in (
        (shared, all_named, RENAMED),
        (counted, all_counted, RECOUNTED),
        (dated, all_dated, RECOUNTED),
    ):
        besides = [text for text in there if not any(text in other or other in text for other in (sentence, *here))]
        for own in here:
            rest = content(_replaced(sentence, own, " "))
            for other in besides:
                if not _are_listed(own, other, listed):
                    nearer = told.distance(own, rest) - told.distance(other, rest)
                    yield _Other(_replaced(sentence, own, other), room - NEARER * nearer)


@dataclass(frozen=True, slots=True)
class _Told:
    """Quotations word by word: where each begins, and its stem."""

    text: str
    starts: tuple[int, ...]
    stems: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> _Told:
        words = list(_WORD.finditer(text))
        stems = tuple(min(content(word[0]), default="") for word in words)
        return cls(text, tuple(word.start() for word in words), stems)

    def distance(self, name: str, others: set[str]) -> float:
        """Return how many words away from a name these stems stand, in the mean; 0 where nothing can be measured."""
        found = re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", self.text)
        spans = [range(bisect_left(self.starts, it.start()), bisect_left(self.starts, it.end())) for it in found]
        places = [place for span in spans for place in span]
        nearest: dict[str, int] = {}
        for at, stem in enumerate(self.stems):
            if stem in others and at not in places and places:
                away = min(abs(at - place) for place in places)
                nearest[stem] = min(nearest.get(stem, FURTHEST), away)
        return sum(nearest.values()) / len(nearest) if nearest else 0.0


def _lists(text: str) -> list[list[str]]:
    """Return the names that stand in one list and nowhere else: "Ada Quill, Ines Holt and Pell Aas"."""
    if _IN_ORDER.search(text):
        return []
    found = names(text)
    lists: list[list[str]] = []
    end = None
    for name in found:
        if end is not None and _BETWEEN_NAMES.fullmatch(text, end, name.span.start):
            lists[-1].append(name.text)
        else:
            lists.append([name.text])
        end = name.span.end
    once = {text for text, times in Counter(name.text for name in found).items() if times == 1}
    return [[text for text in listed if text in once] for listed in lists if len(listed) >= _FEWEST_LISTED]


def _are_listed(one: str, other: str, lists: Sequence[Sequence[str]]) -> bool:
    return any(one in listed and other in listed for listed in lists)


def _distinct(mentions: Sequence[Mention[str]] | Sequence[Mention[float]]) -> list[str]:
    return list(dict.fromkeys(mention.text for mention in mentions))


def _replaced(text: str, old: str, new: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, text)


def as_words(text: str) -> str:
    """Return the words of a text as they are compared: case-folded, without points, one blank around each."""
    plain = text.casefold().replace("’s", "").replace("'s", "").replace(".", "").replace(",", " ")
    return f" {' '.join(_WORD.findall(plain))} "
