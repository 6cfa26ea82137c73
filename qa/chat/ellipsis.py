"""Questions that leave out what the one before says: "Why?", "And Japan?", "Who else?", "And the second one?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.chat.replacing import replaced, without_article
from qa.chat.rows import Row, another_column, rows
from qa.chat.spotting import NATION
from qa.chat.words import FUNCTION_WORDS
from qa.mentions import names
from qa.mentions.dates import ORDINALS

_AND = r"(?:(?:and|but|so|or|ok|okay|well)\b[\s,]*)?"
_AUX = r"(?:did|do|does|is|are|was|were|has|have|had|can|could|will|would|should|might|may)"
_ONLY_WH = re.compile(
    rf"\W*{_AND}(why not|why|how come|how so|how many|how much|how long|how often|how|when|where|"
    r"since when|until when)\W*",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    rf"\W*(?:{_AND}(?:what|how) about|and)\s+(?!{_AUX}\b|(?:who|what|when|where|why|how|which)\b)(.{{1,80}}?)[\s?.!]*",
    re.IGNORECASE,
)
_ELSE = re.compile(
    rf"\W*{_AND}(?:(?P<who>who|what|where|when) else|"
    rf"(?:are there |were there )?any(?:one|body|thing|where)?\s?(?:others?|else|more)"
    rf"|(?:the )?others)\W*",
    re.IGNORECASE,
)
_ASKED = re.compile(
    rf"(?:(?P<wh>who|what|when|where|why|how|which)\b(?P<what>(?:\s[\w’'-]+){{0,4}}?)\s)?(?P<aux>{_AUX})\s(?P<rest>.+)",
    re.IGNORECASE,
)
_HAPPENED = re.compile(r"what happened\s((?:at|in|to|on|after|during|with)\s.+)", re.IGNORECASE)
_NTH = re.compile(
    rf"\bthe\s(?P<nth>{'|'.join(ORDINALS[:10])}|last|latter|former|other)"
    r"(?:\s(?:one|of (?:them|these|those)))?(?=\W|\Z)",
    re.IGNORECASE,
)
_ONE = re.compile(r"\bthe\s(?:\w+)\sone\b|\A\W*(?:\w+\s){0,3}the\s\w+\W*\Z|\bthe (?:latter|former)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“]([^\"“”]{1,80})[\"”]")
_LIST = re.compile(r",\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+|;\s*")
_LONGEST_ITEM = 8
_ITEM = r"(?:[Tt]he\s)?(?:(?=\w*[A-Z0-9])[\w’'&-]+)(?:\s(?=\w*[A-Z0-9])[\w’'&-]+){0,7}+"
_SERIES = re.compile(rf"{_ITEM}(?:,\s{_ITEM}){{0,20}}+,?\s(?:and|or)\s{_ITEM}")
"""The iPhone 15 Pro, the Pixel 8 and the Galaxy S23."""
_UNCLEAR = re.compile(r"\b(?:he|she|it|they|his|her|their|this|that)\b|[.!?]\s|\A\W", re.IGNORECASE)
_STATES = re.compile(r"\b(?:is|are|was|were|has|had|been|by|said|will)\b")
_PREPOSITIONS = frozenset({"in", "at", "from", "for", "to", "on", "by", "with"})
_ARTICLES_ALONE = re.compile(r"(?:(?:the|an?)\b\s*)+", re.IGNORECASE)
_POINTS = re.compile(r"(?:he|him|his|she|hers?|it|its|they|them|their|this|that|these|those)\b", re.IGNORECASE)
"""What stands for something said before, and so takes the place of nothing: "And its population?"."""
_REPLACING = _PREPOSITIONS | {"of", "about", "against", "between", "after", "before", "during"}
_OTHERS = re.compile(r"\b(?:others?|rest)\b", re.IGNORECASE)
_END = " \t?.!"


@dataclass(frozen=True, slots=True)
class Completed:
    """A question that says what it left out, and the parts of it that are taken from before, in their order."""

    question: str
    carried: tuple[str, ...]


def leaves_out(question: str) -> bool:
    """Whether a question may be one that the question before it completes."""
    return any(form.fullmatch(question) is not None for form in (_ONLY_WH, _ABOUT, _ELSE))


def reason(question: str, before: str, answer: str) -> Completed | None:
    """Return "Why?" with what the question before it asked: "Did Kim resign?" -> "Why did Kim resign?"."""
    only = _ONLY_WH.fullmatch(question)
    if only is None or not before:
        return None
    asks = only[1][0].upper() + only[1][1:].casefold()
    if (happened := _HAPPENED.fullmatch(before.strip(_END))) is not None:
        where = happened[1]
        return Completed(f"{asks} did that happen {where}?", (where,))
    asked = _ASKED.fullmatch(before.strip(_END))
    if asked is not None and not _lacks_subject(asked) and not _asks_how_much(asked):
        how = {"How come": "Why", "How so": "How"}.get(asks, asks)
        return Completed(f"{how} {asked['aux'].casefold()} {asked['rest']}?", (asked["rest"],))
    stated = answer.strip(_END)
    if stated and asks in {"Why", "How come"} and not _UNCLEAR.search(stated):
        stated = stated[0].lower() + stated[1:] if stated.split()[0].casefold() in FUNCTION_WORDS else stated
        return Completed(f"Why is it that {stated}?", (stated,))
    bare = before.strip(_END)
    return Completed(f"{asks} ({bare})?", (bare,))


def _lacks_subject(asked: re.Match[str]) -> bool:
    """Whether who or what asks for the subject: "Who was hurt?", but not "Who did they hurt?"."""
    return (asked["wh"] or "").casefold() in {"who", "what", "which"} and asked["aux"].casefold() not in {
        "did", "do", "does",
    }  # fmt: skip


def _asks_how_much(asked: re.Match[str]) -> bool:
    """Whether "How long is the pier?" is asked: "Why is the pier?" asks nothing."""
    return (asked["wh"] or "").casefold() == "how" and bool(asked["what"]) and asked["aux"].casefold() in {
        "is", "are", "was", "were",
    }  # fmt: skip


def instead(question: str, before: str, table: Sequence[Row] = ()) -> Completed | None:
    """Return the question before with another name in it: "Who left Korea?", "And Japan?" -> "Who left Japan?".

    `table` are the rows that were answered: what stands in their cells can be replaced, and another column asked for.
    """
    about = _ABOUT.fullmatch(question)
    if about is None or not before or _OTHERS.search(question):
        return None
    said = about[1].strip()
    for row in table:
        if (column := another_column(said, before, row)) is not None:
            return Completed(column[0], (column[1],))
    preposition, _, rest = said.partition(" ")
    placed = preposition.casefold() in _REPLACING and bool(rest)
    new = rest if placed else said
    if _ARTICLES_ALONE.fullmatch(new):
        return None
    old = (
        None
        if _POINTS.match(new)
        else replaced(before, new, preposition if placed else "", table, typed_small=question.islower())
    )
    if old is not None:
        parts = (without_article(before[: old.start], new), before[old.end :])
        return Completed(new.join(parts), _bare(*parts))
    asked = before.strip(_END)
    appended = preposition.casefold() in _PREPOSITIONS and placed and not question.casefold().startswith("what")
    return Completed(f"{asked} {said}?", _bare(asked)) if appended else None


def _bare(*parts: str) -> tuple[str, ...]:
    return tuple(bare for part in parts if (bare := part.strip(_END)))


def besides(question: str, before: str, answered: Sequence[str]) -> Completed | None:
    """Return "Who else?" with what was asked, and what was answered already."""
    more = _ELSE.fullmatch(question)
    if more is None or not before:
        return None
    asked, bare = before.strip(_END), before.strip(_END)
    if more["who"]:
        who, bare = bare[: len(more["who"])], bare[len(more["who"]) :].strip()
        if who.casefold() != more["who"].casefold():
            return None
        asked = f"{who} else {bare}"
    left_out = f" besides {' and '.join(answered)}" if answered else ""
    return Completed(f"{asked}{left_out}?", (bare, *answered))


def item(question: str, answer: str) -> Completed | None:
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
    return Completed(question[: nth.start()] + listed[number] + question[nth.end() :], (listed[number],))


def items(answer: str) -> list[str]:
    """Return what an answer lists: what its rows are about or it quotes, else its names or parts between commas."""
    if table := rows(answer):
        return [row[0].text for row in table if not row[0].is_statement]
    quoted = [match[1].strip(" ,.;:") for match in _QUOTED.finditer(answer)]
    if len(quoted) > 1:
        return quoted
    if (series := _SERIES.search(answer)) is not None:
        first, *others = (one.removeprefix("The ") for one in _LIST.split(series[0]) if one.strip())
        opening, _, rest = first.partition(" ")
        return [rest if rest and opening.casefold() in FUNCTION_WORDS else first, *others]
    parts = [part.strip(" .") for part in _LIST.split(answer) if part.strip(" .")]
    if len(parts) > 1 and all(_is_item(part) for part in parts):
        return parts
    return list(dict.fromkeys(name.text for name in names(answer) if not NATION.fullmatch(name.text)))


def _is_item(part: str) -> bool:
    return part[:1].isupper() and len(part.split()) <= _LONGEST_ITEM and _STATES.search(part) is None
