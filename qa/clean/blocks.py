"""Documents that come in blocks (PDF, Word, e-books): put together, their title found."""

from __future__ import annotations

from qa.clean.canonical import one_line
from qa.clean.reading import Body, Reading
from qa.records import Block, RawDocument

_BEFORE_TITLE = 3
"""Blocks that may stand above a title: a date, the name of a series."""


def read_blocks(raw: RawDocument) -> Reading:
    """Put the blocks together.

    The title is the stated one, else a heading of the highest level at the beginning; it leaves the text.
    """
    blocks = list(raw.blocks)
    stated = one_line(raw.title or "")
    place = _title(blocks, stated)
    title = stated
    if place is not None and any(block.text.strip() for number, block in enumerate(blocks) if number != place):
        title = stated or one_line(blocks[place].text)
        blocks[place] = Block("", 0, tuple(blocks[place].pages))
    body = Body.of(blocks)
    return Reading(body.text, title, body.headings, body.pages)


def _title(blocks: list[Block], stated: str) -> int | None:
    """Return which block is the title: near the beginning the one that is as stated, else the one heading of level 1.

    Where there are several of this level they are chapters of a document without a title.
    """
    filled = [place for place, block in enumerate(blocks) if block.text.strip()][: _BEFORE_TITLE + 1]
    if stated:
        same = (place for place in filled if one_line(blocks[place].text).casefold() == stated.casefold())
        return next(same, None)
    first = next((place for place in filled if blocks[place].level == 1), None)
    chapters = [block for block in blocks if block.level == 1 and block.text.strip()]
    return first if len(chapters) == 1 else None
