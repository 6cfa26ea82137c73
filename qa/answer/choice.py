"""Which quotes answer: the best, and up to two more that answer nearly as well and add something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.records import Passage, Quote

PASSAGE_WEIGHT = 0.5
"""What a passage's logit adds to those of its sentences; measured, `docs/quality.md`."""

MOST_QUOTES = 3
FURTHER_QUOTE_WITHIN = 1.0
"""A further quote's score may be at most this far below the best one's (in logits); measured, as above."""

SAME_WORDS = 0.6
"""Two quotes that share this much of the shorter one's words say the same."""


TERMS, KIND = 2.0, 0.5
"""What speaks for a quote (in logits): all terms of the question in it; a name or number where one is asked for;
measured, as above."""


def favoured(quote: Quote, terms: float, kind: float) -> Quote:
    """Return a quote with a score raised by the share of the question's `terms` in it and its `kind` (see Signals)."""
    return replace(quote, score=quote.score + TERMS * terms + KIND * kind)


def ranked(quotes: Sequence[Quote]) -> list[Quote]:
    """Return the quotes by their own score and that of their passage, best first; equal ones keep their order."""
    return sorted(quotes, key=lambda quote: -standing(quote))


def standing(quote: Quote) -> float:
    """Return what a quote is ranked by, in logits."""
    return quote.score + PASSAGE_WEIGHT * logit_of(quote.passage)


def logit_of(passage: Passage) -> float:
    """Return the cross-encoder's logit of a passage; 0 where it was not read."""
    return passage.rerank.score if passage.rerank else 0.0


def without_repetition(quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """Take the best of the ranked quotes and those near it that neither trail too far nor repeat one already taken."""
    taken: list[Quote] = []
    for quote in quotes:
        if not is_within(quote, quotes[0], FURTHER_QUOTE_WITHIN) or len(taken) == MOST_QUOTES:
            break
        if not any(repeats(quote, other) for other in taken):
            taken.append(quote)
    return tuple(taken)


def is_within(quote: Quote, best: Quote, logits: float) -> bool:
    """Whether a quote answers nearly as well as the best."""
    return standing(quote) >= standing(best) - logits


def overlap(quote: Quote, other: Quote) -> bool:
    """Whether two quotes share characters of one article."""
    same = quote.passage.article.id == other.passage.article.id
    return same and quote.span.start < other.span.end and other.span.start < quote.span.end


def repeats(quote: Quote, other: Quote) -> bool:
    """Whether two quotes overlap in one article, or say the same in nearly the same words."""
    if overlap(quote, other):
        return True
    words, others = _words(quote), _words(other)
    return len(words & others) >= SAME_WORDS * min(len(words), len(others))


def _words(quote: Quote) -> set[str]:
    bare = ("".join(filter(str.isalnum, word)) for word in quote.text.casefold().split())
    return {word for word in bare if word}
