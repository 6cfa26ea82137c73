"""Follow-up questions beside those that a person put to stand alone: which words are added, and which should be.

A folder with `turns.jsonl`, one follow-up a line: `history` (the article's title, the section's, question, answer,
question, answer, ...), `question`, `rewrite`, and `_id` where there is one. That is CANARD (Elgohary et al. 2019).
Counted are stems of content words that are not in the question, as in query resolution by term classification
(Voskarides et al. 2020): recall is the share of the person's that we add, precision the share of ours that the person
used, both over all words of all questions; a question is self-contained where the person added none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from qa.chat.words import content
from qa.errors import BadSettingError, SourceError
from qa.evaluate.intervals import Interval, of_pairs
from qa.evaluate.reading import rows_of
from qa.evaluate.selection import Selection
from qa.records import Message, Standalone

TURNS = "turns.jsonl"
TITLES = 2
"""How many titles stand before the first question."""
_EXAMPLE = (
    '{"history": ["Ada Quill", "Career", "Who is she?", "A poet."], "question": "Why?", "rewrite": "Why is she?"}'
)
_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|this|that|these|those|there|one)\b", re.IGNORECASE
)

Way = Callable[[str, Sequence[Message]], Standalone]


@dataclass(frozen=True, slots=True)
class Followup:
    """A question, what was said before it, and how a person put it to stand alone; `id` is "dialogue#turn"."""

    id: str
    history: tuple[Message, ...]
    question: str
    rewrite: str

    @property
    def dialogue(self) -> str:
        """The dialogue that it is of: its turns stay together when a set is halved."""
        return self.id.partition("#")[0]


@dataclass(frozen=True, slots=True)
class Made:
    """A follow-up as one way puts it: the words that are added, those that a person added, and both."""

    followup: Followup
    question: str
    carried: tuple[str, ...]
    ours: frozenset[str]
    theirs: frozenset[str]

    @property
    def changed(self) -> bool:
        """Whether the question is not, character for character, what was asked."""
        return self.question != self.followup.question


@dataclass(frozen=True, slots=True)
class Measured:
    """What one way is worth; each figure with its 95% interval."""

    name: str
    recall: Interval
    precision: Interval
    untouched: Interval
    made: tuple[Made, ...]


def read_followups(folder: Path) -> tuple[Followup, ...]:
    """Read `turns.jsonl` in `folder`; raises SourceError naming the file and the line, and what mends it."""
    path = folder / TURNS
    followups: list[Followup] = []
    seen: dict[str, int] = {}
    for number, row in rows_of(path, "a follow-up", _EXAMPLE):
        where = Path(f"{path}:{number}")
        one = _followup(row, where, number)
        if one.id in seen:
            raise SourceError(where, f"has the _id {one.id!r} of line {seen[one.id]}; give each follow-up its own.")
        seen[one.id] = number
        followups.append(one)
    if not followups:
        raise SourceError(path, f"holds no follow-up; write one on each line, such as {_EXAMPLE}.")
    return tuple(followups)


def _followup(row: Mapping[str, Any], where: Path, number: int) -> Followup:
    for name in ("question", "rewrite"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise SourceError(where, f"has no {name!r} with text; write a follow-up such as {_EXAMPLE}.")
    history = row.get("history")
    if not isinstance(history, list) or not all(isinstance(said, str) for said in history):
        raise SourceError(where, f"has no 'history' that is a list of texts; write a follow-up such as {_EXAMPLE}.")
    name = row.get("_id", f"line {number}")
    return Followup(str(name), tuple(messages(history)), row["question"], row["rewrite"])


def messages(history: Sequence[str]) -> Iterator[Message]:
    """Yield the messages of a history: questions and answers take turns, after the two titles as before them."""
    for number, content_ in enumerate(history):
        role: Literal["user", "assistant"] = "assistant" if number % 2 else "user"
        yield Message(role, content_)


def select(followups: Sequence[Followup], part: str, most: int | None = None) -> tuple[Followup, ...]:
    """Return a part of the dialogues, or a sample of it; raises BadSettingError for an unknown or empty part."""
    dialogues = Selection(part).of([_Dialogue(name) for name in dict.fromkeys(one.dialogue for one in followups)])
    kept = {dialogue.id for dialogue in dialogues}
    chosen = Selection(questions=most).of([one for one in followups if one.dialogue in kept])
    if not chosen:
        raise BadSettingError("--part", f"no dialogue is in part {part}; choose another.")
    return chosen


@dataclass(frozen=True, slots=True)
class _Dialogue:
    id: str


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
        of_pairs(_mean, kept),
        made,
    )


def _share(part: NDArray[Any], whole: NDArray[Any]) -> float:
    return float(part.sum() / whole.sum()) if whole.sum() else float("nan")


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if values.size else float("nan")


def lines(measured: Sequence[Measured]) -> Iterator[str]:
    """Yield the table of a report in a terminal."""
    width = max(len(one.name) for one in measured) + 4
    yield f"{'':<{width}}{'recall':<24}{'precision':<24}{'self-contained untouched':<24}"
    for one in measured:
        cells = (_cell(interval) for interval in (one.recall, one.precision, one.untouched))
        yield f"  {one.name:<{width - 2}}" + "".join(f"{cell:<24}" for cell in cells).rstrip()


def _cell(interval: Interval) -> str:
    value, low, high = interval
    if value is None:
        return "–"
    return f"{value:.3f}" if low is None else f"{value:.3f} ({low:.3f} to {high:.3f})"
