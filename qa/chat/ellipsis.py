"""Questions that leave out what the one before has said: "Why?", "And Japan?", "Who else?", "What about the second one?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.mentions import names
from qa.mentions.dates import ORDINALS

_AND = r"(?:(?:and|but|so|or|ok|okay|well)\b[\s,]*)?"
_AUX = r"(?:did|do|does|is|are|was|were|has|have|had|can|could|will|would|should|might|may)"
_ONLY_WH = re.compile(
    rf"\W*{_AND}(why not|why|how come|how so|how many|how much|how long|how often|how|when|where|since when|until when)\W*",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    rf"\W*(?:{_AND}(?:what|how) about|and)\s+(?!{_AUX}\b|(?:who|what|when|where|why|how|which)\b)(.{{1,80}}?)[\s?.!]*",
    re.IGNORECASE,
)
_ELSE = re.compile(
    rf"\W*{_AND}(?:(?P<who>who|what|where|when) else|(?:are there |were there )?any(?:one|body|thing|where)?\s?(?:others?|else|more)"
    rf"|(?:the )?others)\W*",
    re.IGNORECASE,
)
_ASKED = re.compile(
    rf"(?:(?P<wh>who|what|when|where|why|how|which)\b(?P<what>(?:\s[\w’'-]+){{0,4}}?)\s)?(?P<aux>{_AUX})\s(?P<rest>.+)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"(?:who|what|which)\b", re.IGNORECASE)
_NTH = re.compile(
    rf"\bthe\s(?P<nth>{'|'.join(ORDINALS[:10])}|last|latter|former|other)(?:\s(?:one|of (?:them|these|those)))?(?=\W|\Z)",
    re.IGNORECASE,
)
_ONE = re.compile(r"\bthe\s(?:\w+)\sone\b|\A\W*(?:\w+\s){0,3}the\s\w+\W*\Z|\bthe (?:latter|former)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“]([^\"“”]{1,80})[\"”]")
_LIST = re.compile(r",\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+|;\s*")
_LONGEST_ITEM = 8
_END = " \t?.!"


def reason(question: str, before: str, answer: str) -> str | None:
    """Return "Why?" with what the question before it asked: "Did Kim resign?" -> "Why did Kim resign?"."""
    only = _ONLY_WH.fullmatch(question)
    if only is None or not before:
        return None
    asks = only[1][0].upper() + only[1][1:].casefold()
    asked = _ASKED.fullmatch(before.strip(_END))
    if asked is not None and not _lacks_subject(asked):
        how = {"How come": "Why", "How so": "How", "Why not": "Why not"}.get(asks, asks)
        return f"{how} {asked['aux'].casefold()} {asked['rest']}?"
    stated = answer.strip(_END)
    if stated and asks in {"Why", "How come"} and names(f"of {stated}")[:1] and "." not in stated:
        return f"Why is it that {stated}?"
    return f"{asks} ({before.strip(_END)})?"


def _lacks_subject(asked: re.Match[str]) -> bool:
    """Whether who or what asks for the subject: "Who was hurt?", but not "Who did they hurt?"."""
    return (asked["wh"] or "").casefold() in {"who", "what", "which"} and asked["aux"].casefold() not in {
        "did", "do", "does",
    }  # fmt: skip


def instead(question: str, before: str) -> tuple[str, str] | None:
    """Return the question before with another name in it, and what is new: "And Japan?" -> "Who left Japan?"."""
    about = _ABOUT.fullmatch(question)
    if about is None or not before:
        return None
    new = about[1].strip()
    preposition, _, rest = new.partition(" ")
    bare = rest if preposition.casefold() in {"in", "at", "from", "for", "to", "on", "by", "with"} and rest else new
    there = names(before)
    found = names(f"of {bare}")
    if not there or not found or found[0].text.casefold() not in bare.casefold():
        return None
    old = there[-1]
    if old.text.casefold() == found[0].text.casefold():
        return None
    return before[: old.span.start] + bare + before[old.span.end :], bare


def besides(question: str, before: str, answered: Sequence[str]) -> str | None:
    """Return "Who else?" with what was asked, and what was answered already."""
    more = _ELSE.fullmatch(question)
    if more is None or not before:
        return None
    asked = before.strip(_END)
    if more["who"] and asked.casefold().startswith(more["who"].casefold() + " "):
        asked = f"{asked[: len(more['who'])]} else{asked[len(more['who']) :]}"
    return f"{asked} besides {' and '.join(answered)}?" if answered else f"{asked}?"


def item(question: str, answer: str) -> tuple[str, str] | None:
    """Return the question with "the second one" replaced by the second of what the answer lists, and that."""
    nth = _NTH.search(question)
    if nth is None or _ONE.search(question) is None:
        return None
    listed = items(answer)
    word = nth["nth"].casefold()
    number = {"last": -1, "latter": -1, "former": 0, "other": 1}.get(word)
    if number is None:
        number = ORDINALS.index(word)
    if len(listed) < 2 or number >= len(listed):  # noqa: PLR2004 - one thing is no list
        return None
    return question[: nth.start()] + listed[number] + question[nth.end() :], listed[number]


def items(answer: str) -> list[str]:
    """Return what an answer lists: what it quotes, else the names in it, else its parts between commas."""
    quoted = [match[1].strip(" ,.;:") for match in _QUOTED.finditer(answer)]
    if len(quoted) > 1:
        return quoted
    parts = [part.strip(" .") for part in _LIST.split(answer) if part.strip(" .")]
    if len(parts) > 1 and all(len(part.split()) <= _LONGEST_ITEM and part[:1].isupper() for part in parts):
        return parts
    return list(dict.fromkeys(name.text for name in names(answer)))
