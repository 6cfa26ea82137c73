"""When an article was published: a day to order by, and words for a reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import TypeVar

from qa.records import Article

T = TypeVar("T")

_YEAR_OR_MONTH = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?")


def day_of(article: Article) -> date | None:
    """Return the day (UTC) on which an article was published; None where its date is missing or not ISO 8601.

    A year, or a year and a month, counts as its first day: where less is known, nothing newer is claimed.
    """
    moment = moment_of(article.published_at)
    return moment and moment.date()


def moment_of(stated: str | None) -> datetime | None:
    """Return a date of publication as a moment (UTC, without a zone) whose day `day_of` returns; None where that is."""
    stated = stated or ""
    if part := _YEAR_OR_MONTH.fullmatch(stated):
        try:
            return datetime(int(part["year"]), int(part["month"] or 1), 1)  # noqa: DTZ001  # UTC, as all here
        except ValueError:
            return None
    try:
        moment = datetime.fromisoformat(stated)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):  # the first and the last day have no other side of the date line
        return None


def in_words(article: Article) -> str | None:
    """Return the date of publication as a reader writes it; None where `day_of` is."""
    return date_in_words(article.published_at or "") if day_of(article) else None


def date_in_words(stated: str) -> str:
    """Return "4 October 2023", or "October 2023", for a date in ISO 8601; anything else as it was stated.

    The day is the one that was stated, in whatever part of the world: that is what the reader finds in the article.
    """
    part = _YEAR_OR_MONTH.fullmatch(stated)
    try:
        day = date(int(part["year"]), int(part["month"] or 1), 1) if part else datetime.fromisoformat(stated).date()
    except ValueError:
        return stated
    if part is None:
        return f"{day.day} {day:%B} {day.year}"
    return f"{day:%B} {day.year}" if part["month"] else stated


def newest_first(items: Iterable[T], article_of: Callable[[T], Article]) -> list[T]:
    """Return the items by the day of their article, newest first, undated last; equal days keep their order."""
    return sorted(items, key=lambda item: day_of(article_of(item)) or date.min, reverse=True)
