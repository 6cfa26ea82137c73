"""The OpenAPI document: what FastAPI generates, and what it cannot say."""

from __future__ import annotations

from typing import Any

from web.examples import ANSWER_EXAMPLE, LIST_EXAMPLE, NOT_COVERED_EXAMPLE, NOT_STATED_EXAMPLE
from web.problems import MEDIA_TYPE
from web.requests import AskRequest, FeedbackRequest
from web.streamed import CitationEvent, DeltaEvent, ProseEvent, QuestionEvent, SourcesEvent, WritingEvent
from web.v1.openapi import EXAMPLES as V1_EXAMPLES
from web.v1.requests import ChatRequest, EmbeddingsRequest
from web.v1.schemas import ChatCompletionChunk

# The forms of the pages are not in it: they are answered with pages, and generators of clients take a second kind of
# body amiss.
ASK_BODY: dict[str, Any] = {
    "required": True,
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AskRequest"}}},
}
FEEDBACK_BODY: dict[str, Any] = {
    "required": True,
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/FeedbackRequest"}}},
}
_STREAM = """\
Server-sent events, each with JSON as its data: `question` (QuestionEvent), `sources` (SourcesEvent), for each quotation
`citation` (CitationEvent) and for each of its sentences `delta` (DeltaEvent), at the end `done` (AnswerDocument); or
`error` (ProblemDocument), when something goes wrong after the first event. The texts of all `delta`s, one after the
other, are `answer`. Where a language model rephrases it, `writing` (WritingEvent) comes before the quotations,
and after them `prose` (ProseEvent) for each sentence that was checked.
"""
ASK_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string", "description": _STREAM}}}}
}
_MODELS = (
    AskRequest, FeedbackRequest, QuestionEvent, SourcesEvent, WritingEvent, ProseEvent, CitationEvent, DeltaEvent,
    ChatRequest, ChatCompletionChunk, EmbeddingsRequest,
)  # fmt: skip
"""What FastAPI does not meet in a signature."""


_EXAMPLES = {
    "answer": {"summary": "An answer", "value": ANSWER_EXAMPLE},
    "list": {"summary": "A list of articles", "value": LIST_EXAMPLE},
    "not_stated": {"summary": "An abstention: the articles do not say", "value": NOT_STATED_EXAMPLE},
    "not_covered": {"summary": "An abstention: the articles are about something else", "value": NOT_COVERED_EXAMPLE},
}


_OPEN = {"/healthz", "/readyz"}
_KEY = {"type": "http", "scheme": "bearer", "description": "Where the server has keys: `qa keys add` makes one."}
_KEY_WANTED: dict[str, Any] = {
    "description": "The server wants a key.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
}


def completed(document: dict[str, Any], root: str, corpus: str) -> dict[str, Any]:
    """Give problems their media type, `/ask` its examples, bodies and events their schemas, and the server its places.

    `root` is what its addresses begin with; `corpus` is the default one.

    FastAPI takes every model for plain JSON, and leaves each null out of an example, which then lacks fields
    that are required.
    """
    servers = [
        {"url": root or "/", "description": "The default corpus."},
        {
            "url": f"{root}/c/{{corpus}}",
            "description": "Any corpus of the server.",
            "variables": {"corpus": {"default": corpus, "description": "Its name, as `GET /corpora` gives it."}},
        },
    ]
    _describe_problems(document["paths"], root)
    schemas = document["components"]["schemas"]
    for model in _MODELS:
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {}) | {model.__name__: schema}
    for (address, method), examples in {("/ask", "post"): _EXAMPLES, **V1_EXAMPLES}.items():
        document["paths"][address][method]["responses"]["200"]["content"]["application/json"]["examples"] = examples
    document["components"]["securitySchemes"] = {"key": _KEY}
    document["security"] = [{}, {"key": []}]  # an application does not know whether it will want one
    document["servers"] = servers
    return document


def _describe_problems(paths: dict[str, Any], root: str) -> None:
    for address, path in paths.items():
        for operation in path.values():
            if address.startswith("/v1/"):  # where the model names the corpus, and errors are those of the protocol
                operation["servers"] = [{"url": root or "/"}]
                continue
            if address not in _OPEN:
                operation["responses"]["401"] = _KEY_WANTED
            for status, response in operation["responses"].items():
                if status >= "4":  # "400" to "599", and "default"
                    response["content"] = {MEDIA_TYPE: next(iter(response["content"].values()))}
