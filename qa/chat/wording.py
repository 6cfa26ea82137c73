"""A question with what it means written into it: in the place of a pronoun, after "the album", or in brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.chat.cues import Cues
from qa.chat.features import Setting
from qa.chat.phrases import Phrase
from qa.chat.spotting import Kind
from qa.chat.words import FUNCTION_WORDS, stem

_PERSON = re.compile(r"\b(?:(he|she|him|hers)|(his|her))(['’]s)?\b", re.IGNORECASE)
_OTHER = re.compile(r"\b(?:(it|they|them|theirs)|(its|their))(['’]s)?\b", re.IGNORECASE)
_THERE = re.compile(r"\bthere\b", re.IGNORECASE)
_DEFINITE = re.compile(
    r"\b(?:the|this|that|these|those)\s+(\w[\w’-]*)(?!\s+(?:of|for|by|from|about|with)\b)", re.IGNORECASE
)
_ARTICLE = re.compile(r"\bthis\s+(?:article|page|story|passage|section)\b", re.IGNORECASE)
_AFTER = re.compile(r"\s+(\w+)")
_END = re.compile(r"[\s?.!]*\Z")


@dataclass(frozen=True, slots=True)
class _Insertion:
    """What is written between `start` and `end` of a question, and the phrase that it carries."""

    start: int
    end: int
    text: str
    phrase: str


def worded(question: str, chosen: Sequence[Phrase], at: Setting) -> tuple[str, tuple[str, ...]]:
    """Return the question with every chosen phrase in it, and the phrases in the order in which they stand there."""
    left = list(chosen)
    done: list[_Insertion] = []
    for place in (_for_person, _for_thing, _for_place, _after_head):
        _put(place(question, left, at), left, done)
    if done and not at.cues.other:  # who is meant beside a pronoun that is named already is a guess
        left = [phrase for phrase in left if phrase.kind is not Kind.NAME or phrase.like_a_person <= 0]
    left = [phrase for phrase in left if not phrase.in_cell] or ([] if done else left)
    if left:
        done.append(_at_end(question, left, at.cues))
    for one in sorted(done, key=lambda one: -one.start):
        question = question[: one.start] + one.text + question[one.end :]
    carried = [one.phrase for one in sorted(done, key=lambda one: one.start) if one.phrase]
    return question, (*carried, *map(_named, left))


def _put(found: tuple[_Insertion, Phrase] | None, left: list[Phrase], done: list[_Insertion]) -> None:
    if found is not None:
        done.append(found[0])
        left.remove(found[1])


def _for_person(question: str, left: Sequence[Phrase], _: Setting) -> tuple[_Insertion, Phrase] | None:
    fits = [phrase for phrase in left if phrase.kind is not Kind.SECTION and phrase.may_be_a_person]
    return _for_pronoun(question, _PERSON, [phrase for phrase in fits if phrase.like_a_person > 0] or fits)


def _for_thing(question: str, left: Sequence[Phrase], at: Setting) -> tuple[_Insertion, Phrase] | None:
    if at.cues.event and "they" not in at.cues.pronouns:
        return None  # "Why did it happen?": a name for what happened would read as one who did
    fits = [phrase for phrase in left if not phrase.placed or phrase.whole or phrase.like_a_person > 0]
    if at.of_a_person and "it" in at.cues.pronouns:
        fits = [phrase for phrase in fits if phrase.kind is not Kind.TITLE]
    if "they" in at.cues.pronouns:  # those who did what was asked, rather than what it was about
        fits.sort(key=lambda phrase: 0 not in phrase.opens)
    else:
        fits.sort(key=lambda phrase: phrase.like_a_person > 0)
    return _for_pronoun(question, _OTHER, fits)


def _for_pronoun(question: str, pronoun: re.Pattern[str], fits: Sequence[Phrase]) -> tuple[_Insertion, Phrase] | None:
    match = pronoun.search(question)
    if match is None or not fits:
        return None
    phrase = fits[0]
    owns = bool(match[2]) and (match[2].casefold() != "her" or _owns(question, match.end()))
    they = match[0].casefold().startswith("the")
    named = phrase.text if owns or they else _named(phrase)  # they are no launch, and that has no capital
    text = _possessive(named) if owns else named + (match[3] or "")
    return _Insertion(match.start(), match.end(), text, named), phrase


def _named(phrase: Phrase) -> str:
    """Return a name, or what it is of where it is no person's: "the launch in South Korea"."""
    return phrase.whole if phrase.whole and phrase.kind is Kind.TITLE and phrase.like_a_person <= 0 else phrase.text


def _owns(question: str, end: int) -> bool:
    """Whether "her" stands before what is hers: "her album", but not "did they give her up"."""
    after = _AFTER.match(question, end)
    return after is not None and after[1].casefold() not in FUNCTION_WORDS


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _for_place(question: str, left: Sequence[Phrase], at: Setting) -> tuple[_Insertion, Phrase] | None:
    match = _THERE.search(question) if at.cues.there else None
    phrase = next((phrase for phrase in left if phrase.placed), None)
    if match is None or phrase is None:
        return None
    return _Insertion(match.start(), match.end(), f"in {_named(phrase)}", _named(phrase)), phrase


def _after_head(question: str, left: Sequence[Phrase], _: Setting) -> tuple[_Insertion, Phrase] | None:
    """Name what "the album" is: "the album Islands"."""
    for match in _DEFINITE.finditer(question):
        head = stem(match[1].casefold())
        phrase = next((one for one in left if head in one.beside and head not in one.words), None)
        if phrase is not None:
            return _Insertion(match.end(), match.end(), f" {_named(phrase)}", _named(phrase)), phrase
    return None


def _at_end(question: str, left: Sequence[Phrase], asked: Cues) -> _Insertion:
    """Write the rest at the end: what was said already after "besides", else what it is about in brackets."""
    text = ", ".join(map(_named, left))
    end = _END.search(question)
    start = end.start() if end else len(question)
    article = _ARTICLE.search(question)
    if article is not None:
        return _Insertion(article.end(), article.end(), f" on {text}", "")
    besides = asked.other and all(
        phrase.newest == 0 and phrase.kind is Kind.NAME and (phrase.like_a_person <= 0 or asked.wh == "who")
        for phrase in left
    )
    return _Insertion(start, start, f" besides {text}" if besides else f" ({text})", "")
