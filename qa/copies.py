"""Near-duplicates: the words of one article that stand in another too, as in wire copies.

The best ranked is kept, because it is what was read and judged to answer, and its words are what the citation
proves. Which article is the original nobody can tell from the words, so the others are listed, the earliest first.
A copy that changes a number, a date, a negation or a name says something else, and is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from qa.published import day_of
from qa.records import Article, Passage, Quote

SHINGLE = 3
"""Words in a shingle."""

SAME = 0.7
"""The least resemblance of two sentences that are copies; see `docs/quality.md`."""

_WORD = re.compile(r"\w+(?:[.,:/-]\d+)*(?:'\w+)*%?")
_DECISIVE = frozenset(
    re.findall(
        r"\w+",
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million
        billion trillion dozen half third quarter second fourth fifth sixth seventh eighth ninth tenth once twice
        no not never nor neither none nobody nothing nowhere without cannot hardly unlikely false denied denies deny
        more less fewer above below under over before after up down rose fell rise rises fall falls increase increased
        increases decrease decreased decreases gained lost won most least higher lower
        monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
        september october november december today yesterday tomorrow""",
    )
)
"""Words that make two like sentences say different things: how many, when, whether, which way."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A passage that stands for its copies: passages of other articles, in the order they came."""

    passage: Passage
    copies: tuple[Passage, ...]


def collapse(passages: Sequence[Passage]) -> tuple[Kept, ...]:
    """Fold each passage into the first one, of another article, that holds a copy of each of its sentences.

    `passages` come best first, and what is kept stays in that order. Nothing that only a lower passage says is
    lost: one sentence of its own keeps it.
    """
    kept: list[tuple[Passage, list[_Sentence], list[Passage]]] = []
    for passage in passages:
        read = _sentences(passage)
        for first, theirs, copies in kept:
            if first.article.id != passage.article.id and all(_stands_in(sentence, theirs) for sentence in read):
                copies.append(passage)
                break
        else:
            kept.append((passage, read, []))
    return tuple(Kept(passage, tuple(copies)) for passage, _, copies in kept)


def with_copies(quotes: Sequence[Quote], passages: Sequence[Passage]) -> tuple[Quote, ...]:
    """Fold a quote into an earlier one with the same words, and list for each kept one who else carries its words.

    `quotes` come best first. `passages` are all that were considered, also those that `collapse` folded: an article
    is listed where its passages hold every sentence of the quote.
    """
    kept: list[Quote] = []
    for quote in quotes:
        if not any(other.passage.article.id != quote.passage.article.id and _repeats(quote, other) for other in kept):
            kept.append(quote)
    seen: dict[str, tuple[Article, list[_Sentence]]] = {}
    for passage in [*passages, *(quote.passage for quote in quotes)]:
        seen.setdefault(passage.article.id, (passage.article, []))[1].extend(_sentences(passage))
    return tuple(replace(quote, also_in=_carriers(quote, seen)) for quote in kept)


def is_copy(one: str, other: str) -> bool:
    """Whether two sentences are the same but for an edit that decides nothing.

    Resemblance of their sets of shingles (Broder 1997, "On the resemblance and containment of documents"),
    r(A, B) = |A ∩ B| / |A ∪ B|, is at least SAME; numbers, negations, directions and days are the same, in the same
    order; and no name stands in the place of another.
    """
    return _is_copy(_read(one), _read(other))


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence as it is compared."""

    words: tuple[str, ...]
    shingles: frozenset[tuple[str, ...]]
    decisive: tuple[str, ...]
    names: frozenset[str]
    """Words with a capital, and the first word, whatever it is."""


def _read(text: str) -> _Sentence:
    written = _WORD.findall(text.replace("’", "'"))
    words = tuple(word.casefold() for word in written)
    return _Sentence(
        words=words,
        shingles=frozenset(words[start : start + SHINGLE] for start in range(len(words) - SHINGLE + 1)),
        decisive=tuple(word.replace(",", "") for word in words if _decides(word)),
        names=frozenset(word for place, word in enumerate(words) if place == 0 or written[place][0].isupper()),
    )


def _decides(word: str) -> bool:
    return word in _DECISIVE or word.endswith("n't") or any(map(str.isdigit, word))


def _is_copy(one: _Sentence, other: _Sentence) -> bool:
    if one.words == other.words:
        return bool(one.words)
    shared = len(one.shingles & other.shingles)
    if not shared or shared < SAME * len(one.shingles | other.shingles) or one.decisive != other.decisive:
        return False
    return not (one.names - set(other.words) and other.names - set(one.words))


def _stands_in(sentence: _Sentence, others: Sequence[_Sentence]) -> bool:
    return any(_is_copy(sentence, other) for other in others)


def _repeats(quote: Quote, other: Quote) -> bool:
    """Whether each sentence of a quote stands in another quote."""
    theirs = _quoted(other)
    return all(_stands_in(sentence, theirs) for sentence in _quoted(quote))


def _carriers(quote: Quote, seen: dict[str, tuple[Article, list[_Sentence]]]) -> tuple[Article, ...]:
    """Return the other articles in which every sentence of a quote stands: the earliest first, undated last."""
    quoted = _quoted(quote)
    found = [
        article
        for article, sentences in seen.values()
        if article.id != quote.passage.article.id and all(_stands_in(sentence, sentences) for sentence in quoted)
    ]
    return tuple(sorted(found, key=lambda article: (day_of(article) or date.max, article.id)))


def _quoted(quote: Quote) -> list[_Sentence]:
    """Return the sentences of a quote; the quote itself where it is less than one."""
    whole = [
        _read(quote.passage.article.text[sentence.start : sentence.end])
        for sentence in quote.passage.chunk.sentences
        if quote.span.start <= sentence.start and sentence.end <= quote.span.end
    ]
    return [sentence for sentence in whole if sentence.words] or [_read(quote.text)]


def _sentences(passage: Passage) -> list[_Sentence]:
    read = (_read(passage.article.text[sentence.start : sentence.end]) for sentence in passage.chunk.sentences)
    return [sentence for sentence in read if sentence.words]
