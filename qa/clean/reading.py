"""What the reader of each markup hands on: blocks put together, headings located."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from qa.clean.canonical import canonical
from qa.records import Heading, Page


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list, a table, or a heading (`level` 1 to 6; 0 is no heading)."""

    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A document's text in canonical form, and what it says about itself; offsets are code points."""

    text: str
    title: str = ""
    headings: tuple[Heading, ...] = ()
    pages: tuple[Page, ...] = ()
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published_at: str | None = None
    language: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Body:
    """Blocks put together: the text, and where its headings lie."""

    text: str
    headings: tuple[Heading, ...]

    @classmethod
    def of(cls, blocks: Iterable[Block]) -> Body:
        """Join the blocks that hold anything by blank lines."""
        texts: list[str] = []
        headings: list[Heading] = []
        start = 0
        for block in blocks:
            text = canonical(block.text)
            if not text:
                continue
            if block.level:
                headings.append(Heading(block.level, start, start + len(text)))
            texts.append(text)
            start += len(text) + len("\n\n")
        return cls("\n\n".join(texts), tuple(headings))
