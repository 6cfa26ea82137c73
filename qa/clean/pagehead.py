"""What a web page states of itself: its site, its date. A library's guess is taken only where the page bears it out.

trafilatura and htmldate fill gaps: a site is called by its host or its handle elsewhere, "2016-05" becomes the
day of that month that it is today, "10/11/2021" one of two days, and the day of the last change that of publication.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from qa.clean.canonical import one_line
from qa.clean.dates import published

_SITE = frozenset(
    {"application-name", "citation_journal_title", "dc.publisher", "dcterms.publisher", "og:site_name", "publisher"}
)
_PUBLISHED = frozenset(
    {
        "article:published_time", "citation_date", "citation_publication_date", "date", "date_published",
        "datepublished", "dc.created", "dc.date", "dc.date.created", "dc.date.issued", "dcterms.created",
        "dcterms.date", "dcterms.issued", "og:article:published_time", "og:published_time", "parsely-pub-date",
        "pubdate", "publication_date", "publish_date", "publishdate", "published", "published_time", "sailthru.date",
    }
)  # fmt: skip
_CHANGED = re.compile("modif|updat|revis", re.IGNORECASE)
_DATE_IN_JSON = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')
_OTHER_DATES_IN_JSON = re.compile(r'"(?!dateModified)(?:date|upload)\w*"\s*:\s*"([^"]{4,40})"')
# Which of two is the month nobody knows; with points, the day comes first everywhere.
_AMBIGUOUS = re.compile(r"\b(\d{1,2})([/-])(\d{1,2})\2\d{4}\b")
_MONTHS = 12
_SHORT = 80
"""Characters; a date beside a headline stands in a line of its own, one in a paragraph is that of an event."""


def site_of(tree: Any, found: str | None) -> str | None:
    """Return the name of the site as the page spells it, where it states the name that was `found`; else None."""
    if not found:
        return None
    named = [one_line(content) for name, content in _metas(tree) if name in _SITE]
    if stated := next((name for name in named if name.casefold() == found.casefold()), None):
        return stated
    match = re.search(re.escape(found), "\n".join(_scripts(tree)), re.IGNORECASE)
    return match[0] if match else None


def date_of(tree: Any, url: str | None, found: str | None) -> str | None:
    """Return when the page says it was published: in its own words, or the day `found` (ISO 8601) if it bears that out.

    Words that are no date, or could be two, are returned as they are, to be kept as such.
    """
    stated = [content for name, content in _metas(tree) if name in _PUBLISHED]
    stated += _DATE_IN_JSON.findall("\n".join(_scripts(tree)))
    if clear := next((words for words in stated if published(one_line(words))), None):
        return clear
    day = date.fromisoformat(found) if found else None
    if day is not None and any(_tells(words, day) for words in _dated(tree, url)):
        return found
    return stated[0] if stated else None


def _tells(words: str, day: date) -> bool:
    """Whether words have the year and the day of a date, and could not mean another."""
    two = _AMBIGUOUS.search(words)
    if two and int(two[1]) != int(two[3]) and max(int(two[1]), int(two[3])) <= _MONTHS:
        return False
    numbers = [int(number) for number in re.findall(r"(?<!\d)\d{1,4}(?!\d)|(?<!\d)\d{4}(?=\d{4}(?!\d))", words)]
    compact = day.strftime("%Y%m%d") in words
    return compact or (day.year in numbers and day.day in numbers)


def _dated(tree: Any, url: str | None) -> Iterator[str]:
    """Yield the words on a page in which its date could be stated."""
    if url:
        yield url
    yield from (content for name, content in _metas(tree) if not _CHANGED.search(name))
    yield from _OTHER_DATES_IN_JSON.findall("\n".join(_scripts(tree)))
    for element in tree.iter("time", "abbr"):
        prose = next(element.iterancestors("p", "li", "td", "dd", "blockquote"), element)
        line = "".join(prose.itertext())
        if len(line) <= _SHORT and not _CHANGED.search(" ".join([line, *element.attrib.values()])):
            yield from (element.get(name) for name in ("datetime", "title") if element.get(name))
    yield from (text for text in tree.xpath("//body//text()") if len(text) <= _SHORT and not _CHANGED.search(text))


def _metas(tree: Any) -> Iterator[tuple[str, str]]:
    """Yield the name, in small letters, and the content of everything that is stated for machines."""
    for element in tree.xpath("//meta[@content] | //*[@itemprop][@content or @datetime]"):
        name = next((element.get(key) for key in ("property", "name", "itemprop") if element.get(key)), "")
        content = element.get("content") or element.get("datetime") or ""
        if name and content.strip():
            yield name.strip().lower(), content


def _scripts(tree: Any) -> Iterator[str]:
    """Yield what is stated in JSON-LD, each as JSON without escapes where it is sound."""
    for text in tree.xpath("//script[@type = 'application/ld+json']/text()"):
        try:
            yield json.dumps(json.loads(text), ensure_ascii=False)
        except (ValueError, RecursionError):
            yield str(text)
