"""Spans for OpenTelemetry: one for a request, which FastAPI makes, and one for each stage of its answer.

They are sent where the variables of OpenTelemetry say (OTEL_EXPORTER_OTLP_ENDPOINT, or ..._TRACES_ENDPOINT), as
protobuf over HTTP; without these nothing of it is imported. A `traceparent` that a request brings is gone on from. What
is asked is in no span: the query of an address, where a page has the question, is blanked before it leaves.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from starlette.types import Scope

from qa import __version__
from qa.records import Answer
from web.observing import inner_path

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig
    from opentelemetry.sdk.trace import TracerProvider

log = logging.getLogger(__name__)

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_INSTALL = "pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http"
"""What the extra `otel` has, by name: the project itself may be installed from anywhere."""

_PERIODIC = {"/healthz", "/readyz", "/metrics"}
OFF: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}


class Tracing:
    """The spans of one application; an observer of its requests."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("article-qa", __version__)

    @property
    def telemetry(self) -> TelemetryConfig:
        """What FastAPI is told, so that it makes the span of a request and nothing else."""
        return {**OFF, "tracing": True, "tracer_provider": self._provider, "exclude": _is_periodic}

    @contextmanager
    def around(self, stage: str) -> Iterator[None]:
        """Make the span of a stage, a child of the request's.

        It is never the current one: a stage that yields, such as an LLM's, begins in one context and ends in another.
        """
        from opentelemetry.trace import StatusCode

        span = self._tracer.start_span(stage)
        try:
            yield
        except Exception as error:
            span.set_status(StatusCode.ERROR, type(error).__name__)
            raise
        finally:
            span.end()

    def answered(self, answer: Answer) -> None:
        """Tell the span of the request what came of it."""
        from opentelemetry.trace import get_current_span

        span = get_current_span()
        span.set_attribute("qa.outcome", answer.outcome.value)
        span.set_attribute("qa.confidence", answer.confidence)
        span.set_attribute("qa.index_version", answer.index_version)

    def refused(self, why: str) -> None:
        """Tell the span of the request why it was refused."""
        from opentelemetry.trace import get_current_span

        get_current_span().set_attribute("qa.refused", why)

    def close(self) -> None:
        """Send what was not sent yet, and end."""
        self._provider.shutdown()


def tracing_in(environ: Mapping[str, str]) -> Tracing | None:
    """Return what the variables of OpenTelemetry ask for; None where that is nothing, or (a warning) cannot be done."""
    named = next((name for name in _ENDPOINTS if environ.get(name)), None)
    disabled = environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    if named is None or disabled or environ.get("OTEL_TRACES_EXPORTER", "otlp").strip().lower() not in {"otlp", ""}:
        return None
    protocol = next((environ[name] for name in _PROTOCOLS if environ.get(name)), "http/protobuf")
    if protocol != "http/protobuf":
        log.warning("No spans are sent: the protocol %r is not spoken here; http/protobuf is.", protocol)
        return None
    try:
        return Tracing(_provider(environ))
    except ImportError:
        log.warning("%s is set, but no spans are sent: what sends them is not installed; %s.", named, _INSTALL)
        return None


def _provider(environ: Mapping[str, str]) -> TracerProvider:
    from opentelemetry.context import Context
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    class Blanked(SpanProcessor):
        def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002 - as it is called
            if span.attributes and "url.query" in span.attributes:
                span.set_attribute("url.query", "REDACTED")

    named = environ.get("OTEL_SERVICE_NAME") or "service.name=" in environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    own = {"service.version": __version__} | ({} if named else {"service.name": "article-qa"})
    provider = TracerProvider(resource=Resource.create(own))
    provider.add_span_processor(Blanked())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def _is_periodic(scope: Scope) -> bool:
    path = inner_path(scope)
    return path in _PERIODIC or path.startswith("/static/")
