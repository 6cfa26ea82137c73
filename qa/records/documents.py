"""What a file holds, before it is an article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from qa.records.places import Outline, Page


class Markup(StrEnum):
    """How the content of a raw document is written."""

    PLAIN = "plain"
    MARKDOWN = "markdown"
    HTML = "html"
    FRAGMENT = "fragment"
    """HTML without anything around the article: the text of a feed's entry or of a mail."""
    BLOCKS = "blocks"
    """Taken apart already: paragraphs and headings, as a PDF or a Word file holds them."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list, a row of a table, or a heading (`level` 1 to 6; 0 is no heading).

    `pages` are those that begin in it, in order; their starts count from the beginning of its `text`.
    """

    text: str
    level: int = 0
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One article as a loader found it, before cleaning.

    `origin` says where it came from for a person ("notes/a.md", "corpus.jsonl:17"). The fields that
    a row-based format states outright are given; None means that the format does not say. With an `outline` the
    content is a text that was cleaned before. A document that was taken apart (`Markup.BLOCKS`) has `blocks` and no
    `content`.
    """

    origin: str
    content: str
    markup: Markup
    id: str | None = None
    title: str | None = None
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published_at: str | None = None
    language: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    outline: Outline | None = None
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something a build could not use: where it is, and why, as a phrase ("is empty")."""

    origin: str
    reason: str
