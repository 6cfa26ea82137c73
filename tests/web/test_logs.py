"""The log: a line for each request that a machine can read, and nothing in it that a client could forge."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx
import pytest

from qa.config import Settings
from qa.errors import BadSettingError
from web.logs import configure

QUESTION = "Who condemned the missile launch?"


class Served:
    """`qa serve` in a process of its own; `lines` are those of its standard output."""

    def __init__(self, settings: Settings, *arguments: str) -> None:
        command = [sys.executable, "-m", "qa", "serve", "--indexes", str(settings.indexes), "--port", "0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.url = next(line.split()[1] for line in self.process.stderr if line.startswith("Serving "))

    def stop(self) -> tuple[list[str], list[str]]:
        self.process.terminate()
        self.process.wait(120)
        with self.process, self.process.stdout as out, self.process.stderr as err:  # with what was read ahead
            return out.read().splitlines(), err.read().splitlines()


@contextmanager
def log_of(settings: Settings, *arguments: str) -> Iterator[tuple[httpx.Client, list[str], list[str]]]:
    """Yield a client of a server, and the lists that its lines are in once the block has ended."""
    out: list[str] = []
    err: list[str] = []
    served = Served(settings, *arguments)
    try:
        with httpx.Client(base_url=served.url, timeout=60) as client:
            yield client, out, err
    finally:
        lines = served.stop()
        out += lines[0]
        err += lines[1]


@pytest.fixture(scope="module")
def asked(seed_settings: Settings) -> dict[str, Any]:
    """The lines of a server that was asked this and that, by the id of the request; and what it answered."""
    with log_of(seed_settings, "--log-format", "json") as (client, out, err):
        answer = client.post("/ask", json={"question": QUESTION}, headers={"X-Request-ID": "one"})
        client.get("/", params={"question": QUESTION}, headers={"X-Request-ID": "page"})
        client.post("/ask", json={"question": QUESTION}, headers={"X-Request-ID": "sse", "Accept": "text/event-stream"})
        client.get("/healthz", headers={"X-Request-ID": "health"})
        client.get('/no%0Athing"%1b[2J', headers={"X-Request-ID": "strange"})
        client.post("/ask", json={"question": ""}, headers={"X-Request-ID": "bad"})
    return {
        "answer": answer,
        "lines": out,
        "err": err,
        "by": {(line := json.loads(text)).get("request_id"): line for text in out},
    }


class TestJson:
    def test_every_line_is_an_object_and_nothing_else_is_there(self, asked: dict[str, Any]) -> None:
        assert len(asked["lines"]) == 5
        assert all({"time", "level", "logger", "message"} <= json.loads(line).keys() for line in asked["lines"])
        assert asked["err"] == []

    def test_a_question_is_told_with_what_came_of_it(self, asked: dict[str, Any]) -> None:
        line, answer = dict(asked["by"]["one"]), asked["answer"].json()
        assert datetime.fromisoformat(line.pop("time")).utcoffset() is not None
        assert line.pop("duration_ms") >= answer["timings_ms"]["total"] - 1
        assert line.pop("message").startswith("POST /ask 200 ")
        assert line == {
            "level": "INFO",
            "logger": "web.logs",
            "method": "POST",
            "route": "/ask",
            "path": "/ask",
            "status": 200,
            "bytes": len(asked["answer"].content),
            "client": "127.0.0.1",
            "request_id": "one",
            "outcome": answer["outcome"],
            "confidence": answer["confidence"],
            "index_version": answer["index_version"],
            "stages_ms": answer["timings_ms"],
        }

    @pytest.mark.parametrize("request_id", ["page", "sse"])
    def test_so_is_one_on_a_page_or_in_a_stream(self, asked: dict[str, Any], request_id: str) -> None:
        line = asked["by"][request_id]
        assert line["outcome"] == "answered"
        assert line["bytes"] > 1000
        assert "rerank" in line["stages_ms"]

    def test_no_question_is_in_it(self, asked: dict[str, Any]) -> None:
        assert "condemned" not in "\n".join(asked["lines"])

    def test_what_was_refused_is_told(self, asked: dict[str, Any]) -> None:
        assert (asked["by"]["bad"]["status"], asked["by"]["bad"]["route"]) == (422, "/ask")

    def test_a_strange_path_is_told_as_it_was_sent_and_has_no_route(self, asked: dict[str, Any]) -> None:
        line = asked["by"]["strange"]
        assert (line["route"], line["path"]) == ("other", "/no%0Athing%22%1B%5B2J")

    def test_what_is_asked_all_the_time_is_left_out(self, asked: dict[str, Any]) -> None:
        assert "health" not in asked["by"]


def test_text_is_for_people_and_has_what_is_asked_for(seed_settings: Settings) -> None:
    with log_of(seed_settings, "--log-questions", "--log-level", "debug") as (client, out, err):
        client.post("/ask", json={"question": QUESTION}, headers={"X-Request-ID": "one"})
        client.post("/ask", json={"question": "Wer\n“war” es? <b>"}, headers={"X-Request-ID": "two"})
        client.get("/no%0Athing%1b[2J", headers={"X-Request-ID": "strange"})
        client.get("/healthz", headers={"X-Request-ID": "health"})
    assert out == []
    by = {name: line for name in ("one", "two", "strange", "health") for line in err if f" {name}" in line}
    assert " INFO    POST /ask 200 " in by["one"]
    assert by["one"].endswith(f" answered 0.90 127.0.0.1 one {QUESTION!r}")
    assert by["two"].endswith(" two 'Wer “war” es? <b>'")
    assert "GET /no%0Athing%1B%5B2J 404" in by["strange"]
    assert " DEBUG   GET /healthz 200 " in by["health"]
    assert any("Started server process" in line for line in err)  # uvicorn's own, in the same form


class TestRequestId:
    GOOD = ("one", "a" * 64, "4bf92f3577b34da6a3ce929d0e0e4736", "01J9Z.K:x=_-", "abc/def+ghi=")
    BAD = ("", "a" * 65, "a b", "a\tb", "{}", "é".encode().decode("latin-1"), '"', "<b>", "a;b", "$x", "a,b")

    @pytest.mark.parametrize("given", GOOD)
    def test_one_that_is_good_comes_back(self, client: httpx.Client, given: str) -> None:
        assert client.get("/healthz", headers={"X-Request-ID": given}).headers["x-request-id"] == given

    @pytest.mark.parametrize("given", BAD)
    def test_another_is_not_repeated(self, client: httpx.Client, given: str) -> None:
        headers = httpx.Headers([(b"X-Request-ID", given.encode("latin-1"))])
        made = client.get("/healthz", headers=headers).headers["x-request-id"]
        assert len(made) == 32
        assert int(made, 16)

    def test_of_two_there_is_none(self, client: httpx.Client) -> None:
        two = [("X-Request-ID", "one"), ("X-Request-ID", "two")]
        assert len(client.get("/healthz", headers=two).headers["x-request-id"]) == 32

    def test_refusals_and_faults_have_one_too(self, client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
        assert client.get("/nothing", headers={"X-Request-ID": "one"}).headers["x-request-id"] == "one"
        refused = client.get("/", headers={"X-Request-ID": "one", "Host": "evil.example"})
        assert (refused.status_code, refused.headers["x-request-id"]) == (400, "one")

        def broken(_: object) -> None:
            raise RuntimeError("a fault of ours")

        monkeypatch.setattr("web.api.answer_document", broken)
        monkeypatch.setattr("web.api.answer_to", broken)
        with httpx.Client(base_url=client.base_url, timeout=60) as own:  # the server closes its connection after it
            failed = own.post("/ask", json={"question": QUESTION}, headers={"X-Request-ID": "one"})
        assert (failed.status_code, failed.headers["x-request-id"]) == (500, "one")


class TestConfigure:
    @pytest.fixture(autouse=True)
    def as_it_was(self) -> Iterator[None]:
        root = logging.getLogger()
        handlers, level = list(root.handlers), root.level
        levels = {name: logging.getLogger(name).level for name in ("qa", "web")}
        yield
        root.handlers[:] = handlers
        root.setLevel(level)
        for name, kept in levels.items():
            logging.getLogger(name).setLevel(kept)

    @pytest.mark.parametrize(("option", "value"), [("log_format", "xml"), ("log_level", "loud"), ("log_level", "")])
    def test_what_is_no_format_or_level_is_refused(self, option: str, value: str) -> None:
        with pytest.raises(BadSettingError, match="is not one of"):
            configure(Settings(**{option: value}))

    def test_a_message_cannot_begin_a_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure(Settings())
        logging.getLogger("web.holder").warning("The file %s is damaged", "a\n2026-01-01 INFO all is well\x1b[2J\x9b")
        # A server of another test may have something to say, too.
        (line,) = (line for line in capsys.readouterr().err.splitlines() if "damaged" in line or "well" in line)
        assert line.endswith("a\\x0a2026-01-01 INFO all is well\\x1b[2J\\x9b is damaged")

    def test_a_fault_is_one_object_with_its_traceback(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure(Settings(log_format="json"))
        try:
            int("a\nb")
        except ValueError:
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
        lines = map(json.loads, capsys.readouterr().out.splitlines())
        (told,) = (line for line in lines if "ValueError" in line.get("exc_info", ""))
        assert (told["level"], told["logger"]) == ("ERROR", "uvicorn.error")
        assert "ValueError: invalid literal" in told["exc_info"]

    def test_levels(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure(Settings(log_level="warning"))
        logging.getLogger("web.logs").info("a request")
        logging.getLogger("other").info("of no use")
        logging.getLogger("web.logs").warning("a fault")
        assert len(capsys.readouterr().err.splitlines()) == 1
