"""Articles found by words of their titles, and what a list shows of each."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from qa.records import Article


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in a list of articles; `passages` is how many it was cut into."""

    id: str
    title: str
    source: str | None
    author: str | None
    published_at: str | None
    url: str | None
    origin: str
    passages: int

    @staticmethod
    def of(article: Article, passages: int) -> Entry:
        """Return the entry of an article."""
        return Entry(
            id=article.id,
            title=article.title,
            source=article.source,
            author=article.author,
            published_at=article.published_at,
            url=article.url,
            origin=article.origin,
            passages=passages,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A part of the articles that were found; `total` counts all of them."""

    total: int
    entries: tuple[Entry, ...]


def folded(text: str) -> str:
    """Return a text as it is compared: without accents, in one case, width and form of each letter."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def has_words(title: str, wanted: Sequence[str]) -> bool:
    """Whether each of the `wanted` words, which are folded, is somewhere in a title."""
    title = folded(title)
    return all(word in title for word in wanted)
