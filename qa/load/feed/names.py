"""Names of elements in feeds, whatever dialect they are from, and the text in them."""

from __future__ import annotations

import html
from typing import Any

ENTRIES = frozenset({"item", "entry"})

_PREFIXES = {
    "": "",
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/atom/ns#": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
}
"""The usual prefix for a namespace (lower case: they are written in both); the dialects of RSS and Atom have none."""


def name_of(element: Any) -> str:
    """Return the name of an element with its usual prefix ("dc:creator"); "" for one of an unknown namespace."""
    if not isinstance(element.tag, str):
        return ""
    space, _, local = element.tag.rpartition("}")
    prefix = _PREFIXES.get(space.removeprefix("{").lower())
    return "" if prefix is None else prefix + local


def is_atom(element: Any) -> bool:
    """Return whether an element is Atom's, where text is no HTML unless it says so."""
    return isinstance(element.tag, str) and element.tag.startswith("{http://www.w3.org/2005/Atom}")


def raw_text(element: Any) -> str:
    """Return all text in an element."""
    return "".join(element.itertext())


def plain_text(element: Any) -> str:
    """Return the text on one line, HTML's names for characters resolved also where they were escaped twice."""
    return " ".join(html.unescape(raw_text(element)).split())
