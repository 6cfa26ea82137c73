"""The one number or date that a quotation states in answer to a question, or none where that is not clear."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TypeVar

from qa.mentions import Mention, compatible, dates, numbers
from qa.records import Quote

LONGEST = 2000
"""Characters beyond which a quotation is no sentence or two, but a table or a list, and states no one thing."""

Value = TypeVar("Value", str, float)

_ASKS_WHEN = re.compile(r"\bwhen\b|\b(?:what|which)\s(?:\w+\s)?(?:year|date|day|month|century|decade)\b", re.IGNORECASE)
_ASKS_HOW_MUCH = re.compile(
    r"\bhow\s(?:many|much|long|old|far|tall|high|big|large|deep|wide|heavy|fast|often)\b"
    r"|\b(?:what|which)\b.{0,40}\b(?:number|amount|percentage|per\s?cent|share|proportion|population|price|cost|total|"
    r"toll|age|height|length|distance|weight|size|salary|fine|budget|revenue|profit|rate|area|depth|width|speed|"
    r"temperature|value|valuation)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\bhow\smany\s([\w’'-]+(?:\s[\w’'-]+){0,2})", re.IGNORECASE)
_HEDGE = re.compile(
    r"\b(?:(?P<least>more than|over|at least|upwards of|as many as)|(?P<most>(?:no|not) more than|less than|fewer than|"
    r"under|below|at most|up to)|(?P<loose>about|around|roughly|some|nearly|almost|approximately|close to|"
    r"an estimated))\s\Z",
    re.IGNORECASE,
)
_HEDGE_ROOM = 16
_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_GRAMMAR = frozenset(
    re.findall(
        r"\w+",
        """a about after all also an and any are as at be been before being but by can could did do does during each
        for from had has have he her his how i if in into is it its many more most much no not of on one only or other
        our over said say says she should so some than that the their them then there these they this those to under
        up was we were what when where which while who will with would year years date day you your at least nearly
        almost around roughly""",
    )
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number: `written` as the quotation has it, what it counts, and how far the truth may lie from it.

    `bound` is 1 for "at least", -1 for "at most", 0 for neither. `slack` is half of the last digit that counts, for
    what is rounded. `beside` are all numbers of the quotation: "seven counts: two of fraud and five of conspiracy".
    """

    written: str
    value: float
    counts: str
    slack: float
    bound: int
    beside: frozenset[float] = frozenset()

    def excludes(self, other: object) -> bool:
        """Whether both count the same thing and cannot both be right; "at least" is a figure too beside its like."""
        if not isinstance(other, Amount) or self.counts != other.counts:
            return False
        if self.value in other.beside or other.value in self.beside:
            return False
        room = self.slack + other.slack
        if self.bound == other.bound:
            return abs(self.value - other.value) > room
        bound, beside = (self, other) if self.bound else (other, self)
        return bound.bound * (bound.value - beside.value) > room  # "at least 500" leaves out 300, and not 600


@dataclass(frozen=True, slots=True)
class Day:
    """A date: `written` as the quotation has it, and its value in the Extended Date/Time Format."""

    written: str
    value: str

    def excludes(self, other: object) -> bool:
        """Whether two dates cannot mean the same time: "2016" and "2016-10" can."""
        return isinstance(other, Day) and not compatible(self.value, other.value)


def statement(question: str, quote: Quote) -> Amount | Day | None:
    """Return what a quote states where the question asks for a number or a date; None where several could be it."""
    if len(quote.text) > LONGEST:
        return None
    when, how_much = _ASKS_WHEN.search(question), _ASKS_HOW_MUCH.search(question)
    if how_much and not (when and when.start() < how_much.start()):  # How old was she when she won?
        return _amount(question, quote)
    return _day(quote) if when else None


def content(text: str) -> set[str]:
    """Return the stems of the words of a text that carry meaning; numbers are no words."""
    from Stemmer import Stemmer

    words = [word.casefold().replace("’", "'").removesuffix("'s") for word in _WORD.findall(text)]
    return set(Stemmer("english").stemWords([word for word in words if word not in _GRAMMAR]))


def _day(quote: Quote) -> Day | None:
    found = [mention for mention in dates(quote.text) if mention.value[:1] in "0123456789X"]
    stated = _marked(quote, found)
    return Day(stated[0].text, stated[0].value) if len({mention.value for mention in stated}) == 1 else None


def _amount(question: str, quote: Quote) -> Amount | None:
    text = quote.text
    found = [
        mention
        for mention in numbers(text)
        if mention.unit != "ordinal" and text[mention.span.end : mention.span.end + 1] != "-"
    ]
    stated = _marked(quote, found)
    counted = ""
    if asked := _COUNTED.search(question):
        counted, stated = _of_what_is_counted(question, asked[1], text, stated, found)
    if len({(mention.value, mention.unit) for mention in stated}) != 1:
        return None
    mention = stated[0]
    counts = mention.unit or counted or _noun_after(text, mention)
    return _read(text, mention, counts, frozenset(other.value for other in numbers(text)))


def _marked(quote: Quote, mentions: Sequence[Mention[Value]]) -> list[Mention[Value]]:
    """Return the mentions that are highlighted as the answer; all where none is."""
    at = quote.span.start
    marked = [
        mention
        for mention in mentions
        if any(mark.start - at < mention.span.end and mention.span.start < mark.end - at for mark in quote.highlights)
    ]
    return marked or list(mentions)


def _of_what_is_counted(
    question: str, asked: str, text: str, stated: Sequence[Mention[float]], found: Sequence[Mention[float]]
) -> tuple[str, list[Mention[float]]]:
    """Return the noun that is counted, and the numbers that count it: those before the question's verb, if any."""
    noun = content(" ".join(takewhile(lambda word: word.casefold() not in _GRAMMAR, asked.split())))
    verbs = content(question) - noun | content(asked.partition(" ")[2])
    after = {mention: _stretch_after(text, mention, found).split() for mention in stated}
    counting = [mention for mention in stated if noun & content(" ".join(after[mention][:3]))]
    if not counting:  # "12 were killed", "12 died"
        bare = [mention for mention in stated if not mention.unit]
        counting = [mention for mention in bare if verbs & content(" ".join(after[mention][:2]))]
    for verb in (content(asked.partition(" ")[2]), verbs):
        counting = [mention for mention in counting if verb & content(" ".join(after[mention]))] or counting
    return min(content(asked.partition(" ")[0]) or noun, default=""), counting


def _stretch_after(text: str, mention: Mention[float], found: Sequence[Mention[float]]) -> str:
    """Return the words from a number to the next one."""
    end = min((other.span.start for other in found if other.span.start > mention.span.start), default=len(text))
    return text[mention.span.end : end]


def _noun_after(text: str, mention: Mention[float]) -> str:
    """Return the stem of the word right after a number, where it carries meaning."""
    words = text[mention.span.end :].split(maxsplit=1)[:1]
    return min(content(" ".join(words)), default="")


def _read(text: str, mention: Mention[float], counts: str, beside: frozenset[float]) -> Amount:
    hedge = _HEDGE.search(text, max(0, mention.span.start - _HEDGE_ROOM), mention.span.start)
    kind = hedge.lastgroup if hedge else None
    return Amount(
        written=text[hedge.start() if hedge else mention.span.start : mention.span.end],
        value=mention.value,
        counts=counts,
        slack=_slack(mention, loose=kind == "loose"),
        bound={"least": 1, "most": -1}.get(kind or "", 0),
        beside=beside,
    )


def _slack(mention: Mention[float], *, loose: bool) -> float:
    """Return half of what one more in the last digit that counts is worth; 0 for what is written out in full.

    "about 300" is 300 ± 50, "3.1 million" 3,100,000 ± 50,000, "4.7%" 4.7 ± 0.05, and "312" is 312.
    """
    digits = _DIGITS.match(mention.text.lstrip("$£€¥₹AUSCNZHK "))
    whole = int(abs(mention.value))
    if loose and whole == mention.value and whole:
        return float(10 ** (len(str(whole)) - len(str(whole).rstrip("0")))) / 2
    if digits is None or not float(digits[0].replace(",", "")):
        return 0.0
    written = digits[0].replace(",", "")
    scale = mention.value / float(written)
    if scale > 1 or "." in written or mention.unit == "%" or loose:
        return float(scale * 10.0 ** -len(written.partition(".")[2]) / 2)
    return 0.0
