"""Whether a sentence needs the one before it: its subject is a pronoun whose antecedent is not in the sentence.

The cases told apart are those of rule-based anaphora resolution (Lappin and Leass 1994, "An Algorithm for Pronominal
Anaphora Resolution"): pronouns and demonstratives as subjects, the pleonastic "it" that stands for nothing, the
cataphor whose noun follows ("In his speech, Kim ..."), and speech whose speaker is named outside it. Only the opening
and the attribution of a sentence are read: a pronoun further on mostly stands for something before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from qa.mentions import names
from qa.records import Span

_READ = 600
"""Characters of a sentence that are read; openings and attributions are near its ends."""

_BE = r"(?:is|are|was|were|['’]s|has been|had been|will be|would be|may be|might be|could be|can be|should be)"
_SAY = (
    r"(?:said|says|say|saying|told|tells|added|adds|wrote|writes|argued|argues|claimed|claims|explained|explains|noted|"
    r"notes|asked|asks|replied|recalled|recalls|continued|concluded|insisted|insists|admitted|stated|tweeted|thinks|warned)"
)
_PERSONAL = r"(?:he|she|him|her|his|hers)"
_OTHER = r"(?:it|its|they|them|their|theirs)"
# Words before the subject that change nothing.
_LEAD = re.compile(
    r"(?:[\s\"“”‘'«•*–—-]|(?:but|and|so|or|yet|still|also|then|now|however|therefore|thus|hence|meanwhile|moreover|instead|"
    r"nevertheless|nonetheless|furthermore|additionally|indeed|overall|finally|eventually|later|soon|today|afterwards?|"
    r"unfortunately|fortunately|perhaps|maybe|besides|plus|again|initially|originally|recently|ultimately|sadly|luckily|"
    r"interestingly|surprisingly|notably|similarly|consequently|subsequently|previously|currently|of course|in fact|"
    r"for example|for instance|in addition|as a result|on the other hand|even so|that said|by contrast|in contrast|"
    r"as well|once again|at first|in turn|after all|to be fair|in short|in particular|only|even|both times|not only|"
    r"not surprisingly|[a-z]+ly(?=,)|since then|until then|by then|back then),?(?=\s))*",
    re.IGNORECASE,
)
_PLEONASTIC = re.compile(
    rf"it(?:\s+(?:also|still|now|then|just|really|certainly|only|soon|later|quickly|once))?(?:"
    rf"\s*{_BE}(?:n['’]t| not)?\s+(?:[\w’'.-]+\s+){{0,6}}?(?:that|if|whether|how|why|what|when|who|which)\b"
    # It is hard to say. But: it is used to bake, it was sent to the bank, it is too small to hold them.
    rf"|\s*{_BE}(?:n['’]t| not)?\s+(?:(?!too\b|going\b|able\b|unable\b|likely\b|unlikely\b|set\b|due\b|about\b|ready\b|"
    rf"meant\b|bound\b|sent\b|next\b|close\b|[\w-]+ed\b|[\w-]+en\b)[\w’'.-]+\s+){{1,5}}?to\s+(?!(?:the|an?|his|her|its|their|this)\b)(?-i:[a-z])"
    rf"|\s*{_BE}(?:n['’]t| not)?\s+(?:raining|snowing|time|too late|cold|hot|dark|late|early|midnight|noon|no wonder|"
    rf"no secret|worth|about time|(?:a|the)\s(?:pity|shame|pleasure|fact|same))\b"
    rf"|\s+(?:seem|appear|turn|happen|follow|look|sound|feel)(?:s|ed)?\s+(?:out\s+)?(?:that|as|like|to be clear)\b"
    rf"|\s+(?:seem|appear|look)(?:s|ed)?\s+(?:[\w’'-]+\s+){{0,2}}(?:that|as if|as though)\b"
    rf"|\s+(?:rain|snow)(?:s|ed)\b|\s+(?:remain|become|became|remain)(?:s|ed)?\s+(?:[\w-]+\s+){{1,3}}?(?:that|to|whether|if|how)\b"
    rf"|\s+(?:takes?|took|will take|would take|has taken|had taken)\s+(?:[\w’'-]+\s+){{0,6}}?(?:to|for|before|until)\b"
    rf"|\s+(?:never fails|surprised|surprises|bothers|bothered|helps|helped|hurts|hurt|pays|paid)\s+"
    rf"(?:[\w’'.-]+\s+){{0,5}}?(?:that|to|when)\b"
    rf"|\s+(?:makes?|made)\s+(?:no\s+)?sense\b|\s+goes without saying\b|\s+(?:matters|depends)\b)",
    re.IGNORECASE,
)
_TIME_NOUN = (
    r"(?:time|year|month|week|weekend|morning|afternoon|evening|night|summer|autumn|fall|winter|spring|season|decade|"
    r"century|monday|tuesday|wednesday|thursday|friday|saturday|sunday|christmas|january|february|march|april|may|june|"
    r"july|august|september|october|november|december)\b"
)
_ITSELF = r"(?:article|page|story|post|guide|website|site|newsletter|paper|review|list|column|essay|book|blog)\b"
_DEMONSTRATIVE = re.compile(
    rf"(?:this|these)\b(?!\s+(?:{_TIME_NOUN}|past\b|coming\b|{_ITSELF}|days\b))|that(?:['’]s|\s+(?!(?:he|she|they|it|we|i|you|the|"
    rf"a|an|one)\b)\w)|those\b(?!\s+(?:who|with|in|of|on|at|from|that|whose|looking|wanting|interested|seeking|\w+ing)\b)",
    re.IGNORECASE,
)
_ELLIPTIC = re.compile(
    r"the (?:former|latter)\b|such\b(?!\s+as\b)|the (?:pair|duo|trio)\b(?!\s+of\b)|others\b|"
    r"the two (?:men|women|sides|countries|companies|teams|leaders|brothers|sisters|were|are|have|had|met|"
    r"also|then|will|would)\b|"
    r"the same (?:is|was|goes|applies|happened|can be|could be|year|day|month)\b|there,|doing so\b|"
    r"(?:each|either)\s(?:is|was|has|had|of (?:them|these|those)|comes?|came|costs?|will|can)\b|"
    r"(?:both|neither)\s(?!(?:of\s)?(?:the\s)?(?:[\w’'.-]+\s){0,10}?(?:and|nor|or)\b)(?!of\s(?!them))",
    re.IGNORECASE,
)
_PREPOSITION = (
    r"(?:in|on|at|to|from|by|of|for|with|about|during|under|over|into|through|until|since|after|before|between|among|near|"
    r"against|around|within|besides|behind|despite|because of|due to|according to|following|without|as|like|unlike|"
    r"thanks to|along with|apart from|in addition to|instead of|beyond|inside|outside|throughout|upon)"
)
_POINTS_BACK = re.compile(
    rf"{_PREPOSITION}\s+(?:doing so\b|(?:this|that|these|those)(?:,|\s+(?!{_TIME_NOUN}|{_ITSELF}|past\b|coming\b|"
    rf"the\b|of\b|who\b|with\b|in\b|he\b|she\b|it\b|they\b)[\w-]+))",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    rf"(?:(?P<personal>{_PERSONAL})|(?P<other>{_OTHER}))(?:['’](?:s|d|ll|ve|re))?(?![\w’'-])", re.IGNORECASE
)
_SUBORDINATE = re.compile(
    r"(?:when|while|whilst|if|although|though|because|once|unless|whenever|wherever|whereas|even though|even if|"
    r"as soon as|"
    r"as long as|given that|now that)\b",
    re.IGNORECASE,
)
_COORDINATED = re.compile(r"(?:and|but|or|so|yet|nor|which|who|where)\b", re.IGNORECASE)
_CONJUNCTION_TOO = re.compile(r"\b(?:after|before|since|until|as)\s+(?:the\s+)?\Z", re.IGNORECASE)
_AFTER_PREPOSITION = re.compile(rf"\b{_PREPOSITION}\s+(?:the\s+)?\Z", re.IGNORECASE)
_ATTRIBUTED_TO_PRONOUN = re.compile(
    rf"[,?!…—-][\"”’']?\s+(?:(?:he|she|they)\s+(?:also\s+|later\s+|then\s+)?{_SAY}|{_SAY}\s+(?:he|she|they))\b",
    re.IGNORECASE,
)
_ATTRIBUTED = re.compile(rf"\b{_SAY}\b|\baccording to\b|:\s*[\"“]", re.IGNORECASE)
_FIRST_PERSON = re.compile(r"\b(?:I|[Ww]e|[Mm]y|[Oo]ur|me|us)\b")
_QUOTED = re.compile(r"[“\"«][^”\"»]*[”\"»]?")
_PERSON_NOUN = re.compile(
    r"\b(?:man|woman|boy|girl|father|mother|son|daughter|brother|sister|wife|husband|president|king|queen|minister|player|"
    r"actor|actress|singer|author|writer|director|coach|manager|officer|judge|doctor|teacher|student|professor|leader|"
    r"founder|executive|ceo|senator|governor|mayor|candidate|lawyer|scientist|researcher|driver|victim|suspect|patient|"
    r"spokes\w+|star|artist|striker|midfielder|defender|goalkeeper|quarterback|driver|soldier|engineer|owner|friend)s?\b",
    re.IGNORECASE,
)
_NOUN_PHRASE = re.compile(
    r"\b(?:the|an?|this|that|these|those|his|her|their|its|our|my|some|many|most|several|no|every|each|two|three|\d[\d,.]*)\s+\w{2,}",
    re.IGNORECASE,
)
_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A pronoun that is a sentence's subject, or begins it, and has no antecedent in it: where it is, and what it is.

    `personal` tells he and she from it and they.
    """

    span: Span
    text: str
    personal: bool


def open_pronoun(sentence: str) -> Pronoun | None:
    """Return the pronoun that a sentence is about, where the sentence does not say who or what that is."""
    opening = sentence[:_READ]
    lead = _end(_LEAD, opening)
    found = _open_subject(opening[lead:])
    return found and replace(found, span=Span(found.span.start + lead, found.span.end + lead))


def leans_on_previous(sentence: str, previous: str | None) -> bool:
    """Whether `sentence` cannot be understood without `previous`, the sentence before it in its paragraph.

    False where the sentence before would not help: there is none, or it names nothing that could be meant.
    """
    if not previous:
        return False
    opening = sentence[:_READ]
    rest = opening[_end(_LEAD, opening) :]
    if _ELLIPTIC.match(rest) or _DEMONSTRATIVE.match(rest) or _POINTS_BACK.match(rest):
        return len(previous.split()) >= _FEWEST_WORDS
    pronoun = _open_subject(rest)
    if pronoun is not None:
        return _names_a_person(previous) if pronoun.personal else _names_something(previous)
    if _ATTRIBUTED_TO_PRONOUN.search(_without_quotations(opening + sentence[_READ:][-_READ:])) and not _named_outside(
        sentence
    ):
        return _names_a_person(previous)
    return _is_unattributed_speech(sentence, previous)


def _end(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0


def _open_subject(rest: str) -> Pronoun | None:
    """Return the pronoun that is the subject, or begins it, and has no antecedent before it in the sentence."""
    if _PLEONASTIC.match(rest):
        return None
    subject = _SUBJECT.match(rest)
    if subject:
        return _pronoun(subject, 0)
    introduction, comma, main = rest.partition(", ")
    if not comma or '"' in introduction or "“" in introduction:
        return None
    if _COORDINATED.match(main):
        return None  # the subject of the clause before is mostly meant
    lead = _end(_LEAD, main)
    main = main[lead:]
    subject = _SUBJECT.match(main)
    if subject is None or _PLEONASTIC.match(main) or _antecedent_in(introduction, subject):
        return None
    return _pronoun(subject, len(introduction) + len(comma) + lead)


def _pronoun(match: re.Match[str], at: int) -> Pronoun:
    kind = "personal" if match["personal"] else "other"
    return Pronoun(Span(at + match.start(kind), at + match.end(kind)), match[kind], personal=kind == "personal")


def _antecedent_in(introduction: str, subject: re.Match[str]) -> bool:
    """Whether what stands before the subject may name it: "After Kim left, he ..." but not "In Paris, he ..."."""
    named = any(_is_subject(introduction, name.span) for name in names(introduction))
    if subject["personal"]:
        return named or (
            _PERSON_NOUN.search(introduction) is not None and not re.search(rf"\b{_PERSONAL}\b", introduction)
        )
    return named or (_SUBORDINATE.match(introduction) is not None and _NOUN_PHRASE.search(introduction) is not None)


def _is_subject(introduction: str, name: Span) -> bool:
    """Whether a name may be the subject of its clause: Kim is in "after Kim left", not in "after Kim" or "in Kim"."""
    before = introduction[: name.start]
    if _CONJUNCTION_TOO.search(before):
        return bool(introduction[name.end :].strip()) and not introduction[name.end :].startswith(("'s", "’s"))
    return _AFTER_PREPOSITION.search(before) is None


def _named_outside(sentence: str) -> bool:
    """Whether a name stands outside quotation marks, to which "he said" may go back."""
    return bool(names(_without_quotations(sentence)))


def _without_quotations(sentence: str) -> str:
    return _QUOTED.sub(lambda quotation: "," + quotation[0][-1] if quotation[0][-1] in '”"»' else " ", sentence)


def _is_unattributed_speech(sentence: str, previous: str) -> bool:
    """Whether someone speaks of "I" or "we" in quotation marks whom only the sentence before names."""
    stripped = sentence.strip()
    if (
        stripped[:1] not in set('“"«') - {""}
        or not _FIRST_PERSON.search(stripped)
        or _ATTRIBUTED.search(_without_quotations(stripped))
    ):
        return False
    if any(_without_quotations(stripped).strip(' ,.”"»')):
        return False
    return _ATTRIBUTED.search(previous) is not None and (_names_a_person(previous) or previous.rstrip().endswith(":"))


def _names_a_person(previous: str) -> bool:
    return bool(names(previous)) or _PERSON_NOUN.search(previous) is not None


def _names_something(previous: str) -> bool:
    return (
        bool(names(previous)) or _NOUN_PHRASE.search(previous) is not None or len(previous.split()) > 2 * _FEWEST_WORDS
    )
