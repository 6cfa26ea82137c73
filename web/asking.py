"""What is sent to the server: JSON from a program and from our script, a form from a page without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from typing import TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from qa.filters import read_filters
from qa.records import Filters
from web.leases import Opened
from web.requests import AskRequest, FeedbackRequest, JudgedDocument
from web.schemas import FiltersDocument

_FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
_MOST_FIELDS = 60
_EVENTS = "text/event-stream"
_SENT = "Send the {} as application/json, or as a form."

Body = TypeVar("Body", bound=BaseModel)
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was sent; `by_form` where a page without a script sent it, which is answered with a page."""

    request: AskRequest
    by_form: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """Feedback that was sent; `by_form` as for a question."""

    request: FeedbackRequest
    by_form: bool


async def read_ask(request: Request) -> Asked:
    """Read a question as its content type says; raises an error that tells what it should be."""
    if _kind(request) not in _FORMS:
        return Asked(await read_json(request, AskRequest, _SENT.format("question")), by_form=False)
    return await _form(request, _asked)


async def read_feedback(request: Request) -> Judged:
    """Read what a reader thinks, likewise; a form brings the answer as JSON in the field `about`."""
    if _kind(request) not in _FORMS:
        return Judged(await read_json(request, FeedbackRequest, _SENT.format("feedback")), by_form=False)
    return await _form(request, _judged)


async def read_json(request: Request, model: type[Body], otherwise: str) -> Body:
    """Read a body of JSON as this model; raises an error that tells what it should be, `otherwise` of another kind."""
    kind = _kind(request)
    if kind != "application/json" and not kind.endswith("+json"):
        raise HTTPException(415, otherwise)
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as error:
        raise _invalid(error) from None
    except ClientDisconnect:
        raise _cut_short() from None


async def read_form(request: Request) -> dict[str, str]:
    """Read the fields of a form that are text."""
    return await _form(request, lambda form: {name: text for name, text in form.items() if isinstance(text, str)})


def filters_in(given: FormData | QueryParams) -> FiltersDocument:
    """Return the filters that a form or an address asks for; an empty field asks for none."""
    sources = [source for source in given.getlist("source") if isinstance(source, str) and source]
    return FiltersDocument.model_construct(
        sources=sources, since=_field(given, "since") or None, until=_field(given, "until") or None
    )


def checked(filters: FiltersDocument, opened: Opened) -> Filters:
    """Return the filters where they can be used on the open version; raises BadFilterError."""
    known = opened.pipeline.index.store.sources() if filters.sources else ()
    return read_filters(filters.sources, filters.since, filters.until, known)


def wants_events(request: Request) -> bool:
    """Whether the answer is to be streamed."""
    return _EVENTS in request.headers.get("accept", "")


async def _form(request: Request, read: Callable[[FormData], Read]) -> Read:
    try:
        async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
            return read(form)
    except ValidationError as error:
        raise _invalid(error) from None
    except ClientDisconnect:
        raise _cut_short() from None


def _asked(form: FormData) -> Asked:
    return Asked(AskRequest(question=_field(form, "question") or "", filters=filters_in(form)), by_form=True)


def _judged(form: FormData) -> Judged:
    about = JudgedDocument.model_validate_json(_field(form, "about") or "{}")
    given = {"rating": _field(form, "rating"), "note": _field(form, "note") or None, "about": about}
    return Judged(FeedbackRequest.model_validate(given), by_form=True)


def _field(given: FormData | QueryParams, name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise HTTPException(422, f"The field '{name}' must be text, not a file.")
    return value


def _kind(request: Request) -> str:
    header = Message()
    header["content-type"] = request.headers.get("content-type", "text/plain")
    return header.get_content_type()


def _invalid(error: ValidationError) -> RequestValidationError:
    return RequestValidationError(error.errors(include_url=False, include_input=False))


def _cut_short() -> HTTPException:
    return HTTPException(400, "The connection ended before the whole request had arrived.")
