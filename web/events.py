"""The steps of an answer as server-sent events, for programs and, with HTML beside the data, for our page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi.sse import format_sse_event
from starlette.requests import Request

from qa.document import answer_document, citation_document, passage_document, sentence_document
from qa.pipeline import Step
from qa.records import Answer, ProseSentence, Quoted, Sources, Standalone, UnderWay
from qa.sentences import in_sentences
from web.cards import strip_view
from web.problems import Problem, problem_document
from web.render import render_text
from web.turns import head_view, turn_view


@dataclass(frozen=True, slots=True)
class Page:
    """Our page, which asks for HTML beside the data; `turn` keeps the ids of its turns apart."""

    request: Request
    turn: int

    def html(self, template: str, **context: Any) -> dict[str, str]:
        """Return what is added to the data of an event."""
        return {"html": render_text(self.request, template, context)}


def events_of(step: Step, building: UnderWay | None, page: Page | None) -> Iterator[bytes]:
    """Yield the events that a step of an answer is told by."""
    if isinstance(step, Standalone):
        html = page.html("_turn.html", turn=head_view(step, page.turn), body=False) if page else {}
        yield _event("question", {"question": step.question, "asked": step.asked, "carried": step.carried, **html})
    elif isinstance(step, Sources):
        html = page.html("_strip.html", strip=strip_view(step), label="Found") if page else {}
        yield _event("sources", {"passages": [passage_document(passage) for passage in step.passages], **html})
    elif isinstance(step, Quoted):
        yield _event("writing", {"model": step.model})
        yield from _sentence_by_sentence(step.answer)
    elif isinstance(step, ProseSentence):
        yield _event("prose", sentence_document(step))
    else:
        if step.prose is None:  # else they have been told, as `Quoted`
            yield from _sentence_by_sentence(step)
        html = page.html("_turn.html", turn=turn_view(step, page.turn), body=True) if page else {}
        yield _event("done", {**answer_document(step, building), **html})


def error_event(problem: Problem, path: str) -> bytes:
    """Return the event that ends a stream in which something went wrong."""
    return _event("error", problem_document(problem, path))


def _sentence_by_sentence(answer: Answer) -> Iterator[bytes]:
    """Yield each citation, then its sentences; the texts, one after the other, are the answer."""
    if not answer.citations:
        yield _event("delta", {"text": answer.answer, "citation": None})
    for place, citation in enumerate(answer.citations):
        yield _event("citation", {"index": place, "citation": citation_document(citation)})
        for number, sentence in enumerate(in_sentences(citation.cited_text)):
            before = " " if place and not number else ""
            yield _event("delta", {"text": before + sentence, "citation": place})


def _event(name: str, data: dict[str, Any]) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False, separators=(",", ":")))
