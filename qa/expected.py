"""What kind of answer a question asks for, told from its words.

The kinds follow the coarse classes of Li and Roth 2002, "Learning Question Classifiers" (dates apart from other
numbers, organisations and other named things together). Their two strongest cues are used as rules: the
interrogative word, and the head noun of what follows it ("what year", "what is the name of the river").
"""

from __future__ import annotations

import re
from enum import StrEnum


class Expected(StrEnum):
    """The kind of words that would answer."""

    PERSON = "person"
    PLACE = "place"
    DATE = "date"
    NUMBER = "number"
    ENTITY = "entity"
    """Another thing with a name: a company, a team, a book."""
    YES_NO = "yes_no"
    DESCRIPTION = "description"
    """A reason, a manner, a definition; and whatever no rule knows."""


_HEADS = {
    Expected.DATE: """year month day date decade century season time weekday birthday anniversary""",
    Expected.NUMBER: """number percentage percent population amount price cost length height width size distance
        depth altitude elevation temperature age rate speed weight total share proportion fraction ratio salary budget
        revenue income profit score degree portion magnitude duration toll attendance capacity frequency density
        quantity sum fee fine wage tax volume average diameter circumference radius acreage worth wavelength voltage
        gdp enrollment enrolment margin odds""",
    Expected.PLACE: """country city state town village place location region continent river island district county
        province neighborhood neighbourhood borough street road avenue mountain lake ocean sea park planet site venue
        capital nation territory parish address headquarters stadium airport birthplace hometown destination area
        desert valley peninsula bay port constituency harbor harbour suburb colony municipality kingdom""",
    Expected.PERSON: """person people man woman boy girl president king queen author actor actress singer player
        scientist
        politician leader artist writer director founder ceo governor emperor empress minister secretary senator
        musician architect character philosopher composer poet painter coach athlete quarterback journalist explorer
        general judge professor mayor chairman chairwoman chair chancellor inventor engineer physicist chemist
        economist historian astronaut pilot prince princess pope bishop saint candidate winner successor predecessor
        wife husband father mother son daughter brother sister producer designer officer commander captain lawyer
        attorney doctor researcher individual executive owner killer suspect spokesman spokesperson spokeswoman
        critic star host figure protagonist rapper driver manager teacher dancer conductor editor reporter dictator""",
    Expected.ENTITY: """name company team organization organisation group party band university school college
        newspaper magazine book film movie song album novel play language religion event war battle award network
        channel agency institution institute club league title treaty law product platform website app software brand
        ship game show program programme bank church airline publication journal nickname conference museum
        corporation firm studio airline dynasty empire tribe currency nationality ethnicity prize medal festival
        movement operation mission satellite spacecraft aircraft vehicle model bridge building tower palace castle
        cathedral temple monument theater theatre hotel hospital library station line railway highway constitution
        department ministry committee commission council court union association federation foundation charity
        manufacturer retailer publisher broadcaster startup tool chatbot series episode tournament competition
        championship trophy cup store system act opera symphony entity seminary abbreviation""",
}
_KIND = {word: kind for kind, words in _HEADS.items() for word in words.split()}
_PERSONAL = re.compile(r"[a-z]{3,}(?:ists?|icians?|bearers?|[a-z]man|woman|women)")
_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must|isn|aren|wasn|"
    r"weren|doesn|didn|don|hasn|haven|hadn|couldn|wouldn|shouldn)"
)
_PREPOSITION = (
    r"(?:in|on|at|to|from|by|of|for|with|about|during|under|over|into|through|until|since|after|before|between|among|"
    r"near|against|around|within|besides?|behind|per|as|than|upon|via|toward|towards|outside|inside|along)"
)
_WH = r"(?:who|whom|whose|what|which|when|where|why|how)"
_OPENS = re.compile(
    rf"\W*(?:and |but |so |or |then |exactly |about |approximately |roughly )*(?:{_PREPOSITION} )?(?P<wh>{_WH})\b"
)
_ASIDE = re.compile(rf"\W*(?:when|where|what|who) (?!{_AUXILIARY}\b)")
_LATER = re.compile(
    rf"(?:,|:|;|\band|\bor)\s+(?:{_PREPOSITION} )?(?P<wh>{_WH})\b"
    rf"|\b{_PREPOSITION} (?P<after>what|which|whom|whose|how|when)\b"
    rf"|\b(?P<certain>what|how (?:many|much|long|old)|whom|why)\b"
)
_YES_NO = re.compile(rf"\W*{_AUXILIARY}(?:n['’]t)?\b")
_LATER_YES_NO = re.compile(
    rf",\s+(?:and |then )?{_AUXILIARY}(?:n['’]t)?\s+(?:the|there|it|he|she|they|this|these|both|[\"'‘“])"
)
_MEASURE = re.compile(
    r"how (?:many|much|long|old|far|tall|high|large|big|often|fast|deep|wide|heavy|hot|cold|close|near|small|thick|"
    r"loud|frequently|strong|young|short|low|late|early|populous|rich)\b"
)
_COPULA = re.compile(
    r"(?:['’]s|\s+(?:is|are|was|were|has been|have been|will be|would be|became|becomes?))\s+"
    r"(?:the|an?|its|his|her|their|one|some)?\b"
)
_KIND_OF = re.compile(r"\s+(?:\w+ )?(?:kinds?|types?|sorts?|forms?|styles?) of\b")
_STOPS = re.compile(
    rf"(?:{_AUXILIARY}|{_PREPOSITION}|{_WH}|the|an?|that|it|he|she|they|i|you|we|his|her|its|their|and|or|but|not|if|used|"
    r"called|known|named)\Z"
)
_WORDS = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")
_MOST_BEFORE_HEAD = 6


def expected(question: str) -> Expected:
    """Return the kind of answer that `question` asks for; keywords without an interrogative word go by their head."""
    asked = " ".join(question.casefold().split())
    if _YES_NO.match(asked):
        return Expected.YES_NO
    interrogative = _interrogative(asked)
    if interrogative is None:
        return Expected.YES_NO if _LATER_YES_NO.search(asked) else _of_keywords(asked)
    wh, end = interrogative
    if wh == "how":
        return _of_how(asked[end - len("how") :])
    if wh in {"what", "which"}:
        return _of_what(asked[end:])
    return _BY_WORD[wh]


_BY_WORD = {
    "who": Expected.PERSON,
    "whom": Expected.PERSON,
    "whose": Expected.PERSON,
    "when": Expected.DATE,
    "where": Expected.PLACE,
    "why": Expected.DESCRIPTION,
}


def _interrogative(asked: str) -> tuple[str, int] | None:
    """Return the word that asks and where it ends; a clause before it ("When he fell, who ...") does not ask."""
    opens, later = _OPENS.match(asked), _LATER.search(asked)
    if opens and not (
        later and _LATER_YES_NO.search(asked) is None and _ASIDE.match(asked) and asked[later.start()] == ","
    ):
        return opens["wh"], opens.end()
    if later is None or _LATER_YES_NO.search(asked, 0, later.start()):
        return None
    wh = later["wh"] or later["after"] or later["certain"].split()[0]
    return wh, later.end() - len(later["certain"] or "") + len(wh) if later["certain"] else later.end()


def _of_how(rest: str) -> Expected:
    if rest.startswith("how long ago"):
        return Expected.DATE
    return Expected.NUMBER if _MEASURE.match(rest) else Expected.DESCRIPTION


def _of_what(rest: str) -> Expected:
    if _KIND_OF.match(rest):
        return Expected.DESCRIPTION
    copula = _COPULA.match(rest)
    if copula is None:
        kind = _head(_WORDS.findall(rest[:200]))
        return kind or Expected.DESCRIPTION
    words = _WORDS.findall(rest[copula.end() : copula.end() + 200])
    if words[:1] == ["area"] or words[1:2] == ["area"]:
        return Expected.NUMBER
    kind = _head(words)
    if "name" in words[:3] and "of" in words:
        return _head(words[words.index("of") + 1 :]) or Expected.ENTITY
    return kind or Expected.DESCRIPTION


def _head(words: list[str]) -> Expected | None:
    """Return the kind of the head of the noun phrase that `words` begin with: in "school year" it is the year."""
    found: Expected | None = None
    for word in words[:_MOST_BEFORE_HEAD]:
        if word not in {"the", "a", "an"} and (_STOPS.match(word) or not word[0].isalnum()):
            break
        kind = _kind(word)
        if found is not None and kind is None:
            break
        found = kind or found
    return found


def _kind(word: str) -> Expected | None:
    bare = re.sub(r"['’]s\Z", "", word)
    for form in (bare, bare.removesuffix("s"), bare.removesuffix("es"), bare.removesuffix("ies") + "y"):
        if form in _KIND:
            return _KIND[form]
    return Expected.PERSON if _PERSONAL.fullmatch(bare) else None


def _of_keywords(asked: str) -> Expected:
    """Return the kind of "population of Lima", "lima population", "name the river ..."."""
    words = [word for word in _WORDS.findall(asked[:200]) if word[0].isalnum()]
    while words and words[0] in {"the", "a", "an", "name", "list", "give", "tell", "me", "find", "exact", "total"}:
        words = words[1:]
    heads = [words[:1]] if "of" in words[1:3] else [words[-1:]]
    return next((kind for head in heads if head and (kind := _kind(head[0]))), Expected.DESCRIPTION)
