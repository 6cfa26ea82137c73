"""What could answer in a text: the mentions of the expected kind, and how well each fits that kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qa.expected import Expected
from qa.mentions import Mention, compatible, dates, names, numbers
from qa.records import Span


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words that could answer; `fit` is 0 where nothing speaks for or against their kind, 1 for one good cue."""

    span: Span
    fit: float


_ORGANISATION = re.compile(
    r"\b(?:Inc|Corp|Co|Ltd|LLC|University|College|School|Institute|Company|Corporation|Group|Bank|Council|Committee|"
    r"Commission|Agency|Association|Union|League|Party|Club|Court|Congress|Senate|Parliament|Times|Post|News|Journal|"
    r"Foundation|Museum|Ministry|Department|Federation|Organi[sz]ation|Society|Service|Office)\b"
)
_PLACE = re.compile(
    r"\b(?:City|County|Street|Avenue|Road|Square|River|Lakes?|Mountains?|Valley|Islands?|Bay|Park|Hall|Stadium|Airport|"
    r"Bridge|Hotel|Station|Province|District|Ocean|Sea|Desert|Coast|North|South|East|West|Republic|Kingdom)\b"
)
_BEFORE_PLACE = re.compile(
    r"\b(?:in|at|from|near|to|into|outside|around|across|through|toward|towards|via|reached|visited|entered|left)\s+"
    r"(?:the\s+)?\Z"
)
_BEFORE_PERSON = re.compile(r"\bby\s+(?:the\s+)?\Z|[a-z](?:or|er|ist|ian|man|woman|dent|ess)\s\Z")
_TITLE = re.compile(
    r"(?:Mr|Mrs|Ms|Dr|Sir|Lord|Lady|President|Senator|King|Queen|Emperor|Professor|General|Pope|Prince|Princess|Saint|St)\b"
)
_ADJECTIVE = re.compile(r"\w{2,}(?:an|ese|ish|ic|ch|i)")
_NOUN_AFTER = re.compile(
    r"\s(?!(?:was|is|has|had|and|or|in|to|of|by|for|with|who|said|says|at|on|as|from|the|a|did)\b)[a-z]{3,}"
)
_SPEAKS = re.compile(r",?\s+(?:said|says|told|wrote|added|argued|claimed|stated|became|is|was|who)\b")
_UNIT_AFTER = re.compile(
    r"[\s-]+(?:(?:square|cubic|metric|nautical|light)[\s-])?(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|"
    r"met(?:er|re)s?|kilomet(?:er|re)s?|centimet(?:er|re)s?|millimet(?:er|re)s?|miles?|feet|foot|inch(?:es)?|yards?|"
    r"acres?|hectares?|sq\.? (?:mi|km|ft)|km²?|cm|mm|m|ft|mi|kg|g|kilograms?|grams?|tonn?e?s|pounds|ounces?|"
    r"lit(?:er|re)s?|gallons?|degrees|watts?|[kMG]W|mph|knots|°[CF])(?:[\s-]old)?(?!\w)"
)
_HOW_MANY = re.compile(r"\bhow many (?:(?:more|other|different|total|of the) )?(\w{3,})", re.IGNORECASE)
_SHARE = re.compile(r"\b(?:percent\w*|per cent|proportion|share|fraction|portion)\b", re.IGNORECASE)
_MONEY = re.compile(
    r"\b(?:cost\w*|price\w*|pay|paid|pays|worth|money|dollars?|revenue|salary|budget|income|fee|fine|charged?|spen[dt]|"
    r"tax|earn\w*|invest\w*|fund\w*|loans?|debt|gdp)\b",
    re.IGNORECASE,
)
_EXTENT = re.compile(
    r"\bhow (?:long|old|far|tall|high|large|big|deep|wide|heavy|fast|hot|cold)\b"
    r"|\b(?:length|height|width|area|distance|"
    r"depth|altitude|elevation|temperature|age|speed|weigh\w*|size)\b",
    re.IGNORECASE,
)
_ORDER = re.compile(r"\b(?:rank\w*|place|position|edition|which number)\b", re.IGNORECASE)
_YEAR_ASKED = re.compile(r"\b(?:what|which)(?:['’]s)? (?:\w+ )?years?\b|\bof what year\b", re.IGNORECASE)
_TIME_ASKED = re.compile(r"\b(?:what|which) (?:exact )?time\b(?! (?:period|frame|of year))", re.IGNORECASE)
_WEEKDAY_ASKED = re.compile(r"\b(?:day of the week|weekday)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:1\d|20)\d\d(?!\d)")
_DAY_KNOWN = len("2016-10")
_LOOK_BACK = 24


def candidates(question: str, text: str, expected: Expected) -> list[Candidate]:
    """Return what of `text` could answer a question of this kind, in order; what the question says itself cannot."""
    find = _FINDERS.get(expected)
    return list(find(question, text)) if find else []


def _people(question: str, text: str) -> Iterator[Candidate]:
    for name, said in _unsaid_names(question, text):
        before, after = _around(text, name.span)
        person = (
            0.5 * (" " in name.text)
            + (_TITLE.match(name.text) is not None)
            + 0.5 * (_BEFORE_PERSON.search(before) is not None)
            + 0.5 * (_SPEAKS.match(after) is not None)
        )
        other = (_ORGANISATION.search(name.text) or _PLACE.search(name.text)) is not None
        person -= other + 0.5 * (_BEFORE_PLACE.search(before) is not None) + _is_adjective(name.text, after)
        yield Candidate(name.span, person - said)


def _places(question: str, text: str) -> Iterator[Candidate]:
    for name, said in _unsaid_names(question, text):
        before, after = _around(text, name.span)
        place = (_BEFORE_PLACE.search(before) is not None) + 0.5 * (_PLACE.search(name.text) is not None)
        place -= _is_adjective(name.text, after)
        yield Candidate(name.span, place - (_TITLE.match(name.text) is not None) - said)


def _things(question: str, text: str) -> Iterator[Candidate]:
    asked = {word.casefold() for word in re.findall(r"\w{3,}", question)}
    for name, said in _unsaid_names(question, text):
        kind = any(word.casefold() in asked for word in re.findall(r"\w{3,}", name.text))  # which river: River Dart
        yield Candidate(name.span, 0.5 * kind + 0.5 * (" " in name.text) - (_TITLE.match(name.text) is not None) - said)


def _unsaid_names(question: str, text: str) -> Iterator[tuple[Mention[str], float]]:
    """Yield the names that tell something new, and how much of each the question says."""
    asked = set(re.findall(r"\w+", question.casefold()))
    for name in names(text):
        words = re.findall(r"\w+", name.value)
        said = sum(word in asked or word.removesuffix("s") in asked for word in words) / len(words) if words else 1.0
        if said < 1:
            yield name, said + (" " not in name.text and not any(map(str.isalnum, text[: name.span.start])))


def _is_adjective(name: str, after: str) -> bool:
    """Whether a name says what the noun after it is like: Chinese people, Olympic torch."""
    return _ADJECTIVE.fullmatch(name) is not None and _NOUN_AFTER.match(after) is not None


def _times(question: str, text: str) -> Iterator[Candidate]:
    said = {mention.value for mention in dates(question)}
    year, clock, weekday = (pattern.search(question) for pattern in (_YEAR_ASKED, _TIME_ASKED, _WEEKDAY_ASKED))
    for date in dates(text):
        value = date.value
        if any(value == other or (len(value) <= len(other) and compatible(value, other)) for other in said):
            continue
        span, fit = date.span, 0.0
        within = _YEAR.search(date.text)
        if year and within:
            span = Span(span.start + within.start(), span.start + within.end())
            fit = 1.0
        elif year and "X" not in value[:4]:
            fit = -1.0 if not value[:1].isdigit() else 0.0
        elif value.startswith("T") or value.isalpha():
            fit = 1.0 if (clock and value.startswith("T")) or (weekday and value.isalpha()) else -1.0
        elif len(value) >= _DAY_KNOWN:
            fit = 0.5
        yield Candidate(span, fit)


def _amounts(question: str, text: str) -> Iterator[Candidate]:
    said = {(number.value, number.unit) for number in numbers(question)}
    counted = _HOW_MANY.search(question)
    share, money, extent, order = (pattern.search(question) for pattern in (_SHARE, _MONEY, _EXTENT, _ORDER))
    for number in numbers(text):
        if (number.value, number.unit) in said or (number.unit == "ordinal" and not order):
            continue
        span, fit = number.span, 0.0
        measure = _UNIT_AFTER.match(text, span.end)
        if measure and extent and not counted:
            span, fit = Span(span.start, measure.end()), 1.0
        if share:
            fit += 1.0 if number.unit == "%" or 0 < number.value < 1 else -0.5
        elif number.unit == "%":
            fit -= 0.5
        if number.unit.isupper():
            fit += 1.0 if money else -0.5
        if counted and _stands_near(counted[1], text[span.end : span.end + 2 * _LOOK_BACK]):
            fit += 1.5
        yield Candidate(span, fit)


def _stands_near(noun: str, after: str) -> bool:
    """Whether what is counted ("how many people") follows soon after a number."""
    return re.search(rf"\b{re.escape(noun[:-1] if len(noun) > len('men') else noun)}", after, re.IGNORECASE) is not None


def _around(text: str, span: Span) -> tuple[str, str]:
    return text[max(0, span.start - _LOOK_BACK) : span.start], text[span.end : span.end + _LOOK_BACK]


_FINDERS: dict[Expected, Callable[[str, str], Iterator[Candidate]]] = {
    Expected.PERSON: _people,
    Expected.PLACE: _places,
    Expected.ENTITY: _things,
    Expected.DATE: _times,
    Expected.NUMBER: _amounts,
}
