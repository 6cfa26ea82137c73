"""An answer, whole, and the steps it is known by on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa.records.answering import SILENT, Note, Outcome
from qa.records.asking import NO_FILTERS, Filters, Message
from qa.records.citing import Citation
from qa.records.prose import Prose
from qa.records.searching import LookedAt, Passage


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer made of exact quotations, or an abstention with its reason.

    `question` is what was searched; `asked` and `carried` are those of `Standalone`. `passages` were considered, best
    first. `timings_ms` maps each stage to its wall time.
    """

    question: str
    answer: str
    outcome: Outcome
    reason: str | None
    """Why there is no answer; None where there is one."""
    notes: tuple[Note, ...]
    looked_at: LookedAt
    confidence: float
    signals: Mapping[str, float]
    """What the confidence was made from, by name; empty where nothing was judged."""
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    index_version: str
    searches: tuple[str, ...]
    """The searches that looked: "lexical", and "dense" where the version has vectors."""
    timings_ms: Mapping[str, float]
    asked: str
    carried: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS
    prose: Prose | None = None
    """What a language model made of the quotations; None where none was asked."""

    @property
    def abstained(self) -> bool:
        """Whether the articles were found not to answer."""
        return self.outcome in SILENT

    @property
    def messages(self) -> tuple[Message, Message]:
        """The question and this answer as messages: what was said, to the question that comes next."""
        titles = tuple(dict.fromkeys(citation.document_title for citation in self.citations))
        return Message("user", self.asked), Message("assistant", self.answer, titles)


@dataclass(frozen=True, slots=True)
class Sources:
    """The passages that both searches put first, best first, before the cross-encoder has read them."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """An answer that is known, while a language model is asked for the prose that it does not have yet."""

    answer: Answer
    model: str
