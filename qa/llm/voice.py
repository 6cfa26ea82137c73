"""Who did it to whom: "Quill succeeded Holt" and "Quill was succeeded by Holt" have their names in one order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from qa.mentions import names
from qa.statements import content

_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being|be|got)\s(?:\w+ly\s)?(?P<verb>\w{3,})\sby\s", re.IGNORECASE)
_ACTIVE = re.compile(r"\s(?:has\s|have\s|had\s|also\s|later\s|then\s)*(?P<verb>\w{3,})\s(?:the\s|his\s|her\s|its\s)?")


@dataclass(frozen=True, slots=True)
class _Deed:
    verb: str
    by: str
    to: str


def is_turned_round(sentence: str, quotes: str) -> bool:
    """Whether one did to another what the quotations say the other did to it."""
    told = set(_deeds(quotes))
    return any(_Deed(deed.verb, deed.to, deed.by) in told - {deed} for deed in _deeds(sentence))


def _deeds(text: str) -> Iterator[_Deed]:
    """Yield what is told between two names that stand next to each other."""
    found = names(text)
    for one, other in pairwise(found):
        between = text[one.span.end : other.span.start]
        if passive := _PASSIVE.search(between):
            yield _Deed(_stem(passive["verb"]), other.value, one.value)
        elif active := _ACTIVE.fullmatch(between):
            yield _Deed(_stem(active["verb"]), one.value, other.value)


def _stem(word: str) -> str:
    return min(content(word), default=word.casefold())
