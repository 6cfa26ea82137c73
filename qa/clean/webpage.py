"""Web pages to text: trafilatura finds the article, its tree is walked so that headings are located."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

from qa.clean.canonical import one_line
from qa.clean.pagehead import date_of, site_of
from qa.clean.reading import Body, Reading
from qa.clean.spans import fill_spans, forget_columns, grows_beyond_measure
from qa.records import Block, RawDocument
from qa.tables import table_lines
from qa.whitespace import BREAK, flow

# The dates of a page are those that it states; a search through its text would take any date for one. The
# latest date is fixed, because the same page must give the same article next year.
_DATES = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}
# "Headline | The Daily Planet"
_PARTS_OF_TITLE = re.compile(r"\s[|–—·:»-]\s")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CONTAINERS = frozenset({"body", "div", "quote", "section", "article", "main"})


class UnreadablePageError(ValueError):
    """A page cannot be read as HTML; the message is a reason for `LeftOut`."""


def read_html(raw: RawDocument) -> Reading:
    """Read the main text of a page and what its head states. Raises UnreadablePageError."""
    _quieten()
    try:
        return _read(raw.content)
    except UnreadablePageError:
        raise
    except Exception as error:  # whatever a parser does with a hostile page, the build goes on
        raise UnreadablePageError(f"cannot be read as a web page ({type(error).__name__})") from error


def _read(content: str) -> Reading:
    from trafilatura import extract_metadata

    tree = _tree(content)
    named = one_line(tree.findtext("head/title") or "")
    head = extract_metadata(tree, date_config=_DATES, extensive=False)
    blocks = [block for block in _main_text(content) if block.text.strip()]
    title = one_line(head.title or "")
    headline = _headline(blocks, title, named)
    if headline is not None and len(blocks) > 1:
        blocks.remove(headline)
        title = headline.text
    body = Body.of(blocks)
    return Reading(
        body.text,
        title,
        body.headings,
        url=head.url,
        source=site_of(tree, head.sitename),
        author=head.author,
        published_at=date_of(tree, head.url, head.date),
        language=_language(tree),
    )


def _language(tree: Any) -> str | None:
    """Return the language that a page states for itself, as it puts it: one tag, else none."""
    stated = next((tree.get(name) for name in ("lang", "xml:lang", _XML_LANG) if tree.get(name)), None)
    equivalent = tree.xpath("//meta[translate(@http-equiv, 'CLNT', 'clnt') = 'content-language']/@content")
    of_graph = tree.xpath("//meta[@property = 'og:locale']/@content")
    return next(map(str, filter(None, [stated, *equivalent, *of_graph])), None)


def _headline(blocks: list[Block], title: str, named: str) -> Block | None:
    """Return the heading that is the page's title: one that its head states, first of all or of level 1.

    `named` is the title element. Where it does not bear out `title`, which trafilatura may have taken from
    the heading of a hidden dialogue, a heading of level 1 above the text is the better guess.
    """
    stated = {part.casefold() for text in (title, named) for part in (text, *_PARTS_OF_TITLE.split(text))}
    headings = [block for number, block in enumerate(blocks) if block.level == 1 or (block.level and number == 0)]
    if found := next((block for block in headings if block.text.casefold() in stated), None):
        return found
    borne_out = title != "" and title.casefold() in named.casefold()
    return blocks[0] if not borne_out and blocks and blocks[0].level == 1 else None


def _tree(content: str) -> Any:
    """Parse a page, or a fragment of one, which trafilatura takes only inside a page."""
    from trafilatura import load_html

    tree = load_html(content)
    if tree is None:
        tree = load_html(f"<!DOCTYPE html><html>{content}</html>")
    if tree is not None:
        if grows_beyond_measure(tree):
            forget_columns(tree)
            if grows_beyond_measure(tree):
                raise UnreadablePageError("holds a table that was made to grow beyond measure")
        fill_spans(tree)
    return tree


def _main_text(content: str) -> Iterator[Block]:
    """Yield the blocks of the main text; each extraction gets a tree of its own, since it alters it."""
    from trafilatura import bare_extraction, baseline
    from trafilatura.settings import Document

    found = bare_extraction(_tree(content), include_comments=False)
    if isinstance(found, Document) and found.text:
        return _blocks(found.body)
    return (Block(line) for line in baseline(_tree(content))[1].split("\n"))


def _blocks(parent: Any) -> Iterator[Block]:
    """Yield what stands in a container: its children, and any text between them."""
    yield Block(flow(parent.text or ""))
    for element in parent:
        yield from _block(element)
        yield Block(flow(element.tail or ""))


def _block(element: Any) -> Iterator[Block]:
    if element.tag == "head":
        level = element.get("rend", "h2")[1:]
        yield Block(one_line("".join(element.itertext())), int(level) if level.isdigit() else 2)
    elif element.tag == "list":
        yield Block("\n".join(_items(element)))
    elif element.tag == "table":
        yield Block("\n\n".join(_rows(element)))
    elif element.tag == "code":
        yield Block("".join(element.itertext()))
    elif element.tag in _CONTAINERS:
        yield from _blocks(element)
    else:
        yield Block(flow(_inline(element)))


def _items(element: Any, depth: int = 0) -> Iterator[str]:
    """Yield a line for each item, lists inside it set in by two spaces."""
    for number, item in enumerate(element.iterchildren("item"), start=1):
        mark = f"{number}." if element.get("rend") == "ol" else "-"
        text = flow(_inline(item, without="list")).replace("\n", " ")
        if text:
            yield f"{'  ' * depth}{mark} {text}"
        for inner in item.iterchildren("list"):
            yield from _items(inner, depth + 1)


def _rows(table: Any) -> list[str]:
    """Return the lines of a table; trafilatura says which cells are headers."""
    rows = [list(row.iter("cell")) for row in table.iter("row")]
    first = next((row for row in rows if len(row) > 1), [])
    heads = [cell.get("role") == "head" for cell in first]
    headed = all(heads) if any(heads) else None
    return table_lines([[flow(_inline(cell)) for cell in row] for row in rows], headed=headed)


def _inline(element: Any, without: str = "") -> str:
    """Return the text of an element; a break is kept as BREAK until white space was made even."""
    if element.tag == "lb":
        return BREAK
    inner = (_inline(child, without) + (child.tail or "") for child in element if child.tag != without)
    return (element.text or "") + "".join(inner)


def _quieten() -> None:
    """Keep the parsers' remarks about a page out of the terminal; what matters comes back as LeftOut."""
    for name in ("trafilatura", "htmldate", "courlan"):
        logging.getLogger(name).addHandler(_SILENCE)


_SILENCE = logging.NullHandler()
