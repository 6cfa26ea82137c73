"""Where a message names something: names, what is quoted, nouns after an article, what a question is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from qa.chat.words import FUNCTION_WORDS
from qa.mentions import names

_QUOTED = re.compile(r"[\"“]([^\"“”]{2,80})[\"”]")
_NOUN = re.compile(
    r"\b(?:[Tt]he|[Aa]n?|[Tt]his|[Tt]hat|[Tt]hese|[Tt]hose|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]everal|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir)"
    r"\s((?:[a-z][\w’-]*\s){0,2}[a-z][\w’-]*)"
)
NATION = re.compile(r"[A-Z][a-z]+(?:ese|ish|ian|ean|can)")
"""Japanese, British, Russian: what somebody is."""
_GOES_ON = re.compile(r"\s[a-z]")
_OPENING = re.compile(r"(?:[A-Z][a-z]+(?:ing|ly|ed)|Together|Upset|Per|Add|Relate)")
"""A word with a capital that is a name too seldom."""
_ASKED = re.compile(r"\W*what\s(?:is|are|was|were)\s(?:an?\s|the\s)?([\w’'-]{2,}(?:\s[\w’'-]+){0,2})\W*", re.IGNORECASE)
_ASKED_ABOUT = re.compile(
    r"\b(?:about|describe|define|explain)\s(?:an?\s|the\s)?([\w’'-]{2,}(?:\s[\w’'-]+){0,2})\W*\Z", re.IGNORECASE
)
"""What is throat cancer? Tell me about lung cancer."""
_PRONOUN = re.compile(
    r"\b(?:he|him|his|she|her|hers|it|its|they|them|their|this|that|these|those|there|one|ones)\b", re.IGNORECASE
)
_LONGEST_QUOTE = 8
_ENDS_IN_A_VERB = re.compile(
    r"\A(\W*(?:how|why|when|where|what)\s(?:(?:do|does|did|can|will|would)\s.{3,}(?=\s[\w’'-]+\W*\Z)|"
    r"(?:is|are|was|were)\s.{3,}(?=\s(?:\w+ed|built|sold|made|held|born|known|written)\W*\Z))).*",
    re.IGNORECASE,
)
"""How do solar panels work? When was the office founded?"""
_SHORTEST = 2
"""Letters of what is too short to be about."""
_VERB = re.compile(r"(?:ed|ly)\Z")
_NO_NOUN = FUNCTION_WORDS | frozenset(
    re.findall(
        r"\w+",
        """first last same time way lot number name names kind type part thing things article aspects aspect interesting
    year day week month became began made went came took got left won lost wrote people person""",
    )
)


_BARE = rf"(?!(?:{'|'.join(sorted(_NO_NOUN | {'tell', 'give', 'show', 'list', 'please', 'explain'}))})\b)[\w’'-]+"
_RUN = re.compile(rf"\b{_BARE}(?:\s+(?:of\s+(?:the\s+|an?\s+)?)?{_BARE}){{0,5}}", re.IGNORECASE)


class Kind(StrEnum):
    """What kind of phrase it is; a name may also be something that was quoted: the name of a song."""

    TITLE = "title"
    SECTION = "section"
    NAME = "name"
    NOUN = "noun"


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase where a message has it."""

    text: str
    start: int
    kind: Kind = Kind.NAME
    weak: bool = False
    """Whether it is a name only where it is known as one: Boeing, but not Going."""


def asked_about(question: str) -> Mention | None:
    """Return what a question without names is about, if it says so: "What is throat cancer?"."""
    asked = _ASKED.fullmatch(question) or _ASKED_ABOUT.search(question)
    if asked is None or _is_vague(asked[1]) or names(f"of {question}"):
        return None
    return Mention(asked[1], asked.start(1))


def matter(question: str) -> str | None:
    """Return what a question without names is about, by its longest run of words that are not of grammar.

    None where it has a pronoun, and so is about something else: "when will the new dunkirk film be released" -> "new
    dunkirk film".
    """
    if _PRONOUN.search(question):
        return None
    asked = _ENDS_IN_A_VERB.sub(r"\1", question)
    runs = [" ".join(match[0].split()) for match in _RUN.finditer(asked)]
    return max((run for run in runs if len(run) > _SHORTEST), key=lambda run: len(run.split()), default=None)


def _is_vague(asked: str) -> bool:
    """Whether what is asked about is no thing: "What is happening?"."""
    words = asked.casefold().split()
    return words[0] in _NO_NOUN or any(word.endswith(("ing", "ed")) for word in words)


def _is_written_as_a_title(quoted: str) -> bool:
    """Whether what is quoted may be the name of something: "Let It Be", but not "I strongly condemn the action"."""
    words = [word for word in quoted.split() if word.strip(" ,.;:!?").casefold() not in FUNCTION_WORDS]
    return all(not word[0].islower() for word in words)


def mentions(text: str) -> Iterator[Mention]:
    """Yield what a message names: what it quotes, its names, its nouns after an article."""
    taken: list[tuple[int, int]] = []
    for match in _QUOTED.finditer(text):
        if len(match[1].split()) <= _LONGEST_QUOTE and _is_written_as_a_title(match[1]):
            taken.append(match.span())
            yield Mention(match[1].strip(" ,.;:"), match.start())
    for name in names(text):
        span = (name.span.start, name.span.end)
        of_nation = NATION.fullmatch(name.text) and _GOES_ON.match(text, span[1])
        if not of_nation and not any(start <= span[0] < end for start, end in taken):
            yield Mention(name.text, span[0], weak=_OPENING.fullmatch(name.text) is not None)
        taken.append(span)
    for match in _NOUN.finditer(text):
        words = list(
            takewhile(lambda word: word.casefold() not in _NO_NOUN and not _VERB.search(word), match[1].split())
        )
        if words:
            yield Mention(f"the {' '.join(words)}", match.start(1), Kind.NOUN)
