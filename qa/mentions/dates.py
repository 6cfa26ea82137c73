"""Dates, years, months, weekdays and times of day in English text.

Values are those of the Extended Date/Time Format (ISO 8601-2, the Library of Congress's EDTF): "2016-10-03",
"2016-10", "2016", "XXXX-10" (October of some year), "XXXX-10-03", "199X" (the 1990s), "18XX" (the 19th century),
"-0043" (44 BC), "T17:30". A weekday alone is its English name, which has no form there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from qa.mentions.mention import Mention
from qa.records import Span

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth",
)  # fmt: skip
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}

_MONTH = "(?:" + "|".join(rf"{month[:3]}(?:{month[3:]}|\.)?" for month in MONTHS if month != "september")
_MONTH += r"|sept?(?:ember|\.)?)(?!\w)"
_FULL_MONTH = "(?:" + "|".join(MONTHS) + r")(?!\w)"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?!\w)"
_YEAR = r"(?:1\d|20)\d\d(?!\w)"
_ERA = r"(?:\s(?:BCE?|B\.C\.(?:E\.)?|AD|A\.D\.|CE)(?!\w))"
_OLD = r"[1-9]\d{0,3}"
_CENTURY = r"(?:[1-9]\d?(?:st|nd|rd|th)|" + "|".join(ORDINALS) + r"|twenty-first)[\s-]century"
_SHAPES = rf"""
    (?P<iso>(?:1\d|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?=T\d|\W|\Z)
  | (?P<slashed>\d{{1,2}}/\d{{1,2}}/(?:1\d|20)\d\d)(?!\w|/)
  | (?P<day_first>(?:the\s)?(?P<d1>{_DAY})\s(?:of\s)?(?P<m1>{_MONTH})(?:,?\s(?:of\s)?(?P<y1>{_YEAR}))?)
  | (?P<month_first>(?P<m2>{_MONTH})\s(?:the\s)?(?P<d2>{_DAY})(?:,?\s(?:of\s)?(?P<y2>{_YEAR}))?)
  | (?P<month_year>(?P<m3>{_MONTH}),?\s(?:of\s)?(?P<y3>{_YEAR}))
  | (?P<season>(?P<s4>spring|summer|autumn|fall|winter)\s(?:of\s)?(?P<y4>{_YEAR}))
  | (?P<clock>(?P<h5>[01]?\d|2[0-3])(?:[:.](?P<n5>[0-5]\d))?\s?(?P<half5>[ap]\.m\.|[ap]m(?!\w)))
  | (?P<time24>(?P<h6>[01]?\d|2[0-3]):(?P<n6>[0-5]\d)(?![\w:]))
  | (?P<century>(?P<c7>{_CENTURY})(?P<e7>{_ERA})?)(?!\w)
  | (?P<decade>(?:1\d|20)\d0)(?:'|’)?s(?!\w)
  | (?P<old>(?:AD|A\.D\.)\s(?P<a8>{_OLD})(?!\w) | (?P<b8>{_OLD})(?P<e8>{_ERA}))
  | (?P<year>{_YEAR})
  | (?P<month>{_FULL_MONTH})
  | (?P<weekday>(?:{"|".join(WEEKDAYS)})(?!\w))
"""
_DATE = re.compile(rf"(?<![\w$£€¥₹/])(?<!\d[.,:])(?:{_SHAPES})", re.VERBOSE | re.IGNORECASE)
# "may" and "march" are verbs too; alone they are months where written so and after a word that tells a time.
_TELLS_A_TIME = re.compile(
    r"\b(?:in|of|since|by|until|till|last|next|this|early|late|mid|during|from|to|and)[\s-]\Z", re.IGNORECASE
)
# 1500 people, 2000 metres, 1200-seat; but: the 1900 census.
_IS_COUNTED = re.compile(
    r"\s?(?:%|°)|\s(?:per\s?cent|hundred|thousand|million|billion|trillion|people|men|women|children|feet|km|kg|mm|cm|m|"
    r"mi|ft|lbs?|mph|hp|kW|MW|GW|Hz|(?!(?:was|is|has|this|its|as|his|plus|across|towards|us|perhaps|series|census)\b)"
    r"[a-z]{3,}s)\b|-(?!\d)[a-z]|[.,]\d"
)
_BEFORE_A_YEAR = re.compile(
    r"\b(?:in|since|by|until|till|from|of|during|year|early|late|before|after|circa|c\.)[\s-]\Z|\d[–-]\Z", re.IGNORECASE
)


def dates(text: str) -> list[Mention[str]]:
    """Return the dates of `text` in order, none overlapping another; "1914–1918" is two.

    A date that could be of two days ("3/4/2016") has its year alone as value.
    """
    return list(_found(text))


def compatible(first: str, second: str) -> bool:
    """Whether two values of dates can mean the same time: "2016" and "2016-10-03", "XXXX-10" and "2016-10".

    Times of day and weekdays are compatible with what is equal only.
    """
    if first == second:
        return True
    if not _comparable(first) or not _comparable(second):
        return False
    return all(a == b or "X" in (a, b) for a, b in zip(_padded(first), _padded(second), strict=True))


def _comparable(value: str) -> bool:
    return value[:1] in set("0123456789X")


def _padded(value: str) -> str:
    return value + "XXXX-XX-XX"[len(value) :]


def _found(text: str) -> Iterator[Mention[str]]:
    for match in _DATE.finditer(text):
        shape = _shape(match)
        if shape == "year" and _counts_something(text, match):
            continue
        if shape == "month" and not _is_month(text, match):
            continue
        value = _VALUES[shape](match)
        start, end = match.span()
        yield Mention(Span(start, end), text[start:end], value)


def _shape(match: re.Match[str]) -> str:
    return next(name for name in _VALUES if match[name] is not None)


def _counts_something(text: str, match: re.Match[str]) -> bool:
    return _IS_COUNTED.match(text, match.end()) is not None and (
        _BEFORE_A_YEAR.search(text, max(0, match.start() - 8), match.start()) is None
    )


def _is_month(text: str, match: re.Match[str]) -> bool:
    if match["month"].lower() not in {"may", "march"}:
        return True
    return match["month"][0].isupper() and (
        _TELLS_A_TIME.search(text, max(0, match.start() - 8), match.start()) is not None
    )


def _month(name: str) -> str:
    return f"{[month[:3] for month in MONTHS].index(name[:3].lower()) + 1:02}"


def _day(written: str) -> str:
    return f"{int(re.sub('[a-z]', '', written.lower())):02}"


def _slashed(match: re.Match[str]) -> str:
    first, second, year = map(int, match["slashed"].split("/"))
    if first == second or max(first, second) > 12 >= min(first, second) > 0:  # noqa: PLR2004 - months in a year
        month, day = min(first, second), max(first, second)
        return f"{year}-{month:02}-{day:02}"
    return str(year)


def _clock(match: re.Match[str]) -> str:
    hour = int(match["h5"]) % 12 + 12 * (match["half5"][0] in "pP")
    return f"T{hour:02}:{match['n5'] or '00'}"


def _century(match: re.Match[str]) -> str:
    words = match["c7"].lower().replace("-century", " century").split()[0]
    if words[0].isdigit():
        number = int(re.sub(r"\D", "", words))
    else:
        number = 21 if words == "twenty-first" else ORDINALS.index(words) + 1
    sign = "-" if (match["e7"] or "").strip().startswith("B") else ""
    return f"{sign}{number - 1:02}XX"


def _old(match: re.Match[str]) -> str:
    if match["a8"] is not None:
        return f"{int(match['a8']):04}"
    number = int(match["b8"])
    return f"-{number - 1:04}" if match["e8"].strip().upper().startswith("B") else f"{number:04}"


_VALUES: dict[str, Callable[[re.Match[str]], str]] = {
    "iso": lambda match: str(match["iso"]),
    "slashed": _slashed,
    "day_first": lambda match: f"{match['y1'] or 'XXXX'}-{_month(match['m1'])}-{_day(match['d1'])}",
    "month_first": lambda match: f"{match['y2'] or 'XXXX'}-{_month(match['m2'])}-{_day(match['d2'])}",
    "month_year": lambda match: f"{match['y3']}-{_month(match['m3'])}",
    "season": lambda match: f"{match['y4']}-{_SEASONS[match['s4'].lower()]}",
    "clock": _clock,
    "time24": lambda match: f"T{int(match['h6']):02}:{match['n6']}",
    "century": _century,
    "decade": lambda match: str(match["decade"][:3]) + "X",
    "old": _old,
    "year": lambda match: str(match["year"]),
    "month": lambda match: f"XXXX-{_month(match['month'])}",
    "weekday": lambda match: str(match["weekday"]).capitalize(),
}
