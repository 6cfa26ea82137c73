"""Which quotes are shown: one from each article where several are needed, those that disagree, or the best."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answer import Score, is_within, overlap, read_windows, without_repetition
from qa.answering.asked import Asked, asked_of
from qa.answering.judging import probability, signals_of
from qa.answering.reading import best_of_each_article, may_be_said
from qa.disagreement import disagreement
from qa.evidence import one_each
from qa.recency import newest_of_near
from qa.records import Note, Passage, Quote

NEAR = 0.5
"""Quotes whose scores are this near (in logits) answer equally well, and the newest comes first."""

COMPARED, COMPARED_WITHIN = 4, 4.0
"""So many further quotes, at most so many logits below the best, are looked at: they may add something or disagree."""

FURTHER_FROM = 0.5
"""A further quote is more probably an answer of its own than not."""

PART_FROM, SOURCE_WITHIN = 0.0, 3.0
"""What a quote must reach (in logits) to answer a part of a question; how far one from a source it names may trail."""


def chosen(
    asked: Asked, read: Sequence[Passage], quotes: Sequence[Quote], score: Score
) -> tuple[tuple[Quote, ...], tuple[Note, ...]]:
    """Return the quotes to show and what is to be said of them.

    One from each article where a question needs several; those that disagree; or the best that add something.
    """
    from_each = _from_each(asked, read, quotes, score)
    if from_each:
        return from_each, ()
    enough = [quotes[0], *(quote for quote in _rivals(quotes) if _is_sure(asked, read, quotes, quote))]
    differing = disagreement(asked.text, enough)
    if differing is not None:
        return differing.quotes, (differing.note,)
    ordered, note = newest_of_near(without_repetition(enough), NEAR)
    return ordered, (note,) if note else ()


def _from_each(asked: Asked, read: Sequence[Passage], quotes: Sequence[Quote], score: Score) -> tuple[Quote, ...]:
    """Return a quote for each part of a question, or from each source it names; () where it needs only one article."""
    if len(asked.parts) > 1:
        return one_each([_of_part(part, read, score) for part in asked.parts], PART_FROM)
    if len(asked.sources) > 1:
        by_source = [[quote for quote in quotes if quote.passage.article.source == name] for name in asked.sources]
        return one_each(by_source, quotes[0].score - SOURCE_WITHIN)
    return ()


def _of_part(part: str, read: Sequence[Passage], score: Score) -> list[Quote]:
    """Return the quotes that may answer a part of a question, which may ask for somebody's words."""
    asked = asked_of(part, read, (), {})
    return [quote for quote in read_windows(part, best_of_each_article(read), score) if may_be_said(asked, quote)]


def _rivals(quotes: Sequence[Quote]) -> list[Quote]:
    """Return the further quotes that come near enough to the best to be looked at.

    None overlaps another, and one article does not crowd out the others.
    """
    rivals: list[Quote] = []
    for quote in quotes[1:]:
        if not is_within(quote, quotes[0], COMPARED_WITHIN) or len(rivals) == COMPARED:
            break
        of_article = [other for other in rivals if other.passage.article.id == quote.passage.article.id]
        if len(of_article) < COMPARED // 2 and not any(overlap(quote, other) for other in (quotes[0], *rivals)):
            rivals.append(quote)
    return rivals


def _is_sure(asked: Asked, read: Sequence[Passage], quotes: Sequence[Quote], quote: Quote) -> bool:
    """Whether a further quote would be an answer of its own."""
    told = signals_of(asked, read, [quote, *(other for other in quotes if other is not quote)])
    return probability(told) >= FURTHER_FROM
