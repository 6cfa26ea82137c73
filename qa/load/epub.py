"""E-books (.epub): the chapters in the order of the book, as one article.

A book is one article, because that is what its reader calls it: its title is what an answer names, and its chapters are
the headings.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from qa.load.decode import Unusable
from qa.load.extracted import Extracted
from qa.load.isolated import Bounds
from qa.load.xhtml import blocks
from qa.load.zipped import Zipped, parsed, refuse_depth, text_of
from qa.records import Block

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
_AT_THE_TOP = 3
"""Blocks among which a heading is looked for that is not marked as one."""
_DC = "{http://purl.org/dc/elements/1.1/}"


def extract(data: bytes, bounds: Bounds) -> list[Extracted]:
    """Return a book as one article. Raises Unusable."""
    archive = Zipped(data, ".epub", bounds)
    package_name = _package(archive)
    package = archive.xml(package_name)
    chapters = _chapters(package, package_name)
    if _ENCRYPTION in archive.names and _encrypted(archive).intersection(chapters):
        raise Unusable("is protected against copying (DRM): its text cannot be read")
    titles = _contents(archive, package, package_name)
    found = [block for name in chapters if name in archive.names for block in _chapter(archive, name, titles)]
    if sum(len(block.text) for block in found) > bounds.text:
        raise Unusable(f"holds more than {bounds.text / 1e6:g} MB of text (the setting max_article_mb)")
    authors = [" ".join((it.text or "").split()) for it in package.iter(f"{_DC}creator")]
    return [
        Extracted(
            tuple(found),
            title=text_of(package, f".//{_DC}title"),
            author=", ".join(filter(None, authors)) or None,
            published_at=text_of(package, f".//{_DC}date"),
            source=text_of(package, f".//{_DC}publisher"),
            language=text_of(package, f".//{_DC}language"),
        )
    ]


def _package(archive: Zipped) -> str:
    root = archive.xml(_CONTAINER).find(".//{*}rootfile")
    name = root.get("full-path") if root is not None else None
    if not name:
        raise Unusable("cannot be read as .epub: it does not say where its book is")
    return str(name)


def _chapters(package: Any, package_name: str) -> list[str]:
    """Return the names of the parts of the book, in order."""
    items = {item.get("id"): item for item in package.iterfind(".//{*}manifest/{*}item")}
    names = []
    for reference in package.iterfind(".//{*}spine/{*}itemref"):
        item = items.get(reference.get("idref"))
        if (
            item is not None
            and item.get("media-type") in _PAGES
            and "nav" not in (item.get("properties") or "").split()
        ):
            names.append(_beside(package_name, item.get("href", "")))
    return list(dict.fromkeys(names))


def _beside(name: str, href: str) -> str:
    """Return the part that an address in another one leads to, without its fragment."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(href.partition("#")[0])))


def _encrypted(archive: Zipped) -> set[str]:
    return {unquote(it.get("URI", "")) for it in archive.xml(_ENCRYPTION).iter("{*}CipherReference")}


def _contents(archive: Zipped, package: Any, package_name: str) -> dict[str, str]:
    """Return the titles of parts as the table of contents has them; a damaged one has none."""
    for item in package.iterfind(".//{*}manifest/{*}item"):
        name = _beside(package_name, item.get("href", ""))
        navigates = "nav" in (item.get("properties") or "").split()
        if name in archive.names and (navigates or item.get("media-type") == "application/x-dtbncx+xml"):
            titles = dict(_entries(archive, name, navigates=navigates))
            if titles:
                return titles
    return {}


def _entries(archive: Zipped, name: str, *, navigates: bool) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    if navigates:
        links = [(it.get("href"), "".join(it.itertext())) for it in _page(archive.read(name)).iter("a", "{*}a")]
    else:
        try:
            points = parsed(_without_doctype(archive.read(name)), name).iter("{*}navPoint")
        except Unusable:
            return
        links = [
            (content.get("src") if content is not None else None, point.findtext("{*}navLabel/{*}text"))
            for point in points
            for content in [point.find("{*}content")]
        ]
    for href, title in links:
        part = _beside(name, href or "")
        if href and title and part not in seen:
            seen.add(part)
            yield part, " ".join(title.split())


def _without_doctype(data: bytes) -> bytes:
    """Leave out the document type of a table of contents of EPUB 2, if it defines nothing."""
    before, _, after = data.partition(b"<!DOCTYPE")
    kind, closing, rest = after.partition(b">")
    return before + rest if closing and b"[" not in kind else data


def _chapter(archive: Zipped, name: str, titles: dict[str, str]) -> Iterator[Block]:
    """Yield the blocks of a part; one without a heading has that of the table of contents, in its place or above."""
    found = [block for block in blocks(_page(archive.read(name))) if block.text or block.pages]
    title = titles.get(name, "")
    if title and any(block.text for block in found) and not any(block.level for block in found):
        first = next((it for it in found[:_AT_THE_TOP] if it.text.casefold() == title.casefold()), None)
        if first is None:
            yield Block(title, 1)
        else:
            found[found.index(first)] = replace(first, level=1)
    yield from found


def _page(data: bytes) -> Any:
    """Return the root of a part in XHTML. The parser of HTML expands nothing that a document defines."""
    from lxml import etree, html

    if not data.strip():
        return etree.Element("body")
    start = data[:4]
    utf16 = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    parser = html.HTMLParser(encoding="utf-16" if utf16 else "utf-8", remove_comments=True, remove_pis=True)
    root = html.document_fromstring(data, parser=parser)
    refuse_depth(parser)
    return root if root is not None else etree.Element("body")
