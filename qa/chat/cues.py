"""What in a question points to something that was said before it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.chat.words import FUNCTION_WORDS, content

_PRONOUNS = {
    "he": "he", "him": "he", "his": "he", "himself": "he",
    "she": "she", "her": "she", "hers": "she", "herself": "she",
    "it": "it", "its": "it", "itself": "it",
    "they": "they", "them": "they", "their": "they", "theirs": "they", "themselves": "they",
}  # fmt: skip
_BE = r"(?:is|are|was|were|be|been|being|has|have|had)"
_PRONOUN = re.compile(rf"\b(?:{'|'.join(_PRONOUNS)})\b", re.IGNORECASE)
_BOUND = re.compile(r"(?<=[A-Z])([\w’'-]{0,40}\sand\s)(?:his|her|their|its)\b")
"""Uncle Charlie and his Dog Teddy: the pronoun stands for what is named right before it."""
_TIME = (
    r"(?:year|month|week|weekend|morning|afternoon|evening|summer|winter|spring|autumn|season|century|decade|days)\b"
)
_DEMONSTRATIVE = re.compile(
    rf"\b(?:this|these)\b(?!\s+{_TIME})|\bthose\b(?!\s+(?:who|that|which|of)\b)"
    # After that, was that, that? But: the man that left, said that Kim left.
    r"|(?:\A\W*|\b(?:and|but|so|after|before|about|with|of|for|by|during|since|from|like|on|in|at|to|do|does|did|is|was|"
    r"are|were|has|had|why|how|what|when|where|who|would|will|could|can)\s)that\b(?!\s+(?:he|she|it|they|the|we|you|i)\b)"
    r"|\bthat\W*\Z",
    re.IGNORECASE,
)
_PLEONASTIC = re.compile(
    rf"\b(?:{_BE}|be)\s+it\s+(?:\w+\s){{0,2}}?(?:true|possible|safe|legal|illegal|ok|okay|common|hard|easy|difficult|normal|"
    r"better|worth|raining|time|necessary|important|likely|unusual)\b|\bit\s+(?:true|take|takes|took|cost|costs)\s(?:\w+\s){0,2}to\b"
    r"|\bit\s+(?:is|was)\s(?:\w+\s){0,2}(?:that|to)\b",
    re.IGNORECASE,
)
_THERE = re.compile(r"\bthere\b", re.IGNORECASE)
_EXISTS = re.compile(rf"\b(?:{_BE}|any)(?:n['’]t|\s+not)?\s+there\b|\bthere\s+{_BE}\b|\bthere['’]s\b", re.IGNORECASE)
_OTHER = re.compile(r"\b(?:other|others|else|another|more|additional|further)\b(?!\s+than\b)", re.IGNORECASE)
_ARTICLE = re.compile(r"\b(?:this|the)\s+(?:article|page|story|passage|section)\b", re.IGNORECASE)
_THEN = re.compile(
    r"\b(?:(?:during|in|around|at|over)\s+(?:this|that|these|those)\s+(?:\w+\s)?(?:time|period|years?|era|point|days?)|"
    r"(?:at|during|before|after|since)\s+(?:that|this)\b|then\b|afterwards?\b|next\b)",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:after|before|about|with|of|for|by|during|to|since)\s+(?:this|that|it)\b"
    r"|\b(?:did|was|is|does|has|how|why|what|when|where|will)\s+(?:this|that)\b(?!\s+[a-z]+\s+[a-z]+\s)"
    r"|\b(?:this|that)\W*\Z|\b(?:do|did|say|said)\s+(?:it|so)\b",
    re.IGNORECASE,
)
_HEAD = re.compile(r"\b(?:the|this|that|these|those)\s+(\w[\w’-]*)", re.IGNORECASE)
_COMPLEMENT = re.compile(
    r"\bthe\s(?:[\w’'-]+\s){1,3}?(?:of|between|for)\s(?!(?:the|this|that|these|those|it|them|him|her)\b)\w",
    re.IGNORECASE,
)
_FEW = 4
"""Content words; a question with more says what it is about."""
_WHAT_ABOUT = re.compile(
    r"\W*(?:(?:and|but|so|or|ok|okay)[\s,]+)?(?:(?:what|how)\s+about|and\b(?!\s+(?:who|what|when|where|why|how|which|did|"
    r"do|does|is|are|was|were|has|have|had|can|could|will|would)\b))\s",
    re.IGNORECASE,
)
_WH = re.compile(r"\W*(?:(?:and|but|so)\s+)?(who|what|when|where|why|how|which|whose|whom)\b", re.IGNORECASE)
_YES_NO = re.compile(
    r"\W*(?:(?:and|but|so)\s+)?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(r"\W*(?:what|who)\s+(?:is|are|was|were)\s+(?:an?\s|the\s)?\S+(?:\s\S+)?\s*\Z", re.IGNORECASE)
_GRAMMAR = re.compile(rf"\b(?:{_BE}|who|what|when|where|why|how|which|did|does|do|any|can|will|would)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=[^.?!\s]\s)[^\W\d_a-z][\w’'-]*")


@dataclass(frozen=True, slots=True)
class Cues:
    """What a question has of the means to refer back. `pronouns` are he, she, it and they, whatever their case.

    `heads` are the words after the, this and that; `event` tells that this, that or it may stand for what happened,
    `bare` that hardly anything is said ("Why?", "How many?"), `complete` that it says what its "the" is of.
    """

    words: frozenset[str]
    pronouns: frozenset[str]
    demonstrative: bool
    event: bool
    there: bool
    other: bool
    article: bool
    then: bool
    heads: tuple[str, ...]
    complete: bool
    what_about: bool
    wh: str
    yes_no: bool
    defines: bool
    capitals: bool
    bare: bool


def cues(question: str) -> Cues:
    """Return the cues of a question."""
    wh, free = _WH.match(question), _PLEONASTIC.sub(" ", _BOUND.sub(r"\1", question))
    heads = [match[1].casefold() for match in _HEAD.finditer(question)]
    return Cues(
        words=content(question),
        pronouns=frozenset(_PRONOUNS[match[0].casefold()] for match in _PRONOUN.finditer(free)),
        demonstrative=_DEMONSTRATIVE.search(question) is not None,
        event=_EVENT.search(question) is not None,
        there=_THERE.search(question) is not None and _EXISTS.search(question) is None,
        other=_OTHER.search(question) is not None,
        article=_ARTICLE.search(question) is not None,
        then=_THEN.search(question) is not None,
        heads=tuple(head for head in heads if head not in FUNCTION_WORDS),
        complete=_COMPLEMENT.search(question) is not None or len(content(question)) > _FEW,
        what_about=_WHAT_ABOUT.match(question) is not None,
        wh=wh[1].casefold() if wh else "",
        yes_no=_YES_NO.match(question) is not None,
        defines=_DEFINES.match(question) is not None,
        bare=len(content(question)) <= 1 and _GRAMMAR.search(question) is not None,
        capitals=any(name != "I" for name in _NAME.findall(question)),
    )
