"""The page of all articles: a part of the list, found by words of the title, and filtered."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from qa.records import Filters
from web.dates import Date, date_view
from web.leases import Opened
from web.links import article_link, filter_fields, site_of, web_address

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Item:
    """An article in the list."""

    title: str
    link: str
    source: str | None
    author: str | None
    date: Date | None
    url: str | None
    passages: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the list: `total` articles were found, `first` is the place of the first shown, from 1.

    `before` and `after` are the addresses of the pages beside it.
    """

    words: str
    total: int
    first: int
    items: tuple[Item, ...]
    before: str | None
    after: str | None


def listing(opened: Opened, words: str, filters: Filters, page: int) -> Listing:
    """Return a page of the articles that have `words` in their title and pass the filters; `page` counts from 1."""
    offset = (page - 1) * PER_PAGE
    found = opened.pipeline.index.store.find(words, filters, offset, PER_PAGE)
    items = tuple(
        Item(
            title=entry.title,
            link=article_link(entry.id, []),
            source=entry.source or site_of(entry.url),
            author=entry.author,
            date=date_view(entry.published_at),
            url=web_address(entry.url),
            passages=entry.passages,
        )
        for entry in found.entries
    )

    def address(other: int) -> str:
        fields = [*([("title", words)] if words else []), *filter_fields(filters), ("page", str(other))]
        return f"/articles?{urlencode(fields)}"

    return Listing(
        words=words,
        total=found.total,
        first=offset + 1,
        items=items,
        before=address(page - 1) if page > 1 else None,
        after=address(page + 1) if offset + PER_PAGE < found.total else None,
    )
