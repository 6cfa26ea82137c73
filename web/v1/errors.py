"""Errors as clients of OpenAI's protocol know them: `{"error": {"message", "type", "param", "code"}}`.

They show `message` to a person, and choose the class of their exception by the status.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

UNSUPPORTED = "unsupported"
"""The kind of validation error whose message is a whole sentence."""

NOT_SERVED = (
    "There is nothing at this address. Of OpenAI's protocol there are /v1/chat/completions, /v1/models and "
    "/v1/embeddings: have the client use chat completions."
)
"""What is told to one who asks for another part of the protocol: responses, completions without chat."""

_PATH = re.compile(r"/v1(?:/|\Z)")
_KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_ASKED_FAULTS = range(400, 500)
_SLUG = re.compile(r"urn:problem-type:article-qa:([a-z-]+)")
_BAD_BODY = "bad_request_body"
_NO_MODEL = "corpus_not_found"


def speaks_openai(request: Request) -> bool:
    """Whether a request is of this protocol, by its path."""
    return _PATH.match(request.scope["path"].removeprefix(request.scope.get("root_path", ""))) is not None


def refused(sentence: str, *place: str | int) -> RequestValidationError:
    """Return the error that refuses a part of a request's body; `place` is where it is."""
    return RequestValidationError([{"type": UNSUPPORTED, "loc": place, "msg": sentence, "input": None}])


def error_document(status: int, message: str, kind: str, pointers: Sequence[str]) -> dict[str, Any]:
    """Return the error document; `kind` is the type of the problem, `pointers` are JSON pointers to what is wrong."""
    slug = _SLUG.fullmatch(kind)
    code = slug[1].replace("-", "_") if slug else None
    param = ".".join(map(_name, pointers[0].split("/")[1:])) if pointers else None
    if code == _NO_MODEL:
        code, param = "model_not_found", "model"
    fault = "invalid_request_error" if status in _ASKED_FAULTS else "server_error"
    return {"error": {"message": message, "type": _KINDS.get(status, fault), "param": param or None, "code": code}}


def openai_error(
    status: int, message: str, kind: str, pointers: Sequence[str], headers: Mapping[str, str]
) -> JSONResponse:
    """Return the response that tells an error; what is wrong with the body itself has status 400 in this protocol."""
    document = error_document(status, message, kind, pointers)
    bad_body = document["error"]["code"] == _BAD_BODY
    return JSONResponse(document, 400 if bad_body else status, dict(headers))


def _name(part: str) -> str:
    """Return what a part of a JSON pointer, in a URI fragment, names."""
    return unquote(part).replace("~1", "/").replace("~0", "~")
