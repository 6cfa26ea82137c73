"""A real model on a real server: SmolLM2, of 135 million parameters, on llama.cpp.

So small a model mostly fails. What is held here is what leaves the service, whatever the model says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx_sse import connect_sse

from benchmarks.llama import serving
from qa.config import Settings
from qa.errors import ModelMissingError
from qa.llm.verify import judged
from qa.loading import load_generator
from qa.models import locate, pinned
from qa.pipeline import Pipeline
from qa.records import Answer, Inquiry, Message

QUESTIONS = ["Where was the missile launched from?", "Who condemned the missile launch?", "Will Kim visit Seoul?"]


@pytest.fixture(scope="module")
def model(models_dir: Path) -> Path:
    try:
        return locate(pinned("SmolLM2-135M-Instruct"), models_dir) / "model.gguf"
    except ModelMissingError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def llama(model: Path) -> Iterator[str]:
    pytest.importorskip("xllamacpp")
    with serving(model) as address:
        yield address


@pytest.fixture(scope="module")
def settings(seed_settings: Settings, llama: str) -> Settings:
    return replace(seed_settings, llm_url=f"{llama}/v1", llm_model="SmolLM2-135M-Instruct", llm_timeout_s=300,
                   request_timeout_s=300.0)  # fmt: skip


@pytest.fixture(scope="module")
def answers(settings: Settings, seed_pipeline: Pipeline) -> list[Answer]:
    pipeline = replace(seed_pipeline, generator=load_generator(settings))
    return [pipeline.answer(Inquiry(question)) for question in QUESTIONS]


def held(answer: Answer, pipeline: Pipeline) -> None:
    """What holds for all prose."""
    assert answer.prose is not None
    for sentence in answer.prose.sentences:
        quotes = "\n".join(answer.citations[place].cited_text for place in sentence.citations)
        if sentence.replaces is None:
            assert judged(sentence.text, quotes, pipeline.reranker.score) is None
        else:
            assert sentence.text == quotes
    if not answer.prose.sentences:
        assert answer.prose.notice is not None
        assert answer.prose.notice.endswith(("stand without its words.", "and stand alone."))


def test_every_sentence_that_leaves_was_checked(answers: list[Answer], seed_pipeline: Pipeline) -> None:
    for question, answer in zip(QUESTIONS, answers, strict=True):
        held(answer, seed_pipeline)
        plain = seed_pipeline.ask(question)
        assert (answer.answer, answer.citations) == (plain.answer, plain.citations)


def test_at_least_one_sentence_survives(answers: list[Answer]) -> None:
    own = [it for answer in answers if answer.prose for it in answer.prose.sentences if it.replaces is None]
    assert own


def test_the_server_was_really_asked(answers: list[Answer], settings: Settings) -> None:
    generator = load_generator(settings)
    assert generator is not None
    text = "".join(generator.stream("Answer in one word.", (Message("user", "Say yes."),), lambda: True))
    assert re.search(r"[a-z]{2}", text)
    assert all(answer.timings_ms["llm"] > 10 for answer in answers)


def test_through_a_server_as_it_comes(settings: Settings, live_server: Any, seed_pipeline: Pipeline) -> None:
    server = live_server(settings).until_ready()
    told: list[tuple[str, dict[str, Any]]] = []
    with (
        httpx.Client(base_url=server.url, timeout=300) as client,
        connect_sse(client, "POST", "/ask", json={"question": QUESTIONS[0]}) as source,
    ):
        told = [(event.event, json.loads(event.data)) for event in source.iter_sse()]
    names = [name for name, _ in told if name != "delta"]
    sentences = [data for name, data in told if name == "prose"]
    assert names == ["question", "sources", "writing", "citation", *["prose"] * len(sentences), "done"]
    assert told[-1][1]["prose"]["sentences"] == sentences
