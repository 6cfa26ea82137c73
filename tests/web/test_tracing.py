"""Spans, as a collector of OpenTelemetry gets them: one for a request, one for each stage, and no question in any."""

from __future__ import annotations

import gzip
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from qa.config import Settings
from web.tracing import tracing_in

QUESTION = "Who condemned the missile launch?"
STAGES = {"question", "lexical", "dense", "fuse", "fetch", "rerank", "fetch more", "answer", "cite"}
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@dataclass(frozen=True)
class Span:
    """What is of interest here of a span that was sent."""

    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, Any]
    service: str
    start: int
    end: int


@dataclass
class Collector:
    """A collector's OTLP/HTTP endpoint: it takes protobuf at /v1/traces."""

    url: str
    spans: list[Span] = field(default_factory=list)
    raw: bytes = b""

    def until(self, name: str, **attributes: Any) -> Span:
        """Wait for a span of this name and with these attributes."""
        end = time.monotonic() + 300
        while True:
            for span in list(self.spans):
                if span.name == name and attributes.items() <= span.attributes.items():
                    return span
            assert time.monotonic() < end, [span.name for span in self.spans]
            time.sleep(0.05)

    def below(self, parent: Span) -> list[Span]:
        return [span for span in self.spans if span.parent == parent.id]


def _value(value: Any) -> Any:
    return getattr(value, value.WhichOneof("value"))


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
        ExportTraceServiceRequest,
        ExportTraceServiceResponse,
    )

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            assert self.headers["content-type"] == "application/x-protobuf"
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers["content-encoding"] == "gzip":
                body = gzip.decompress(body)
            found.raw += body
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                service = {it.key: _value(it.value) for it in resource.resource.attributes}["service.name"]
                found.spans += [
                    Span(
                        span.name,
                        span.trace_id.hex(),
                        span.span_id.hex(),
                        span.parent_span_id.hex(),
                        {it.key: _value(it.value) for it in span.attributes},
                        service,
                        span.start_time_unix_nano,
                        span.end_time_unix_nano,
                    )
                    for scope in resource.scope_spans
                    for span in scope.spans
                ]
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Collector(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def traced(
    live_server: Callable[[Settings], Any], seed_settings: Settings, collector: Collector
) -> Iterator[httpx.Client]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        patched.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")  # milliseconds
        server = live_server(seed_settings).until_ready()
        with httpx.Client(base_url=server.url, timeout=60) as client:
            yield client
        server.app.state.tracing.close()  # while the collector is still there


class TestSpans:
    def test_a_question_is_a_span_with_its_stages_below(self, traced: httpx.Client, collector: Collector) -> None:
        def asked() -> tuple[dict[str, Any], dict[str, Span]]:
            collector.spans.clear()
            answer = traced.post("/ask", json={"question": QUESTION}).json()
            span = collector.until("POST /ask", **{"qa.outcome": "answered"})
            assert span.service == "article-qa"
            assert {name: span.attributes[name] for name in (
                "http.request.method", "http.route", "http.response.status_code", "qa.confidence", "qa.index_version",
            )} == {
                "http.request.method": "POST",
                "http.route": "/ask",
                "http.response.status_code": 200,
                "qa.confidence": answer["confidence"],
                "qa.index_version": answer["index_version"],
            }  # fmt: skip
            stages = {stage.name: stage for stage in collector.below(span)}
            assert set(stages) == STAGES == set(answer["timings_ms"]) - {"total"}
            for stage in stages.values():
                assert stage.trace == span.trace
                assert span.start <= stage.start <= stage.end <= span.end
            return answer["timings_ms"], stages

        def agree(timings_ms: dict[str, Any], stages: dict[str, Span]) -> bool:
            return all(
                (stage.end - stage.start) / 1e6 == pytest.approx(timings_ms[name], abs=5, rel=0.2)
                for name, stage in stages.items()
            )

        # A busy machine may leave off between the one clock and the other, but not each time.
        assert any(agree(*asked()) for _ in range(10))

    def test_so_is_one_that_is_streamed(self, traced: httpx.Client, collector: Collector) -> None:
        trace = "a" * 32
        headers = {"Accept": "text/event-stream", "traceparent": f"00-{trace}-{PARENT}-01"}
        traced.post("/ask", json={"question": "What is the capital of France?"}, headers=headers)
        span = collector.until("POST /ask", **{"qa.outcome": "not_covered"})
        assert {stage.name for stage in collector.below(span)} == STAGES
        assert (span.trace, span.parent) == (trace, PARENT)

    def test_the_trace_of_the_client_is_gone_on_from_and_is_in_the_log(
        self,
        traced: httpx.Client,
        collector: Collector,
        caplog: pytest.LogCaptureFixture,
        until: Callable[..., float],
    ) -> None:
        def logged() -> list[str]:
            records = list(caplog.records)
            return [record.trace_id for record in records if getattr(record, "route", None) == "/corpus"]

        with caplog.at_level(logging.INFO, "web.logs"):
            traced.get("/corpus", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
            span = collector.until("GET /corpus")
            until(logged)  # written a moment later
        assert (span.trace, span.parent) == (TRACE, PARENT)
        assert logged() == [TRACE]

    @pytest.mark.parametrize("parent", ["", "00-0-0-01", "rubbish", f"00-{'0' * 32}-{PARENT}-01", "é".encode()])
    def test_one_that_is_no_trace_begins_a_new_one(
        self, traced: httpx.Client, collector: Collector, parent: str | bytes
    ) -> None:
        assert traced.get("/v1/models", headers={"traceparent": parent}).status_code == 200
        span = collector.until("GET /v1/models")
        assert (len(span.trace), span.parent) == (32, "")

    def test_no_question_is_sent(self, traced: httpx.Client, collector: Collector) -> None:
        traced.get("/", params={"question": "Who is Zanzibarius?"})
        span = collector.until("GET /")
        assert span.attributes["url.query"] == "REDACTED"
        assert b"Zanzibarius" not in collector.raw
        assert b"condemned" not in collector.raw

    def test_a_refusal_says_so(self, traced: httpx.Client, collector: Collector) -> None:
        traced.post("/ask", json={"question": ""})
        assert collector.until("POST /ask", **{"http.response.status_code": 422}).attributes["http.route"] == "/ask"

    def test_what_is_asked_all_the_time_is_left_out(self, traced: httpx.Client, collector: Collector) -> None:
        for path in ("/healthz", "/readyz", "/metrics", "/static/style.css", "/articles"):
            traced.get(path)
        collector.until("GET /articles")
        assert not {"GET /healthz", "GET /readyz", "GET /metrics", "GET /static"} & {
            span.name for span in collector.spans
        }

    def test_below_a_corpus_the_route_says_so(self, traced: httpx.Client, collector: Collector) -> None:
        traced.get("/c/default/corpus")
        assert collector.until("GET /c/{corpus}/corpus").attributes["http.route"] == "/c/{corpus}/corpus"


class TestVariables:
    @pytest.mark.parametrize(
        "environ",
        [
            {},
            {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"},
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none"},
        ],
    )
    def test_without_them_there_is_nothing(self, environ: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
        assert tracing_in(environ) is None
        assert not caplog.records

    def test_another_protocol_is_said_to_be_none_of_ours(self, caplog: pytest.LogCaptureFixture) -> None:
        environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}
        assert tracing_in(environ) is None
        assert "'grpc' is not spoken here" in caplog.text

    def test_what_is_missing_is_named_with_its_install_command(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
        assert tracing_in({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:9"}) is None
        assert "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set, but no spans are sent" in caplog.text
        assert "pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http" in caplog.text

    def test_a_collector_that_is_not_there_hurts_nobody(self, monkeypatch: pytest.MonkeyPatch) -> None:
        environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_EXPORTER_OTLP_TIMEOUT": "1"}
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        tracing = tracing_in(environ)
        assert tracing is not None
        with tracing.around("rerank"):
            pass
        started = time.monotonic()
        tracing.close()
        assert time.monotonic() - started < 30


def test_nothing_of_it_is_imported_without_the_variables() -> None:
    code = (
        "import sys; from qa.config import Settings; from web.app import create_app; create_app(Settings()); "
        "print(*(name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))))"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
