"""What passes between the steps of an evaluation: frozen, named data.

Offsets count Python code points, end exclusive: of the gold as the set gives them into the raw text of a row of
`corpus.jsonl`, everywhere else into `Article.text`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from qa.evaluate.places import Place
from qa.records import SILENT, Citation, Outcome, Span


@dataclass(frozen=True, slots=True)
class GoldAnswer:
    """An answer as the set words it, and where it starts in the raw text of its article, if the set says so."""

    text: str
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what its set says about it; articles are named as the set names them.

    `relevant` are the articles that answer it, with their grade. `paragraph` lies in the raw text of `doc`.
    """

    id: str
    text: str
    place: str
    """File and line, for a person."""
    group: str
    """`metadata.kind` or `metadata.type`; "" where the set has neither."""
    answerable: bool
    relevant: Mapping[str, int]
    doc: str | None
    paragraph: Span | None
    answers: tuple[GoldAnswer, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A folder of questions and articles: `paths` are what an index is built from.

    `judgements` are the qrels files that were read. `unjudged` counts questions left out because nothing is known
    about them: a BEIR set holds the questions of all its splits, and judgements of some.
    """

    name: str
    folder: Path
    paths: tuple[Path, ...]
    questions: tuple[Question, ...]
    judgements: tuple[str, ...]
    unjudged: int


@dataclass(frozen=True, slots=True)
class Gold:
    """What is expected of a question, in terms of the index.

    `articles` are ids with their grade; one that is not in the index keeps its name, and stays to be missed. Each of
    `places` is to be found once. `answers` are the answers that quoted text can be compared with (none, where the
    answer is yes or no, or stands in no gold article); `spans` is where they stand, by article id.
    """

    articles: Mapping[str, int]
    missing: tuple[str, ...]
    places: tuple[Place, ...]
    answers: tuple[str, ...]
    spans: Mapping[str, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Found:
    """A passage near the top of a ranking, for a person to read."""

    article_id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a question: rankings as ids, best first, and the answer that would be given at any confidence.

    `place_ranks` holds, for each of the gold's places, the rank from 1 of the first passage it lies in. `inexact`
    names the citations that are not, character for character, in their article.
    """

    question: Question
    gold: Gold
    outcome: Outcome
    confidence: float
    signals: Mapping[str, float]
    citations: tuple[Citation, ...]
    passages: tuple[str, ...]
    articles: tuple[str, ...]
    place_ranks: tuple[int | None, ...]
    top: tuple[Found, ...]
    inexact: tuple[str, ...]

    @property
    def has_answer(self) -> bool:
        """Whether there is anything that a low threshold would let through."""
        return bool(self.citations) and self.outcome not in SILENT


class Rule(StrEnum):
    """By what an answer was judged: the strictest that the gold allows."""

    ANSWER = "the cited text holds a gold answer"
    FACT = "the cited text and a gold fact lie in one another"
    ARTICLE = "a relevant article is cited"
    UNANSWERABLE = "nothing answers, so no answer is right"
    NONE = "the set does not say what is right"


class Verdict(StrEnum):
    """What an answer at the threshold was worth, worst first."""

    WRONG = "answered wrongly"
    SHOULD_BE_SILENT = "answered, where nothing answers"
    MISSED = "silent, with the right words at hand"
    LOST = "silent, and the right words were not found"
    UNKNOWN = "not judged"
    RIGHT = "answered rightly"
    RIGHTLY_SILENT = "silent, rightly"


@dataclass(frozen=True, slots=True)
class Scored:
    """A question with its measures by name ("passage nDCG@10"); a measure that does not apply is not there."""

    asked: Asked
    rule: Rule
    right: bool | None
    answered: bool
    verdict: Verdict
    measures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Timed:
    """What one question cost at the person's own settings, and what came of it."""

    group: str
    answerable: bool
    outcome: Outcome
    timings_ms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure over questions, with its 95% bootstrap interval; None where it cannot be computed.

    `group` is "" for all questions that the measure applies to.
    """

    section: str
    measure: str
    group: str
    value: float | None
    low: float | None
    high: float | None
    questions: int
    unit: str = ""
