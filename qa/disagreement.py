"""Where articles answer a question with different numbers or dates, both are shown and the difference is said.

Crying wolf is worse than silence. Two values are compared only where the question asks for a number or a date, where
each quotation states one that could be it, and where the quotations are otherwise alike: the same words of the
question, the same names, no two different times. This follows de Marneffe, Rafferty and Manning 2008, "Finding
Contradictions in Text": first the same event, then values that cannot both be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.mentions import compatible, dates, names, numbers
from qa.published import day_of, in_words, newest_first
from qa.records import Article, Note, NoteKind, Quote
from qa.statements import Amount, Day, content, statement

ALIKE = 0.4
"""Two quotations are of one event where they share at least this much of the shorter one's content words."""

_NUMBERED = re.compile(r"\b[A-Z]\w+\s\d+\b")  # Week 14, Game 3
_CITES = re.compile(r"\b(?:said|says|told|tells|according to|reported|reports)\b")
_REACH = 40
"""Characters from a name to the verb by which its bearer is cited."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Quotes that state different values, at least two, newest first, and the sentence that says so."""

    quotes: tuple[Quote, ...]
    note: Note


@dataclass(frozen=True, slots=True)
class _Stated:
    quote: Quote
    value: Amount | Day


def disagreement(question: str, quotes: Sequence[Quote]) -> Disagreement | None:
    """Return the best quote with those that contradict it and one another, newest first; None where none does.

    `quotes` come best first, each sure enough to be an answer of its own. Of those that state one value only the
    best counts, and only other articles do: within one, a later figure corrects or details the earlier.
    """
    found: list[_Stated] = []
    for quote in quotes:
        value = statement(question, quote)
        if value is None and not found:
            return None
        if value is not None and all(_contradict(question, _Stated(quote, value), earlier) for earlier in found):
            found.append(_Stated(quote, value))
    if len(found) < 2:  # noqa: PLR2004 - it takes two to differ
        return None
    ordered = newest_first(found, lambda stated: stated.quote.passage.article)
    return Disagreement(tuple(stated.quote for stated in ordered), _note(ordered))


def _contradict(question: str, one: _Stated, other: _Stated) -> bool:
    return (
        one.quote.passage.article.id != other.quote.passage.article.id
        and one.value.excludes(other.value)
        and _same_words(content(question) - _counted(one.value), one.quote.text, other.quote.text)
        and _figures_asked(question, one.quote.text) == _figures_asked(question, other.quote.text)
        and _same_names(one.quote.text, other.quote.text)
        and _same_numbered(one.quote.text, other.quote.text)
        and (isinstance(one.value, Day) or (_same_time(one.quote, other.quote) and _same_time(other.quote, one.quote)))
    )


def _counted(value: Amount | Day) -> set[str]:
    """Return the noun that a number counts: "12 were killed" may leave it out."""
    return {value.counts} if isinstance(value, Amount) else set()


def _same_words(asked: set[str], one: str, other: str) -> bool:
    """Whether two quotations have the same words of the question, and share enough of their own."""
    words, others = content(one), content(other)
    if not asked & words or asked & words != asked & others:
        return False
    return len(words & others) >= ALIKE * min(len(words), len(others))


def _figures_asked(question: str, text: str) -> set[float]:
    """Return the numbers of the question that stand in a quotation: "flight 3" is not answered by flight 2."""
    return {mention.value for mention in numbers(question)} & {mention.value for mention in numbers(text)}


def _same_names(one: str, other: str) -> bool:
    """Whether not each of two quotations has a name that the other lacks; who is cited does not count."""
    named, others = _names(one), _names(other)
    return all(_is_among(name, others) for name in named) or all(_is_among(name, named) for name in others)


def _names(text: str) -> set[str]:
    return {
        mention.value
        for mention in names(text)
        if not _CITES.search(text, mention.span.end, mention.span.end + _REACH)
        and not _CITES.search(text, max(0, mention.span.start - _REACH), mention.span.start)
    }


def _is_among(name: str, names: set[str]) -> bool:
    """Whether a name, or all of a shorter form of it, is among others: "biden" and "joe biden"."""
    words = set(name.split())
    return any(words <= set(other.split()) or words >= set(other.split()) for other in names)


def _same_numbered(one: str, other: str) -> bool:
    """Whether two quotations number the same things alike, where both do: Week 14 is not Week 15."""
    numbered, others = _numbered(one), _numbered(other)
    return numbered == others or not numbered or not others


def _numbered(text: str) -> set[str]:
    days = [mention.span for mention in dates(text)]
    return {
        match[0]
        for match in _NUMBERED.finditer(text)
        if not any(day.start < match.end() and match.start() < day.end for day in days)
    }


def _same_time(one: Quote, other: Quote) -> bool:
    """Whether the dates in a quotation can be those of another; the year of its article stands where it has none."""
    times = [mention.value for mention in dates(other.text) if mention.value[:1] in "0123456789X"]
    if not times and (day := day_of(other.passage.article)):
        times = [str(day.year)]
    stated = [mention.value for mention in dates(one.text) if mention.value[:1] in "0123456789X"]
    return not times or all(any(compatible(time, value) for time in times) for value in stated)


def _note(ordered: Sequence[_Stated]) -> Note:
    said = [f"“{stated.value.written}” ({_origin(stated.quote.passage.article)})" for stated in ordered]
    return Note(NoteKind.DISAGREEMENT, f"The articles differ: {', '.join(said[:-1])} and {said[-1]}.")


def _origin(article: Article) -> str:
    return ", ".join(part for part in (article.source or article.title or article.id, in_words(article)) if part)
