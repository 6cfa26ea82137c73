"""The OpenAPI document: what FastAPI generates, and the two things that it cannot say."""

from __future__ import annotations

from typing import Any

from web.examples import ANSWER_EXAMPLE, LIST_EXAMPLE, NOT_COVERED_EXAMPLE, NOT_STATED_EXAMPLE
from web.problems import MEDIA_TYPE

_EXAMPLES = {
    "answer": {"summary": "An answer", "value": ANSWER_EXAMPLE},
    "list": {"summary": "A list of articles", "value": LIST_EXAMPLE},
    "not_stated": {"summary": "An abstention: the articles do not say", "value": NOT_STATED_EXAMPLE},
    "not_covered": {"summary": "An abstention: the articles are about something else", "value": NOT_COVERED_EXAMPLE},
}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """Give problems their media type, and `/ask` its examples.

    FastAPI takes every model for plain JSON, and leaves each null out of an example, which then lacks fields
    that are required.
    """
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if status >= "4":  # "400" to "599", and "default"
                    response["content"] = {MEDIA_TYPE: next(iter(response["content"].values()))}
    document["paths"]["/ask"]["post"]["responses"]["200"]["content"]["application/json"]["examples"] = _EXAMPLES
    return document
