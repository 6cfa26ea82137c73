"""What tells a quotation that answers from one that only resembles the question: a few numbers, each with a meaning."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from qa.answer.choice import logit_of, overlap
from qa.familiarity import familiarity
from qa.mentions import Mention, compatible, dates, names, numbers
from qa.records import Passage, Quote

_MARKS = "\"'“”‘’,;:!?()[]"
_NEGATION = re.compile(r"\b(?:not|never|no|nor|neither|none|nobody|nothing|without|cannot)\b|n['’]t\b", re.IGNORECASE)
_LIMIT = re.compile(
    r"\b(?:(?P<up_to>before|until|till|by)|(?P<beyond>after|since)|between|than)\s(?:the\s)?\Z", re.IGNORECASE
)
"""Before a date that is asked beyond, or up to: "Who won after 2020?" is answered by who won in 2021."""
_LIMIT_ROOM = 12
_CAP = 12.0
"""A logit beyond this says no more."""

Tokenize = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Signals:
    """The signals of one question and its best quote; every share is in 0..1, every logit the cross-encoder's."""

    passage: float
    """The logit of the quote's passage."""
    quote: float
    """The logit of the quote itself, less what its length costs, and with what speaks for it."""
    best_passage: float
    """The highest logit of all passages that were read."""
    passage_gap: float
    """By how much the quote's passage is above the next best of the others."""
    quote_gap: float
    """By how much the quote is above the next best that does not overlap it."""
    agreement: float
    """The reciprocal ranks that the two searches gave the quote's passage, added up, at most 1 each."""
    passage_terms: float
    """The share of the question's terms, weighed by rarity, that are in the quote's passage or its title."""
    quote_terms: float
    """The same for the quote and the title."""
    rarest_missing: float
    """The weight of the rarest term that the passage lacks, as a share of the rarest possible."""
    names_missing: float
    """The share of the question's names that are not in the passage or its title."""
    figures_missing: float
    """The share of the question's numbers and dates that are not there, or beside a quote that tells of other years."""
    has_kind: float
    """Where a name, number, date or place is asked for: 1 if the quote has one to give, -1 if not; else 0."""
    negation_missing: float
    """1 where the question denies something and the quote does not, else 0."""
    familiar: float
    """1 for a short question, as those of web search that the models know, towards 0 for a long one."""


def signals(
    question: str, passages: Sequence[Passage], quotes: Sequence[Quote], rarity: Mapping[str, float],
    tokenize: Tokenize, kind: float,
) -> Signals:  # fmt: skip
    """Return the signals of the first of `quotes`, among all `passages` that were read.

    `rarity` holds the weight of each term of the question, `tokenize` makes terms of a text, `kind` is `has_kind`.
    """
    quote = quotes[0]
    passage = quote.passage
    logit = logit_of(passage)
    others = [logit_of(other) for other in passages if other.chunk.id != passage.chunk.id]
    rivals = [other.score for other in quotes[1:] if not overlap(quote, other)]
    around = f"{passage.article.title}\n{passage.chunk.context}\n{passage.text}"
    present = set(tokenize(f"{passage.article.source or ''} {passage.article.published_at or ''}\n{around}"))
    quoted = set(tokenize(f"{passage.article.title}\n{quote.text}"))
    missing = [weight for term, weight in rarity.items() if term not in present]
    return Signals(
        passage=_capped(logit),
        quote=_capped(quote.score),
        best_passage=_capped(max([logit, *others])),
        passage_gap=_capped(logit - max(others, default=logit)),
        quote_gap=_capped(quote.score - max(rivals, default=quote.score)),
        agreement=sum(1 / standing.rank for standing in (passage.lexical, passage.dense) if standing),
        passage_terms=share(rarity, present),
        quote_terms=share(rarity, quoted),
        rarest_missing=max(missing, default=0.0) / max(rarity.values(), default=1.0),
        names_missing=_names_missing(question, f"{passage.article.source or ''}\n{around}"),
        figures_missing=_figures_missing(
            question,
            f"{passage.article.published_at or ''}\n{around}",
            quote.text,
            f"{passage.article.published_at or ''}\n{passage.chunk.context}\n{quote.text}",
        ),
        has_kind=kind,
        negation_missing=float(_denies(question) and not _denies(quote.text)),
        familiar=familiarity(len(rarity)),
    )


def _denies(text: str) -> bool:
    return _NEGATION.search(text) is not None


def share(rarity: Mapping[str, float], present: set[str]) -> float:
    """Return the share of the question's terms, weighed by rarity, that are `present`, in 0..1."""
    whole = sum(rarity.values())
    return sum(weight for term, weight in rarity.items() if term in present) / whole if whole else 0.0


def _names_missing(question: str, text: str) -> float:
    """Return the share of names none of whose words is in the text."""
    asked = {mention.value for mention in names(question)}
    words = set(text.casefold().replace(".", "").replace("’", "'").split())
    bare = {word.strip("\"'“”‘’,;:!?()[]") for word in words} | {
        word.split("'")[0].strip('"“”‘’,;:!?()[]') for word in words
    }
    return sum(not any(word in bare for word in name.split()) for name in asked) / len(asked) if asked else 0.0


def _figures_missing(question: str, text: str, quote: str, read: str) -> float:
    """Return the share of numbers and dates that `text` has not, or that a quote of other years belies.

    The quote is `read` under its article's date and headings: "who won in 2022?" is not answered by who won in 2023,
    although 2022 may stand in the sentence after. It may be by who was mayor from 2019 to 2023.
    """
    asked_dates, asked_numbers = dates(question), numbers(question)
    told_dates, told_numbers = dates(text), {mention.value for mention in numbers(text)}
    absent = sum(not _is_told(date, told_dates) for date in asked_dates)
    if not absent and _of_other_years(question, asked_dates, dates(quote), dates(read)):
        absent = len(asked_dates)
    absent += sum(number.value not in told_numbers for number in asked_numbers)
    asked = len(asked_dates) + len(asked_numbers)
    return absent / asked if asked else 0.0


def _of_other_years(
    question: str, asked: Sequence[Mention[str]], quoted: Sequence[Mention[str]], read: Sequence[Mention[str]]
) -> bool:
    """Whether a quote has years, and no date that is asked for may be meant by them, or stands above it."""
    years = [date.value[:4] for date in quoted if _has_year(date)]
    wanted = [date for date in asked if _has_year(date)]
    if not wanted or not years or any(_is_met(question, date, years) for date in wanted):
        return False
    return not any(_is_told(date, read) for date in asked)


def _is_met(question: str, date: Mention[str], years: Sequence[str]) -> bool:
    """Whether a date of the question lies between years, or they on that side of it that is asked for."""
    before, after = min(years) <= date.value[:4], max(years) >= date.value[:4]
    limit = _LIMIT.search(question, max(0, date.span.start - _LIMIT_ROOM), date.span.start)
    if limit is None:
        return before and after
    return before if limit["up_to"] else after if limit["beyond"] else True


def _is_told(asked: Mention[str], told: Sequence[Mention[str]]) -> bool:
    """Whether a date may be one of those that are told; a year is told by years alone, and not by a Sunday."""
    if asked.value.isdigit():
        told = [date for date in told if _has_year(date)]
    return any(compatible(asked.value, other.value) for other in told)


def _has_year(date: Mention[str]) -> bool:
    return date.value[:4].isdigit()


def _capped(logit: float) -> float:
    return max(-_CAP, min(_CAP, logit))
