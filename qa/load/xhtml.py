"""A tree of XHTML elements to blocks: what office formats and e-books are made of, or are turned into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from qa.records import Block, Page
from qa.tables import Placed, placed, table_lines
from qa.whitespace import BREAK, flow

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_UNSEEN = frozenset({
    "script", "style", "head", "template", "nav", "svg", "math", "audio", "video", "object", "iframe", "form",
    "noscript",
})  # fmt: skip
_CONTAINERS = frozenset({
    "html", "body", "div", "section", "article", "main", "aside", "blockquote", "header", "footer", "figure", "center",
    "details", "dl", "fieldset", "hgroup",
})  # fmt: skip
_BLOCKS = (
    frozenset({"p", "ul", "ol", "table", "pre", "hr", "dt", "dd", "figcaption", "address", "summary", "li"})
    | _CONTAINERS
    | frozenset(_HEADINGS)
)
_PAGE = "\0"
"""Stands in a text where a page begins; XML cannot hold it."""
_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,4}|[*†‡§]{1,3}|[a-z]|[ivxlc]{1,6})[\])]?")
_INSET = "  "
_WIDEST = 100
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"


def blocks(body: Any) -> list[Block]:
    """Return the blocks of an element that hold anything. Raises RecursionError for what nests too deeply."""
    return [block for block in _Walker().of(body) if block.text or block.pages]


class _Walker:
    """One walk; `_labels` are those of the pages whose beginning stands in a text that is not handed on yet."""

    def __init__(self) -> None:
        self._labels: list[str] = []
        self._texts: dict[Any, str] = {}

    def of(self, element: Any) -> Iterator[Block]:
        """Yield the blocks of an element."""
        tag = _tag(element)
        if tag in _UNSEEN or not tag:
            return
        if tag in _HEADINGS:
            yield self._block(self._inline(element).replace(BREAK, " "), _HEADINGS[tag])
        elif tag in ("ul", "ol"):
            yield self._paged("\n".join(self._items(element)))
        elif tag == "table":
            yield from self._table(element)
        elif tag == "pre":
            yield Block("".join(element.itertext()))
        elif tag in _CONTAINERS or any(_tag(child) in _BLOCKS for child in element):
            yield from self._mixed(element)
        else:
            yield self._block(self._inline(element))

    def _mixed(self, element: Any) -> Iterator[Block]:
        """Yield what stands in a container: blocks, and the text between them."""
        text = element.text or ""
        for child in element:
            if _tag(child) in _BLOCKS:
                yield self._block(text)
                yield from self.of(child)
                text = child.tail or ""
            else:
                text += self._piece(child) + (child.tail or "")
        yield self._block(text)

    def _block(self, text: str, level: int = 0) -> Block:
        return self._paged(flow(text), level)

    def _paged(self, even: str, level: int = 0) -> Block:
        """Find where pages begin."""
        pages = []
        while (place := even.find(_PAGE)) >= 0:
            even = even[:place] + even[place + 1 :]
            # A page begins with a word, not with the space before it.
            pages.append(Page(self._labels.pop(0), place + (even[place : place + 1] == " ")))
        return Block(even, level, tuple(pages))

    def _inline(self, element: Any, without: frozenset[str] = frozenset()) -> str:
        pieces = [element.text or ""]
        for child in element:
            if _tag(child) not in without:
                pieces.append(self._piece(child))
            pieces.append(child.tail or "")
        return "".join(pieces)

    def _piece(self, element: Any) -> str:
        """Return an element within a text; a break is BREAK until white space was made even."""
        tag = _tag(element)
        if (label := _page_label(element)) is not None:
            self._labels.append(label)
            return _PAGE
        if tag == "br":
            return BREAK
        if tag in _UNSEEN or not tag or _leads_back(element):
            return ""
        if _refers_to_note(element):
            return f"[{''.join(element.itertext()).strip(' []()')}]"
        inner = "; ".join(self._lines(element)) if tag == "table" else self._inline(element)
        return f"{BREAK}{inner}{BREAK}" if tag in _BLOCKS else inner

    def _items(self, element: Any, depth: int = 0) -> Iterator[str]:
        """Yield a line for each item, lists inside it set in by two spaces."""
        inner_lists = frozenset({"ul", "ol"})
        number = 0
        for item in element:
            if _tag(item) != "li":
                continue
            number += 1
            text = " ".join(self._inline(item, without=inner_lists).split())
            mark = f"{number}." if _tag(element) == "ol" else "-"
            if text:
                yield f"{_INSET * depth}{mark} {text}"
            for inner in item:
                if _tag(inner) in inner_lists:
                    yield from self._items(inner, depth + 1)

    def _table(self, table: Any) -> Iterator[Block]:
        lines = self._lines(table)
        labels, self._labels = self._labels, []
        yield Block("", 0, tuple(Page(label, 0) for label in labels))
        yield from map(Block, lines)

    def _lines(self, table: Any) -> list[str]:
        """Return a line for each row; what is made of cells one below the other is a frame, or a layout."""
        found = list(_rows(table))
        own = [[cell for cell in row if _tag(cell) in ("td", "th")] for row in found]
        rows = [[text for cell in row for text in self._cell(cell)] for row in placed(own)]
        headed = bool(own) and (
            _tag(found[0].getparent()) == "thead" or (len(own[0]) > 1 and all(_tag(cell) == "th" for cell in own[0]))
        )
        if max(map(len, rows), default=0) == 1:
            return [row[0] for row in rows if row]
        return table_lines(rows, headed=headed or None)

    def _cell(self, placed: Placed) -> list[str]:
        """Return the text of a cell, and an empty one for each further column that it spans.

        A short one stands in each row that it spans.
        """
        text = self._texts.get(placed.cell)
        if text is None:
            text = self._inline(placed.cell).replace(BREAK, " ").replace(_PAGE, "")
            self._texts[placed.cell] = text
        return ["" if placed.again and len(text) > _LONGEST_AGAIN else text, *[""] * (placed.across - 1)]


def _rows(table: Any) -> Iterator[Any]:
    """Yield the rows of a table, but for those of tables in its cells."""
    for child in table:
        if _tag(child) == "tr":
            yield child
        elif _tag(child) in ("thead", "tbody", "tfoot"):
            yield from _rows(child)


_INSET = "  "
_LONGEST_AGAIN = 200
"""Characters of a cell that is repeated in every row that it spans."""


def _tag(element: Any) -> str:
    """Return the name of an element; a comment has none."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _page_label(element: Any) -> str | None:
    """Return the label of the page that begins with an element, as e-books mark it."""
    if not {"pagebreak", "doc-pagebreak"}.intersection(_kinds(element)):
        return None
    label = element.get("title") or element.get("aria-label") or "".join(element.itertext())
    return " ".join(label.split()).removeprefix("Page ").removesuffix(".").strip() or None


def _leads_back(element: Any) -> bool:
    """Whether it is the arrow that leads from a note back to its place."""
    if _tag(element) != "a":
        return False
    back = str(element.get("href", "")).startswith(("#footnote-ref-", "#endnote-ref-"))
    return back or "doc-backlink" in _kinds(element)


def _refers_to_note(element: Any) -> bool:
    """Whether it is the mark of a note: a link that says so, or a raised one of a few characters within the book."""
    if _tag(element) != "a" or not _NOTE_MARK.fullmatch("".join(element.itertext()).strip()):
        return False
    raised = _tag(element.getparent()) == "sup" or any(_tag(child) == "sup" for child in element)
    return bool({"noteref", "doc-noteref"}.intersection(_kinds(element))) or (
        raised and "#" in str(element.get("href", ""))
    )


def _kinds(element: Any) -> list[str]:
    """Return what an element says it is, in the words of e-books and of ARIA."""
    return f"{element.get('epub:type') or element.get(_EPUB_TYPE) or ''} {element.get('role') or ''}".split()
