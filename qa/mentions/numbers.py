"""Numbers in English text, in digits and in words: counts, money, shares, fractions, ordinals."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.mentions.dates import ORDINALS, dates
from qa.mentions.mention import Mention
from qa.records import Span

_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SAYS = dict(zip((*_UNITS, *_TENS), (*range(20), *range(20, 100, 10)), strict=True))
_SCALES = {"dozen": 12.0, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SHORT_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12}
_PARTS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "eighth": 8,
    "tenth": 10,
}
_ORDINALS = {word: number for number, word in enumerate(ORDINALS, start=1)}
_CURRENCIES = {"$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY", "₹": "INR"}
_MONEY_WORDS = {"dollar": "USD", "pound": "GBP", "euro": "EUR", "yen": "JPY", "rupee": "INR"}

_WORD = "(?:" + "|".join([*_SAYS, *_SCALES]) + r")(?!\w)"
_PART = "(?:" + "|".join(f"{part}s?" for part in _PARTS) + r")(?!\w)"
_NUMBER = re.compile(
    rf"""
    (?P<currency>(?:(?:US|AU?|CA?|NZ|HK)?\$(?:US|AU?|NZ)?|[£€¥₹])\s?)?
    (?:
        (?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?![\d,]*\d)|\d+(?:\.\d+)?|\.\d+)
        (?:
            (?P<ordinal>st|nd|rd|th)(?!\w)
          | [\s-]?(?P<scale>dozen|hundred|thousand|million|billion|trillion)s?(?!\w)
          | (?P<short>k|mn?|bn?|tn)(?!\w)
          | /(?P<over>[1-9]\d?)(?![\d/])
          | \s(?P<top>[1-9])/(?P<below>[1-9]\d?)(?![\d/])
        )?
      | (?P<nth>(?:(?:{"|".join(_TENS)})-)?(?:{"|".join(_ORDINALS)}))(?!\w)
      | (?P<words>(?:an?\s(?=(?:{"|".join(_SCALES)})(?!\w)))?{_WORD}(?:(?:\s|-|\sand\s(?!one\b)){_WORD})*)
        (?:[\s-](?P<part>{_PART})(?=\sof\b|\W|\Z))?
      | (?P<half>half|a\sthird|a\squarter|a\sfifth|a\stenth)(?=\s(?:of|the|a|its|their|his|her|all)\b)
    )
    (?P<share>\s?%|[\s-]per\s?cent(?:age\spoints?)?(?!\w)|\spercentage\spoints?(?!\w))?
    (?:[\s-](?P<money>dollar|pound|euro|yen|rupee)s?(?!\w))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PRONOUN_BEFORE = re.compile(
    r"\b(?:no|any|every|some|which|this|that|each|the|another|only|as|such)[\s-]\Z", re.IGNORECASE
)
_PRONOUN_AFTER = re.compile(
    r"(?:\s(?:of|who|that|which|is|was|has|can|could|may|might|must|would|should|another|or)\b|['’]s\b)", re.IGNORECASE
)
_TIME_UNIT_BEFORE = re.compile(r"\b(?:per|a|each|every|split|\d)[\s-]\Z", re.IGNORECASE)


def numbers(text: str) -> list[Mention[float]]:
    """Return the numbers of `text` in order, but for those that are part of a date.

    `value` is the number ("1.2 million" is 1200000.0, "seven" 7.0, "two-thirds" 0.666…, "5%" 5.0); `unit` is "%",
    a currency's code, "ordinal" ("third", "21st"), or "" where only the noun after it tells.
    """
    return list(_found(text))


def _found(text: str) -> Iterator[Mention[float]]:
    taken = [mention.span for mention in dates(text)]
    upcoming = 0
    for match in _candidates(text):
        start, end = match.span()
        while upcoming < len(taken) and taken[upcoming].end <= start:
            upcoming += 1
        if upcoming < len(taken) and taken[upcoming].start < end:
            continue
        if _is_something_else(text, match):
            continue
        yield Mention(Span(start, end), text[start:end], _value(match), _unit(match))


def _candidates(text: str) -> Iterator[re.Match[str]]:
    """Yield matches that begin where a word does."""
    at = 0
    while (match := _NUMBER.search(text, at)) is not None:
        before = text[match.start() - 1 : match.start()]
        if match["currency"] or not (before.isalnum() or before == "_"):
            yield match
            at = match.end()
        else:  # the rest of "B2B" or "someone": no number begins inside a word
            rest = _WORD_OR_MARK.match(text, match.start())
            at = rest.end() if rest else len(text)


def _is_something_else(text: str, match: re.Match[str]) -> bool:
    """Whether a match is no number: part of a version or an identifier, the pronoun "one", a unit of time."""
    start, end = match.span()
    if match["digits"]:
        return _in_an_identifier(text, start, end)
    if start > 1 and text[start - 1] == "-" and text[start - 2].isalpha():
        return True  # pick-six
    word = match[0].lower()
    if word == "one":
        return (
            _PRONOUN_BEFORE.search(text, max(0, start - 9), start) is not None
            or _PRONOUN_AFTER.match(text, end) is not None
        )
    return word == "second" and _TIME_UNIT_BEFORE.search(text, max(0, start - 7), start) is not None


def _in_an_identifier(text: str, start: int, end: int) -> bool:
    """Whether digits go on as 1.2.3, 12-A7, F-16, b2b."""
    after = text[end : end + 2]
    glued = after[:1].isalpha() or after[:1] == "_"
    goes_on = len(after) > 1 and after[0] in ".,:/" and after[1].isdigit()
    before = text[max(0, start - 2) : start]
    continues = len(before) > 1 and before[1] in ".,:/" and before[0].isdigit()
    lettered = len(before) > 1 and before[1] == "-" and before[0].isupper()
    return (glued and not _SUFFIX.match(text, end)) or goes_on or continues or lettered


_WORD_OR_MARK = re.compile(r"\w+|.", re.DOTALL)
_SUFFIX = re.compile(
    r"(?:km|kg|mm|cm|nm|m|g|mg|ft|in|mph|kph|lbs?|hp|hz|[kmg]hz|[kmgt]b|[kmg]?w|v|°|s|c|f)(?!\w)", re.IGNORECASE
)


def _value(match: re.Match[str]) -> float:
    if match["digits"]:
        return _digits(match)
    if match["words"]:
        return _words(match)
    if match["half"]:
        return 1 / _PARTS[match["half"].lower().split()[-1]]
    tens, _, unit = match["nth"].lower().rpartition("-")
    return float(_SAYS.get(tens, 0) + _ORDINALS[unit])


def _digits(match: re.Match[str]) -> float:
    number = float(match["digits"].replace(",", ""))
    if match["over"]:
        return number / int(match["over"])
    if match["top"]:
        return number + int(match["top"]) / int(match["below"])
    if match["scale"]:
        return number * _SCALES[match["scale"].lower()]
    return number * _SHORT_SCALES.get((match["short"] or "").lower(), 1.0)


def _words(match: re.Match[str]) -> float:
    number = spelt(re.split(r"[\s-]+", match["words"].lower()))
    if match["part"]:
        part = match["part"].lower()
        return number / _PARTS[part if part in _PARTS else part.removesuffix("s")]
    return number


def spelt(words: list[str]) -> float:
    """Return the number that words say: two hundred and five thousand is 205000.0; "a" is 1 and "and" nothing."""
    total = group = 0.0
    for word in words:
        if word in {"a", "an"}:
            group += 1
        elif word in _SCALES:
            scale = _SCALES[word]
            group = max(group, 1) * scale
            if scale >= 1e3:  # noqa: PLR2004 - a hundred and a dozen go on within the group of three digits
                total, group = total + group, 0.0
        else:
            group += _SAYS.get(word, 0)
    return total + group


def _unit(match: re.Match[str]) -> str:
    if match["share"]:
        return "%"
    if match["currency"]:
        return next(code for sign, code in _CURRENCIES.items() if sign in match["currency"])
    if match["money"]:
        return _MONEY_WORDS[match["money"].lower()]
    return "ordinal" if match["ordinal"] or match["nth"] else ""
