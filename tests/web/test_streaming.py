"""Answers as events: in order, the same as the answer in one piece, and no work for nobody."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from httpx_sse import ServerSentEvent, connect_sse

from qa.interrupting import AT_ONCE, Stop
from qa.records import Answer
from web.events import events_of
from web.schemas import AnswerDocument, ProblemDocument
from web.streamed import CitationEvent, DeltaEvent, QuestionEvent, SourcesEvent

QUESTIONS = {
    "answered": "Who condemned the missile launch?",
    "several sentences": "What did Kim say?",
    "listed": "What articles do you have about Japan?",
    "not_covered": "What is the capital of France?",
}
MODELS = {
    "question": QuestionEvent,
    "sources": SourcesEvent,
    "citation": CitationEvent,
    "delta": DeltaEvent,
    "done": AnswerDocument,
    "error": ProblemDocument,
}


def stream(client: httpx.Client, body: dict[str, Any], **headers: str) -> list[ServerSentEvent]:
    """The events of an answer, each held to its schema."""
    with connect_sse(client, "POST", "/ask", json=body, headers=headers) as source:
        source.response.raise_for_status()
        events = list(source.iter_sse())
    if not headers:
        for event in events:
            MODELS[event.event].model_validate_json(event.data)
    return events


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_the_events_are_the_answer(client: httpx.Client, question: str) -> None:
    whole = client.post("/ask", json={"question": question}).json()
    events = stream(client, {"question": question})
    names = [event.event for event in events]
    data = [json.loads(event.data) for event in events]
    assert names[:2] == ["question", "sources"]
    assert names[-1] == "done"
    assert {**data[-1], "timings_ms": None} == {**whole, "timings_ms": None}
    deltas = [datum for name, datum in zip(names, data, strict=True) if name == "delta"]
    assert "".join(delta["text"] for delta in deltas) == whole["answer"]
    citations = [datum for name, datum in zip(names, data, strict=True) if name == "citation"]
    assert [it["citation"] for it in citations] == whole["citations"]
    assert [it["index"] for it in citations] == list(range(len(citations)))


def test_a_citation_comes_before_its_sentences_and_each_sentence_alone(answers: dict[str, Answer]) -> None:
    answer = answers["copied"]  # "in fog on Tuesday.\nRescuers brought ..."
    events = [event.decode() for event in events_of(answer, None, None)]
    assert [event.partition("\n")[0] for event in events] == [
        "event: citation",
        "event: delta",
        "event: delta",
        "event: done",
    ]
    deltas = [json.loads(event.partition("\ndata: ")[2]) for event in events[1:3]]
    assert deltas == [
        {"text": "in fog on Tuesday.\n", "citation": 0},
        {"text": "Rescuers brought 212 people ashore by noon, the coastguard said.", "citation": 0},
    ]


def test_further_quotations_are_parted_by_a_space(answers: dict[str, Answer]) -> None:
    answer = answers["disagreeing"]
    events = [event.decode() for event in events_of(answer, None, None)]
    deltas = [json.loads(event.partition("\ndata: ")[2]) for event in events if event.startswith("event: delta")]
    assert [delta["citation"] for delta in deltas] == [0, 1]
    assert "".join(delta["text"] for delta in deltas) == answer.answer


def test_the_question_says_what_was_carried_over(client: httpx.Client) -> None:
    history = [
        {"role": "user", "content": "What did Fumio Kishida say?"},
        {"role": "assistant", "content": "“I strongly condemn the action,” Fumio Kishida said."},
    ]
    body = {"question": "When did he say it?", "history": history}
    question = json.loads(stream(client, body)[0].data)
    assert question["asked"] == "When did he say it?"
    assert "Kishida" in question["question"]
    assert question["carried"]
    alone = json.loads(stream(client, {**body, "carry_over": False})[0].data)
    assert alone == {"question": "When did he say it?", "asked": "When did he say it?", "carried": []}


def test_our_page_gets_html_beside_the_data(client: httpx.Client) -> None:
    events = stream(client, {"question": QUESTIONS["answered"]}, **{"X-Requested-With": "fetch"})
    html = {event.event: json.loads(event.data).get("html") for event in events}
    assert 'id="turn-1-question"' in html["question"]
    assert "North Korea launches missile" in html["sources"]
    assert "strongly condemn" in html["done"]
    assert html["delta"] is None


def test_what_is_wrong_with_a_request_is_told_by_its_status(client: httpx.Client) -> None:
    headers = {"Accept": "text/event-stream"}
    for body in ({"question": ""}, {"question": "who", "k": 0}, {"question": "who", "filters": {"since": "soon"}}):
        response = client.post("/ask", json=body, headers=headers)
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"


def test_it_is_not_cached_and_not_held_back(client: httpx.Client) -> None:
    with connect_sse(client, "POST", "/ask", json={"question": QUESTIONS["answered"]}) as source:
        headers = source.response.headers
        assert headers["content-type"].startswith("text/event-stream")
        assert headers["cache-control"] == "no-store"
        assert headers["x-accel-buffering"] == "no"
        assert headers["x-content-type-options"] == "nosniff"
        assert "content-length" not in headers


@contextmanager
def connected(url: str, question: str) -> Iterator[Iterator[ServerSentEvent]]:
    with (
        httpx.Client(base_url=url, timeout=60) as client,
        connect_sse(client, "POST", "/ask", json={"question": question}) as source,
    ):
        yield source.iter_sse()


def test_sources_come_before_the_cross_encoder_has_read(watched_server: Any) -> None:
    server, watched = watched_server
    watched.go_on.clear()
    with connected(server.url, QUESTIONS["answered"]) as events:
        assert next(events).event == "question"
        assert next(events).event == "sources"
        assert watched.read == 0
        watched.go_on.set()
        assert [event.event for event in events][-1] == "done"
    assert watched.read > 0


def test_a_dropped_connection_stops_the_work(
    watched_server: Any, until: Callable[..., float], stops: list[Stop], at_work: Callable[..., Any]
) -> None:
    server, watched = watched_server
    with connected(server.url, QUESTIONS["answered"]) as events:
        assert [event.event for event in events][-1] == "done"
    assert watched.read > 2 * AT_ONCE
    watched.read = 0
    watched.began.clear()
    watched.go_on.clear()
    with connected(server.url, QUESTIONS["answered"]) as events:
        assert [next(events).event, next(events).event] == ["question", "sources"]
        assert watched.began.wait(60)
    until(stops[-1].is_set)
    watched.go_on.set()
    until(lambda: at_work(server.url) == (0, 0))
    assert watched.read == AT_ONCE  # what it was in the middle of
    with connected(server.url, QUESTIONS["answered"]) as events:  # and the server goes on
        assert [event.event for event in events][-1] == "done"


@pytest.mark.parametrize("breaks", [RuntimeError("secret"), MemoryError()], ids=["a bug", "no memory"])
def test_what_breaks_in_the_middle_is_the_last_event(watched_server: Any, breaks: Exception) -> None:
    server, watched = watched_server
    watched.breaks = breaks
    with connected(server.url, QUESTIONS["answered"]) as events:
        told = list(events)
    assert [event.event for event in told] == ["question", "sources", "error"]
    problem = ProblemDocument.model_validate_json(told[-1].data)
    assert problem.status == 500
    assert "secret" not in told[-1].data
    watched.breaks = None
    with connected(server.url, QUESTIONS["answered"]) as events:
        assert [event.event for event in events][-1] == "done"


def test_many_at_once_get_each_their_own(client: httpx.Client) -> None:
    wanted = list(QUESTIONS.values()) * 2
    alone = {question: client.post("/ask", json={"question": question}).json()["answer"] for question in wanted}
    got: dict[int, str] = {}

    def one(place: int) -> None:
        events = stream(client, {"question": wanted[place]})
        got[place] = json.loads(events[-1].data)["answer"]

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(wanted))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {place: alone[question] for place, question in enumerate(wanted)}
