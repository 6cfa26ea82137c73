"""Markdown to readable text: no marks, no targets of links; headings located, front matter read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qa.clean.canonical import one_line
from qa.clean.frontmatter import part
from qa.clean.reading import Body, Reading
from qa.records import Block, RawDocument
from qa.tables import table_lines

if TYPE_CHECKING:
    from markdown_it.token import Token
    from markdown_it.tree import SyntaxTreeNode

_NAMES = {
    "title": ("title",),
    "author": ("author", "authors"),
    "published_at": ("published_at", "date", "published"),
    "url": ("url", "link"),
    "source": ("source",),
    "language": ("language", "lang"),
}
_TAG = re.compile(r"</?([A-Za-z][\w:-]*)")
_UNSEEN = frozenset({"script", "style", "template"})
_NESTING = 100
"""How deep quotations and lists are followed; markdown-it's own limit of 20 would drop text."""


def read_markdown(raw: RawDocument) -> Reading:
    """Read CommonMark with tables, strikethrough and footnotes.

    The title is that of the front matter, else the first heading of level 1, which then leaves the text.
    """
    parted = part(re.sub(r"\r\n?", "\n", raw.content))
    others = dict(parted.stated)
    fields = {field: _first(others, keys) for field, keys in _NAMES.items()}
    blocks = [block for block in _parse(parted.body) if block.text.strip()]
    title = one_line(fields.pop("title"))
    first = next((block for block in blocks if block.level == 1), None)
    if first is not None and len(blocks) > 1 and title in ("", first.text):
        blocks.remove(first)
    body = Body.of(blocks)
    title = title or (first.text if first is not None else "")
    given: dict[str, Any] = {field: words for field, words in fields.items() if words}
    return Reading(body.text or title, title, body.headings, metadata=others, **given)


def _first(stated: dict[str, str], keys: Iterable[str]) -> str:
    """Take the first of `keys` out of what is stated; the others, which then say something else, stay."""
    return next((stated.pop(key) for key in keys if key in stated), "")


def _parse(text: str) -> Iterator[Block]:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode
    from mdit_py_plugins.footnote import footnote_plugin

    # With HTML on, tags are told apart from text and can be dropped; nothing is ever rendered as HTML.
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _NESTING})
    parser.enable(["table", "strikethrough"]).use(footnote_plugin)
    return _blocks(SyntaxTreeNode(parser.parse(text)))


def _blocks(parent: SyntaxTreeNode) -> Iterator[Block]:
    """Yield the blocks of a node; headings inside a quotation or a list are paragraphs."""
    for node in parent.children:
        if node.type == "heading":
            yield Block(one_line(_inline(node.children)), int(node.tag[1]) if parent.is_root else 0)
        elif node.type in _WRITERS:
            yield Block(_WRITERS[node.type](node))
        elif node.type == "html_block":
            yield from map(Block, _without_tags(node.content).split("\n\n"))
        elif node.type in ("blockquote", "footnote_block"):
            yield from (Block(block.text) for block in _blocks(node))


def _paragraph(node: SyntaxTreeNode) -> str:
    return _inline(node.children)


def _code(node: SyntaxTreeNode) -> str:
    return node.content


def _list(node: SyntaxTreeNode) -> str:
    return "\n".join(
        line
        for item in node.children
        for line in _item(f"{item.info}{item.markup}" if node.type == "ordered_list" else "-", item)
    )


def _footnote(node: SyntaxTreeNode) -> str:
    return "\n".join(_item(_footnote_mark(node.meta), node))


def _table(node: SyntaxTreeNode) -> str:
    rows = [[_paragraph(cell) for cell in row.children] for part in node.children for row in part.children]
    return "\n\n".join(table_lines(rows, headed=any(rows[0])))


_WRITERS = {
    "paragraph": _paragraph,
    "fence": _code,
    "code_block": _code,
    "bullet_list": _list,
    "ordered_list": _list,
    "table": _table,
    "footnote": _footnote,
}


def _item(mark: str, item: SyntaxTreeNode) -> Iterator[str]:
    """Yield the lines of an item, the first with its mark, those after it set in by two spaces."""
    lines = (line for block in _blocks(item) for line in block.text.split("\n") if line.strip())
    for number, line in enumerate(lines):
        yield f"{mark if number == 0 else ' '} {line}"


def _inline(nodes: list[SyntaxTreeNode]) -> str:
    return "".join(_run(node.token.children) for node in nodes if node.token is not None and node.token.children)


def _run(tokens: list[Token]) -> str:
    """Return what a reader sees of a run of text; what stands inside a script tag is not seen."""
    from lxml.html.defs import tags as known

    seen: list[str] = []
    hidden = ""
    for token in tokens:
        tag = _TAG.match(token.content) if token.type == "html_inline" else None
        name = tag[1].lower() if tag is not None else ""
        if name in _UNSEEN:
            hidden = "" if token.content.startswith("</") else name
        elif not hidden:
            # "List<String>" is no tag, but the words of someone who did not mean HTML.
            stray = tag is not None and name not in known and "-" not in name
            seen.append(token.content if stray else _shown(token, name))
    return "".join(seen)


def _shown(token: Token, tag: str) -> str:
    if token.type == "html_inline":
        return "\n" if tag == "br" else ""
    if token.type == "footnote_ref":
        return _footnote_mark(token.meta)
    fixed = {"softbreak": " ", "hardbreak": "\n", "footnote_anchor": ""}
    return _run(token.children) if token.children else fixed.get(token.type, token.content)


def _footnote_mark(meta: Mapping[str, Any]) -> str:
    return f"[{meta.get('label') or meta['id'] + 1}]"


def _without_tags(html: str) -> str:
    """Return the text of a block of HTML, its blocks parted by blank lines."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring
    from lxml.html.defs import block_tags

    tree = document_fromstring(f"<div>{html}</div>", parser=HTMLParser(remove_comments=True, remove_pis=True))
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)
    for element in tree.iter(*block_tags, "br", "li", "tr"):
        element.tail = ("\n" if element.tag in ("br", "li", "tr") else "\n\n") + (element.tail or "")
    return re.sub(r"\n[ \t]*\n\s*", "\n\n", str(tree.text_content()))
