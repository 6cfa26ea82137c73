"""Follow-ups put to stand alone, by us and by three ways beside which we are read: which words are added.

Counted are stems of content words that are not in the question, as in query resolution by term classification
(Voskarides et al. 2020): recall is the share of the person's that we add, precision the share of ours that the person
used, both over all words of all questions. A question is self-contained where the person added none, and untouched
where we add none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.chat.words import content
from qa.evaluate.followups import Followup
from qa.evaluate.intervals import Interval, of_mean, of_pairs
from qa.records import Message, Standalone

_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|this|that|these|those|there|one)\b", re.IGNORECASE
)

Way = Callable[[str, Sequence[Message]], Standalone]


@dataclass(frozen=True, slots=True)
class Made:
    """A follow-up as one way puts it: the words that are added, those that a person added, and both."""

    followup: Followup
    question: str
    carried: tuple[str, ...]
    ours: frozenset[str]
    theirs: frozenset[str]

    @property
    def faults(self) -> int:
        """How many words are missing or needless."""
        return len(self.ours ^ self.theirs)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one way is worth; each figure with its 95% interval."""

    name: str
    recall: Interval
    precision: Interval
    untouched: Interval
    made: tuple[Made, ...]


def ways(ours: Way) -> dict[str, Way]:
    """Return what is measured, by name: ours, and the three that it is to be read beside."""
    return {"ours": ours, "the question alone": _alone, "the whole history": _whole, "the title at a pronoun": _title}


def _alone(question: str, _: Sequence[Message]) -> Standalone:
    return Standalone(question, question)


def _whole(question: str, history: Sequence[Message]) -> Standalone:
    return _with(question, *(message.content for message in history))


def _title(question: str, history: Sequence[Message]) -> Standalone:
    return _with(question, history[0].content) if history and _PRONOUN.search(question) else _alone(question, history)


def _with(question: str, *words: str) -> Standalone:
    return Standalone(" ".join((question, *words)), question, words)


def measure(followups: Sequence[Followup], named: Mapping[str, Way]) -> list[Measured]:
    """Put each follow-up in every way, and return what each way is worth."""
    return [_measured(name, tuple(_made(one, way) for one in followups)) for name, way in named.items()]


def _made(followup: Followup, way: Way) -> Made:
    done, asked = way(followup.question, followup.history), content(followup.question)
    return Made(
        followup, done.question, done.carried, content(done.question) - asked, content(followup.rewrite) - asked
    )


def _measured(name: str, made: tuple[Made, ...]) -> Measured:
    both = np.array([len(one.ours & one.theirs) for one in made])
    ours, theirs = np.array([len(one.ours) for one in made]), np.array([len(one.theirs) for one in made])
    kept = np.array([not one.ours for one in made if not one.theirs], dtype=np.float64)
    return Measured(
        name,
        of_pairs(_share, both, theirs),
        of_pairs(_share, both, ours),
        of_mean(kept),
        made,
    )


def _share(part: NDArray[Any], whole: NDArray[Any]) -> float:
    return float(part.sum() / whole.sum()) if whole.sum() else float("nan")


def lines(measured: Sequence[Measured]) -> Iterator[str]:
    """Yield the table of a report in a terminal."""
    width = max(len(one.name) for one in measured) + 4
    yield f"{'':<{width}}{'recall':<24}{'precision':<24}{'self-contained untouched':<24}"
    for one in measured:
        cells = (cell(interval) for interval in (one.recall, one.precision, one.untouched))
        yield f"  {one.name:<{width - 2}}" + "".join(f"{text:<24}" for text in cells).rstrip()


def cell(interval: Interval) -> str:
    """Return a figure as it is read, with its interval."""
    value, low, high = interval
    if value is None:
        return "–"
    return f"{value:.3f}" if low is None else f"{value:.3f} ({low:.3f} to {high:.3f})"
