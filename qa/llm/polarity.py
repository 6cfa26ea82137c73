"""Whether a sentence affirms, denies and doubts the same as the text that it rephrases.

A cross-encoder scores "it was fired" and "it was not fired" nearly the same. So the words that turn a statement round
are compared themselves, each with the words that it governs: what follows it in its clause (the scope of negation as
in Chapman et al. 2001, "A simple algorithm for identifying negated findings and diseases", NegEx).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.records import Fault
from qa.statements import content

REACH = 6
"""Words after a cue that it may govern."""

_NEGATION = re.compile(
    r"\b(?:not|cannot|never|no|none|nobody|nothing|nowhere|neither|nor|without|hardly|barely|scarcely|rarely|seldom"
    r"|\w+n['’]t|(?:did|do|does|could|would|should|is|are|was|were|has|have|had|wo|ca)nt)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|refus(?:e[sd]?|ing|al)|fail(?:s|ed|ing|ure)?|reject(?:s|ed|ing|ion)?"
    r"|declin(?:e[sd]?|ing)|lack(?:s|ed|ing)?|avoid(?:s|ed|ing)?|prevent(?:s|ed|ing)?|cancel(?:s|led|ed|ling)?"
    r"|stop(?:s|ped|ping)?|end(?:s|ed|ing)|unable|false|falsely|untrue|wrong|wrongly)\b",
    re.IGNORECASE,
)
_WANT = re.compile(
    r"\b(?:den(?:y|ies|ied)|refus(?:e[sd]?|al)|fail(?:s|ed|ure)?|reject(?:s|ed|ion)?|lack(?:s|ed|ing)?|unable)\b",
    re.IGNORECASE,
)
"""A sentence that says so of what is only affirmed, or says nothing of it, is another statement."""
_UNTRUTH = re.compile(r"\b(?:untrue|false|falsely|wrong|wrongly|incorrect(?:ly)?|myth|hoax|lies?)\b", re.IGNORECASE)
_DOUBT = re.compile(
    r"\b(?:may|might|could|would|should|will|shall|if|unless|whether|perhaps|possibl[ey]|probabl[ey]|likely|unlikely"
    r"|apparent(?:ly)?|suppos(?:e[sd]?|edly)|reported(?:ly)?|alleg(?:e[sd]?|edly|ing|ations?)|suspect(?:s|ed)?|accus(?:e[sd]?|ing|ations?)"
    r"|claim(?:s|ed|ing)?|believ(?:e[sd]?|ing)|expect(?:s|ed|ing)?|plan(?:s|ned|ning)?|intend(?:s|ed|ing)?"
    r"|threaten(?:s|ed|ing)?|vow(?:s|ed|ing)?|hop(?:e[sd]?|ing)|want(?:s|ed|ing)?|propos(?:e[sd]?|ing|als?)"
    r"|consider(?:s|ed|ing)?|aim(?:s|ed|ing)?|going\sto|about\sto|promis(?:e[sd]?|ing)|rumou?rs?|rumou?red"
    r"|(?:say|tell|ask|write|answer|reply|respond|repeat|pretend)(?:\s(?:\w+\s){0,3}?that)?)\b"
    r"|(?<=['’])ll\b|(?<=\w['’])d\b",
    re.IGNORECASE,
)
_MONTH_OF_MAY = re.compile(r"\bMay\b(?=\s\d)|(?<=[a-z\d]\s)May\b")
_CLAUSE_ENDS = re.compile(
    r"[,;:.!?()“”\"]|\b(?:but|which|who|because|although|though|while|whereas|when|after|before)\b"
)
_WORD = re.compile(r"[^\W_][\w’'-]*")
_OPPOSED = (
    ("rise rises rose risen rising", "fall falls fell fallen falling drop drops dropped"),
    (
        "increase increases increased increasing grew grow grows grown",
        "decrease decreases decreased decreasing shrank shrink",
    ),
    ("win wins won winning winner", "lose loses lost losing loser"),
    ("more most", "less least fewer fewest"),
    ("before", "after"),
    ("above over", "below under"),
    ("up", "down"),
    ("accept accepts accepted approve approves approved", "reject rejects rejected refuse refuses refused"),
    ("support supports supported back backs backed", "oppose opposes opposed"),
    ("open opens opened", "close closes closed shut"),
    ("buy buys bought", "sell sells sold"),
    ("alive survived survive survives", "dead died killed die"),
    ("guilty convicted", "innocent acquitted"),
    ("true right correct", "false wrong incorrect"),
    ("first", "last"),
    ("high higher highest", "low lower lowest"),
    ("large larger largest big bigger biggest", "small smaller smallest"),
    ("north northern", "south southern"),
    ("east eastern", "west western"),
    ("allow allows allowed permit permits permitted", "ban bans banned forbid forbids forbidden prohibit prohibited"),
    ("begin begins began start starts started", "end ends ended stop stops stopped finish finishes finished"),
    ("strong stronger", "weak weaker"),
    ("early earlier", "late later"),
    ("all every always", "some sometimes"),
    ("only", "also"),
    ("better best", "worse worst"),
    ("legal", "illegal"),
    ("safe", "unsafe dangerous"),
    ("likely", "unlikely"),
    ("possible", "impossible"),
    ("able", "unable"),
    ("same", "different"),
    ("enter enters entered join joins joined", "leave leaves left quit quits"),
    ("inside", "outside"),
    ("public", "private"),
    ("old older oldest", "new newer newest young younger youngest"),
    ("male man men", "female woman women"),
    ("import imports imported", "export exports exported"),
    ("with", "without"),
    ("succeeded succeeds", "preceded precedes"),
)
_ALIKE = tuple(
    frozenset(words.split())
    for words in (
        "president governor mayor senator minister chancellor ambassador secretary treasurer judge sheriff",
        "bishop archbishop pope",
        "king queen prince princess emperor duke earl",
        "admiral general colonel captain",
        "father mother brother sister son daughter wife husband uncle aunt nephew niece cousin grandfather grandmother",
        "red orange yellow green blue purple violet pink brown black white grey",
        "spring summer autumn winter",
    )
)
"""What is one of these is none of the others."""
_SIDES = tuple((frozenset(one.split()), frozenset(other.split())) for one, other in _OPPOSED)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a cue governs: the stems after it, in order of the words; `nearest` is the first, "" where there is none."""

    stems: frozenset[str]
    nearest: str


def turned_round(sentence: str, quotes: str) -> Fault | None:
    """Return NEGATION, HEDGE or OPPOSITE where a sentence differs so from the quotations; None where it does not."""
    if _denies_otherwise(sentence, quotes):
        return Fault.NEGATION
    if _is_surer(sentence, quotes):
        return Fault.HEDGE
    return Fault.OPPOSITE if _is_opposed(sentence, quotes) else None


def _denies_otherwise(sentence: str, quotes: str) -> bool:
    """Whether the sentence denies what the quotations do not, or affirms what they deny."""
    here, there = list(_scopes(_NEGATION, sentence)), list(_scopes(_NEGATION, quotes))
    denied = frozenset[str]().union(*(scope.stems for scope in there))
    if any((scope.nearest not in denied) if scope.nearest else not there for scope in here):
        return True
    if _UNTRUTH.search(sentence) and not (_UNTRUTH.search(quotes) or _DENIAL.search(quotes)):
        return True
    if _WANT.search(sentence) and not there and not _DENIAL.search(quotes):
        return True
    also_denied = list(_scopes(_DENIAL, sentence))
    covered = frozenset[str]().union(*(scope.stems for scope in (*here, *also_denied)))
    return bool(_lost(sentence, quotes, [*there, *_scopes(_DENIAL, quotes)]) - covered)


def _is_surer(sentence: str, quotes: str) -> bool:
    """Whether the sentence states what the quotations only suppose, plan or threaten."""
    if _DOUBT.search(_without_may(sentence)):
        return False
    return bool(_lost(sentence, quotes, list(_scopes(_DOUBT, _without_may(quotes)))))


def _lost(sentence: str, quotes: str, scopes: list[_Scope]) -> set[str]:
    """Return what is nearest to a cue in the quotations, never stands there without one, and is in the sentence."""
    governed = frozenset[str]().union(*(scope.stems for scope in scopes))
    said = content(sentence)
    counts = [word for part in quotes.split() for word in content(part)]
    under = [stem for scope in scopes for stem in scope.stems]
    return {
        scope.nearest
        for scope in scopes
        if scope.nearest in said & governed and counts.count(scope.nearest) <= under.count(scope.nearest)
    }


def _is_opposed(sentence: str, quotes: str) -> bool:
    """Whether the sentence has a word and the quotations only its opposite, or another of its kind."""
    said, quoted = _words(sentence), _words(quotes)
    if any(said & kind - quoted and quoted & kind - said for kind in _ALIKE):
        return True
    return any(
        (said & here and not quoted & here and quoted & there and not said & there)
        for one, other in _SIDES
        for here, there in ((one, other), (other, one))
    )


def _scopes(cue: re.Pattern[str], text: str) -> Iterator[_Scope]:
    for match in cue.finditer(text):
        end = _CLAUSE_ENDS.search(text, match.end())
        words = _WORD.findall(text[match.end() : end.start() if end else len(text)])[:REACH]
        stems = [min(content(word), default="") for word in words]
        yield _Scope(frozenset(filter(None, stems)), next(filter(None, stems), ""))


def _without_may(text: str) -> str:
    return _MONTH_OF_MAY.sub("May5", text)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(text))
