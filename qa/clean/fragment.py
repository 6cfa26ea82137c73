"""HTML that is an article and nothing else (a feed's entry, a mail): all of its text is kept.

The reader of web pages looks for the article among menus and advertisements, and in a fragment of a few lines takes a
heading or a table for such; here nothing is sought, and nothing but what is hidden is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from qa.clean.canonical import one_line
from qa.clean.plain import title_from
from qa.clean.reading import Body, Reading
from qa.clean.webpage import UnreadablePageError
from qa.records import Block, RawDocument
from qa.tables import Placed, placed, table_lines
from qa.whitespace import BREAK, all_text, flow

_SKIPPED = frozenset({"script", "style", "head", "template", "noscript", "svg", "math", "select"})
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main",
    "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LONGEST_AGAIN = 200
"""Characters of a cell that is repeated in every row that it spans."""
_WITHIN_CELLS = frozenset({"table", "p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})


def read_fragment(raw: RawDocument) -> Reading:
    """Read all text of a fragment. Raises UnreadablePageError."""
    from lxml import etree, html

    if not raw.content.strip():
        return Reading("")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(raw.content.encode("utf-8", "replace"), parser=parser)
        body = Body.of(_Walk().blocks(tree))
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadablePageError(f"cannot be read as HTML ({type(error).__name__})") from error
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise UnreadablePageError("is nested too deeply")
    return Reading(body.text, one_line(raw.title or "") or title_from(body.text), body.headings)


class _Walk:
    """One walk through a tree: the text of the block that is open, and of the list."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._items: list[str] = []
        self._lists: list[int | None] = []
        """For each list that is open how many items it has had; None for one without numbers."""
        self._mark = ""
        self._level = 0
        self._verbatim = 0

    def blocks(self, tree: Any) -> Iterator[Block]:
        """Yield the blocks in order. The walk is no recursion: a page may nest without end."""
        from lxml import etree

        walk = etree.iterwalk(tree, events=("start", "end"))
        for event, element in walk:
            if event == "start":
                if _is_skipped(element):
                    walk.skip_subtree()
                elif element.tag == "table" and _is_data(element):
                    yield from self._flushed()
                    yield from map(Block, _table_lines(element))
                    walk.skip_subtree()
                else:
                    yield from self._begin(element)
                    self._text.append(element.text or "")
            else:
                if not _is_skipped(element):
                    yield from self._end(element)
                if element is not tree:
                    self._text.append(element.tail or "")
        yield from self._flushed()

    def _begin(self, element: Any) -> Iterator[Block]:
        tag = element.tag
        if tag == "br":
            self._text.append(BREAK)
        elif tag in _BLOCKS:
            yield from self._flushed()
            if tag in {"ul", "ol"}:
                self._lists.append(0 if tag == "ol" else None)
            elif tag == "li" and self._lists:
                self._mark = self._next_mark()
            elif tag[0] == "h" and tag[1:].isdigit():
                self._level = int(tag[1:])
            elif tag == "pre":
                self._verbatim += 1

    def _end(self, element: Any) -> Iterator[Block]:
        tag = element.tag
        if tag not in _BLOCKS:
            return
        yield from self._flushed()
        if tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
            if not self._lists:
                yield Block("\n".join(self._items))
                self._items = []
        elif tag == "pre":
            self._verbatim -= 1
        self._level = 0

    def _next_mark(self) -> str:
        count = self._lists[-1]
        if count is None:
            return "- "
        self._lists[-1] = count + 1
        return f"{count + 1}. "

    def _flushed(self) -> Iterator[Block]:
        """Yield the block that was open; a part of a list is kept until the list ends."""
        text = "".join(self._text)
        self._text = []
        text = text.strip("\n") if self._verbatim else flow(text)
        if not text.strip():
            return
        if self._lists:
            indent = "  " * (min(len(self._lists), 10) - 1)
            self._items.append(f"{indent}{self._mark or '  '}{text.replace(chr(10), ' ')}")
            self._mark = ""
        else:
            yield Block(one_line(text) if self._level else text, self._level)


def _is_skipped(element: Any) -> bool:
    if element.tag in _SKIPPED or element.get("hidden") is not None:
        return True
    style = element.get("style")
    return style is not None and _HIDDEN.search(style) is not None


def _is_data(table: Any) -> bool:
    """Return whether a table holds data: mail is laid out in tables, too, with paragraphs and tables in their cells."""
    return not any(element.tag in _WITHIN_CELLS for element in table.iterdescendants())


def _table_lines(table: Any) -> list[str]:
    """Return a line for each row, in which every cell stands with its header."""
    rows = [[cell for cell in row if cell.tag in {"td", "th"}] for row in table.iter("tr")]
    headed = bool(rows) and len(rows[0]) > 1 and all(cell.tag == "th" for cell in rows[0])
    texts = {cell: all_text(cell) for row in rows for cell in row}
    lines = [[text for cell in row for text in _cell_texts(cell, texts[cell.cell])] for row in placed(rows)]
    return table_lines(lines, headed=headed or None)


def _cell_texts(placed: Placed, text: str) -> list[str]:
    return ["" if placed.again and len(text) > _LONGEST_AGAIN else text, *[""] * (placed.across - 1)]
