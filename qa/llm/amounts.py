"""What stands around a number or a date, and says as much as the figure: its unit, its bound, whether before or after.

"30 feet" has the number of "30 metres", "fewer than 212" that of "212", and "since 1904" the year of "in 1904".
"""

from __future__ import annotations

import re

from qa.mentions import Mention, dates, numbers

_UNITS = (
    "m metre metres meter meters", "km kilometre kilometres kilometer kilometers", "ft foot feet", "mi mile miles",
    "cm centimetre centimetres centimeter centimeters", "mm millimetre millimetres millimeter millimeters",
    "inch inches", "yard yards", "kg kilogram kilograms kilo kilos", "g gram grams", "lb lbs", "ounce ounces oz",
    "tonne tonnes ton tons", "litre litres liter liters", "gallon gallons", "acre acres", "hectare hectares ha",
    "second seconds", "minute minutes", "hour hours", "day days", "week weeks", "month months", "year years",
    "decade decades", "century centuries", "degree degrees", "volt volts", "watt watts", "deep", "wide", "tall", "long",
    "high", "thick", "old", "men", "women", "children", "knot knots", "mph", "kph",
)  # fmt: skip
_UNIT_OF = {word: words.split()[0] for words in _UNITS for word in words.split()}
_LEAST = re.compile(
    r"(?:(?<!no )(?<!not )\bmore than|\b(?:no|not) (?:less|fewer) than|"
    r"\b(?:over|above|at least|upwards of|exceeding))\s\Z",
    re.IGNORECASE,
)
_MOST = re.compile(
    r"(?:(?<!no )(?<!not )\b(?:less|fewer) than|\b(?:no|not) more than|\b(?:under|below|at most|up to))\s\Z",
    re.IGNORECASE,
)
_BOUND_ROOM = 16
_VAGUE = re.compile(r"\b(?:dozens|scores|hundreds|thousands|millions|billions)\b", re.IGNORECASE)
_TIME_WORD = re.compile(
    r"\b(?:yesterday|today|tomorrow|tonight|midnight|noon|midday|dawn|dusk|morning|afternoon|evening)\b", re.IGNORECASE
)
_ORDER = re.compile(r"\b(before|after|since|until|till)\s(?:the\s)?\Z", re.IGNORECASE)
_ORDER_ROOM = 12
_DURING = re.compile(r"\b(?:in|on|during|at)\s(?:the\s)?\Z", re.IGNORECASE)
_NOT_DURING = re.compile(r"\b(?:before|after|by)\s(?:the\s)?\Z", re.IGNORECASE)
_FOLLOWING = re.compile(r"[\s-]?(?:square\s|cubic\s)?([a-z]+)(?:[\s-]([a-z]+))?")


def miscounts_around(sentence: str, quotes: str) -> bool:
    """Whether a number has another unit or bound than in the quotations, or a vague one is not there.

    What is "fewer than 212" there is not 212, either.
    """
    quoted = {_UNIT_OF.get(word, word) for word in re.findall(r"[a-z]+", quotes.casefold())}
    bounds: dict[float, set[str]] = {}
    for known in numbers(quotes):
        bounds.setdefault(known.value, set()).add(_bound(quotes, known))
    for number in numbers(sentence):
        if not _units_after(sentence, number) <= quoted:
            return True
        if _bound(sentence, number) not in bounds.get(number.value, {_bound(sentence, number)}):
            return True
    return not _words(_VAGUE, sentence) <= _words(_VAGUE, quotes)


def misdates_around(sentence: str, quotes: str) -> bool:
    """Whether a date is before or after in one of both alone, or a word tells a time that the quotations do not.

    "since 1904" may become "in 1904", as something does that begins then.
    """
    if not _words(_TIME_WORD, sentence) <= _words(_TIME_WORD, quotes):
        return True
    starts = [date.span.start for date in dates(sentence)] + [it.start() for it in _TIME_WORD.finditer(sentence)]
    orders = (_ORDER.search(sentence, max(0, start - _ORDER_ROOM), start) for start in starts)
    said = re.findall(r"[a-z]+", quotes.casefold())
    return any(order is not None and order[1].casefold() not in said for order in orders) or any(
        _DURING.search(sentence, max(0, date.span.start - _ORDER_ROOM), date.span.start) and _is_no_day_of(date, quotes)
        for date in dates(sentence)
    )


def _is_no_day_of(date: Mention[str], quotes: str) -> bool:
    """Whether all that the quotations tell of a date is what came before it or after."""
    same = [other.span.start for other in dates(quotes) if other.value == date.value]
    return bool(same) and all(_NOT_DURING.search(quotes, max(0, at - _ORDER_ROOM), at) for at in same)


def _units_after(text: str, number: Mention[float]) -> set[str]:
    following = _FOLLOWING.match(text, number.span.end)
    words = filter(None, following.groups()) if following else ()
    return {_UNIT_OF[word] for word in words if word in _UNIT_OF}


def _bound(text: str, number: Mention[float]) -> str:
    for name, bound in (("least", _LEAST), ("most", _MOST)):
        if bound.search(text, max(0, number.span.start - _BOUND_ROOM), number.span.start):
            return name
    return ""


def _words(pattern: re.Pattern[str], text: str) -> set[str]:
    return {match.casefold() for match in pattern.findall(text)}
