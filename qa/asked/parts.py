"""Questions that need two articles, cut into parts that can be answered one by one.

A question such as "Did The Verge report that ..., while Wired said that ...?" is about two articles. Read with the
whole, sentences that are a little about both look best; read with a part, those that answer it. These are the
comparison questions of HotpotQA (Yang et al. 2018), which Min et al. 2019, "Multi-hop Reading Comprehension through
Question Decomposition and Rescoring", cut into two; here the words that set one thing beside another cut them. A
question that describes one thing by several of its properties ("Which company, known for ..., and accused of ...")
stays whole: cut, it finds less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from qa.mentions import names

MOST_PARTS = 3
"""Parts that are answered, each by reading of its own."""

FEWEST_WORDS = 4
"""A clause says at least this many words beyond those of grammar; a shorter one stays with what it follows."""

_PUBLICATION = (
    r"(?:articles?|reports?|stories|story|pieces?|reviews?|posts?|papers?|study|studies|coverage|interviews?)"
)
_AUXILIARY = r"(?:does|did|do|is|was|are|were|has|have|had|can|could|will|would)"
_SET_AGAINST = (
    r"[,;]\s+(?:and\s+|but\s+)?(?:while|whereas|unlike)\s+"
    r"|[,;]?\s+(?:in (?:contrast|comparison) (?:to|with)|as opposed to|(?:(?:as|when)\s)?compared (?:to|with)|"
    r"in the same (?:way|manner) (?:that|as)|similar(?:ly)? to how)\s+"
    rf"|,?\s+(?:and|or)\s+(?=(?:the|an?|another|one)\s(?:[^\s,;]+\s){{0,7}}?{_PUBLICATION}\b)"
)
_JOINT_OF_STATEMENTS = re.compile(rf"{_SET_AGAINST}|[,;]\s+(?:and|or|but)\s+(?={_AUXILIARY}\s)", re.IGNORECASE)
_JOINT_OF_QUESTIONS = re.compile(
    rf"{_SET_AGAINST}|[,;]\s+(?:and|or|but)\s+(?=(?:how|what|when|where|who|why|does|did|do)\s)", re.IGNORECASE
)
_STATED = re.compile(rf"\A{_AUXILIARY}\s", re.IGNORECASE)
# Between the report of A and that of B, did ...? Considering ..., which ...?
_OF_BOTH = (
    (re.compile(r"\A(?:between|after|before)\s", re.IGNORECASE), re.compile(rf",\s+(?={_AUXILIARY}\s)", re.IGNORECASE)),
    (
        re.compile(r"\A(?:considering|based on|given)\s", re.IGNORECASE),
        re.compile(rf",\s+(?=(?:{_AUXILIARY}|what|which|who|how|when|where)\s)", re.IGNORECASE),
    ),
)
_OR = re.compile(r"(?P<stem>[^,:]{4,})[,:]\s+(?P<one>[^,]{2,80}),?\s+or\s+(?P<other>[^,]{2,80})")
_COMPARED = re.compile(r"\b(?:differences?|similarit(?:y|ies)|comparison) between\s\Z|\bcompare\s\Z", re.IGNORECASE)
_BESIDE = re.compile(r"\s+(?:and|with|to)\s+")
_THAN = re.compile(r"\s+(?:[\w-]+\s+){1,4}than\s+")
_GRAMMAR = frozenset(
    re.findall(
        r"\w+",
        """a about according also an and another any are article articles as at be been between both but by can could
        did do does for from had has have he her his how if in into is it its may might not of on one or other over
        piece report reported reports said she should so some than that the their them then there these they this those
        to was were what when where whether which while who whom whose why will with would""",
    )
)
_WORD = re.compile(r"\w[\w’'-]*")


def parts(question: str) -> tuple[str, ...]:
    """Return the parts of a question about two things or more, in order; () where it asks about one.

    At most MOST_PARTS, each with what is asked of all of them. They are to be searched, not to be shown: "Who is
    older, A or B?" has the parts "Who is older, A" and "Who is older, B".
    """
    bare = question.strip().rstrip("?.").rstrip()
    return (_alternatives(bare) or _side_by_side(bare) or _clauses(bare))[:MOST_PARTS]


def _alternatives(question: str) -> tuple[str, ...]:
    """Cut "Who is older, A or B" where both are names."""
    match = _OR.fullmatch(question)
    if match is None or not all(_is_name(match[which]) for which in ("one", "other")):
        return ()
    return tuple(f"{match['stem']}, {match[which]}" for which in ("one", "other"))


def _is_name(text: str) -> bool:
    found = names(f"of {text}")  # a capital tells nothing at the beginning of a sentence
    return len(found) == 1 and found[0].span.end == len(text) + 3 and found[0].span.start <= len("of the ")


def _side_by_side(question: str) -> tuple[str, ...]:
    """Cut "the difference between A and B", "compare A with B" and "Is A older than B" where both are names."""
    for one, other in pairwise(names(question)):
        before, after = question[: one.span.start], question[other.span.end :]
        between = question[one.span.end : other.span.start]
        if _COMPARED.search(before) and _BESIDE.fullmatch(between):
            return (f"{before}{one.text}{after}", f"{before}{other.text}{after}")
        if _STATED.match(before) and _THAN.fullmatch(between):
            what = between.rstrip().removesuffix("than").rstrip()
            return (f"{before}{one.text}{what}{after}", f"{before}{other.text}{what}{after}")
    return ()


def _clauses(question: str) -> tuple[str, ...]:
    """Cut where one clause is set against another; what is asked of both goes with each."""
    asked = ""
    for opening, asks in _OF_BOTH:
        if opening.match(question) and (match := asks.search(question)):
            question, asked = question[: match.start()], f", {question[match.end() :]}"
    found = list(_cut(question, _JOINT_OF_STATEMENTS if _STATED.match(question) else _JOINT_OF_QUESTIONS))
    return tuple(part + asked for part in found) if len(found) > 1 else ()


def _cut(question: str, joint: re.Pattern[str]) -> Iterator[str]:
    start = 0
    for match in joint.finditer(question):
        if _weight(question[start : match.start()]) >= FEWEST_WORDS <= _weight(question[match.end() :]):
            yield question[start : match.start()].strip(" ,")
            start = match.end()
    yield question[start:].strip(" ,")


def _weight(text: str) -> int:
    return len({word.casefold() for word in _WORD.findall(text)} - _GRAMMAR)
