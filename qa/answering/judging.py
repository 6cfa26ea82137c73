"""How well a quote answers what was asked: what speaks for it, and the probability that it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial

from qa.answer import favoured, models, share, signals
from qa.answering.asked import Asked
from qa.expected import Expected
from qa.highlight import highlights
from qa.lexical import tokenize
from qa.records import Passage, Quote

ABOUT = 0.5
"""From this probability on the corpus is said to be about the question's topic."""

_NAMED = frozenset({Expected.PERSON, Expected.PLACE, Expected.DATE, Expected.NUMBER, Expected.ENTITY})


def in_favour(asked: Asked, quote: Quote) -> Quote:
    """Return a quote with what speaks for it: the question's words, and a name or number where one is asked for."""
    article = quote.passage.article
    said = share(asked.rarity_in(article), set(tokenize(quote.text, article.language)))
    return favoured(quote, said, max(0.0, _kind(asked, quote)))


def signals_of(asked: Asked, passages: Sequence[Passage], quotes: Sequence[Quote]) -> dict[str, float]:
    """Return the signals of confidence by name; `passages` were read, `quotes` come best first."""
    article = quotes[0].passage.article
    terms = partial(tokenize, language=article.language)
    return asdict(signals(asked.text, passages, quotes, asked.rarity_in(article), terms, _kind(asked, quotes[0])))


def probability(told: Mapping[str, float]) -> float:
    """Return the probability, 0 to 1, that the best quote answers, by its signals."""
    return models().answers.probability(told)


def is_about(told: Mapping[str, float]) -> bool:
    """Whether the corpus is about the question's topic, by the signals."""
    return models().about.probability(told) >= ABOUT


def _kind(asked: Asked, quote: Quote) -> float:
    """Return 1 where a quote has the name or number that is asked for, -1 where not, 0 where none is asked for."""
    if asked.kind not in _NAMED:
        return 0.0
    return 1.0 if highlights(asked.text, quote.text, asked.kind) else -1.0
