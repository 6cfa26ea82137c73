"""Dates as sources state them: ISO 8601 kept, plain unambiguous forms rewritten, anything else refused."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from qa.published import moment_of

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})")
_ISO_MONTH = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2]))?")
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_WRITTEN = (
    re.compile(rf"{_WEEKDAY}{_MONTH} {_DAY},? (?P<year>\d{{4}})", re.IGNORECASE),
    re.compile(rf"{_WEEKDAY}{_DAY} (?:of )?{_MONTH},? (?P<year>\d{{4}})", re.IGNORECASE),
)
_MAIL = re.compile(
    r"(?:[a-z]{3}, )?\d{1,2} [a-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|[a-z]{1,4})", re.IGNORECASE
)


def published(stated: str) -> str | None:
    """Return a date in ISO 8601, or None if `stated` could mean two days or none.

    What is ISO 8601 already (also a year, or a year and month) comes back as it was stated. Read besides
    are "October 19, 2021", "19 Oct 2021", "2021/10/19", and the dates of mail and of HTTP. "10/11/2021"
    is in October or in November, so it is refused.
    """
    stated = " ".join(stated.split())
    if _ISO_MONTH.fullmatch(stated) or _is_iso(stated):
        return stated
    for pattern in (_YEAR_FIRST, *_WRITTEN):
        if match := pattern.fullmatch(stated):
            return _iso(match)
    return _from_mail(stated) if _MAIL.fullmatch(stated) else None


def is_to_come(day: str, now: datetime | None = None) -> bool:
    """Whether a date in ISO 8601 is later than tomorrow: nothing was published on it, whatever time zone it is in.

    The one thing that hangs on when a document is read: a concert in a calendar, or a slip of the keyboard, would be
    the newest of all articles for years.
    """
    moment = moment_of(day)
    return moment is not None and moment > (now or datetime.now(UTC)).replace(tzinfo=None) + timedelta(days=1)


def _is_iso(stated: str) -> bool:
    try:
        datetime.fromisoformat(stated)
    except ValueError:
        return False
    return True


def _from_mail(stated: str) -> str | None:
    try:
        return parsedate_to_datetime(stated).isoformat()
    except ValueError:
        return None


def _iso(match: re.Match[str]) -> str | None:
    month = match["month"]
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    try:
        return date(int(match["year"]), number, int(match["day"])).isoformat()
    except ValueError:
        return None
