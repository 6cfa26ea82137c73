"""Articles and their passages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa.records.places import Heading, Page, Span


@dataclass(frozen=True, slots=True)
class Article:
    """An article in canonical form: NFC, one kind of line end, paragraphs parted by one blank line.

    `pages` are in order, none for a document without pages. `language` is ISO 639-1 ("en"), None where it is unknown.
    """

    id: str
    title: str
    text: str
    origin: str
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published_at: str | None = None
    headings: tuple[Heading, ...] = ()
    pages: tuple[Page, ...] = ()
    language: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of an article: where it lies, its sentences, and the context it is searched with.

    `context` (the article's title and the heading path) is searched, never quoted.
    """

    id: str
    article_id: str
    span: Span
    context: str
    sentences: tuple[Span, ...]
