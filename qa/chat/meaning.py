"""How probable it is that a phrase is meant: a logistic model for each kind of phrase (`weights.json`).

Each is fitted to the share of a phrase's words that a person used who put the question so that it stands alone, so that
a threshold on it is one on precision. `python -m benchmarks.followups` fits and writes them; `docs/quality.md` says on
what, and how well they do on other conversations.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from qa.chat.features import Setting, of_phrase, of_question
from qa.chat.phrases import Phrase
from qa.chat.spotting import Kind, matter
from qa.chat.words import content

FILE = "weights.json"
_NAMED = frozenset({Kind.TITLE, Kind.NAME})
_MOST = 4
"""Phrases that are carried over; more would be a search for the whole conversation."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model: `weights` by the name of the feature, in logits for one unit of it."""

    intercept: float
    weights: Mapping[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        """Return 1 / (1 + exp(-(intercept + sum of weight times feature)))."""
        logit = self.intercept + sum(weight * features[name] for name, weight in self.weights.items())
        return (1 + math.tanh(logit / 2)) / 2


@dataclass(frozen=True, slots=True)
class Meaning:
    """The models by kind of phrase, and the `least` probability at which one is carried over."""

    least: Mapping[str, float]
    models: Mapping[str, Logistic]


@cache
def meaning() -> Meaning:
    """Return the fitted models that ship with the package."""
    read = json.loads((files("qa.chat") / FILE).read_text(encoding="utf-8"))
    return Meaning(read["least"], {kind: Logistic(**model) for kind, model in read["models"].items()})


def probabilities(at: Setting) -> list[float]:
    """Return for each phrase of `at.found` how probable it is that the question means it."""
    question, models = of_question(at), meaning().models
    return [models[phrase.kind].probability(of_phrase(phrase, at, question)) for phrase in at.found]


def meant(at: Setting, spoken_of: frozenset[str] = frozenset()) -> list[Phrase]:
    """Return the phrases that a question means and does not say, most probable first; none with words of another.

    `spoken_of` are the words of who is he or she since the question before: no other person is meant.
    """
    ranked = sorted(zip(probabilities(at), range(len(at.found)), strict=True), key=lambda one: (-one[0], one[1]))
    if at.cues.pronouns & {"he", "she"} and not at.said.topics:
        ranked = _somebody(ranked, at, spoken_of)
    kept: list[Phrase] = []
    said = at.cues.words
    for probability, number in ranked:
        phrase = at.found[number]
        if probability >= meaning().least[phrase.kind] and phrase.words - said and len(kept) < _MOST:
            kept.append(phrase)
            said |= phrase.words
    if kept and at.cues.pronouns == {"it"} and all(phrase.like_a_person >= 1 for phrase in kept):
        return _thing(at, kept)
    return kept


def _thing(at: Setting, people: list[Phrase]) -> list[Phrase]:
    """Return what the last question was about besides people, for nobody is "it": the office of a director."""
    text = matter(at.said.turns[-1].question) if at.said.turns and not at.said.topics else None
    last = re.split(r"\sof\s(?:the\s|an?\s)?", text)[-1] if text else ""
    words = content(last)
    if not words or any(words & phrase.words for phrase in people):
        return people
    return [Phrase(f"the {last}" if last.islower() else last, Kind.NOUN, words, [1])]


def _somebody(ranked: list[tuple[float, int]], at: Setting, spoken_of: frozenset[str]) -> list[tuple[float, int]]:
    """Return the phrases where a person is meant: no place where there is a person, who is meant if nobody else is."""
    same = [one for one in ranked if spoken_of and spoken_of <= at.found[one[1]].words]
    if same and at.found[same[0][1]].may_be_a_person:
        return [(1.0, same[0][1]), *(one for one in ranked if at.found[one[1]].like_a_person <= 0 and one != same[0])]
    known = [one for one in ranked if at.found[one[1]].kind in _NAMED and at.found[one[1]].may_be_a_person]
    people = [one for one in known if at.found[one[1]].like_a_person > 0]
    if not people:
        return ranked
    kept = [one for one in ranked if at.found[one[1]].may_be_a_person]
    least = meaning().least
    if all(probability < least[at.found[number].kind] for probability, number in kept):
        kept.remove(people[0])
        kept.insert(0, (1.0, people[0][1]))
    return kept
