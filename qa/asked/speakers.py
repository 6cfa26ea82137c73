"""Whose words a question asks for: "What did Ruth say about rubber?", "Ruth's opinion on the pier".

In a mail nobody says of himself that he said it. So a question for what somebody said, told or sent a mail about is put
as one for what was written, and one for views, thoughts and advice as one for an opinion: the words of the context that
a mail is read under, and those that the cross-encoder knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_AUXILIARY = r"(?:did|does|do|has|have|had|would|will)"
_WHO = r"(?P<who>[^\W\d_][\w.'’@-]*(?:\s[^\W\d_][\w.'’@-]*){0,3}?)"
_WORD = r"[^\W\d_][\w'’-]*"
_ADVERB = r"(?: (?:ever|also|really|actually|just|not))?"
_SAY = (
    r"(?:say|said|write|written|wrote|mention|mentioned|report|reported|tell|told|explain|explained|answer|answered|"
    r"reply|replied|have to say|to say|announce|announced|claim|claimed|complain|complained|ask|asked|request|"
    r"requested|promise|promised|offer|offered|warn|warned)"
)
_THINK = (
    r"(?:think|thought|feel|felt|believe|believed|suggest|suggested|propose|proposed|recommend|recommended|argue|argued|"
    r"comment|commented|object|objected|agree|agreed|want|wanted)"
)
_OPINION = r"(?:opinion|view|thought|take|stance|position|comment|remark|advice|proposal|suggestion)s?"
_MAIL = r"(?:e-?mails?|mails?|messages?|letters?|notes?|repl(?:y|ies)|answers?|correspondence)"
_ABOUT = r"(?:about|on|of|regarding|concerning)"
_TOPIC = r"(?P<topic>.{2,200}?)"
_ASKED = rf"(?:what|how) {_AUXILIARY} {_WHO}{_ADVERB}"
_IS = r"(?:(?:what|which) (?:is|are|was|were) )?(?:the )?"


def _forms(*forms: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form, re.IGNORECASE) for form in forms)


_WRITTEN = _forms(
    rf"{_ASKED} {_SAY}(?P<to>(?: {_WORD}){{1,4}}?)?? {_ABOUT} {_TOPIC}",
    rf"{_IS}{_WHO}['’]s? {_MAIL}(?P<to> to {_WORD})? {_ABOUT} {_TOPIC}",
    rf"(?:(?:{_WORD} ){{1,5}})?{_MAIL} (?:from|by|of) {_WHO}(?P<to> to {_WORD})? {_ABOUT} {_TOPIC}",
)
_OPINED = _forms(
    rf"{_ASKED} {_THINK} {_ABOUT} {_TOPIC}",
    rf"{_IS}{_WHO}['’]s? {_OPINION} {_ABOUT} {_TOPIC}",
    rf"{_IS}{_OPINION} of {_WHO} {_ABOUT} {_TOPIC}",
)
_OTHERWISE = _forms(
    rf"\baccording to {_WHO}(?=\s*(?:[,?.]|\Z))",
    rf"\b{_AUXILIARY} {_WHO}{_ADVERB} (?:{_SAY}|{_THINK})\b",
)
_NOBODY = re.compile(
    r"(?:the|an?|this|that|these|those|it|he|she|they|we|you|i|my|our|your|his|her|their|its|one|people|anyone|anybody|"
    r"everyone|everybody|someone|somebody|who|what|how|there)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose words a question asks for, and how it is best put to what that person wrote.

    `question` is None where it is asked in no common form, and is best left as it is.
    """

    name: str
    question: str | None


def speaker(question: str) -> Speaker | None:
    """Return whose words a question asks for; None where it asks for nobody's, for several people's, or for "his"."""
    asked = " ".join(question.split()).rstrip("?!. ")
    if len({match["who"].casefold() for form in _OTHERWISE for match in form.finditer(asked)}) > 1:
        return None
    for form in _WRITTEN:
        if (match := form.fullmatch(asked)) is not None and not _NOBODY.match(match["who"]):
            return Speaker(match["who"], f"What did {match['who']} write{match['to'] or ''} about {match['topic']}?")
    for form in _OPINED:
        if (match := form.fullmatch(asked)) is not None and not _NOBODY.match(match["who"]):
            return Speaker(match["who"], f"What is {match['who']}'s opinion on {match['topic']}?")
    for form in _OTHERWISE:
        if (match := form.search(asked)) is not None and not _NOBODY.match(match["who"]):
            return Speaker(match["who"], None)
    return None
