"""Addresses that the pages link to: articles with marked places, questions that can be asked again."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode, urlsplit

from qa.records import NO_FILTERS, Filters, Span


def article_link(article_id: str, spans: Sequence[Span]) -> str:
    """Return the address of an article's page, with these spans marked and the first one in view."""
    cites = "&".join(f"cite={span.start}-{span.end}" for span in spans)
    return f"/articles/{quote(article_id, safe='')}" + (f"?{cites}#cite-1" if spans else "")


def question_link(question: str, filters: Filters = NO_FILTERS, version: str | None = None) -> str:
    """Return the address that asks a question which stands alone; `version` is that of the index that answered it."""
    fields = [("question", question), *filter_fields(filters), *([("version", version)] if version else [])]
    return f"/?{urlencode(fields)}"


def filter_fields(filters: Filters) -> list[tuple[str, str]]:
    """Return filters as the fields of a form or an address."""
    sources = [("source", source) for source in filters.sources]
    days = [(name, day) for name, day in (("since", filters.since), ("until", filters.until)) if day]
    return sources + days


def web_address(url: str | None) -> str | None:
    """Return an address that may become a link: http or https, and nothing that runs."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def site_of(url: str | None) -> str | None:
    """Return the host of an address without its "www.", to tell a person where an article is from."""
    address = web_address(url)
    return ((urlsplit(address).hostname or "").removeprefix("www.") or None) if address else None
