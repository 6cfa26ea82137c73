"""Chat completions as they come, read by OpenAI's own client: the chunks are the message, and the work ends with it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import openai
import pytest
from httpx_sse import connect_sse
from openai.types.chat import ChatCompletionChunk

from qa.config import Settings
from qa.interrupting import AT_ONCE, Stop
from qa.pipeline import Pipeline
from web.v1.schemas import ChatCompletionChunk as Chunk
from web.v1.schemas import ErrorDocument

CONDEMNED = "Who condemned the missile launch?"
QUESTIONS = [CONDEMNED, "What is the capital of France?", "What articles do you have about Japan?"]
FOLLOW_UP = [
    {"role": "user", "content": CONDEMNED},
    {"role": "assistant", "content": "“I strongly condemn the action,” Prime Minister Fumio Kishida said Tuesday."},
    {"role": "user", "content": "When did he say it?"},
]


def asked(question: str) -> dict[str, Any]:
    return {"model": "default", "messages": [{"role": "user", "content": question}]}


def chunks(ai: openai.OpenAI, **body: Any) -> list[ChatCompletionChunk]:
    with ai.chat.completions.create(**body, stream=True) as stream:
        return list(stream)


def content(told: list[ChatCompletionChunk]) -> str:
    return "".join(choice.delta.content or "" for chunk in told for choice in chunk.choices)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_chunks_are_the_message(ai: openai.OpenAI, question: str) -> None:
    whole = ai.chat.completions.create(**asked(question))
    told = chunks(ai, **asked(question))
    assert content(told) == whole.choices[0].message.content
    first, *_, last = told
    assert (first.choices[0].delta.role, first.choices[0].delta.content) == ("assistant", "")
    assert [chunk.choices[0].delta.role for chunk in told[1:]] == [None] * (len(told) - 1)
    assert [chunk.choices[0].finish_reason for chunk in told] == [None] * (len(told) - 1) + ["stop"]
    assert {(chunk.id, chunk.model, chunk.system_fingerprint) for chunk in told} == {
        (first.id, "default", whole.system_fingerprint)
    }
    assert all(chunk.object == "chat.completion.chunk" and chunk.usage is None for chunk in told)
    assert [chunk.article_qa for chunk in told[:-1]] == [None] * (len(told) - 1)
    assert last.article_qa["citations"] == whole.article_qa["citations"]
    annotations = [chunk.choices[0].delta.model_extra.get("annotations") for chunk in told]
    assert [given for given in annotations if given] == (
        [whole.choices[0].message.model_dump()["annotations"]] if last.article_qa["citations"] else []
    )


def test_a_quotation_comes_sentence_by_sentence(ai: openai.OpenAI, seed_pipeline: Pipeline) -> None:
    told = chunks(ai, **asked("Where was the missile launched from, and who is Takehiro Funakoshi?"))
    texts = [chunk.choices[0].delta.content for chunk in told if chunk.choices[0].delta.content]
    for citation in told[-1].article_qa["citations"]:
        text = seed_pipeline.article(citation["article_id"]).text
        assert text[citation["start_char_index"] : citation["end_char_index"]] in "".join(texts)
    assert " [1]" in texts
    assert all("\n\n" not in text.strip("\n") for text in texts)


def test_what_is_searched_comes_before_the_answer(watched_server: Any) -> None:
    server, watched = watched_server
    watched.go_on.clear()
    with (
        openai.OpenAI(base_url=f"{server.url}/v1", api_key="none") as client,
        client.chat.completions.create(model="default", messages=FOLLOW_UP, stream=True) as stream,
    ):
        assert next(stream).choices[0].delta.role == "assistant"
        searched = next(stream).choices[0].delta.content
        assert watched.read == 0
        watched.go_on.set()
        told = list(stream)
    assert searched == f"Searched: {told[-1].article_qa['question']}\n\n"
    assert told[-1].article_qa["carried"] != []


def test_the_usage_comes_where_it_is_asked_for(ai: openai.OpenAI) -> None:
    told = chunks(ai, **asked(CONDEMNED), stream_options={"include_usage": True})
    whole = ai.chat.completions.create(**asked(CONDEMNED))
    assert told[-1].choices == []
    assert told[-1].usage == whole.usage
    assert [chunk.usage for chunk in told[:-1]] == [None] * (len(told) - 1)
    assert told[-2].choices[0].finish_reason == "stop"


def test_the_client_puts_the_message_together(ai: openai.OpenAI) -> None:
    whole = ai.chat.completions.create(**asked(CONDEMNED))
    with ai.chat.completions.stream(**asked(CONDEMNED), stream_options={"include_usage": True}) as stream:
        for _ in stream:
            pass
        final = stream.get_final_completion()
    assert final.choices[0].message.content == whole.choices[0].message.content
    assert final.choices[0].message.annotations == whole.choices[0].message.annotations
    assert final.choices[0].finish_reason == "stop"
    assert final.usage == whole.usage


def test_an_asynchronous_client(seed_server: Any, ai: openai.OpenAI) -> None:
    async def told() -> tuple[str, str, list[str]]:
        async with openai.AsyncOpenAI(base_url=f"{seed_server.url}/v1", api_key="none") as client:
            whole, stream, models = await asyncio.gather(
                client.chat.completions.create(**asked(CONDEMNED)),
                client.chat.completions.create(**asked(CONDEMNED), stream=True),
                client.models.list(),
            )
            parts = [chunk async for chunk in stream]
            return whole.choices[0].message.content or "", content(parts), [model.id for model in models.data]

    whole, streamed, models = asyncio.run(told())
    assert whole == streamed == ai.chat.completions.create(**asked(CONDEMNED)).choices[0].message.content
    assert models == ["default"]


def test_on_the_wire(client: httpx.Client) -> None:
    with connect_sse(client, "POST", "/v1/chat/completions", json={**asked(CONDEMNED), "stream": True}) as source:
        events = list(source.iter_sse())
        headers = source.response.headers
    assert headers["content-type"].startswith("text/event-stream")
    assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")
    assert {event.event for event in events} == {"message"}
    assert events[-1].data == "[DONE]"
    for event in events[:-1]:
        document = json.loads(event.data)
        Chunk.model_validate(document)
        assert set(document["choices"][0]["delta"]) <= {"role", "content", "annotations"}
    assert json.loads(events[-2].data)["choices"] == [{"index": 0, "delta": {}, "finish_reason": "stop"}]


@pytest.mark.parametrize("breaks", [RuntimeError("secret"), MemoryError()], ids=["a bug", "no memory"])
def test_what_breaks_in_the_middle_is_raised_by_the_client(watched_server: Any, breaks: Exception) -> None:
    server, watched = watched_server
    watched.breaks = breaks
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as client:
        with client.chat.completions.create(**asked(CONDEMNED), stream=True) as stream:
            assert next(stream).choices[0].delta.role == "assistant"
            with pytest.raises(openai.APIError, match="Something went wrong in the server; its log says what"):
                list(stream)
        with pytest.raises(openai.InternalServerError) as broken:
            client.chat.completions.create(**asked(CONDEMNED))
        ErrorDocument.model_validate({"error": broken.value.body})
        assert "secret" not in str(broken.value.body)
    watched.breaks = None
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none") as client:
        assert client.chat.completions.create(**asked(CONDEMNED)).article_qa["outcome"] == "answered"


@pytest.mark.parametrize("stream", [True, False], ids=["a stream", "one piece"])
def test_a_dropped_connection_stops_the_work(
    watched_server: Any, until: Callable[..., float], stops: list[Stop], at_work: Callable[..., Any], stream: bool
) -> None:
    server, watched = watched_server
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as client:
        client.chat.completions.create(**asked(CONDEMNED))
        assert watched.read > 2 * AT_ONCE
        watched.read = 0
        watched.began.clear()
        watched.go_on.clear()
        stops.clear()
        if stream:
            with client.chat.completions.create(**asked(CONDEMNED), stream=True) as events:
                next(events)
                assert watched.began.wait(60)
        else:
            for patience_s in (0.4, 2, 10, 50):  # until the server was at work when it was given up
                with pytest.raises(openai.APITimeoutError):
                    client.with_options(timeout=openai.Timeout(60, read=patience_s)).chat.completions.create(
                        **asked(CONDEMNED)
                    )
                if watched.began.is_set():
                    break
        until(lambda: all(stop.is_set() for stop in stops))
        watched.go_on.set()
        until(lambda: at_work(server.url) == (0, 0))
        assert watched.read == AT_ONCE  # what it was in the middle of
        assert client.chat.completions.create(**asked(CONDEMNED)).article_qa["outcome"] == "answered"


class Scripted:
    """A language model that says this, whatever it is asked."""

    name = "a-model"

    def stream(self, *_: Any) -> Iterator[str]:
        yield "Japanese Prime Minister Fumio Kishida condemned the action "
        yield "on Tuesday. [1] Bananas are yellow. [1]"


def test_prose_streams_before_its_quotations(
    live_server: Callable[[Settings], Any], seed_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.pipeline.load_generator", lambda _: Scripted())
    server = live_server(seed_settings).until_ready()
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none") as client:
        whole = client.chat.completions.create(**asked(CONDEMNED))
        told = chunks(client, **asked(CONDEMNED))
        quoted = client.chat.completions.create(**asked(CONDEMNED), extra_body={"article_qa": {"llm": False}})
    prose, text = whole.article_qa["prose"], whole.choices[0].message.content
    assert prose["sentences"][0]["text"] == "Japanese Prime Minister Fumio Kishida condemned the action on Tuesday."
    assert text.startswith(f"{prose['text']}\n\nWritten by a-model from the quotations below")
    assert "Bananas" not in text
    assert content(told) == text
    assert told[1].choices[0].delta.content == f"{prose['sentences'][0]['text']} [1]"
    (cited,) = (annotation.url_citation for annotation in whole.choices[0].message.annotations)
    assert text[cited.start_index : cited.end_index] == whole.article_qa["citations"][0]["cited_text"]
    assert quoted.article_qa["prose"] is None
    assert quoted.choices[0].message.content.startswith(text[cited.start_index : cited.end_index])
    server.stop()
