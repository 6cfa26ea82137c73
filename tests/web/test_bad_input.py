"""No input is a 500: each is refused with a status, a sentence, and nothing of what was sent that is long."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import (
    ArticleNotFoundError,
    BadQuestionError,
    BadSettingError,
    CitationError,
    IndexBusyError,
    IndexDamagedError,
    IndexWriteError,
    ModelFetchError,
    VersionNotFoundError,
)
from web.guard import hosts_of
from web.holder import FirstVersionError
from web.problems import problem_of
from web.schemas import ProblemDocument

JSON = {"content-type": "application/json"}
DEEP = "[" * 20_000 + "]" * 20_000


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """Hold a refusal to its form, and return its document."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert len(response.content) < 4000
    document = response.json()
    ProblemDocument.model_validate(document)
    assert document["status"] == status
    return document


BODIES = [
    (b"", 400, "The body is not valid JSON"),
    (b"{", 400, "The body is not valid JSON"),
    (b'{"question": "who",}', 400, "The body is not valid JSON"),
    (b'{"question": "\\ud800"}', 400, "The body is not valid JSON"),
    (b'{"question": "\xff\xfe"}', 400, "The body is not valid JSON"),
    (DEEP.encode(), 400, "The body is not valid JSON: recursion limit exceeded"),
    (b'{"question": ' + DEEP.encode() + b"}", 400, "The body is not valid JSON: recursion limit exceeded"),
    (b"[]", 422, "The body must be a JSON object"),
    (b'"who"', 422, "The body must be a JSON object"),
    (b"null", 422, "The body must be a JSON object"),
    (b"{}", 422, "The field 'question' is missing."),
    (b'{"question": null}', 422, "The field 'question' must be a string."),
    (b'{"question": 7}', 422, "The field 'question' must be a string."),
    (b'{"question": ["who"]}', 422, "The field 'question' must be a string."),
    (b'{"question": ""}', 422, "The question is empty"),
    (b'{"question": " \\n\\t "}', 422, "The question is empty"),
    (b'{"question": "\\u0000"}', 422, "The question holds U+0000, a control character"),
    (b'{"question": "who\\u0007?"}', 422, "The question holds U+0007, a control character"),
    (b'{"question": "who", "k": 0}', 422, "The field 'k' must be at least 1."),
    (b'{"question": "who", "k": 51}', 422, "The field 'k' must be at most 50."),
    (b'{"question": "who", "k": 1e99}', 422, "The field 'k' must be a whole number."),
    (b'{"question": "who", "k": 2.5}', 422, "The field 'k' must be a whole number."),
    (b'{"question": "who", "k": "3"}', 422, "The field 'k' must be a whole number."),
    (b'{"question": "who", "k": true}', 422, "The field 'k' must be a whole number."),
    (b'{"question": "who", "k": NaN}', 422, "The field 'k' must be a whole number."),
    (b'{"question": "who", "k": ' + b"9" * 400 + b"}", 422, "The field 'k' must be at most 50."),
    (b'{"question": "who", "top": 3}', 422, "There is no field 'top'."),
]


@pytest.mark.parametrize(("body", "status", "sentence"), BODIES, ids=[repr(body[:40]) for body, _, _ in BODIES])
def test_a_body_that_is_no_question(client: httpx.Client, body: bytes, status: int, sentence: str) -> None:
    assert problem(client.post("/ask", content=body, headers=JSON), status)["detail"].startswith(sentence)


def test_every_fault_of_a_body_is_pointed_at(client: httpx.Client) -> None:
    body = {"k": 99, "a/b~c é": 1, "x" * 5000: 2}
    document = problem(client.post("/ask", json=body), 422)
    assert document["errors"] == [
        {"detail": "The field 'question' is missing.", "pointer": "#/question"},
        {"detail": "The field 'k' must be at most 50.", "pointer": "#/k"},
        {"detail": "There is no field 'a/b~c é'.", "pointer": "#/a~1b~0c%20%C3%A9"},
        {"detail": f"There is no field '{'x' * 80}…'.", "pointer": f"#/{'x' * 80}%E2%80%A6"},
    ]
    assert document["type"] == "urn:problem-type:article-qa:bad-request-body"


def test_a_thousand_faults_are_told_as_ten(client: httpx.Client) -> None:
    assert len(problem(client.post("/ask", json={f"field {n}": n for n in range(1000)}), 422)["errors"]) == 10


def test_a_question_that_is_too_long_says_so(client: httpx.Client) -> None:
    detail = problem(client.post("/ask", json={"question": "why " * 1000}), 422)["detail"]
    assert detail == "The question has 4,000 characters; at most 2,000 can be asked, so please shorten it."


@pytest.mark.parametrize("body", [b'{"question": "' + b"a" * 300_000 + b'"}', b" " * 10_000_000])
def test_a_large_body_is_refused(client: httpx.Client, body: bytes) -> None:
    detail = "The request is larger than 256 kB; send less at once."
    assert problem(client.post("/ask", content=body, headers=JSON), 413)["detail"] == detail


def test_a_large_body_in_chunks_is_refused_as_it_comes(client: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"question": "'
        for _ in range(300):
            yield b"a" * 1000

    problem(client.post("/ask", content=chunks(), headers=JSON), 413)
    form = {"content-type": "multipart/form-data; boundary=x"}
    assert client.post("/ask", content=chunks(), headers=form).status_code in {400, 413}


def test_a_small_body_in_chunks_is_read(client: httpx.Client) -> None:
    response = client.post("/ask", content=iter([b'{"question":', b' "Who condemned the launch?"}']), headers=JSON)
    assert response.json()["abstained"] is False


@pytest.mark.parametrize("kind", [None, "text/plain", "application/xml", "application/jsonx", "json", "¿", "a/b/c;;="])
def test_a_body_of_another_type_is_refused(client: httpx.Client, kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind.encode()}
    document = problem(client.post("/ask", content=b'{"question": "who"}', headers=headers), 415)
    assert document["detail"] == "Send the question as application/json, or as a form."


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/ld+json"])
def test_json_is_known_by_any_of_its_names(client: httpx.Client, kind: str) -> None:
    body = b'{"question": "Who condemned the launch?", "k": 1}'
    assert client.post("/ask", content=body, headers={"content-type": kind}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/ask", {"POST"}),
        ("DELETE", "/ask", {"POST"}),
        ("OPTIONS", "/ask", {"POST"}),
        ("POST", "/", {"GET", "HEAD"}),
        ("PUT", "/readyz", {"GET", "HEAD"}),
        ("PATCH", "/articles/x", {"GET", "HEAD"}),
    ],
)
def test_a_wrong_method_names_the_right_one(client: httpx.Client, method: str, path: str, allowed: set[str]) -> None:
    response = client.request(method, path)
    document = problem(response, 405)
    # Where two routes share a path, the framework names the methods of the first.
    assert set(response.headers["allow"].split(", ")) <= allowed
    assert document["detail"].endswith(f"not {method}.")


@pytest.mark.parametrize(
    "path",
    [
        "/articles/../../etc/passwd",
        "/articles/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/articles/..%5c..%5cboot.ini",
        "/articles/%00",
        "/articles/%ff%fe",
        "/articles/%ed%a0%80",
        "/articles/",
        "/articles/" + "a" * 5000,
        "/articles/'%20OR%201=1%20--",
        "/articles/%3Cscript%3Ealert(1)%3C/script%3E",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/%00",
        "/static/" + "a" * 5000,
        "/nowhere",
        "//evil.example/",
    ],
)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_a_path_that_leads_nowhere(client: httpx.Client, path: str, accept: str) -> None:
    response = raw(client, "GET", path, {"Accept": accept})
    assert response.status == 404
    body = response.read().decode()
    assert "root:" not in body
    assert "import" not in body
    assert "<script>" not in body or accept == "*/*"  # in JSON it is no markup
    assert len(body) < 4000


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 400),
        ({"Host": "localhost.evil.example"}, 400),
        ({"Host": ""}, 400),
        ({"Host": "[::1"}, 400),
        ({"Host": "localhost/evil"}, 400),
        ({"Host": "evil.example@localhost"}, 400),
        ({"Host": "localhost?evil"}, 400),
        ({"Host": "LOCALHOST:8000"}, 200),
        ({"Host": "[::1]:8000"}, 200),
    ],
)
def test_only_its_own_names_are_answered_to(client: httpx.Client, headers: dict[str, str], status: int) -> None:
    response = raw(client, "GET", "/healthz", headers)
    assert response.status == status
    if status == 400:
        assert response.getheader("content-type") == "application/problem+json"
        assert "QA_ALLOWED_HOSTS" in json.loads(response.read())["detail"]


@pytest.mark.parametrize(
    ("allowed", "host", "names"),
    [
        ("localhost,127.0.0.1,[::1]", "127.0.0.1", ["localhost", "127.0.0.1", "::1", "127.0.0.1"]),
        ("localhost", "0.0.0.0", ["localhost"]),
        ("localhost", "::", ["localhost"]),
        ("", "192.168.1.5", ["192.168.1.5"]),
        ("a.example , *.B.example", "qa.local", ["a.example", "*.b.example", "qa.local"]),
    ],
)
def test_the_address_served_on_is_allowed(seed_settings: Any, allowed: str, host: str, names: list[str]) -> None:
    from dataclasses import replace

    assert hosts_of(replace(seed_settings, allowed_hosts=allowed, host=host)) == names


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},  # a frame in a sandbox, or a page from a file
    ],
)
@pytest.mark.parametrize("body", [{"json": {"question": "who"}}, {"data": {"question": "who"}}])
def test_another_sites_question_is_refused(client: httpx.Client, headers: dict[str, str], body: Any) -> None:
    response = client.post("/ask", headers=headers, **body)
    assert response.status_code == 403
    assert "this server&#39;s own pages" in response.text or "this server's own pages" in response.text


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Sec-Fetch-Site": "none"}, {}]
)
def test_the_pages_own_question_is_taken(client: httpx.Client, headers: dict[str, str]) -> None:
    question = {"question": "Who condemned the launch?"}
    assert client.post("/ask", headers=headers, data=question).status_code == 200
    own = {"Origin": str(client.base_url).rstrip("/")}
    assert client.post("/ask", headers=own, json=question).status_code == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": {}}, 415),
        ({"data": {"question": ""}}, 422),
        ({"data": {"question": " "}}, 422),
        ({"data": {"other": "who"}}, 422),
        ({"data": {"question": "who\x00"}}, 422),
        ({"data": {"question": "a" * 3000}}, 422),
        ({"files": {"question": ("q.txt", b"who", "text/plain")}}, 422),
        ({"files": {"question": (None, b"\xff\xfe\x00")}}, 422),
        ({"files": {str(n): (None, b"x") for n in range(100)}}, 400),
        ({"content": b"no parts", "headers": {"content-type": "multipart/form-data; boundary=x"}}, 400),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 400),
        ({"content": b"question=%ff%fe%00", "headers": {"content-type": "application/x-www-form-urlencoded"}}, 422),
        ({"data": {str(n): "x" for n in range(2000)}}, 400),
        ({"data": {"question": "Who condemned the launch?", "turn": "-1"}}, 200),
        ({"data": {"question": "Who condemned the launch?", "turn": "²"}}, 200),
        ({"data": {"question": "Who condemned the launch?", "turn": "9" * 5000}}, 200),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"X-Requested-With": "fetch"}])
def test_forms(client: httpx.Client, sent: dict[str, Any], status: int, headers: dict[str, str]) -> None:
    response = client.post("/ask", **{**sent, "headers": {**sent.get("headers", {}), **headers}})
    assert response.status_code == status, response.text
    if sent != {"data": {}}:
        assert response.headers["content-type"] == "text/html; charset=utf-8"


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=200), kind=st.sampled_from(["application/json", "multipart/form-data; boundary=b"]))
def test_no_bytes_break_it(client: httpx.Client, body: bytes, kind: str) -> None:
    assert client.post("/ask", content=body, headers={"content-type": kind}).status_code in {400, 422}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadQuestionError("a sentence"), 422),
        (BadSettingError("index", "a sentence"), 422),
        (ArticleNotFoundError("x"), 404),
        (VersionNotFoundError(None), 404),
        (IndexBusyError(Path("x"), "a sentence"), 503),
        (IndexDamagedError(Path("x"), "a sentence"), 503),
        (IndexWriteError(Path("x"), "No space left on device"), 503),
        (FirstVersionError(Path("x"), "a sentence"), 503),
        (ModelFetchError("model", "a sentence"), 503),
    ],
)
def test_each_error_has_its_status_and_keeps_its_sentence(error: Any, status: int) -> None:
    told = problem_of(error)
    assert (told.status, told.detail) == (status, str(error))
    assert told.type.startswith("urn:problem-type:article-qa:")


def test_a_fault_of_ours_is_told_without_its_details(caplog: pytest.LogCaptureFixture) -> None:
    told = problem_of(CitationError("Span 1-2 of /home/me/secret"))
    assert (told.status, told.detail) == (500, "Something went wrong in the server; its log says what.")
    assert "Span 1-2" in caplog.text


def raw(client: httpx.Client, method: str, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    """Send a request as it is written; a proper client would mend it first."""
    connection = http.client.HTTPConnection(urlsplit(str(client.base_url)).netloc, timeout=60)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        content = response.read()
        response.read = lambda *_: content  # type: ignore[method-assign]
        return response
    finally:
        connection.close()
