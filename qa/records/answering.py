"""What is decided of a question: quotes, or none and a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from qa.records.articles import Article
from qa.records.places import Span
from qa.records.searching import Passage


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch chosen to answer: `span` in the article of `passage`, and the `text` that was read there.

    `score` is the reranker's logit, less what its length costs, and with what speaks for it. `highlights` are the words
    inside `span` that answer (a name, a number, a date), in the article's offsets. `also_in` are other articles that
    carry the same words (wire copies).
    """

    passage: Passage
    span: Span
    text: str
    score: float
    highlights: tuple[Span, ...] = ()
    also_in: tuple[Article, ...] = ()


class Outcome(StrEnum):
    """What came of a question."""

    ANSWERED = "answered"
    LISTED = "listed"
    """A question about the corpus itself: articles, newest first, each with a quoted sentence."""
    NOT_STATED = "not_stated"
    """The corpus is about this but does not say."""
    NOT_COVERED = "not_covered"
    """The corpus is not about this."""
    UNREADABLE = "unreadable"
    """The question, or what was found for it, is in a script that the models do not read."""


SILENT = frozenset({Outcome.NOT_STATED, Outcome.NOT_COVERED, Outcome.UNREADABLE})
"""The outcomes without an answer."""


class NoteKind(StrEnum):
    """What a note under an answer is about."""

    DISAGREEMENT = "disagreement"
    NEWEST_FIRST = "newest_first"
    NOT_A_COUNT = "not_a_count"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for the reader about the quotes as a whole: that they disagree, why one comes first."""

    kind: NoteKind
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the answering stage decided: quotes that answer, or none and a reason for silence.

    `confidence` is the probability, in 0..1, that the quotes answer the question; `signals` is what it was made from,
    by name (`qa.answer.signals`).
    """

    outcome: Outcome
    quotes: tuple[Quote, ...]
    confidence: float
    reason: str | None
    notes: tuple[Note, ...] = ()
    signals: Mapping[str, float] = field(default_factory=dict)
