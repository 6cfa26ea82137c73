"""Dates as mail and feeds write them, to ISO 8601 with their zone."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def iso_date(stated: str) -> str | None:
    """Return a date in ISO 8601; one that cannot be read as it stands, None for none."""
    stated = " ".join(stated.split())
    try:
        datetime.fromisoformat(stated)
    except ValueError:
        pass
    else:
        return stated
    try:
        date = parsedate_to_datetime(stated)
        if date.tzinfo is None:  # "-0000": the time is UTC, and where it was written is not told
            date = date.replace(tzinfo=UTC)
        return date.isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return stated or None
