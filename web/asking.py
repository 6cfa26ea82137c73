"""The body of POST /ask: JSON from a program, a form from the page."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from web.schemas import AskRequest

_FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
_MOST_FIELDS = 10


@dataclass(frozen=True, slots=True)
class AskForm:
    """A question from the page; `turn` counts the turns that the page shows."""

    question: str
    turn: int


async def read_ask(request: Request) -> AskRequest | AskForm:
    """Read the body as its content type says; raises an error that tells what it should be."""
    header = Message()
    header["content-type"] = request.headers.get("content-type", "text/plain")
    kind = header.get_content_type()
    try:
        if kind in _FORMS:
            return await _form(request)
        if kind == "application/json" or kind.endswith("+json"):
            return AskRequest.model_validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_input=False)) from None
    except ClientDisconnect:
        raise HTTPException(400, "The connection ended before the whole request had arrived.") from None
    raise HTTPException(415, "Send the question as application/json, or as a form.")


async def _form(request: Request) -> AskForm:
    async with request.form(max_files=_MOST_FIELDS, max_fields=_MOST_FIELDS) as form:
        question, turn = form.get("question"), form.get("turn")
    if question is not None and not isinstance(question, str):
        raise HTTPException(422, "The question must be text, not a file.")
    counted = isinstance(turn, str) and turn.isascii() and turn.isdigit()
    return AskForm(question or "", int(str(turn)[:6]) if counted else 1)
