"""Errors over HTTP: problem details (RFC 9457) for programs, the same sentence in HTML for people."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from qa.errors import (
    ArticleIndexError,
    ArticleNotFoundError,
    BadFeedbackError,
    BadFilterError,
    BadQuestionError,
    BadSettingError,
    CorpusNotFoundError,
    FeedbackWriteError,
    IndexDamagedError,
    KeyFileError,
    ModelError,
    NotFoundError,
    QaError,
)
from web.headers import set_headers
from web.holder import FirstVersionError
from web.observing import REQUEST_ID, observation_in
from web.refused import BusyError, DroppedError, KeyWantedError, RateLimitedError, RefusedError, TimedOutError
from web.render import is_fragment, render
from web.v1.errors import UNSUPPORTED, openai_error, speaks_openai

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_NAMESPACE = "urn:problem-type:article-qa:"
_SHOWN = 80
_MOST_ERRORS = 10


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one part of the body; `pointer` is its JSON pointer, as a URI fragment."""

    detail: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it is told over HTTP; `detail` is one sentence for a person."""

    status: int
    detail: str
    title: str = ""
    type: str = "about:blank"
    errors: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def heading(self) -> str:
        """The title, or where it has none the name of its status."""
        return self.title or HTTPStatus(self.status).phrase


INTERNAL = Problem(500, "Something went wrong in the server; its log says what.")
"""What is nobody's doing but ours."""

KINDS: Mapping[type[QaError], tuple[int, str, str]] = {
    BadQuestionError: (422, "bad-question", "The question cannot be searched"),
    BadFilterError: (422, "bad-filter", "The filters cannot be used"),
    BadFeedbackError: (422, "bad-feedback", "The feedback is not about an answer of this service"),
    FeedbackWriteError: (503, "feedback-not-kept", "The feedback could not be kept"),
    BadSettingError: (422, "bad-setting", "A setting cannot be used"),
    CorpusNotFoundError: (404, "corpus-not-found", "There is no such corpus"),
    ArticleNotFoundError: (404, "article-not-found", "There is no such article"),
    NotFoundError: (404, "not-found", "There is no such thing"),
    BusyError: (503, "busy", "The server is busy"),
    TimedOutError: (503, "timed-out", "The question took too long"),
    RateLimitedError: (429, "rate-limited", "Too many questions"),
    KeyWantedError: (401, "key-wanted", "A key is wanted"),
    KeyFileError: (503, "keys-unavailable", "The keys cannot be read"),
    DroppedError: (499, "dropped", "The connection ended"),
    FirstVersionError: (503, "index-being-built", "The index is being built"),
    IndexDamagedError: (503, "index-damaged", "The index is damaged"),
    ArticleIndexError: (503, "index-unavailable", "There is no index to answer from"),
    ModelError: (503, "model-unavailable", "A model is not ready"),
}
"""Status, type and title of each class of errors; a class stands for those derived from it."""

_RETRY_AFTER = {FirstVersionError: "3"}
"""Seconds after which it is worth to try again, for what goes away by itself."""


def problem_of(error: QaError) -> Problem:
    """Return the problem an error is; one that is nobody's doing but ours stays without its details."""
    for kind in type(error).__mro__:
        if kind in KINDS:
            status, _, title = KINDS[kind]
            headers = {"Retry-After": _RETRY_AFTER[kind]} if kind in _RETRY_AFTER else {}
            if isinstance(error, RefusedError):
                headers |= error.headers
            return Problem(status, str(error), title, type_of(kind), headers=headers)
    log.error("An error that no request should cause", exc_info=error)
    return INTERNAL


def type_of(kind: type[QaError]) -> str:
    """Return the `type` of the problems that a class of errors is told as, one of KINDS."""
    return _NAMESPACE + KINDS[kind][1]


def respond(request: Request, problem: Problem) -> Response:
    """Tell the problem in the form the request asks for: a page, a part of one, a problem document, OpenAI's error."""
    headers = dict(problem.headers)
    if speaks_openai(request):
        pointers = [error.pointer for error in problem.errors]
        return openai_error(problem.status, problem.detail, problem.type, pointers, headers)
    if is_fragment(request):
        return render(request, "_problem.html", {"problem": problem}, problem.status, headers)
    if wants_page(request):
        return render(request, "error.html", {"problem": problem}, problem.status, headers)
    return JSONResponse(problem_document(problem, request.scope["path"]), problem.status, headers, MEDIA_TYPE)


def problem_document(problem: Problem, path: str) -> dict[str, Any]:
    """Return the problem document of RFC 9457; `path` is what was asked for."""
    document: dict[str, Any] = {
        "type": problem.type,
        "title": problem.heading,
        "status": problem.status,
        "detail": problem.detail,
        "instance": quote(path)[:200],
    }
    if problem.errors:
        document["errors"] = [{"detail": error.detail, "pointer": error.pointer} for error in problem.errors]
    return document


def wants_page(request: Request) -> bool:
    """Whether a browser is navigating, or sending a form."""
    accept, sent = request.headers.get("accept", ""), request.headers.get("content-type", "")
    return ("text/html" in accept and "json" not in accept) or sent.startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    )


def validation_problem(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """Return the problem with a body, from pydantic's errors; nothing long that was sent is sent back."""
    if errors[0]["type"] == "json_invalid":
        reason = errors[0].get("ctx", {}).get("error", "it cannot be read")
        return Problem(400, f"The body is not valid JSON: {reason}."[:200], "The body is not valid JSON")
    found = tuple(FieldError(_sentence(error), _pointer(error["loc"])) for error in errors[:_MOST_ERRORS])
    return Problem(
        422,
        " ".join(error.detail for error in found),
        "The body is not what this address takes",
        _NAMESPACE + "bad-request-body",
        found,
    )


def _sentence(error: Mapping[str, Any]) -> str:
    name = _cut(".".join(map(str, error["loc"])))
    limits = error.get("ctx", {})
    known = {
        UNSUPPORTED: str(error["msg"]),
        "missing": f"The field '{name}' is missing.",
        "extra_forbidden": f"There is no field '{name}'.",
        "string_type": f"The field '{name}' must be a string.",
        "int_type": f"The field '{name}' must be a whole number.",
        "greater_than_equal": f"The field '{name}' must be at least {limits.get('ge')}.",
        "less_than_equal": f"The field '{name}' must be at most {limits.get('le')}.",
        "string_too_long": f"The field '{name}' must have at most {limits.get('max_length')} characters.",
        "too_short": f"The field '{name}' must have at least {limits.get('min_length')} of them.",
        "too_long": f"The field '{name}' must have at most {limits.get('max_length')} items.",
        "model_type": 'The body must be a JSON object, for example {"question": "Who condemned the launch?"}.',
    }
    return known.get(error["type"], f"The field '{name}' is not right: {error['msg']}.")


def _pointer(location: Sequence[str | int]) -> str:
    escaped = (_cut(str(part)).replace("~", "~0").replace("/", "~1") for part in location)
    return "#" + "".join(f"/{quote(part, safe='~')}" for part in escaped)


def _cut(text: str) -> str:
    return text[:_SHOWN] + ("…" if len(text) > _SHOWN else "")


def install(app: FastAPI) -> None:
    """Have every error of the application told in this way."""

    async def known(request: Request, error: Exception) -> Response:
        return respond(request, problem_of(error) if isinstance(error, QaError) else INTERNAL)

    async def invalid(request: Request, error: Exception) -> Response:
        return respond(request, validation_problem(error.errors() if isinstance(error, RequestValidationError) else []))

    async def refused(request: Request, error: Exception) -> Response:
        return respond(request, _of_http(request, error) if isinstance(error, HTTPException) else INTERNAL)

    async def unexpected(request: Request, _: Exception) -> Response:
        # This answers outside the guard; afterwards the error is raised on, and the server logs it.
        response = respond(request, INTERNAL)
        set_headers(response.headers)
        response.headers[REQUEST_ID] = observation_in(request.scope).request_id
        return response

    app.add_exception_handler(QaError, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(Exception, unexpected)


def _of_http(request: Request, error: HTTPException) -> Problem:
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.NOT_FOUND:
        return Problem(404, "There is nothing at this address.", headers=headers)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        takes = headers.get("Allow") or headers.get("allow", "another method")
        return Problem(405, f"This address takes {takes}, not {_cut(request.method)}.", headers=headers)
    return Problem(error.status_code, str(error.detail), headers=headers)
