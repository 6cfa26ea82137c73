"""A client made from the OpenAPI document by a generator works: for who wants a typed one, the document suffices."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

PROGRAM = """
import sys
from article_qa_client import Client
from article_qa_client.api.api import ask, corpus, readyz
from article_qa_client.models import (
    AnswerDocument, AskRequest, EmbeddingsRequest, FiltersDocument, MessageDocument, MessageDocumentRole,
    ProblemDocument,
)
from article_qa_client.api.openai import embed, models

with Client(sys.argv[1], timeout=60) as client:
    ready = readyz.sync(client=client)
    answer = ask.sync(client=client, body=AskRequest(question="Who condemned the missile launch?", k=2))
    assert isinstance(answer, AnswerDocument)
    citation = answer.citations[0]
    said = [
        MessageDocument(MessageDocumentRole.USER, answer.asked),
        MessageDocument(MessageDocumentRole.ASSISTANT, answer.answer),
    ]
    filters = FiltersDocument(until="2030")
    later = ask.sync(client=client, body=AskRequest("When did he say it?", history=said, filters=filters))
    refused = ask.sync_detailed(client=client, body=AskRequest(question=" "))
    assert isinstance(refused.parsed, ProblemDocument)
    vectors = embed.sync(client=client, body=EmbeddingsRequest(model="default", input_="Who keeps a glacier?"))
    print(ready.status, citation.document_title, citation.cited_text in answer.answer, sep="|")
    print(later.question, refused.status_code.value, refused.parsed.type_, sep="|")
    served = models.sync(client=client).data
    print(corpus.sync(client=client).articles, served[0].id, len(vectors.data[0].embedding), sep="|")
"""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory, client: httpx.Client) -> Path:
    """The folder of a client, generated without a single warning."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "openapi.json").write_text(json.dumps(client.get("/openapi.json").json()), encoding="utf-8")
    tools = Path(sys.executable).parent
    done = subprocess.run(
        [tools / "openapi-python-client", "generate", "--path", "openapi.json", "--output-path", "client",
         "--fail-on-warning"],
        cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
    )  # fmt: skip
    assert (done.returncode, "WARNING" in done.stdout) == (0, False), done.stdout + done.stderr
    return folder / "client"


def test_a_generated_client_asks_and_reads_refusals(generated: Path, seed_server: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, seed_server.url], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(generated)},
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "ready|North Korea launches missile amid US push to resume talks|True",
        "When did Japanese Prime Minister Fumio Kishida say it?|422|urn:problem-type:article-qa:bad-question",
        "1|default|384",
    ]
