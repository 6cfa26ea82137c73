"""Chat completions and models, asked by OpenAI's own client; what it is told holds against the articles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from openai.types.chat import ChatCompletion

from qa.pipeline import Pipeline

CONDEMNED = "Who condemned the missile launch?"
NOT_COVERED = "What is the capital of France?"
LISTED = "What articles do you have about Japan?"
TITLE = "North Korea launches missile amid US push to resume talks"


@pytest.fixture(scope="module")
def ai(seed_server: Any) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{seed_server.url}/v1", api_key="none", max_retries=0) as client:
        yield client


def user(text: Any) -> dict[str, Any]:
    return {"role": "user", "content": text}


def ask(ai: openai.OpenAI, *messages: Any, **more: Any) -> ChatCompletion:
    said = [user(message) if isinstance(message, str) else message for message in messages]
    return ai.chat.completions.create(**{"model": "default", "messages": said, **more})


def verified(completion: ChatCompletion, pipeline: Pipeline) -> list[str]:
    """Hold marks, annotations and citations to one another and to the articles; return the quotations."""
    (choice,) = completion.choices
    content, annotations = choice.message.content, choice.message.annotations or []
    citations = completion.article_qa["citations"]
    assert len(annotations) == len(citations)
    for number, (annotation, citation) in enumerate(zip(annotations, citations, strict=True), start=1):
        cited, start, end = annotation.url_citation, citation["start_char_index"], citation["end_char_index"]
        quoted = content[cited.start_index : cited.end_index]
        assert quoted == citation["cited_text"] == pipeline.article(citation["article_id"]).text[start:end]
        assert content[cited.end_index :].startswith(f" [{number}]")
        assert cited.title == citation["document_title"]
        assert f"?cite={start}-{end}#cite-1" in cited.url
    return [citation["cited_text"] for citation in citations]


def test_an_answer_is_quotations_with_marks(ai: openai.OpenAI, seed_pipeline: Pipeline, seed_server: Any) -> None:
    completion = ask(ai, CONDEMNED)
    (quoted,) = verified(completion, seed_pipeline)
    assert "strongly condemn the action,” Japanese Prime Minister Fumio Kishida said Tuesday." in quoted
    (choice,) = completion.choices
    url = choice.message.annotations[0].url_citation.url
    assert url.startswith(f"{seed_server.url}/articles/")
    assert choice.message.content == f"{quoted} [1]\n\nSources:\n- [1] [{TITLE}]({url})"
    assert (choice.index, choice.finish_reason, choice.message.role) == (0, "stop", "assistant")
    assert (completion.object, completion.model) == ("chat.completion", "default")
    assert completion.system_fingerprint == seed_pipeline.index.manifest.version
    marked = httpx.get(url).text  # the link shows the quotation in its place
    assert 'id="cite-1"' in marked
    assert quoted.split("”")[0].strip("“")[:40] in marked
