"""A feed to its entries, one at a time, from XML that nobody has to trust.

lxml reads it with entities left alone, no DTD fetched and no network, and what was read is thrown away behind each
entry. feedparser, which knows more dialects, holds a whole feed several times over, and takes ill-formed ones for HTML
by patterns whose time has no bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from qa.load.decode import Unusable, marked_utf16
from qa.load.feed.mending import as_utf8, mended
from qa.load.feed.names import ENTRIES, name_of, plain_text
from qa.load.limits import Limits, in_words, too_large

_MOST_ELEMENTS = 50_000
_ENTRIES_APART = 4
"""So many articles may lie between two entries; a blog that was exported names its categories first."""
_AT_ONCE = 64 * 1024
_REST = "what came after is left out"
_ROOTS = frozenset({"rss", "RDF", "feed", "channel"})
_HARMLESS = frozenset({"NS_ERR_UNDEFINED_NAMESPACE"})
_DEPTH_OF_PARTS = 3


@dataclass(slots=True)
class Feed:
    """What a feed has said of itself so far."""

    title: str = ""
    language: str = ""
    author: str = ""
    fault: str | None = None
    """What was wrong with its XML, once all is read."""


class _Source:
    """What the parser reads: mended, and only so many bytes until the next part of the feed, and the next entry."""

    def __init__(self, stream: BinaryIO, longest: int) -> None:
        self._stream, self._longest = stream, longest
        self._since_part = self._since_entry = 0
        start = stream.read(2)
        stream.seek(0)
        self.encoding = "utf-8" if marked_utf16(start) else None
        """The encoding that the bytes have after mending, whatever they declare."""
        self._pieces = mended(as_utf8(self._read(), start))

    def read(self, size: int, /) -> bytes:  # noqa: ARG002 - the parser takes pieces of any length
        """Return the next bytes, none at the end. Raises Unusable."""
        return next(filter(None, self._pieces), b"")

    def came(self, *, entry: bool) -> None:
        """Note that a part of the feed is complete."""
        self._since_part = 0
        self._since_entry = 0 if entry else self._since_entry

    def _read(self) -> Iterator[bytes]:
        while data := self._stream.read(_AT_ONCE):
            self._since_part += len(data)
            self._since_entry += len(data)
            apart = _ENTRIES_APART * self._longest
            if self._since_part > self._longest:
                raise Unusable(f"has a part that {too_large(self._longest, 'max_article_mb')}; {_REST}")
            if self._since_entry > apart:
                raise Unusable(f"has {in_words(apart)} without an entry; {_REST}")
            yield data


def entries(stream: BinaryIO, feed: Feed, limits: Limits) -> Iterator[Any]:
    """Yield the element of each entry, which is gone when the next is asked for; fill in `feed` on the way.

    Raises Unusable where the XML is no feed, or not to be trusted.
    """
    from lxml import etree

    source = _Source(stream, limits.article)
    events = etree.iterparse(
        source, events=("start", "end"), recover=True, resolve_entities=False, no_network=True, load_dtd=False,
        remove_comments=True, remove_pis=True, encoding=source.encoding,
    )  # fmt: skip
    depth = count = 0
    try:
        for event, element in events:
            if event == "start":
                depth, count = depth + 1, count + 1
                if depth == 1:
                    _check(element)
                if count > _MOST_ELEMENTS:
                    raise Unusable(f"has a part of more than {_MOST_ELEMENTS:,} elements; {_REST}")
                continue
            depth -= 1
            if depth >= _DEPTH_OF_PARTS or not _is_part(element):
                continue
            is_entry = name_of(element) in ENTRIES
            if is_entry:
                yield element
            else:
                _note(element, feed)
            _forget(element)
            source.came(entry=is_entry)
            count = 0
    except etree.XMLSyntaxError as error:
        raise Unusable(f"is no XML that can be read: {error.msg}") from None
    feed.fault = _fault(events.error_log)


def _check(root: Any) -> None:
    """Raise Unusable for what is no feed, and for one that declares entities."""
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(dtd.iterentities(), None) is not None:
        raise Unusable(
            "declares XML entities, by which a small file can be made to grow without end or to take in others; "
            "such a feed is not read"
        )
    if name_of(root) not in _ROOTS:
        raise Unusable("is XML, but no feed: neither RSS nor Atom")


def _is_part(element: Any) -> bool:
    """Return whether an element stands in the feed itself: in its root, or in the channel."""
    parent = element.getparent()
    if parent is None or name_of(element) == "channel":
        return False
    return parent.getparent() is None or name_of(parent) == "channel"


def _note(element: Any, feed: Feed) -> None:
    name = name_of(element)
    if name == "title" and not feed.title:
        feed.title = plain_text(element)
    elif name in {"language", "dc:language"} and not feed.language:
        feed.language = plain_text(element)
    elif name == "author" and not feed.author:
        inner = next((child for child in element if name_of(child) == "name"), None)
        feed.author = plain_text(inner) if inner is not None else ""


def _forget(element: Any) -> None:
    """Drop an element and all before it, so that a feed of any length takes no more memory than its entries."""
    element.clear()
    parent = element.getparent()
    while (before := element.getprevious()) is not None:
        parent.remove(before)


def _fault(log: Any) -> str | None:
    """Return what was wrong with the XML, if that may have cost a part of the text."""
    for error in log:
        if error.type_name in _HARMLESS:
            continue
        if error.type_name == "ERR_TAG_NOT_FINISHED" and "Premature" in error.message:
            return "breaks off before its end"
        return f"is not well-formed XML (line {error.line}: {error.message.strip()})"
    return None
