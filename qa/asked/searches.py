"""A question to the searches that find its passages: the whole of it, in each source that it names, part by part.

The rankings are to be fused with equal weight (reciprocal rank fusion). A question that names no source and is of one
part has one search, its own words among all articles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa.asked.parts import parts
from qa.asked.sources import attribution, is_published_on
from qa.records import Article

DEEPEST = 200
"""Hits of a search that are looked through for those it admits; 1,000 find no more (`benchmarks/parts.py`)."""

_MOST_SOURCES = 4


@dataclass(frozen=True, slots=True)
class Search:
    """Words to search for, among the articles of some sources and days of publication; all where none is named."""

    text: str
    sources: tuple[str, ...] = ()
    days: tuple[str, ...] = ()

    def admits(self, article: Article) -> bool:
        """Whether a passage of this article belongs in the ranking."""
        if self.sources and article.source not in self.sources:
            return False
        return not self.days or is_published_on(article.published_at, self.days)


def searches(question: str, known_sources: Iterable[str]) -> tuple[Search, ...]:
    """Return the searches for a question, the widest first; `known_sources` are the corpus' own.

    Those of one text can share one search: they differ in what they admit.
    """
    known = frozenset(known_sources)
    whole = attribution(question, known)
    found = [Search(whole.about)]
    found += [Search(whole.about, (source,)) for source in whole.sources[:_MOST_SOURCES]]
    if whole.days:
        found.append(Search(whole.about, whole.sources, whole.days))
    for part in parts(question):
        of_part = attribution(part, whole.sources, is_part=True)
        found.append(Search(of_part.about, of_part.sources, of_part.days))
    return tuple(dict.fromkeys(found))
