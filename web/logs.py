"""The server's log: one line a request, for a person or as JSON, and what else is logged in the same form.

The words of questions are in it only where a setting asks for them, and no address with its query ever is: pages have
the question there.
"""

from __future__ import annotations

import logging
import sys
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from opentelemetry.trace import format_trace_id, get_current_span
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.config import Settings
from qa.errors import BadSettingError
from web.observing import Observation, observation_in, template_of

log = logging.getLogger(__name__)

_LEVELS = ("debug", "info", "warning", "error")
_FORMATS = ("text", "json")
_OURS = ("qa", "web")
_SHOWN = 200
_PERIODIC = {"/healthz", "/readyz", "/metrics", "/static"}
"""What is asked for all the time, by no person; at level debug."""
_UNPRINTABLE = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}


def configure(settings: Settings) -> None:
    """Set up the logging of this process, uvicorn's with ours; raises BadSettingError.

    Text goes to standard error, where a server talks to the person who started it; JSON to standard output, where
    nothing else is written.
    """
    if settings.log_level not in _LEVELS:
        raise BadSettingError("log_level", f"{settings.log_level!r} is not one of {', '.join(_LEVELS)}.")
    if settings.log_format not in _FORMATS:
        raise BadSettingError("log_format", f"{settings.log_format!r} is not one of {', '.join(_FORMATS)}.")
    as_json = settings.log_format == "json"
    handler = logging.StreamHandler(sys.stdout if as_json else sys.stderr)
    handler.setFormatter(_json_lines() if as_json else _TextLines("%(asctime)s %(levelname)-7s %(message)s"))
    level = settings.log_level.upper()
    # Others have much to say that is of no use here, unless somebody looks for a fault.
    logging.basicConfig(level=level if level in {"DEBUG", "ERROR"} else "WARNING", handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)


def _json_lines() -> logging.Formatter:
    from pythonjsonlogger.json import JsonFormatter

    return JsonFormatter(
        ["levelname", "name", "message"],
        rename_fields={"levelname": "level", "name": "logger"},
        timestamp="time",
        json_ensure_ascii=False,
    )


class _TextLines(logging.Formatter):
    """Lines for people. What a message quotes cannot begin a line, or move the cursor of a terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - as logging names it
        """Return the line, without what follows it of an exception."""
        return super().formatMessage(record).translate(_UNPRINTABLE)


@dataclass(slots=True)
class _Response:
    """What was sent."""

    status: int = 500
    bytes: int = 0


class RequestLog:
    """The middleware that logs each request when its response has ended."""

    def __init__(self, app: ASGIApp, *, questions: bool) -> None:
        self._app, self._questions = app, questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        response, started = _Response(), time.perf_counter()

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                response.status = message["status"]
            response.bytes += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            self._tell(scope, response, (time.perf_counter() - started) * 1000)

    def _tell(self, scope: Scope, response: _Response, taken_ms: float) -> None:
        route, observation = template_of(scope), observation_in(scope)
        level = _level(route, response.status)
        if not log.isEnabledFor(level):
            return
        fields: dict[str, Any] = {
            "method": scope["method"][:20],
            "route": route,
            "path": quote(scope["path"])[:_SHOWN],
            "status": response.status,
            "duration_ms": round(taken_ms, 1),
            "bytes": response.bytes,
            "client": observation.address,
            "request_id": observation.request_id,
            **_of(observation),
        }
        if self._questions and observation.answer is not None:
            fields["question"] = observation.answer.asked
        log.log(level, "%s", _line(fields), extra=fields)


def _level(route: str, status: int) -> int:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and route not in _PERIODIC:  # not ready is no fault
        return logging.WARNING
    return logging.DEBUG if route in _PERIODIC else logging.INFO


def _of(observation: Observation) -> dict[str, Any]:
    """Return what is known of the answer, or why there is none."""
    told: dict[str, Any] = {}
    span = get_current_span().get_span_context()
    if span.is_valid:
        told["trace_id"] = format_trace_id(span.trace_id)
    if observation.key is not None:
        told["key"] = observation.key
    if observation.refusal is not None:
        told["refused"] = observation.refusal
    if observation.answer is not None:
        answer = observation.answer
        told |= {
            "outcome": answer.outcome.value,
            "confidence": answer.confidence,
            "index_version": answer.index_version,
            "stages_ms": answer.timings_ms,
        }
    return told


def _line(fields: dict[str, Any]) -> str:
    """Return a request as a person reads it."""
    told = [f"{fields['method']} {fields['path']}", str(fields["status"]), f"{fields['duration_ms']:.0f} ms"]
    if "outcome" in fields:
        told.append(f"{fields['outcome']} {fields['confidence']:.2f}")
    if "refused" in fields:
        told.append(fields["refused"])
    told += [fields["client"], fields["request_id"]]
    if "question" in fields:
        told.append(repr(fields["question"]))
    return " ".join(told)
