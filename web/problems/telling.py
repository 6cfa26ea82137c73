"""A problem, told: to a program, to an OpenAI client, or to a person, on a page or in a part of one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from qa.errors import QaError
from web.headers import set_headers
from web.observing import REQUEST_ID, observation_in
from web.problems.bodies import validation_problem
from web.problems.kinds import problem_of
from web.problems.problem import INTERNAL, Problem, cut
from web.render import is_fragment, render
from web.v1.errors import NOT_SERVED, openai_error, speaks_openai

MEDIA_TYPE = "application/problem+json"


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
        nothing = NOT_SERVED if speaks_openai(request) else "There is nothing at this address."
        return Problem(404, nothing, headers=headers)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        takes = headers.get("Allow") or headers.get("allow", "another method")
        return Problem(405, f"This address takes {takes}, not {cut(request.method)}.", headers=headers)
    return Problem(error.status_code, str(error.detail), headers=headers)
