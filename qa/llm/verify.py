"""A sentence of a model, held to the quotations that it cites, in each way in which it could be wrong.

Rules see what is written: names, numbers, dates, words that deny. What is meant is judged by the cross-encoder, as far
as it can tell. What each catches, and what it costs: `python -m benchmarks.prose`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from qa.llm.amounts import miscounts_around, misdates_around
from qa.llm.exchange import Score, as_words, is_out_of_place
from qa.llm.polarity import turned_round
from qa.llm.voice import is_by_another, is_turned_round
from qa.mentions import Mention, dates, names, numbers
from qa.records import Fault
from qa.statements import content

SUPPORTED_FROM = 5.0
"""The logit from which the cross-encoder finds that a quotation bears a sentence out."""

ADDED_AT_MOST = 0.34
"""The share of its words that a sentence may have of its own: others for the same."""

LONGEST = 600
"""Characters of a sentence."""

_MARKUP = re.compile(
    r"[<>`\\{}|~^]|\]\(|&\w+;|://|\bwww\.|\b(?:https?|javascript|data|file|mailto|ftp):|\S@\S", re.IGNORECASE
)
_ADDRESS = re.compile(r"\b[\w-]+\.(?:[a-z]{2,})(?!\w)|\b[\w-]+\.[a-z]{2,}/\S", re.IGNORECASE)
_TYPOGRAPHY = frozenset("‘’“”«»‹›–—…•£€¥\u00a0")
"""Characters beyond ASCII that a model may write although they are not quoted; others could look like what is."""
_LONG_WORD = re.compile(r"\S{31,}")
_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"|«([^»]+)»")
_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d[\d,.]*")
_PARTICLES = re.compile(r"\s(?:of|de|der|den|del|della|di|da|du|van|von|the|&)\s")
_OF_TELLING = content(
    "say said says saying state stated states according report reported reports mention mentioned note noted describe "
    "described tell told quote quoted quotation article text passage explain explained indicate indicated add added "
    "per cent percent"
)


def judged(sentence: str, quotes: str, score: Score, spelt_out: str | None = None) -> Fault | None:
    """Return why a sentence does not follow from the quotations that it cites; None where nothing speaks against it.

    `score` is the reranker's. `spelt_out` are the quotations with the names that their passages have for other words in
    them (`qa.llm.referents`), the quotations themselves where it is None.
    """
    spelt_out = spelt_out or quotes
    sentence = _with_capitals(sentence, spelt_out)
    found = fault(sentence, quotes, spelt_out)
    if found is None and score(sentence, [spelt_out])[0] < SUPPORTED_FROM:
        return Fault.UNSUPPORTED
    if found is None and as_words(sentence) not in as_words(quotes) and is_out_of_place(sentence, spelt_out, score):
        return Fault.EXCHANGED
    return found


def _with_capitals(sentence: str, quotes: str) -> str:
    """Return a sentence with the quoted names as they are there: in small letters they are not seen to be names."""
    for name in dict.fromkeys(name.text for name in names(quotes)):
        if name not in sentence and name.casefold() in sentence.casefold():
            sentence = name.join(re.split(rf"(?<!\w){re.escape(name)}(?!\w)", sentence, flags=re.IGNORECASE))
    return sentence


def fault(sentence: str, quotes: str, spelt_out: str | None = None) -> Fault | None:
    """Return, by rules alone, in what a sentence differs first from the quotations that it cites; None: in nothing."""
    spelt_out = spelt_out or quotes
    named: dict[Fault, Callable[[str, str], bool]] = {
        Fault.FORM: _is_no_prose,
        Fault.QUOTED: _misquotes,
        Fault.DATE: _misdates,
        Fault.NUMBER: _miscounts,
    }
    for kind, differs in named.items():
        if differs(sentence, quotes):
            return kind
    if _misnames(sentence, spelt_out) or is_by_another(sentence, spelt_out):
        return Fault.NAME
    if is_turned_round(sentence, spelt_out):
        return Fault.EXCHANGED
    return turned_round(sentence, quotes) or (Fault.ADDED if added(sentence, spelt_out) > ADDED_AT_MOST else None)


def added(sentence: str, quotes: str) -> float:
    """Return the share, in 0..1, of the words of a sentence that carry meaning and are not in the quotations."""
    own = content(sentence) - _OF_TELLING
    return len(own - content(quotes)) / len(own) if own else 1.0


def _is_no_prose(sentence: str, quotes: str) -> bool:
    """Whether a sentence is more than words: markup, an address, what could carry data away; or has no words at all."""
    if len(sentence) > LONGEST or _MARKUP.search(sentence) or not _WORD.search(sentence):
        return True
    if any(not char.isascii() and char not in _TYPOGRAPHY and char not in quotes for char in sentence):
        return True
    return any(match[0] not in quotes for shape in (_ADDRESS, _LONG_WORD) for match in shape.finditer(sentence))


def _misquotes(sentence: str, quotes: str) -> bool:
    found = (next(filter(None, match.groups())) for match in _QUOTED.finditer(sentence))
    return any(as_words(words) not in as_words(quotes) for words in found)


def _misdates(sentence: str, quotes: str) -> bool:
    known = [date.value for date in dates(quotes)]
    if misdates_around(sentence, quotes):
        return True
    if any("/" in date.text and date.text not in quotes for date in dates(sentence)):
        return True  # of two days, one of which is not meant
    return any(not any(_says(other, date.value) for other in known) for date in dates(sentence))


def _says(known: str, date: str) -> bool:
    """Whether a date says no more than a known one: "2016" of "2016-10-03"; values as `qa.mentions.dates` has them."""
    if known == date:
        return True
    if not (known[:1].isdigit() or known[:1] == "X") or not (date[:1].isdigit() or date[:1] == "X"):
        return False
    shape = "XXXX-XX-XX"
    return all(b in ("X", a) for a, b in zip(known + shape[len(known) :], date + shape[len(date) :], strict=True))


def _miscounts(sentence: str, quotes: str) -> bool:
    """Whether a number, or any digits, are not in the quotations, or count another thing there."""
    known = numbers(quotes)
    found = numbers(sentence)
    if any(not any(_same(number, other) for other in known) for number in found):
        return True
    if any(_counts_another(number, sentence, known, quotes) for number in found):
        return True
    if any(_times(number, found) > _times(number, known) for number in found):
        return True  # of 60,000 genes here, nothing is told that is 60,000 there as well
    if miscounts_around(sentence, quotes):
        return True
    taken = [mention.span for mention in found] + [mention.span for mention in dates(sentence)]
    loose = [m for m in _DIGITS.finditer(sentence) if not any(s.start <= m.start() < s.end for s in taken)]
    there = {match[0].rstrip(".,") for match in _DIGITS.finditer(quotes)}
    return any(match[0].rstrip(".,") not in there for match in loose)


def _same(number: Mention[float], other: Mention[float]) -> bool:
    return number.unit == other.unit and abs(number.value - other.value) <= 1e-9 * max(1.0, abs(other.value))


def _times(number: Mention[float], among: list[Mention[float]]) -> int:
    return sum(_same(number, other) for other in among)


def _counts_another(number: Mention[float], sentence: str, known: list[Mention[float]], quotes: str) -> bool:
    """Whether the noun after a number stands in the quotations after another number, and after this one never."""
    noun = _noun_after(sentence, number)
    if not noun or number.unit == "ordinal":
        return False
    counted = {other.value for other in known if noun == _noun_after(quotes, other)}
    return bool(counted) and number.value not in counted


def _noun_after(text: str, number: Mention[float]) -> str:
    word = _WORD.match(text[number.span.end :].lstrip())
    return min(content(word[0]), default="") if word else ""


def _misnames(sentence: str, quotes: str) -> bool:
    known = as_words(quotes)
    return any(as_words(part) not in known for name in names(sentence) for part in _PARTICLES.split(name.text))
