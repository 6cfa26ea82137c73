"""Examples of what is answered under `/v1`, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from web.examples import ANSWER_EXAMPLE, NOT_STATED_EXAMPLE

_URL = "http://127.0.0.1:8000/articles/1162123c0e0d80e8?cite=451-525#cite-1"
_TITLE = "North Korea launches missile amid US push to resume talks"
_QUOTED = ANSWER_EXAMPLE["answer"]


def _completion(content: str, annotations: list[Any], answer: dict[str, Any], usage: tuple[int, int]) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "refusal": None, "annotations": annotations}
    return {
        "id": "chatcmpl-2f0f1c3be5a84d4ca8a5d6ad3ef40d57",
        "created": 1763821029,
        "model": "default",
        "system_fingerprint": answer["index_version"],
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)},
        "article_qa": {**answer, "ignored": ["temperature"]},
    }


COMPLETION_EXAMPLE = _completion(
    f"{_QUOTED} [1]\n\nSources:\n- [1] [{_TITLE}]({_URL})",
    [
        {
            "type": "url_citation",
            "url_citation": {"url": _URL, "title": _TITLE, "start_index": 0, "end_index": len(_QUOTED)},
        }
    ],
    ANSWER_EXAMPLE,
    (8, 76),
)

SILENT_EXAMPLE = _completion(
    f"{NOT_STATED_EXAMPLE['answer']} {NOT_STATED_EXAMPLE['reason']} Searched 5 passages of 1 article by words and by "
    "meaning; read all of them.",
    [],
    NOT_STATED_EXAMPLE,
    (7, 49),
)

MODEL_EXAMPLE: dict[str, Any] = {
    "id": "default",
    "object": "model",
    "created": 1763821029,
    "owned_by": "article-qa",
    "article_qa": {
        "index_version": ANSWER_EXAMPLE["index_version"],
        "articles": 1,
        "searches": ["lexical", "dense"],
        "encoder": "snowflake-arctic-embed-s",
    },
}

EMBEDDINGS_EXAMPLE: dict[str, Any] = {
    "object": "list",
    "model": "snowflake-arctic-embed-s",
    "data": [{"object": "embedding", "index": 0, "embedding": [0.0266, -0.0179, 0.0517]}],
    "usage": {"prompt_tokens": 10, "total_tokens": 10},
    "article_qa": {"ignored": []},
}
