"""What the OpenAPI document says of `/v1` that FastAPI cannot: bodies, streams and OpenAI's errors."""

from __future__ import annotations

from typing import Any

from web.v1.examples import COMPLETION_EXAMPLE, EMBEDDINGS_EXAMPLE, MODEL_EXAMPLE, SILENT_EXAMPLE
from web.v1.schemas import ErrorDocument

CHAT_BODY: dict[str, Any] = {
    "required": True,
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ChatRequest"}}},
}
EMBEDDINGS_BODY: dict[str, Any] = {
    "required": True,
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/EmbeddingsRequest"}}},
}
_STREAM = """\
Server-sent events with JSON as their data: `ChatCompletionChunk`s, then `[DONE]`; or an `ErrorDocument`, when something
goes wrong after the first chunk.
"""
CHAT_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "An answer, a list of articles, or an abstention; with `stream` in chunks.",
        "content": {"text/event-stream": {"schema": {"type": "string", "description": _STREAM}}},
    }
}
_REFUSALS = {
    400: "The body is no such request, or asks for what cannot be done.",
    401: "The server wants a key.",
    403: "It was sent by another site's page.",
    404: "The server has no corpus of this name.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The question, the conversation or a filter cannot be used.",
    429: "The client has asked as much as it may for now.",
    503: "There is no index yet, it cannot be used, or a model is missing; the message names what mends it.",
}

EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("/v1/chat/completions", "post"): {
        "answer": {"summary": "An answer", "value": COMPLETION_EXAMPLE},
        "not_stated": {"summary": "An abstention", "value": SILENT_EXAMPLE},
    },
    ("/v1/models", "get"): {"models": {"summary": "One corpus", "value": {"object": "list", "data": [MODEL_EXAMPLE]}}},
    ("/v1/models/{model}", "get"): {"model": {"summary": "A corpus", "value": MODEL_EXAMPLE}},
    ("/v1/embeddings", "post"): {"embeddings": {"summary": "A vector, cut short", "value": EMBEDDINGS_EXAMPLE}},
}
"""Examples of answers, by path and method; FastAPI would leave each null out of them."""


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the errors that an operation answers with; all of them where none is named."""
    described: dict[int | str, str] = {status: _REFUSALS[status] for status in statuses or _REFUSALS}
    described["default"] = "Any other refusal has this form too."
    return {status: {"description": text, "model": ErrorDocument} for status, text in described.items()}
