"""Which candidate answers: the one that fits its kind and stands nearest to the question's words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from qa.expected import Expected
from qa.highlight.candidates import candidates
from qa.records import Span

NEAR = 4.0
"""Words of distance at which a word of the question counts half; measured, `benchmarks.highlighting`."""

FITS = 1.0
"""What one good cue of its kind weighs beside one word of the question next to it; measured, as above."""

COMMA = 1.0
BRACKET = 3.0
"""Words that a comma, and a bracket or semicolon, part their sides by: they end clauses; measured, as above."""

LEAST = 0.0
"""A candidate that stands lower is not marked; measured, as above."""

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_WORD_OR_BOUND = re.compile(r"(?P<word>[^\W_]+(?:['’.-][^\W_]+)*)|[,;:()\[\]]|\s[–—-]\s")
_GRAMMAR = frozenset({
    "a", "an", "the", "and", "or", "but", "of", "in", "on", "at", "to", "from", "by", "for", "with", "about", "as",
    "is", "are", "was", "were", "be", "been", "being", "do", "does", "did", "has", "have", "had", "can", "could",
    "will", "would", "shall", "should", "may", "might", "must", "not", "it", "its", "he", "she", "they", "them",
    "him", "her", "his", "their", "that", "this", "these", "those", "there", "who", "whom", "whose", "which", "what",
    "when", "where", "why", "how", "many", "much", "than", "then", "s", "also", "into", "over", "after", "before",
    "between", "during", "until", "since", "one", "other", "some", "any", "all", "most", "more", "such", "up", "out",
    "if", "so", "according", "name", "called",
})  # fmt: skip
_SEVERAL = re.compile(r"\b(?:two|three|both|who (?:are|were)|what are|which are)\b", re.IGNORECASE)
_RANGE = re.compile(r"\s?[–—-]\s?| to | until ")
_LIST = re.compile(r",? and |, | or ")


def highlights(question: str, text: str, expected: Expected) -> tuple[Span, ...]:
    """Return at most two spans of `text` (its own offsets, in order) that answer `question`; none where none is sure.

    Only kinds of answer that have a shape are looked for: not descriptions, nor yes or no.
    """
    found = candidates(question, text, expected)
    if not found:
        return ()
    place = _Place.of(question, text)
    standing = {candidate: FITS * candidate.fit + place.nearness(candidate.span) for candidate in found}
    best = max(found, key=lambda candidate: (standing[candidate], -candidate.span.start))
    if standing[best] < LEAST:
        return ()
    return _with_company(question, text, best.span, [candidate.span for candidate in found], expected)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the words of a text begin, how far along each stands, and the places of each word of the question."""

    starts: Sequence[int]
    along: Sequence[float]
    anchors: Sequence[Sequence[int]]

    @classmethod
    def of(cls, question: str, text: str) -> _Place:
        """Find the question's words, but those of grammar, in the text."""
        from Stemmer import Stemmer

        stem = Stemmer("english").stemWord
        asked = {stem(word) for word in map(_bare, _WORD.findall(question)) if word not in _GRAMMAR}
        starts: list[int] = []
        along: list[float] = []
        positions: dict[str, list[int]] = {}
        passed = 0.0
        for match in _WORD_OR_BOUND.finditer(text):
            if not match["word"]:
                passed += COMMA if match[0] == "," else BRACKET
                continue
            if (stemmed := stem(_bare(match[0]))) in asked:
                positions.setdefault(stemmed, []).append(len(starts))
            starts.append(match.start())
            along.append(passed)
            passed += 1
        return cls(starts, along, list(positions.values()))

    def nearness(self, span: Span) -> float:
        """Return the sum over the question's words of 1 beside the span, half at NEAR words from it."""
        first = min(bisect_left(self.starts, span.start), len(self.starts) - 1)  # "½" at the end is no word
        last = max(first, bisect_left(self.starts, span.end) - 1)
        return sum(1 / (1 + min(self._gap(place, first, last) for place in each) / NEAR) for each in self.anchors)

    def _gap(self, place: int, first: int, last: int) -> float:
        """Return how many words lie between a place and the words first..last; inside counts as beside."""
        if place < first:
            return self.along[first] - self.along[place] - 1
        return max(0.0, self.along[place] - self.along[last] - 1)


def _bare(word: str) -> str:
    return word.casefold().replace("’", "'").removesuffix("'s")


def _with_company(question: str, text: str, best: Span, others: Sequence[Span], expected: Expected) -> tuple[Span, ...]:
    """Take in the other end of a range, and the second of a pair where the question asks for several."""
    measured = expected in {Expected.DATE, Expected.NUMBER}
    joint = _RANGE if measured else _LIST
    if measured or _SEVERAL.search(question):
        for other in others:
            first, second = (best, other) if best.start < other.start else (other, best)
            if first.end < second.start and joint.fullmatch(text, first.end, second.start):
                return (Span(first.start, second.end),) if measured else (first, second)
    return (best,)
