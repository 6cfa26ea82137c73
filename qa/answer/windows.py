"""The sentences of the best passages as the cross-encoder judges them, alone and two by two.

A sentence is read under its article's title and headings, so that "he" or "it" is read as what the article is about.
Two neighbours are read together where one of them answers well alone: a pronoun needs the sentence before it, a
quoted speech goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from qa.records import Passage, Quote, Span
from qa.sentences import length_in_words

PASSAGES_READ = 3
"""Passages whose sentences are read; measured, `docs/quality.md`."""

PAIRED = 3
"""The best single sentences whose neighbours are read with them."""

PAIR_COST = 1.0
"""By how much (in logits) two sentences must answer better than one; measured, as above."""

_SHORTEST = 3

_INVITES = re.compile(
    r"\b(?:sign up (?:for|to)|newsletter promotion|click here to|privacy notice|subscribe to our|affiliate links?)\b",
    re.IGNORECASE,
)
"""What a site says of itself in the middle of an article."""

Score = Callable[[str, Sequence[str]], Sequence[float]]


def read_windows(question: str, passages: Sequence[Passage], score: Score) -> list[Quote]:
    """Return the sentences of the first passages, and pairs of them, as quotes, best score first.

    `score` is the reranker's. Equal scores keep the order of the passages and of the text.
    """
    passages = passages[:PASSAGES_READ]
    singles = _scored(question, [(passage, span) for passage in passages for span in _sentences(passage)], score, 0.0)
    best = sorted(singles, key=lambda quote: -quote.score)[:PAIRED]
    pairs = [(passage, pair) for passage in passages for pair in _pairs(passage) if _holds_any(passage, pair, best)]
    return sorted([*singles, *_scored(question, pairs, score, PAIR_COST)], key=lambda quote: -quote.score)


def _scored(question: str, found: Sequence[tuple[Passage, Span]], score: Score, cost: float) -> list[Quote]:
    texts = [f"{passage.chunk.context}\n{_text(passage, span)}" for passage, span in found]
    return [
        Quote(passage, span, _text(passage, span), logit - cost)
        for (passage, span), logit in zip(found, score(question, texts), strict=True)
    ]


def _sentences(passage: Passage) -> Sequence[Span]:
    """Return the sentences that say something; all, where none does."""
    sentences = passage.chunk.sentences
    telling = [sentence for sentence in sentences if _tells(_text(passage, sentence))]
    return telling or sentences


def _tells(text: str) -> bool:
    return length_in_words(text) >= _SHORTEST and not _INVITES.search(text)


def _pairs(passage: Passage) -> Iterator[Span]:
    """Yield each two neighbouring sentences of one paragraph."""
    for first, second in pairwise(passage.chunk.sentences):
        pair = Span(first.start, second.end)
        text = _text(passage, pair)
        if "\n\n" not in text and not _INVITES.search(text):
            yield pair


def _holds_any(passage: Passage, pair: Span, quotes: Sequence[Quote]) -> bool:
    return any(
        quote.passage.chunk.id == passage.chunk.id and pair.start <= quote.span.start and quote.span.end <= pair.end
        for quote in quotes
    )


def _text(passage: Passage, span: Span) -> str:
    return passage.article.text[span.start : span.end]
