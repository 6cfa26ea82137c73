"""Dates as the pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from qa.published import date_in_words


@dataclass(frozen=True, slots=True)
class Date:
    """A date: `iso` for machines (None where it is none), `shown` for people."""

    iso: str | None
    shown: str


def date_view(raw: str | None) -> Date | None:
    """Return a date in words where it is one, or else as it was given."""
    if not raw:
        return None
    try:
        iso = datetime.fromisoformat(raw).date().isoformat()
    except ValueError:
        iso = None
    return Date(iso, date_in_words(raw))


def moment_of(version: str) -> Date | None:
    """Return when a version of the index was made, which its id begins with; None where it is no such id."""
    try:
        made = datetime.strptime(version[: len("20240512T101500Z")], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Date(made.isoformat(), f"{date_in_words(made.date().isoformat())}, {made:%H:%M} UTC")
