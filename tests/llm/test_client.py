"""A chat server that misbehaves in every way, and what is told of it."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qa.config import Secret, Settings
from qa.errors import BadSettingError, GenerationError
from qa.llm import ChatServer
from qa.loading import load_generator
from qa.records import Message

KEY = "sk-not-to-be-shown"
ASKED = (Message("user", "Who?"),)


def server(url: str, timeout_s: float = 120) -> ChatServer:
    return ChatServer(url, "some-model", Secret(KEY), timeout_s)


def text_of(url: str, timeout_s: float = 120) -> str:
    return "".join(server(url, timeout_s).stream("Be brief.", ASKED, lambda: True))


def test_it_is_asked_as_openai_has_it_and_the_pieces_come_as_they_are_sent(llm: Any) -> None:
    llm.says("It ", "sank", ". [1]")
    assert list(server(f"{llm.url}/v1").stream("Be brief.", ASKED, lambda: True)) == ["It ", "sank", ". [1]"]
    (asked,) = llm.asked
    assert asked == {
        "model": "some-model",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who?"}],
        "stream": True,
        "temperature": 0,
        "max_tokens": 400,
    }
    assert llm.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert llm.headers[0]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/"])
def test_the_address_may_end_in_several_ways(llm: Any, path: str) -> None:
    paths: list[str] = []

    def does(handler: Any) -> None:
        paths.append(handler.path)
        handler.sends("Yes.")

    llm.does = does
    assert text_of(llm.url + path) == "Yes."
    assert paths == ["/v1/chat/completions"]
    assert server(llm.url + path).models() == ["scripted"]


def test_a_server_that_does_not_stream_will_do(llm: Any) -> None:
    document = {"choices": [{"message": {"role": "assistant", "content": "It sank."}, "finish_reason": "stop"}]}
    llm.does = lambda handler: handler.answers(200, "application/json", json.dumps(document).encode())
    assert text_of(llm.url) == "It sank."


def test_a_model_that_takes_no_temperature_is_asked_without(llm: Any) -> None:
    def does(handler: Any) -> None:
        if "temperature" in llm.asked[-1]:
            handler.answers(400, "application/json", b'{"error": {"message": "unsupported"}}')
        else:
            handler.sends("It sank.")

    llm.does = does
    assert text_of(llm.url) == "It sank."
    assert [sorted(asked) for asked in llm.asked][1] == ["messages", "model", "stream"]


def test_characters_may_be_cut_anywhere_and_comments_are_passed_over(llm: Any) -> None:
    def does(handler: Any) -> None:
        handler.begins()
        chunk = json.dumps({"choices": [{"delta": {"content": "Glück 🏔️"}}]}, ensure_ascii=False).encode()
        body = b": ping\r\n\r\nevent: x\r\ndata: " + chunk + b'\r\n\r\ndata: {"choices": []}\n\ndata: [DONE]\n\n'
        for place in range(len(body)):
            handler.wfile.write(body[place : place + 1])
            handler.wfile.flush()

    llm.does = does
    assert text_of(llm.url) == "Glück 🏔️"


def _status(status: int, **headers: str) -> Callable[[Any], None]:
    return lambda handler: handler.answers(status, "application/json", f'{{"error": "{KEY}"}}'.encode(), **headers)


def _body(kind: str | None, body: bytes, **headers: str) -> Callable[[Any], None]:
    return lambda handler: handler.answers(200, kind, body, **headers)


def _lines(*lines: str) -> Callable[[Any], None]:
    def does(handler: Any) -> None:
        handler.begins()
        for line in lines:
            handler.line(line)

    return does


def _endless(handler: Any) -> None:
    handler.begins()
    while True:
        handler.piece("la " * 1000)


def _pings(handler: Any) -> None:
    handler.begins()
    while True:
        handler.wfile.write(b": ping\n\n")
        time.sleep(0.02)


def _hangs(handler: Any) -> None:
    handler.connection.settimeout(60)
    if not handler.connection.recv(1):  # the client has closed
        handler.server.llm.gone.set()


def _cut(handler: Any) -> None:
    handler.begins()
    handler.piece("It sank. [1] And th")
    handler.connection.shutdown(socket.SHUT_RDWR)


def _half_chunked(handler: Any) -> None:
    handler.protocol_version = "HTTP/1.1"
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"ff\r\ndata: {")
    handler.wfile.flush()
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def _no_http(handler: Any) -> None:
    handler.wfile.write(b"\x00\x01\x02 what?\r\n\r\n")


MISBEHAVIOUR: dict[str, tuple[Callable[[Any], None], str]] = {
    "400": (_status(400), "does not understand the request (HTTP 400): see that QA_LLM_MODEL names a model it has"),
    "401": (_status(401), "refuses the key (HTTP 401): see QA_LLM_KEY"),
    "403": (_status(403), "refuses the key (HTTP 403): see QA_LLM_KEY"),
    "404": (_status(404), "is not there (HTTP 404): see QA_LLM_URL and QA_LLM_MODEL"),
    "429": (_status(429), "is asked too often at the moment (HTTP 429)"),
    "500": (_status(500), "failed (HTTP 500)"),
    "599": (_status(599), "failed (HTTP 599)"),
    "204": (_status(204), "failed (HTTP 204)"),
    "a redirect": (
        _status(302, Location="http://127.0.0.1:9/else"),
        "is somewhere else (HTTP 302): QA_LLM_URL must name the place itself",
    ),
    "HTML": (
        _body("text/html", b"<html>It sank. [1]</html>"),
        "sent something that is neither an event stream nor JSON",
    ),
    "no content type": (_body(None, b"It sank. [1]"), "sent something that is neither an event stream nor JSON"),
    "compressed": (
        _body("text/event-stream", zlib.compress(b"x" * 10**6), Content_Encoding="deflate"),
        "sent something compressed, which was not asked for",
    ),
    "not JSON": (_lines("It sank. [1]"), "sent something that is not JSON"),
    "bytes": (_body("text/event-stream", b"data: \xff\xfe\x00\n\n"), "sent something that is not JSON"),
    "deep JSON": (_lines("[" * 100_000), "sent something that is not JSON"),
    "a list": (_lines("[1, 2]"), "sent something that is no chat completion"),
    "no choices": (_lines('{"text": "It sank. [1]"}'), "sent something that is no chat completion"),
    "choices of another kind": (_lines('{"choices": ["It sank."]}'), "sent something that is no chat completion"),
    "content of another kind": (
        _lines('{"choices": [{"delta": {"content": {"a": 1}}}]}'),
        "sent something that is no chat completion",
    ),
    "an error in the stream": (_lines('{"error": {"message": "no memory"}}'), "reported an error of its own"),
    "a bad document": (_body("application/json", b"[]"), "sent something that is no chat completion"),
    "an empty document": (_body("application/json", b""), "sent something that is not JSON"),
    "an empty stream": (_lines(), "broke off in the middle"),
    "no end": (_lines('{"choices": [{"delta": {"content": "It sank."}}]}'), "broke off in the middle"),
    "cut off": (_cut, "broke off in the middle"),
    "half a chunk": (_half_chunked, "broke off in the middle"),
    "no HTTP": (_no_http, "broke off in the middle"),
    "its own limit": (
        _lines('{"choices": [{"delta": {"content": "It"}, "finish_reason": "length"}]}'),
        "was cut short by its own limit",
    ),
    "without end": (_endless, "sent more than 1,000,000 bytes"),
    "huge": (_body("application/json", b" " * 1_500_000), "sent more than 1,000,000 bytes"),
}


@pytest.mark.parametrize("name", MISBEHAVIOUR)
def test_what_is_wrong_is_told_in_plain_words(llm: Any, name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    llm.does, told = MISBEHAVIOUR[name]
    with pytest.raises(GenerationError) as error:
        text_of(llm.url)
    assert str(error.value) == told
    assert KEY not in caplog.text
    assert "127.0.0.1" not in str(error.value)


@pytest.mark.parametrize("does", [_hangs, _pings], ids=["silent", "pings"])
def test_it_does_not_take_longer_than_it_may(llm: Any, does: Callable[[Any], None]) -> None:
    llm.does = does
    for timeout_s in (0.3, 3, 30):  # on a busy machine it may be over before the server has heard of the request
        with pytest.raises(GenerationError, match=rf"did not finish within {timeout_s} seconds"):
            text_of(llm.url, timeout_s=timeout_s)
        if llm.asked:
            break
    assert llm.gone.wait(60)


def test_where_nothing_listens_it_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(GenerationError, match="cannot be reached"):
        text_of(f"http://127.0.0.1:{port}")
    with pytest.raises(GenerationError, match="cannot be reached"):
        server(f"http://127.0.0.1:{port}").models()
    with pytest.raises(GenerationError, match="cannot be reached"):
        text_of("http://no-such-host.invalid/v1")


def test_a_redirect_is_not_followed(llm: Any) -> None:
    other = threading.Event()

    def does(handler: Any) -> None:
        if handler.path != "/v1/chat/completions":
            other.set()
        _status(307, Location=f"{llm.url}/elsewhere")(handler)

    llm.does = does
    with pytest.raises(GenerationError, match="somewhere else"):
        text_of(llm.url)
    assert not other.is_set()


def test_on_this_machine_no_proxy_is_asked(llm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    llm.says("Yes.")
    assert text_of(llm.url) == "Yes."


@pytest.mark.parametrize("phase", ["before it answers", "in the middle"])
def test_when_nobody_waits_the_request_is_closed(llm: Any, phase: str) -> None:
    wanted = threading.Event()
    wanted.set()
    in_phase = threading.Event()

    def does(handler: Any) -> None:
        if phase == "in the middle":
            handler.begins()
            handler.piece("It ")
        else:
            in_phase.set()
        handler.connection.settimeout(60)
        if not handler.connection.recv(1):  # the client has closed
            llm.gone.set()

    llm.does = does
    pieces: Iterator[str] = server(llm.url).stream("", ASKED, wanted.is_set)
    got: list[str] = []

    def read() -> None:
        for piece in pieces:
            got.append(piece)
            in_phase.set()  # what was sent has arrived: it would be dropped if nobody waited by then

    reader = threading.Thread(target=read)
    reader.start()
    assert in_phase.wait(60)
    wanted.clear()
    reader.join(60)
    assert not reader.is_alive()
    assert llm.gone.wait(60)
    assert got == (["It "] if phase == "in the middle" else [])


def test_closing_the_iterator_closes_the_request(llm: Any) -> None:
    llm.does = lambda handler: [handler.begins(), *(handler.piece("la ") or time.sleep(0.01) for _ in range(2000))]
    pieces = server(llm.url).stream("", ASKED, lambda: True)
    assert next(pieces) == "la "
    pieces.close()  # type: ignore[attr-defined]
    assert llm.gone.wait(60)


def test_the_key_is_shown_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings.from_env({"QA_LLM_URL": "http://127.0.0.1:9", "QA_LLM_KEY": KEY})
    made = load_generator(settings)
    for shown in (str(settings), repr(settings), repr(made), f"{settings.llm_key}", str(vars_of(settings))):
        assert KEY not in shown
    assert settings.llm_key.reveal() == KEY
    with pytest.raises(BadSettingError) as error:
        Settings.from_env({"QA_LLM_KEY": f"{KEY}\n"})
    assert KEY not in str(error.value)


def vars_of(settings: Settings) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(settings)


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:8080", "ftp://x/", "http://", "http://u:sesame@h/v1", "http://h/v1?key=sesame", "http://h/#x",
     "http://h :1/",
     "http://h:99999/", "http://[::1", "file:///etc/passwd"],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadSettingError, match=r"^QA_LLM_URL: ") as error:
        Settings.from_env({"QA_LLM_URL": url})
    assert "sesame" not in str(error.value)


def test_without_an_address_there_is_no_model() -> None:
    assert load_generator(Settings.from_env({"QA_LLM_MODEL": "x", "QA_LLM_KEY": KEY})) is None
