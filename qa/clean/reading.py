"""What the reader of each markup hands on: blocks put together, headings located."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from qa.clean.canonical import canonical
from qa.records import Block, Heading, Page


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
    """Blocks put together: the text, and where its headings lie and its pages begin."""

    text: str
    headings: tuple[Heading, ...]
    pages: tuple[Page, ...] = ()

    @classmethod
    def of(cls, blocks: Iterable[Block]) -> Body:
        """Join the blocks that hold anything by blank lines; a page that begins in an empty one begins after it."""
        texts: list[str] = []
        headings: list[Heading] = []
        pages: list[Page] = []
        start = 0
        for block in blocks:
            text = canonical(block.text)
            pages.extend(Page(page.label, start + page.start) for page in _pages(block, text))
            if not text:
                continue
            if block.level:
                headings.append(Heading(block.level, start, start + len(text)))
            texts.append(text)
            start += len(text) + len("\n\n")
        whole = "\n\n".join(texts)
        return cls(whole, tuple(headings), tuple(Page(page.label, min(page.start, len(whole))) for page in pages))


def _pages(block: Block, text: str) -> list[Page]:
    """Return where the block's pages begin in its canonical `text`.

    Each piece between two of them is made canonical with a letter where it is cut, so that the white space there is
    kept. Where the pieces are not the whole, because characters on both sides of a cut have become one, a page that
    begins inside is said to begin where the block ends: too late rather than in the middle of something else.
    """
    if not block.pages:
        return []
    edges = [page.start for page in block.pages]
    pieces = [canonical(f"{block.text[: edges[0]]}x")[:-1]]
    pieces += [canonical(f"x{block.text[start:end]}x")[1:-1] for start, end in pairwise(edges)]
    pieces.append(canonical(f"x{block.text[edges[-1] :]}")[1:])
    whole = "".join(pieces).strip("\n") == text
    starts = accumulate(map(len, pieces[:-1]))
    return [
        Page(page.label, min(start, len(text)) if whole or not page.start else len(text))
        for page, start in zip(block.pages, starts, strict=True)
    ]
