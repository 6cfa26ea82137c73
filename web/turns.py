"""A question with what came of it, as the template of a turn is given it: each field is one thing the page shows."""

from __future__ import annotations

import json
from dataclasses import dataclass

from qa.document import (
    answer_document,
    confidence_figure,
    confidence_in_words,
    confidence_meaning,
    headline,
    looked_at_in_words,
)
from qa.records import Answer, Note, Outcome, Standalone
from web.cards import Brief, Card, brief_of, cards_of
from web.links import question_link
from web.prose import ProseView, prose_of
from web.quotes import Listed, QuoteView, listed_of, quotes_of
from web.ways import Way, ways_on

_JUDGED = ("question", "asked", "outcome", "answer", "confidence", "filters", "index_version")
_JUDGED_CITED = ("article_id", "document_title", "start_char_index", "end_char_index", "cited_text")


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure the quotes answer: in a word, what the word stands for, and as a figure."""

    word: str
    meaning: str
    figure: str


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a turn as soon as the question is: what was asked, and what is searched for it."""

    id: str
    asked: str
    question: str
    carried: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with what came of it; which of the fields are filled goes by the outcome.

    `judged` is the answer as a form of feedback sends it back, in JSON.
    """

    id: str
    asked: str
    question: str
    carried: tuple[str, ...]
    outcome: Outcome
    headline: str | None
    reason: str | None
    looked_at: str
    confidence: Confidence
    prose: ProseView | None
    notes: tuple[Note, ...]
    quotes: tuple[QuoteView, ...]
    listed: tuple[Listed, ...]
    cards: tuple[Card, ...]
    strip: tuple[Brief, ...]
    ways: tuple[Way, ...]
    link: str
    version: str
    judged: str


def head_view(step: Standalone, number: int) -> Head:
    """Lay out a question whose answer is not known yet."""
    return Head(f"turn-{number}", step.asked, step.question, step.carried)


def turn_view(answer: Answer, number: int) -> Turn:
    """Lay out an answer; `number` keeps its ids apart from those of the other turns on the page."""
    turn = f"turn-{number}"
    lists = answer.outcome is Outcome.LISTED
    cards = () if lists else cards_of(answer, turn)
    return Turn(
        id=turn,
        asked=answer.asked,
        question=answer.question,
        carried=answer.carried,
        outcome=answer.outcome,
        headline=headline(answer),
        reason=answer.reason,
        looked_at=looked_at_in_words(answer),
        confidence=Confidence(
            confidence_in_words(answer.confidence),
            confidence_meaning(answer.confidence),
            confidence_figure(answer.confidence),
        ),
        prose=prose_of(answer, turn),
        notes=answer.notes,
        quotes=() if lists else quotes_of(answer, turn),
        listed=tuple(map(listed_of, answer.citations)) if lists else (),
        cards=cards,
        strip=tuple(map(brief_of, cards)),
        ways=ways_on(answer),
        link=question_link(answer.question, answer.filters, answer.index_version),
        version=answer.index_version,
        judged=_judged(answer),
    )


def _judged(answer: Answer) -> str:
    """Return what feedback on an answer says of it, as JSON."""
    document = answer_document(answer)
    cited = [{name: citation[name] for name in _JUDGED_CITED} for citation in document["citations"]]
    judged = {name: document[name] for name in _JUDGED}
    return json.dumps({**judged, "citations": cited}, ensure_ascii=False)
