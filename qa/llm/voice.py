"""Who did it to whom, and which is more than which.

"Quill succeeded Holt" and "Quill was succeeded by Holt" have their names in one order; "the bridge cost more than the
well" has all words of the reverse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile

from qa.mentions import names
from qa.statements import content

_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being|be|got)\s(?:\w+ly\s)?(?P<verb>\w{3,})\sby\s", re.IGNORECASE)
_ACTIVE = re.compile(r"\s(?:has\s|have\s|had\s|also\s|later\s|then\s)*(?P<verb>\w{3,})\s(?:the\s|his\s|her\s|its\s)?")
_AGENT = re.compile(
    rf"{_PASSIVE.pattern}(?:the\s|an?\s|his\s|her\s|its\s|their\s)?(?P<agent>[\w’'-]+(?:\s[\w’'-]+){{0,3}})",
    re.IGNORECASE,
)
_THAN = re.compile(
    r"(?P<one>[^.;:!?]{1,100})\s(?P<how>more|less|fewer|\w{2,}er)\b(?P<what>(?:\s\w+){0,3}?)\sthan\s(?P<other>[^,.;:!?]{1,60})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Deed:
    verb: str
    by: str
    to: str


def is_turned_round(sentence: str, quotes: str) -> bool:
    """Whether one did to another what the quotations say the other did to it, or is more where it is less."""
    told = set(_deeds(quotes))
    if any(_Deed(deed.verb, deed.to, deed.by) in told - {deed} for deed in _deeds(sentence)):
        return True
    compared = list(_comparisons(quotes))
    return any(here.is_reverse_of(there) for here in _comparisons(sentence) for there in compared)


def is_by_another(sentence: str, quotes: str) -> bool:
    """Whether something is done by somebody, or something, of whom the quotations have no word: "opened by holt"."""
    told = content(quotes)
    for match in _AGENT.finditer(sentence):
        stems = takewhile(bool, map(content, match["agent"].split()))
        agent = set[str]().union(*stems)
        if agent and not agent & told:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Comparison:
    """What is compared, as stems, with what, and how: {bridge, cost}, more, {well}."""

    one: set[str]
    how: str
    other: set[str]

    def is_reverse_of(self, told: _Comparison) -> bool:
        """Whether both sides have changed places, but for the words that both have on the same side."""
        return bool(
            self.how == told.how
            and (self.one - told.one) & (told.other - self.other)
            and (self.other - told.other) & (told.one - self.one)
        )


def _comparisons(text: str) -> Iterator[_Comparison]:
    for match in _THAN.finditer(text):
        how = f"{match['how']}{match['what']}".casefold()
        yield _Comparison(content(match["one"]), how, content(match["other"]))


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
