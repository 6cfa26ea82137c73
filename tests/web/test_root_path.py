"""A part of a site behind a proxy, which passes the prefix on or takes it away; and whom the server believes."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from fastapi import Request

from qa.config import Settings
from qa.errors import BadSettingError
from web.app import create_app
from web.forwarded import trusted_in
from web.root import root_path_in
from web.server import config_of, listening

WEB = Path(__file__).resolve().parent.parent.parent / "web"
QUESTION = "How long does the bread bake?"
PAGE = {"Accept": "text/html"}
FETCH = {"Accept": "text/event-stream", "X-Requested-With": "fetch"}


@pytest.fixture(scope="module")
def server(live_server: Callable[[Settings], Any], corpora_settings: Settings) -> Any:
    return live_server(replace(corpora_settings, root_path="/site/qa")).until_ready()


@pytest.fixture(scope="module", params=[True, False], ids=["stripped", "passed on"])
def site(request: pytest.FixtureRequest, proxied: Callable[..., str], server: Any) -> str:
    """The address of the server as the proxy gives it."""
    return proxied(server.url, "/site/qa", strips=request.param)


class Addresses(HTMLParser):
    """Every address of this site in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.found |= {value for name, value in attrs if name in {"href", "src", "action"} and (value or "#")[0] == "/"}


def test_every_address_that_can_be_reached_is_below_the_prefix(site: str) -> None:
    """Followed from page to page, through the proxy; forms are sent as a page without a script sends them."""
    parts = urlsplit(site)
    origin = f"{parts.scheme}://{parts.netloc}"
    todo, seen = [f"{parts.path}/"], set[str]()
    with httpx.Client(base_url=origin, timeout=60, headers=PAGE) as client:
        while todo:
            address = todo.pop().partition("#")[0]
            if address in seen:
                continue
            seen.add(address)
            assert address.startswith("/site/qa/")
            form = address.endswith(("/ask", "/feedback"))
            response = client.post(address, data={"question": QUESTION}) if form else client.get(address)
            expected = {503} if "/c/missing/" in address else {200, 422} if form else {200}
            assert response.status_code in expected, address
            if response.headers["content-type"].startswith("text/html"):
                todo += Addresses(response.text).found
    assert {"/site/qa/openapi.json", "/site/qa/articles", "/site/qa/c/harbour/articles", "/site/qa/c/missing/"} < seen
    assert any("?cite=" in address for address in seen)
    assert any("&version=" in address for address in seen)


def test_the_script_is_told_where_it_is(site: str) -> None:
    assert '<body class="chatting" data-base="/site/qa" data-corpus="/site/qa/c/kitchen" data-default>' in (
        httpx.get(f"{site}/", timeout=60).text
    )
    assert '<body class="chatting" data-base="/site/qa/c/harbour" data-corpus="/site/qa/c/harbour">' in (
        httpx.get(f"{site}/c/harbour/", timeout=60).text
    )


def test_an_answer_is_streamed_through_the_proxy(site: str) -> None:
    response = httpx.post(f"{site}/ask?turn=2", json={"question": QUESTION}, headers=FETCH, timeout=60)
    assert response.headers["x-accel-buffering"] == "no"
    events = dict(part.split("\n", 1) for part in response.text.strip().split("\n\n"))
    done = json.loads(events["event: done"].removeprefix("data: "))
    assert "forty minutes" in done["answer"]
    assert all(address.startswith("/site/qa/") for address in Addresses(done["html"]).found)


def test_what_is_redirected_and_what_is_refused_is_below_the_prefix(site: str) -> None:
    redirected = httpx.get(f"{site}/c/harbour", timeout=60)
    assert (redirected.status_code, redirected.headers["location"]) == (307, "/site/qa/c/harbour/")
    refused = httpx.get(f"{site}/c/nowhere/corpus", timeout=60)
    assert (refused.status_code, refused.json()["instance"]) == (404, "/site/qa/c/nowhere/corpus")


def test_the_openapi_document_names_the_servers(site: str, seed_server: Any) -> None:
    servers = httpx.get(f"{site}/openapi.json", timeout=60).json()["servers"]
    assert [it["url"] for it in servers] == ["/site/qa", "/site/qa/c/{corpus}"]
    assert servers[1]["variables"]["corpus"]["default"] == "kitchen"
    assert [it["url"] for it in httpx.get(f"{seed_server.url}/openapi.json", timeout=60).json()["servers"]] == [
        "/",
        "/c/{corpus}",
    ]


def test_without_the_proxy_it_is_where_it_was(server: Any) -> None:
    page = httpx.get(f"{server.url}/", headers=PAGE, timeout=60)
    assert page.status_code == 200
    assert 'action="/site/qa/ask"' in page.text


@pytest.mark.parametrize(
    ("setting", "root"), [("/", ""), ("", ""), ("/qa", "/qa"), ("/qa/", "/qa"), ("/a/b-c", "/a/b-c")]
)
def test_a_root_path_is_read(setting: str, root: str) -> None:
    assert root_path_in(setting) == root


@pytest.mark.parametrize(
    "setting", ["qa", "//qa", "/qa//x", "/../x", "/qa/..", "/q a", "/qa?x", '/"><b>', "http://a/qa"]
)
def test_what_is_no_path_is_refused(setting: str) -> None:
    with pytest.raises(BadSettingError, match="is not the path of a part of a site"):
        root_path_in(setting)


@pytest.mark.parametrize(
    "setting", ["/articles", "/ask/x", "/c", "/static", "/openapi.json", "/v1", "/mcp", "/signin", "/metrics"]
)
def test_an_address_of_the_server_itself_is_refused(setting: str) -> None:
    with pytest.raises(BadSettingError, match="is an address of the server itself"):
        create_app(Settings(root_path=setting))


@contextmanager
def telling(settings: Settings) -> Iterator[str]:
    """A server, run as `qa serve` runs it, that tells whom it takes for the client of a request."""
    app = create_app(settings)

    @app.get("/who")
    def who(request: Request) -> list[str]:
        assert request.client is not None
        return [request.client.host, request.url.scheme]

    with listening("127.0.0.1", 0) as listener:
        server = uvicorn.Server(config_of(settings, app))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.mark.parametrize(
    ("trusted", "told", "expected"),
    [
        ("none", "203.0.113.7", ["127.0.0.1", "http"]),
        ("10.0.0.0/8", "203.0.113.7", ["127.0.0.1", "http"]),
        ("127.0.0.1", "203.0.113.7", ["203.0.113.7", "https"]),
        ("10.0.0.1, 127.0.0.0/8", "203.0.113.7", ["203.0.113.7", "https"]),
        # What a client makes up stands before what the proxy has seen, and is not believed.
        ("127.0.0.1", "192.0.2.1, 203.0.113.7", ["203.0.113.7", "https"]),
        ("*", "192.0.2.1, 203.0.113.7", ["192.0.2.1", "https"]),
    ],
)
def test_only_the_proxies_that_are_named_are_believed(
    tmp_path: Path, proxied: Callable[..., str], trusted: str, told: str, expected: list[str]
) -> None:
    with telling(Settings(indexes=tmp_path, forwarded_allow_ips=trusted)) as url:
        through = proxied(url, "", strips=False)
        assert httpx.get(f"{through}/who", headers={"X-Forwarded-For": told}, timeout=60).json() == expected


@pytest.mark.parametrize("told", ["203.0.113.7 200 key ada", 'a"b', "<b>", "x" * 3000])
def test_what_is_no_address_is_written_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture, told: str) -> None:
    with caplog.at_level("INFO"), telling(Settings(indexes=tmp_path, forwarded_allow_ips="*")) as url:  # to its end
        assert httpx.get(f"{url}/who", headers={"X-Forwarded-For": told}, timeout=60).json() == [told, "http"]
    assert [vars(record)["client"] for record in caplog.records if vars(record).get("path") == "/who"] == ["-"]


def test_the_host_that_the_proxy_passes_on_must_be_allowed(tmp_path: Path, proxied: Callable[..., str]) -> None:
    own, foreign = {"Host": "qa.example.org"}, {"Host": "evil.example"}
    site = {**own, "Origin": "https://qa.example.org", "Sec-Fetch-Site": "same-origin"}
    with telling(Settings(indexes=tmp_path, allowed_hosts="qa.example.org", forwarded_allow_ips="127.0.0.1")) as url:
        through = proxied(url, "", strips=False)
        assert httpx.get(f"{through}/healthz", headers=own, timeout=60).status_code == 200
        assert httpx.get(f"{through}/healthz", headers=foreign, timeout=60).status_code == 400
        asked = httpx.post(f"{through}/ask", json={"question": "Who condemned the launch?"}, headers=site, timeout=60)
        assert asked.status_code == 503  # it is let in; there is no index to ask
        foreign_page = {**own, "Origin": "https://evil.example"}
        assert httpx.post(f"{through}/ask", json={"question": "?"}, headers=foreign_page, timeout=60).status_code == 403


@pytest.mark.parametrize("setting", ["localhost", "127.0.0.1,", "10.0.0.0/33", "*,127.0.0.1", "10.0.0.1/8", ""])
def test_what_is_no_address_is_refused(setting: str) -> None:
    with pytest.raises(BadSettingError, match="is no address and no network"):
        trusted_in(setting)


def test_rates_are_those_of_the_client_before_the_proxy(tmp_path: Path, proxied: Callable[..., str]) -> None:
    settings = Settings(indexes=tmp_path, rate_limit="2/minute", forwarded_allow_ips="127.0.0.1")

    def asked(client: str) -> int:
        headers = {"X-Forwarded-For": client}
        return httpx.post(f"{through}/ask", json={"question": QUESTION}, headers=headers, timeout=60).status_code

    with telling(settings) as url:
        through = proxied(url, "", strips=False)
        assert [asked("203.0.113.7") for _ in range(3)] == [503, 503, 429]  # there is no index to ask
        assert asked("192.0.2.1, 203.0.113.7") == 429  # what is made up does not help
        assert asked("203.0.113.8") == 503


@pytest.mark.parametrize(
    "file", sorted((*WEB.glob("templates/*.html"), *WEB.glob("static/*.js"))), ids=lambda it: it.name
)
def test_no_address_is_written_out(file: Path) -> None:
    """In templates each goes through `path`, `asset` or `static`, in scripts it begins with BASE."""
    text = file.read_text(encoding="utf-8")
    assert not re.findall(r'(?:href|src|action|formaction)="/', text)
    assert not re.findall(r"""(?:fetch|assign|replace|open)\(\s*["'`]/""", text)
