"""Figures for Prometheus, read by its own parser: what was asked is counted once, and nothing sent becomes a label."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx_sse import connect_sse
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from qa.config import Settings
from qa.index import current_version, index_folder
from web.app import create_app

QUESTION = "Who condemned the missile launch?"
Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def figures(client: httpx.Client) -> Figures:
    """Every sample by its name and its labels."""
    response = client.get("/metrics").raise_for_status()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in parse_text(response.text)
        for sample in family.samples
    }


def grown(before: Figures, after: Figures) -> Callable[..., float]:
    def by(name: str, **labels: str) -> float:
        key = (name, tuple(sorted(labels.items())))
        return after.get(key, 0.0) - before.get(key, 0.0)

    return by


@pytest.fixture(scope="module")
def fresh(live_server: Callable[[Settings], Any], seed_settings: Settings) -> Iterator[tuple[httpx.Client, Figures]]:
    """A client of a server that nobody else asks, and its figures before anybody did."""
    server = live_server(seed_settings).until_ready()
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client, figures(client)


@pytest.fixture(scope="module")
def own(fresh: tuple[httpx.Client, Figures]) -> httpx.Client:
    return fresh[0]


class TestCounts:
    def test_a_question_is_counted_with_its_outcome_and_its_stages(self, own: httpx.Client) -> None:
        before = figures(own)
        answer = own.post("/ask", json={"question": QUESTION}).json()
        by = grown(before, figures(own))
        assert by("qa_http_requests_total", route="/ask", method="POST", status="200") == 1
        assert by("qa_http_request_duration_seconds_count", route="/ask", method="POST") == 1
        assert by("qa_answers_total", outcome="answered") == 1
        assert by("qa_answer_confidence_sum") == pytest.approx(answer["confidence"])
        assert len(answer["timings_ms"]) > 5
        for stage, taken_ms in answer["timings_ms"].items():
            assert by("qa_stage_duration_seconds_count", stage=stage) == 1
            assert by("qa_stage_duration_seconds_sum", stage=stage) == pytest.approx(taken_ms / 1000)

    def test_so_is_an_abstention_that_is_streamed(self, own: httpx.Client) -> None:
        before = figures(own)
        with connect_sse(own, "POST", "/ask", json={"question": "What is the capital of France?"}) as source:
            done = list(source.iter_sse())[-1].json()
        by = grown(before, figures(own))
        assert by("qa_answers_total", outcome="not_covered") == 1
        assert by("qa_answers_total", outcome="answered") == 0
        assert by("qa_stage_duration_seconds_sum", stage="total") == pytest.approx(done["timings_ms"]["total"] / 1000)

    def test_the_page_and_the_other_protocol_are_counted_alike(self, own: httpx.Client) -> None:
        before = figures(own)
        own.get("/", params={"question": QUESTION}).raise_for_status()
        message = {"role": "user", "content": QUESTION}
        own.post("/v1/chat/completions", json={"model": "default", "messages": [message]}).raise_for_status()
        by = grown(before, figures(own))
        assert by("qa_answers_total", outcome="answered") == 2
        assert by("qa_http_requests_total", route="/", method="GET", status="200") == 1
        assert by("qa_http_requests_total", route="/v1/chat/completions", method="POST", status="200") == 1

    def test_what_warms_the_models_up_is_no_answer(self, fresh: tuple[httpx.Client, Figures]) -> None:
        assert not [labels for name, labels in fresh[1] if name == "qa_answers_total"]

    def test_labels_are_templates_whatever_is_asked_for(self, own: httpx.Client) -> None:
        before = figures(own)
        paths = ["/articles/a", "/articles/b?cite=1-2", "/nothing", "/nothing/else%0A", "/c/none/ask", "/static/x.css"]
        for path in paths:
            own.get(path)
        own.request("BREW", "/ask")
        own.get("/", headers={"Host": "evil.example"})
        after = figures(own)
        by = grown(before, after)
        assert by("qa_http_requests_total", route="/articles/{article_id:path}", method="GET", status="404") == 2
        assert by("qa_http_requests_total", route="other", method="GET", status="404") == 3
        assert by("qa_http_requests_total", route="/static", method="GET", status="404") == 1
        assert by("qa_http_requests_total", route="other", method="GET", status="400") == 1
        methods = {dict(labels).get("method") for _, labels in after} - {None}
        assert methods <= {"GET", "POST", "OTHER"}
        assert "OTHER" in methods

    def test_below_a_corpus_the_template_says_so(self, own: httpx.Client) -> None:
        before = figures(own)
        own.get("/c/default/articles").raise_for_status()
        by = grown(before, figures(own))
        assert by("qa_http_requests_total", route="/c/{corpus}/articles", method="GET", status="200") == 1

    def test_a_refusal_is_counted_by_its_reason(self, watched_server: Any, until: Callable[..., float]) -> None:
        server, watched = watched_server
        with httpx.Client(base_url=server.url, timeout=60) as client:
            before = figures(client)
            watched.go_on.clear()
            for patience_s in (0.1, 1, 10, 50):  # until the server was at work when it was given up
                with pytest.raises(httpx.ReadTimeout):
                    client.post("/ask", json={"question": QUESTION}, timeout=httpx.Timeout(60, read=patience_s))
                if watched.began.is_set():
                    break
            watched.go_on.set()
            until(lambda: grown(before, figures(client))("qa_refused_total", reason="dropped") > 0)

    def test_what_is_open_is_told(
        self, own: httpx.Client, seed_settings: Settings, until: Callable[..., float]
    ) -> None:
        # The response to the one before may be there before that has ended.
        until(lambda: figures(own)["qa_http_requests_in_progress", ()] == 1)
        now = figures(own)
        version = current_version(index_folder(seed_settings.indexes, "default"))
        assert now["qa_index_info", (("corpus", "default"), ("version", version))] == 1
        assert now["qa_index_opened_total", (("corpus", "default"),)] == 1
        assert now["qa_index_building", (("corpus", "default"),)] == 0
        assert now["qa_questions_running", ()] == now["qa_questions_waiting", ()] == 0
        assert now["qa_http_requests_in_progress", ()] == 1  # this one
        assert now["process_resident_memory_bytes", ()] > 0

    def test_a_version_that_is_moved_to_is_told(
        self, live_server: Any, tmp_path: Path, build_index: Any, until: Callable[..., float]
    ) -> None:
        article = tmp_path / "a.txt"
        article.write_text("A village keeps its glacier under blankets.\n\nThe fleece reflects the sun.")
        settings = Settings.from_env(indexes=tmp_path / "indexes")
        build_index(settings, article)
        first = current_version(index_folder(settings.indexes, "default"))
        server = live_server(settings).until_ready()
        article.write_text("A village keeps its glacier under blankets of wool.\n\nThe fleece reflects the sun.")
        build_index(settings, article)
        second = current_version(index_folder(settings.indexes, "default"))
        with httpx.Client(base_url=server.url, timeout=60) as client:
            until(lambda: ("qa_index_info", (("corpus", "default"), ("version", second))) in figures(client))
            now = figures(client)
        assert first != second
        assert [labels for name, labels in now if name == "qa_index_info"] == [
            (("corpus", "default"), ("version", second))
        ]
        assert now["qa_index_opened_total", (("corpus", "default"),)] == 2


class TestFormat:
    def test_openmetrics_where_it_is_asked_for(self, own: httpx.Client) -> None:
        response = own.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
        assert response.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
        assert {"qa_http_requests", "qa_index"} & {family.name for family in parse_openmetrics(response.text)}

    def test_text_else(self, own: httpx.Client) -> None:
        assert own.get("/metrics").headers["content-type"].startswith("text/plain")

    def test_it_answers_to_its_own_names_alone(self, own: httpx.Client) -> None:
        assert own.get("/metrics", headers={"Host": "evil.example"}).status_code == 400


def test_applications_do_not_share_their_counts(seed_settings: Settings) -> None:
    one, other = create_app(seed_settings), create_app(seed_settings)
    one.state.metrics.refused("timeout")
    counted = b'qa_refused_total{reason="timeout"} 1.0'
    assert counted in one.state.metrics.exposition("")[0]
    assert counted not in other.state.metrics.exposition("")[0]


def test_several_workers_are_added_up(
    serving: Callable[..., AbstractContextManager[Any]], seed_settings: Settings, until: Callable[..., float]
) -> None:
    with serving(seed_settings, "--workers", "2") as server:
        until(lambda: server.get("/readyz").status_code == 200)
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        assert len(children) >= 2
        for _ in range(3):
            server.get("/healthz")
            server.ask(QUESTION)

        def now() -> Figures:
            with httpx.Client(base_url=server.url, timeout=60) as client:
                return figures(client)

        for _ in range(4):  # whichever is asked
            assert now()["qa_answers_total", (("outcome", "answered"),)] == 3
            assert now()["qa_stage_duration_seconds_count", (("stage", "total"),)] == 3
            until(lambda: now()["qa_http_requests_in_progress", ()] == 1)  # the one before ends after its response


def test_what_a_dead_process_was_in_the_middle_of_is_left_out(tmp_path: Path) -> None:
    """A worker is killed while it answers; the others' figures go on, and its request is not in progress for ever."""
    code = (
        "import os, sys\n"
        "from qa.config import Settings\n"
        "from web.app import create_app\n"
        "metrics = create_app(Settings()).state.metrics\n"
        "if sys.argv[1] == 'die':\n"
        "    metrics.in_progress(1); metrics.refused('timeout'); os._exit(9)\n"
        "sys.stdout.buffer.write(metrics.exposition('')[0])\n"
    )
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    died = subprocess.run([sys.executable, "-c", code, "die"], env=environment, check=False)
    shown = subprocess.run([sys.executable, "-c", code, "show"], env=environment, check=True, capture_output=True)
    assert died.returncode == 9
    assert b'qa_refused_total{reason="timeout"} 1.0' in shown.stdout
    assert b"qa_http_requests_in_progress 1.0" not in shown.stdout
