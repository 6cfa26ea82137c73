"""Feeds (RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0): an article for each entry, with an origin like `news.rss:3`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import urljoin

from qa.load.dates import iso_date
from qa.load.decode import Unusable
from qa.load.feed.names import is_atom, name_of, plain_text, raw_text
from qa.load.feed.stream import Feed, entries
from qa.load.limits import Limits
from qa.records import LeftOut, Markup, RawDocument

__all__ = ["read_feed"]

_CONTENTS = (
    "content:encoded", "content", "fullitem", "xhtml:body", "xhtml:div", "body", "description", "summary",
    "dc:description", "media:description", "itunes:summary",
)  # fmt: skip
"""Where an entry's text is, the whole before the short."""
_DATES = (
    "published",
    "pubDate",
    "dc:date",
    "dcterms:issued",
    "dcterms:created",
    "issued",
    "created",
    "updated",
    "modified",
)
_HTML = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]+|#\d+|#x[\da-fA-F]+);")
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|br|cite|code|em|i|small|span|strong|sub|sup|u)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_MAIL_AND_NAME = re.compile(r"\S+@\S+\s*\((?P<name>[^()]+)\)")
_MOST_SLIPS = 2


def read_feed(origin: str, stream: BinaryIO, limits: Limits) -> Iterator[RawDocument | LeftOut]:
    """Yield the entries in the order of the feed. Raises Unusable."""
    feed = Feed()
    number = 0
    for number, entry in enumerate(entries(stream, feed, limits), start=1):
        where = f"{origin}:{number}"
        document = _document(where, entry, feed)
        if not document.content.strip():
            yield LeftOut(where, "has neither a title nor a text")
        elif _is_garbled(document.content):
            yield LeftOut(where, "is not in the encoding that the feed declares, or in UTF-8 where it declares none")
        else:
            yield document
    if feed.fault:
        raise Unusable(f"{feed.fault}; what came out of it is read" if number else feed.fault)
    if not number:
        raise Unusable("is a feed without entries")


def _is_garbled(text: str) -> bool:
    """Return whether more of a text than a slip here and there could not be decoded."""
    return text.count("\ufffd") > max(_MOST_SLIPS, len(text) // 50)


def _document(origin: str, entry: Any, feed: Feed) -> RawDocument:
    parts = _parts(entry)
    title = _title(parts)
    content, markup = _content(parts)
    guid = plain_text(parts["guid"][0]) if "guid" in parts else plain_text(parts["id"][0]) if "id" in parts else ""
    url = _link(parts, guid)
    categories = ", ".join(
        filter(None, (_category(one) for one in (*parts.get("category", ()), *parts.get("dc:subject", ()))))
    )
    kept = {"guid": guid if guid != url else "", "categories": categories}
    return RawDocument(
        origin,
        content or title,
        markup,
        title=title,
        url=url or None,
        source=feed.title or None,
        author=_author(parts) or feed.author or None,
        published_at=_date(parts),
        language=feed.language or None,
        metadata={name: words for name, words in kept.items() if words},
    )


def _parts(entry: Any) -> dict[str, list[Any]]:
    """Return the children of an entry by name."""
    parts: dict[str, list[Any]] = {}
    for child in entry:
        parts.setdefault(name_of(child), []).append(child)
    for group in parts.get("media:group", ()):  # a film's title and description
        for child in group:
            parts.setdefault(name_of(child), []).append(child)
    return parts


def _title(parts: dict[str, list[Any]]) -> str:
    """Return a title as it is read: the tags of emphasis in it gone, a tag that it speaks of kept."""
    for name in ("title", "media:title", "dc:title"):
        for element in parts.get(name, ()):
            title = raw_text(element)
            if element.get("type", "text" if is_atom(element) else "html") != "text":
                title = _INLINE_TAG.sub("", html.unescape(title))
            if title.strip():
                return " ".join(title.split())
    return ""


def _content(parts: dict[str, list[Any]]) -> tuple[str, Markup]:
    for name in _CONTENTS:
        for element in parts.get(name, ()):
            content, markup = _text_of(element)
            if any(map(str.isalnum, content)):
                return content, markup
    return "", Markup.PLAIN


def _text_of(element: Any) -> tuple[str, Markup]:
    """Return the text of an element, and whether it is HTML: as it states (Atom), or as it looks (RSS)."""
    kind = (element.get("type") or "").lower()
    if element.get("src") or element.get("mode") == "base64" or (kind and "text" not in kind and "html" not in kind):
        return "", Markup.PLAIN
    if any(isinstance(child.tag, str) for child in element):
        return _serialised(element), Markup.FRAGMENT
    text = raw_text(element)
    states_plain = kind in {"text", "text/plain"}
    return text, Markup.PLAIN if states_plain or not _HTML.search(text) else Markup.FRAGMENT


def _serialised(element: Any) -> str:
    """Return the XHTML in an element as HTML."""
    from lxml import etree

    pieces = [html.escape(element.text or "", quote=False)]
    for child in element:
        for inner in child.iter(etree.Element):
            name = inner.tag.rpartition("}")[2].rpartition(":")[2]
            inner.tag = name if name.isidentifier() else "span"
        pieces.append(etree.tostring(child, encoding="unicode", method="html"))
    return "".join(pieces)


def _link(parts: dict[str, list[Any]], guid: str) -> str:
    """Return the address of an entry: its own, or the identifier if that is one."""
    candidates = [plain_text(element) for element in parts.get("feedburner:origLink", ())]
    candidates += [
        _absolute(element.base or "", element.get("href") or plain_text(element))
        for element in parts.get("link", ())
        if element.get("rel", "alternate") == "alternate"
    ]
    if not any(element.get("isPermaLink", "true") == "false" for element in parts.get("guid", ())):
        candidates.append(guid if guid.startswith(("http://", "https://")) else "")
    return next(filter(None, candidates), "")


def _absolute(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:  # what is between its brackets is no address of a host
        return address


def _author(parts: dict[str, list[Any]]) -> str:
    """Return who wrote an entry: names, where there are any."""
    found = []
    for element in parts.get("author", ()):
        inner = _parts(element)
        words = plain_text(inner["name"][0]) if "name" in inner else plain_text(element)
        match = _MAIL_AND_NAME.fullmatch(words)
        found.append(match["name"] if match else words)
    if not any(found):
        found = [plain_text(element) for name in ("dc:creator", "itunes:author") for element in parts.get(name, ())]
    return ", ".join(dict.fromkeys(filter(None, found)))


def _date(parts: dict[str, list[Any]]) -> str | None:
    for name in _DATES:
        for element in parts.get(name, ()):
            if stated := plain_text(element):
                return iso_date(stated)
    return None


def _category(element: Any) -> str:
    return plain_text(element) or element.get("label") or element.get("term") or ""
