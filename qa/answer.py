"""Question and passages to a quoted answer, or to silence with its reason.

The sentences of the best passages, and each two that stand together, are read by the cross-encoder under
their title and headings. The best answers; up to two more join when they answer nearly as well and add
something. A pair takes the place of a sentence only where it answers clearly better: where a pronoun needs
the sentence before it, or a quoted speech goes on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.records import Outcome, Passage, Quote, Span, Verdict
from qa.sentences import length_in_words

PASSAGES_READ = 3
"""Passages whose sentences are read; more cost time, and how much they would add is not measured yet."""

PASSAGE_WEIGHT = 0.5
"""What a passage's logit adds to those of its sentences; measured, `docs/quality.md`."""

PAIR_COST = 1.0
"""By how much (in logits) two sentences must answer better than one; measured, `docs/quality.md`."""

MOST_QUOTES = 3
FURTHER_QUOTE_WITHIN = 1.0
"""A further quote's score may be at most this far below the best one's (in logits); measured, as above."""

SAME_WORDS = 0.6
"""Two quotes that share this much of the shorter one's words say the same."""

_SHORTEST = 3
_FIRST_BEYOND_LATIN = "\u0370"
_NOTHING_SEARCHED = "Nothing in the articles resembles the question."
_FOREIGN = "The model that judges answers reads English; the question, or what was found for it, is in another script."
_NOT_SURE = "The closest passages do not answer the question well enough to quote one as an answer."

Score = Callable[[str, Sequence[str]], Sequence[float]]


def choose(question: str, passages: Sequence[Passage], score: Score, min_confidence: float) -> Verdict:
    """Choose the one to three sentences that answer, or abstain below `min_confidence`.

    `passages` come best first with their rerank standing; `score` is the reranker's.
    """
    quotes = _scored(question, passages[:PASSAGES_READ], score)
    if not quotes:
        return Verdict(Outcome.NOT_COVERED, (), 0.0, _NOTHING_SEARCHED)
    best = quotes[0]
    if _is_foreign(question) or _is_foreign(best.text):
        return Verdict(Outcome.NOT_COVERED, (), 0.0, _FOREIGN)
    sure = confidence(_logit(passages[0]), best.score)
    if sure < min_confidence:
        return Verdict(Outcome.NOT_STATED, (), sure, _NOT_SURE)
    enough = [quote for quote in quotes if confidence(_logit(quote.passage), quote.score) >= min_confidence]
    return Verdict(Outcome.ANSWERED, _without_repetition(enough or quotes[:1]), sure, None)


def confidence(passage_logit: float, sentence_logit: float) -> float:
    """Return the logistic function of the mean of the two logits, in 0..1.

    The passage's logit tells absent topics apart best, the sentence's tells a passage that is merely about
    the topic from one that answers; the mean is better than either (`docs/quality.md`).
    """
    mean = (passage_logit + sentence_logit) / 2
    return (1 + math.tanh(mean / 2)) / 2  # the same function; exp would overflow far from 0


def _is_foreign(text: str) -> bool:
    """Whether most letters are in a script that the cross-encoder was not trained on; its logits mean nothing there."""
    letters = [character for character in text if character.isalpha()]
    return 2 * sum(character >= _FIRST_BEYOND_LATIN for character in letters) > len(letters)


def _logit(passage: Passage) -> float:
    return passage.rerank.score if passage.rerank else 0.0


def _scored(question: str, passages: Sequence[Passage], score: Score) -> list[Quote]:
    """Return every window of the passages as a quote, best first; equal scores keep passage order."""
    found = [(passage, window) for passage in passages for window in _windows(passage)]
    texts = [f"{passage.chunk.context}\n{_text(passage, window.span)}" for passage, window in found]
    quotes = [
        Quote(passage, window.span, _text(passage, window.span), logit - window.cost)
        for (passage, window), logit in zip(found, score(question, texts), strict=True)
    ]
    return sorted(quotes, key=lambda quote: -_standing(quote))


@dataclass(frozen=True, slots=True)
class _Window:
    span: Span
    cost: float


def _windows(passage: Passage) -> Iterator[_Window]:
    """Yield each sentence that says something (all, where none does), and each two neighbours in one paragraph."""
    sentences = passage.chunk.sentences
    long_enough = [sentence for sentence in sentences if length_in_words(_text(passage, sentence)) >= _SHORTEST]
    for sentence in long_enough or sentences:
        yield _Window(sentence, 0.0)
    for first, second in pairwise(sentences):
        pair = Span(first.start, second.end)
        if "\n\n" not in _text(passage, pair):
            yield _Window(pair, PAIR_COST)


def _standing(quote: Quote) -> float:
    return quote.score + PASSAGE_WEIGHT * _logit(quote.passage)


def _text(passage: Passage, span: Span) -> str:
    return passage.article.text[span.start : span.end]


def _without_repetition(quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """Take the best quote and those near it that neither trail too far nor repeat one already taken."""
    taken: list[Quote] = []
    for quote in quotes:
        if _standing(quote) < _standing(quotes[0]) - FURTHER_QUOTE_WITHIN or len(taken) == MOST_QUOTES:
            break
        if not any(_repeats(quote, other) for other in taken):
            taken.append(quote)
    return tuple(taken)


def _repeats(quote: Quote, other: Quote) -> bool:
    """Whether two quotes overlap in one article, or say the same in nearly the same words."""
    if quote.passage.article.id == other.passage.article.id and (
        quote.span.start < other.span.end and other.span.start < quote.span.end
    ):
        return True
    words, others = _words(quote), _words(other)
    return len(words & others) >= SAME_WORDS * min(len(words), len(others))


def _words(quote: Quote) -> set[str]:
    bare = ("".join(filter(str.isalnum, word)) for word in quote.text.casefold().split())
    return {word for word in bare if word}
