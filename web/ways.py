"""What a person can do where there is no answer: ask more widely, as typed, or see what the articles are about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qa.mentions import names
from qa.records import NO_FILTERS, Answer, Outcome
from web.links import question_link


@dataclass(frozen=True, slots=True)
class Way:
    """A question to ask instead. `link` asks it without a script; `alone` says that nothing is carried over to it."""

    label: str
    question: str
    link: str
    alone: bool
    unfiltered: bool


def ways_on(answer: Answer) -> tuple[Way, ...]:
    """Return what may be asked instead of a question that has no answer."""
    return tuple(_ways(answer)) if answer.abstained else ()


def _ways(answer: Answer) -> Iterator[Way]:
    if answer.carried:
        link = question_link(answer.asked, answer.filters)
        yield Way("Ask without the conversation", answer.asked, link, alone=True, unfiltered=False)
    if answer.filters:
        link = question_link(answer.question)
        yield Way("Ask all articles", answer.question, link, alone=True, unfiltered=True)
    topic = _topic(answer)
    if topic and answer.outcome is Outcome.NOT_STATED:
        question = f"What articles do you have about {topic}?"
        link = question_link(question, answer.filters or NO_FILTERS)
        yield Way(f"List the articles about {topic}", question, link, alone=True, unfiltered=False)


def _topic(answer: Answer) -> str | None:
    """Return the name in the question that says most, None where it has none."""
    found = [name.text for name in names(answer.question)]
    return max(found, key=len, default=None)
