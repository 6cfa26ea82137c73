"""From the passages that were read to a verdict: quotes that answer and what to know of them, or silence.

sentences -> signals -> confidence -> the quotes -> copies, disagreement, recency -> what each needs -> highlights
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qa.answer import Score, Signals, is_near, models, ranked, read_windows, signals, without_repetition
from qa.antecedent import leans_on_previous
from qa.copies import with_copies
from qa.disagreement import disagreement
from qa.expected import Expected, expected
from qa.highlight import highlights
from qa.lexical import tokenize
from qa.recency import newest_of_near
from qa.records import Note, Outcome, Passage, Quote, Span, Verdict

ABOUT = 0.5
"""From this probability on the corpus is said to be about the question's topic."""

NEAR = 0.5
"""Quotes whose scores are this near (in logits) answer equally well, and the newest comes first."""

COMPARED = 6
"""So many of the best quotes are looked through for one that disagrees."""

_FIRST_BEYOND_LATIN = "\u0370"
_NOTHING_SEARCHED = "No word of the question, and nothing like it, is in the articles."
_UNREADABLE = "The models read English; the question, or what was found for it, is in another script."
_NOT_STATED = "What they say nearest to the question does not answer it well enough to be quoted."
_NOT_COVERED = "What they say nearest to the question is about something else."
_NAMED = frozenset({Expected.PERSON, Expected.PLACE, Expected.DATE, Expected.NUMBER, Expected.ENTITY})


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with what is known of it: the kind of answer, the weight of each term."""

    text: str
    kind: Expected
    rarity: Mapping[str, float]


def answered(
    question: str, passages: Sequence[Passage], rarity: Mapping[str, float], score: Score, min_confidence: float
) -> Verdict:
    """Choose the one to three quotes that answer, or abstain below `min_confidence`.

    `passages` come best first as they were read; `rarity` holds the weight of each term of the question; `score` is
    the reranker's.
    """
    read = [passage for passage in passages if passage.rerank]
    quotes = ranked(read_windows(question, read, score))
    if not quotes:
        return Verdict(Outcome.NOT_COVERED, (), 0.0, _NOTHING_SEARCHED)
    if _is_foreign(question) or _is_foreign(quotes[0].text):
        return Verdict(Outcome.UNREADABLE, (), 0.0, _UNREADABLE)
    asked = _Asked(question, expected(question), rarity)
    told = _signals(asked, passages, quotes)
    sure = models().answers.probability(told)
    if sure < min_confidence:
        if models().about.probability(told) < ABOUT:
            return Verdict(Outcome.NOT_COVERED, (), sure, _NOT_COVERED)
        return Verdict(Outcome.NOT_STATED, (), sure, _NOT_STATED)
    enough = [
        quotes[0],
        *(quote for quote in _rivals(quotes) if _is_sure(asked, passages, quotes, quote, min_confidence)),
    ]
    chosen, notes = _chosen(question, enough)
    whole = [_understood(quote) for quote in with_copies(chosen, passages)]
    return Verdict(Outcome.ANSWERED, tuple(_highlighted(asked, quote) for quote in whole), sure, None, notes)


def _rivals(quotes: Sequence[Quote]) -> list[Quote]:
    """Return the further quotes that come near the best one."""
    return [quote for quote in quotes[1:] if is_near(quote, quotes[0])][:COMPARED]


def _is_sure(
    asked: _Asked, passages: Sequence[Passage], quotes: Sequence[Quote], quote: Quote, min_confidence: float
) -> bool:
    """Whether a further quote would be an answer of its own."""
    told = _signals(asked, passages, [quote, *(other for other in quotes if other is not quote)])
    return models().answers.probability(told) >= min_confidence


def _signals(asked: _Asked, passages: Sequence[Passage], quotes: Sequence[Quote]) -> Signals:
    kind = 0.0
    if asked.kind in _NAMED:
        kind = 1.0 if highlights(asked.text, quotes[0].text, asked.kind) else -1.0
    return signals(asked.text, passages, quotes, asked.rarity, tokenize, kind)


def _chosen(question: str, quotes: Sequence[Quote]) -> tuple[tuple[Quote, ...], tuple[Note, ...]]:
    """Return the quotes to show and what is to be said of them: those that disagree, or the best that add something."""
    differing = disagreement(question, quotes)
    if differing is not None:
        return differing.quotes, (differing.note,)
    ordered, note = newest_of_near(without_repetition(quotes), NEAR)
    return ordered, (note,) if note else ()


def _understood(quote: Quote) -> Quote:
    """Return a quote of one sentence with the sentence before it where it cannot be understood alone."""
    text, sentences = quote.passage.article.text, quote.passage.chunk.sentences
    place = next((place for place, sentence in enumerate(sentences) if sentence == quote.span), 0)
    if not place:
        return quote
    before = Span(sentences[place - 1].start, quote.span.end)
    previous = text[before.start : sentences[place - 1].end]
    if "\n\n" in text[before.start : before.end] or not leans_on_previous(quote.text, previous):
        return quote
    return replace(quote, span=before, text=text[before.start : before.end])


def _highlighted(asked: _Asked, quote: Quote) -> Quote:
    start = quote.span.start
    found = highlights(asked.text, quote.text, asked.kind)
    return replace(quote, highlights=tuple(Span(start + mark.start, start + mark.end) for mark in found))


def _is_foreign(text: str) -> bool:
    """Whether most letters are in a script that the cross-encoder was not trained on; its logits mean nothing there."""
    letters = [character for character in text if character.isalpha()]
    return 2 * sum(character >= _FIRST_BEYOND_LATIN for character in letters) > len(letters)
