"""Figures for Prometheus, at /metrics: what was asked, how it ended, how long each part took, and what is open.

Every application has a registry of its own. Labels take few values: the templates of routes, never paths; outcomes,
stages and refusals by name; the corpora of this server. Nothing that a client sends becomes a label.

Where several processes serve one socket, a scrape reaches any of them. With PROMETHEUS_MULTIPROC_DIR set, which
`qa serve --workers` does, they keep their counts in files of that folder, and whichever is asked adds all of them up.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.records import Answer
from web.corpora import Corpora
from web.observing import template_of

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_STAGE_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_TENTHS = tuple(tenth / 10 for tenth in range(1, 11))
FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class Metrics:
    """The counts of one application; an observer of its requests."""

    def __init__(self, corpora: Corpora) -> None:
        own = self._own = CollectorRegistry()
        self._requests = Counter(
            "qa_http_requests", "Requests that were answered.", ("route", "method", "status"), registry=own
        )
        self._durations = Histogram(
            "qa_http_request_duration_seconds",
            "Time from a request to the end of its response.",
            ("route", "method"),
            registry=own,
            buckets=_SECONDS,
        )
        self._in_progress = Gauge(
            "qa_http_requests_in_progress",
            "Requests that are being answered.",
            registry=own,
            multiprocess_mode="livesum",
        )
        self._answers = Counter(
            "qa_answers",
            "Answers by outcome: answered, listed, or an abstention: not_stated, not_covered, unreadable.",
            ("outcome",),
            registry=own,
        )
        self._confidence = Histogram(
            "qa_answer_confidence", "The confidence of answers.", registry=own, buckets=_TENTHS
        )
        self._stages = Histogram(
            "qa_stage_duration_seconds",
            "Time of each stage of an answer, and of all of them (total).",
            ("stage",),
            registry=own,
            buckets=_STAGE_SECONDS,
        )
        self._refused = Counter(
            "qa_refused",
            "Requests that were refused: queue_full, timeout, rate_limit, key, or dropped by the client.",
            ("reason",),
            registry=own,
        )
        self._running = Gauge(
            "qa_questions_running", "Questions that the models work on.", registry=own, multiprocess_mode="livesum"
        )
        self._waiting = Gauge(
            "qa_questions_waiting", "Questions that wait for a turn.", registry=own, multiprocess_mode="livesum"
        )
        self._shown = _shown(own)
        self._shown.register(_Indexes(corpora))

    def answered(self, answer: Answer) -> None:
        """Count an answer with its stages."""
        self._answers.labels(answer.outcome.value).inc()
        self._confidence.observe(answer.confidence)
        for stage, taken_ms in answer.timings_ms.items():
            self._stages.labels(stage).observe(taken_ms / 1000)

    def refused(self, why: str) -> None:
        """Count a refusal."""
        self._refused.labels(why).inc()

    def queue(self, running: int, waiting: int) -> None:
        """Take note of how many questions are worked on, and how many wait."""
        self._running.set(running)
        self._waiting.set(waiting)

    def requested(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request that has been answered."""
        method = method if method in _METHODS else "OTHER"
        self._requests.labels(route, method, status).inc()
        self._durations.labels(route, method).observe(seconds)

    def in_progress(self, more: int) -> None:
        """Take note that a request began, or ended."""
        self._in_progress.inc(more)

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Return all figures in the format that is asked for (text, or OpenMetrics), with its media type."""
        if folder := os.environ.get(FOLDER):
            _forget_dead(Path(folder))
        encode, media_type = choose_encoder(accept)
        return encode(self._shown), media_type


class Counting:
    """The middleware that counts requests."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count it when its response has ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, started = 500, time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._metrics.in_progress(1)
        try:
            await self._app(scope, receive, noted)
        finally:
            self._metrics.in_progress(-1)
            self._metrics.requested(template_of(scope), scope["method"], status, time.perf_counter() - started)


def _shown(own: CollectorRegistry) -> CollectorRegistry:
    """Return the registry that is shown: this process's own, or that of all that share the folder."""
    if os.environ.get(FOLDER):
        everyone = CollectorRegistry()
        MultiProcessCollector(everyone)  # type: ignore[no-untyped-call]
        return everyone
    ProcessCollector(registry=own)
    PlatformCollector(registry=own)
    return own


def _forget_dead(folder: Path) -> None:
    """Leave out what a process that has ended was in the middle of; what it has counted stays."""
    for file in folder.glob("gauge_live*_*.db"):
        process = int(file.stem.rpartition("_")[2])
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call]
        except PermissionError:  # it lives, as somebody else
            continue


class _Indexes(Collector):
    """What is open, as of now."""

    def __init__(self, corpora: Corpora) -> None:
        self._corpora = corpora

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of each corpus."""
        holders = [(name, self._corpora.holder(name)) for name in self._corpora.names]
        info = GaugeMetricFamily("qa_index_info", "The version that is open; always 1.", labels=("corpus", "version"))
        opened = CounterMetricFamily(
            "qa_index_opened", "Versions that were opened: the first, and each that was moved to.", labels=("corpus",)
        )
        building = GaugeMetricFamily("qa_index_building", "Whether a build is under way.", labels=("corpus",))
        for name, holder in holders:
            if holder.version is not None:
                info.add_metric((name, holder.version), 1)
            opened.add_metric((name,), holder.moves)
            building.add_metric((name,), float(holder.building is not None))
        yield from (info, opened, building)
