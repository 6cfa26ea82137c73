"""What speaks for and against: a question depending on what was said, and a phrase of it being meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.chat.conversation import Conversation
from qa.chat.cues import Cues, cues
from qa.chat.phrases import Phrase
from qa.chat.spotting import Kind
from qa.chat.words import content, stem

_PRONOUN = re.compile(r"\b(?:(he|him|his)|(she|her|hers)|(it|its)|(they|them|their))\b", re.IGNORECASE)
_KINDS = ("he", "she", "it", "they")
_MOST = 8
_OF_A_PERSON = 0.34
"""The share of he and she among the pronouns from which the conversation is about a person."""

_WHO = frozenset({"who", "whom", "which"})

_CROSSED = ("person", "it", "they", "demonstrative", "event", "other", "definite", "bare", "named", "silent")
_WITH = (
    "in_answer",
    "in_question",
    "opens_answer",
    "head",
    "only",
    "human",
    "known",
    "rival",
    "age",
    "near",
    "plural",
    "replies",
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What all phrases of a question share: its cues, what was said, and how that was spoken of.

    `spoken` is the share of each pronoun among those of the conversation.
    """

    cues: Cues
    said: Conversation
    found: Sequence[Phrase]
    spoken: Mapping[str, float]
    heads: frozenset[str]
    before: Cues | None
    """The cues of the question before."""

    @property
    def of_a_person(self) -> bool:
        """Whether the conversation speaks of he or she."""
        return self.spoken["he"] + self.spoken["she"] > _OF_A_PERSON


def setting(asked: Cues, said: Conversation, found: Sequence[Phrase]) -> Setting:
    """Return what the phrases of a question share."""
    counts: Counter[str] = Counter()
    for turn in said.turns:
        for text in (turn.question, turn.answer):
            counts.update(_KINDS[(match.lastindex or 1) - 1] for match in _PRONOUN.finditer(text))
    total = counts.total() or 1
    before = cues(said.turns[-1].question) if said.turns else None
    spoken = {kind: counts[kind] / total for kind in _KINDS}
    return Setting(asked, said, found, spoken, frozenset(map(stem, asked.heads)), before)


def of_question(at: Setting) -> dict[str, float]:
    """Return what speaks for a question depending on what was said before it, each in 0..1 or a small count."""
    asked, said = at.cues, at.said
    title = at.found[0].words if at.found and at.found[0].kind is Kind.TITLE else frozenset()
    section = next((phrase.words for phrase in at.found if phrase.kind is Kind.SECTION), frozenset())
    named = frozenset().union(*(phrase.words for phrase in at.found if phrase.kind is not Kind.NOUN))
    recent = frozenset().union(
        *(phrase.words for phrase in at.found if phrase.newest <= 1 and phrase.kind is not Kind.NOUN)
    )
    earlier = frozenset().union(*(content(f"{turn.question} {turn.answer}") for turn in said.turns))
    before = at.before
    weak = not (
        asked.pronouns or asked.demonstrative or asked.other or asked.heads or asked.bare or asked.there
        or asked.article or asked.what_about
    )  # fmt: skip
    found: dict[str, float] = {
        "person": bool(asked.pronouns & {"he", "she"}), "it": "it" in asked.pronouns,
        "they": "they" in asked.pronouns, "pronoun": bool(asked.pronouns), "demonstrative": asked.demonstrative,
        "event": asked.event, "there": asked.there, "other": asked.other, "article": asked.article, "then": asked.then,
        "definite": bool(asked.heads), "about": asked.what_about, "bare": asked.bare,
        "size": min(len(asked.words), _MOST), "named": bool(named & asked.words) or asked.capitals,
        "capitals": asked.capitals, "yes_no": asked.yes_no, "defines": asked.defines,
        "silent": not said.turns or not said.turns[-1].answer, "first": not said.turns, "weak": weak,
        "spoken_person": at.spoken["he"] + at.spoken["she"], "spoken_it": at.spoken["it"],
        "spoken_they": at.spoken["they"], "agree": max((at.spoken[kind] for kind in asked.pronouns), default=0.0),
        "title_known": bool(title & asked.words), "title_whole": bool(title) and title <= asked.words,
        "section_known": bool(section & asked.words), "section_whole": bool(section) and section <= asked.words,
        "recent_known": bool(recent & asked.words), "new": min(len(asked.words - earlier - named), _MOST),
        "old": min(len(asked.words & earlier), _MOST), "same": bool(before and before.pronouns & asked.pronouns),
        "it_of_person": at.of_a_person and "it" in asked.pronouns,
        "they_of_person": at.of_a_person and "they" in asked.pronouns,
        "person_of_thing": not at.of_a_person and bool(asked.pronouns & {"he", "she"}),
    }  # fmt: skip
    found["title_weak"] = bool(found["title_known"] and weak)
    found["first_section"] = bool(found["first"] and found["section_known"])
    found["named_weak"] = bool(found["named"] and weak)
    for word in ("who", "what", "when", "where", "why", "how"):
        found[word] = asked.wh == word
    return {name: float(value) for name, value in found.items()}


def of_phrase(phrase: Phrase, at: Setting, question: Mapping[str, float]) -> dict[str, float]:
    """Return what speaks for a phrase being meant: of its own, of the question, and of some of both together."""
    at_names = [other for other in at.found if other.kind is not Kind.NOUN]
    rivals = [other for other in at.found if other is not phrase and other.kind is Kind.NAME]
    last = [other for other in at_names if 0 in other.places]
    own: dict[str, float] = {
        "replies": at.before is not None and at.before.wh in _WHO and 0 in phrase.opens,
        "words": min(len(phrase.words), _MOST), "known": len(phrase.words & at.cues.words) / len(phrase.words),
        "times": min(len(phrase.places), 5), "in_answer": 0 in phrase.places, "in_question": 1 in phrase.places,
        "in_before": bool({2, 3} & set(phrase.places)), "age": min(phrase.newest, 12),
        "opens_answer": 0 in phrase.opens, "opens": len(phrase.opens), "head": bool(at.heads & phrase.words),
        "beside": bool(at.heads & phrase.beside), "asked": any(place % 2 for place in phrase.places),
        "human": phrase.like_a_person, "rival": any(at.heads & (other.words | other.beside) for other in rivals),
        "names_last": min(len(last), 4), "only": last == [phrase],
        "year": any(word.isdigit() for word in phrase.words), "plural": phrase.text.endswith("s"),
        "near": bool(phrase.beside & at.cues.words),
    }  # fmt: skip
    both = {f"{one} {other}": question[one] * float(own[other]) for one in _CROSSED for other in _WITH}
    return {**{name: float(value) for name, value in own.items()}, **{f"q {n}": v for n, v in question.items()}, **both}
