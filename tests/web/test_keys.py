"""Keys on a server: who is let in, who is not and what they are told; signing in and out on the page."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import openai
import pytest

from qa.config import Settings
from qa.keys import KeyStore
from qa.keys.ring import today
from web.server import _is_open_to_others

QUESTION = {"question": "Who condemned the missile launch?"}
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture(scope="module")
def settings(seed_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return replace(seed_settings, keys=str(tmp_path_factory.mktemp("keys") / "keys.json"))


@pytest.fixture(scope="module")
def store(settings: Settings) -> KeyStore:
    return KeyStore.of(settings)


@pytest.fixture(scope="module")
def server(live_server: Callable[[Settings], Any], settings: Settings, store: KeyStore) -> Any:
    store.add("first")
    return live_server(settings).until_ready()


@pytest.fixture(autouse=True)
def nobody_guessed(request: pytest.FixtureRequest) -> None:
    """Have a test's wrong keys be its own."""
    if "server" in request.fixturenames:
        request.getfixturevalue("server").app.state.attempts.__init__()


@pytest.fixture
def key(store: KeyStore) -> Iterator[str]:
    token = store.add("ada")
    yield token
    if (ring := store.ring()) and ring.key("ada"):
        store.revoke("ada")


@pytest.fixture
def http(server: Any) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


HOSTILE: dict[str, list[tuple[bytes, bytes]]] = {
    "empty": [(b"authorization", b"")],
    "no token": [(b"authorization", b"Bearer")],
    "no scheme": [(b"authorization", b"KEY")],
    "basic": [(b"authorization", b"Basic KEY")],
    "token": [(b"authorization", b"Token KEY")],
    "huge": [(b"authorization", b"Bearer " + b"a" * 30_000)],
    "bytes": [(b"authorization", b"Bearer " + "ключ".encode() * 10)],
    "quoted": [(b"authorization", b'Bearer "KEY"')],
    "two in one": [(b"authorization", b"Bearer KEY, Bearer KEY")],
    "with more": [(b"authorization", b"Bearer KEY KEY")],
    "tab": [(b"authorization", b"Bearer\tKEY")],
    "two headers": [(b"authorization", b"Bearer KEY"), (b"authorization", b"Bearer KEY")],
    "another name": [(b"proxy-authorization", b"Bearer KEY")],
    "as a cookie": [(b"cookie", b"qa_session=KEY")],
    "huge cookie": [(b"cookie", b"qa_session=" + b"a" * 30_000)],
    "empty cookie": [(b"cookie", b"qa_session=")],
    "upper case": [(b"authorization", b"BEARER KEY_UPPER")],
    "a part": [(b"authorization", b"Bearer KEY_PART")],
}


class TestPrograms:
    def test_with_a_key_everything_is_as_ever(self, http: httpx.Client, key: str) -> None:
        answer = http.post("/ask", json=QUESTION, headers=bearer(key))
        assert (answer.status_code, answer.json()["outcome"]) == (200, "answered")
        for path in ("/corpus", "/articles", "/openapi.json", "/metrics", "/v1/models", "/c/default/corpus"):
            assert http.get(path, headers=bearer(key)).status_code == 200, path

    def test_without_one_nothing_is_given_but_health_and_what_signing_in_needs(self, http: httpx.Client) -> None:
        for path in ("/", "/corpus", "/articles", "/articles/a", "/openapi.json", "/metrics", "/v1/models", "/nothing",
                     "/c/default/corpus", "/c/none/corpus", "/healthz/", "//healthz", "/static", "/static/../corpus",
                     "/signin/x", "/HEALTHZ", "/%2e%2e/corpus"):  # fmt: skip
            response = http.get(path, headers={"Accept": "*/*"})
            assert response.status_code in {401, 307}, path
            assert response.headers.get("www-authenticate") == 'Bearer realm="article-qa"', path
        assert http.post("/ask", json=QUESTION).status_code == 401
        assert http.post("/feedback", json={}).status_code == 401
        for path in ("/healthz", "/readyz", "/signin", "/static/style.css"):
            assert http.get(path).status_code == 200, path

    def test_a_refusal_is_a_problem_document(self, http: httpx.Client) -> None:
        refused = http.get("/corpus")
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["type"] == "urn:problem-type:article-qa:key-wanted"
        assert "content-security-policy" in refused.headers
        wrong = http.get("/corpus", headers=bearer("qa_wrong"))
        assert wrong.headers["www-authenticate"] == 'Bearer realm="article-qa", error="invalid_token"'

    def test_a_body_is_not_read_for_who_has_no_key(self, server: Any) -> None:
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            head = f"POST /ask HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"
            connection.sendall(head.encode())
            assert connection.recv(12) == b"HTTP/1.1 401"

    @pytest.mark.parametrize("headers", HOSTILE.values(), ids=HOSTILE)
    def test_what_is_not_one_good_key_is_refused(
        self, http: httpx.Client, key: str, headers: list[tuple[bytes, bytes]]
    ) -> None:
        known = ((b"KEY_UPPER", key.upper().encode()), (b"KEY_PART", key[:-1].encode()), (b"KEY", key.encode()))
        for name, value in known:
            headers = [(header, sent.replace(name, value)) for header, sent in headers]
        assert http.get("/corpus", headers=headers).status_code == 401

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
    def test_the_scheme_is_written_in_any_case(self, http: httpx.Client, key: str, scheme: str) -> None:
        assert http.get("/corpus", headers={"Authorization": f"{scheme} {key}"}).status_code == 200

    def test_keys_come_and_go_while_it_runs(self, http: httpx.Client, store: KeyStore) -> None:
        token = store.add("passing")
        assert http.get("/corpus", headers=bearer(token)).status_code == 200
        store.revoke("passing")
        assert http.get("/corpus", headers=bearer(token)).status_code == 401

    def test_the_day_of_use_is_kept(self, http: httpx.Client, store: KeyStore, key: str) -> None:
        http.get("/corpus", headers=bearer(key))
        ring = store.ring()
        assert ring is not None
        assert [kept.used for kept in ring.keys if kept.name == "ada"] == [today()]

    def test_the_official_client_signs_in_and_knows_what_it_is_told(self, server: Any, key: str) -> None:
        with openai.OpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0) as client:
            assert [model.id for model in client.models.list()] == ["default"]
        with (
            openai.OpenAI(base_url=f"{server.url}/v1", api_key="wrong", max_retries=0) as client,
            pytest.raises(openai.AuthenticationError, match="no key of this server"),
        ):
            client.models.list()

    def test_tools_are_called_with_a_key(self, http: httpx.Client, key: str) -> None:
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        headers = {"Accept": "application/json, text/event-stream"}
        assert http.post("/mcp", json=call, headers=headers).status_code == 401
        listed = http.post("/mcp", json=call, headers={**headers, **bearer(key)})
        assert listed.status_code == 200
        assert '"ask"' in listed.text

    def test_a_file_that_cannot_be_read_lets_nobody_in(self, http: httpx.Client, store: KeyStore, key: str) -> None:
        good = store.path.read_text()
        try:
            store.path.write_text("{")
            refused = http.get("/corpus", headers=bearer(key))
            assert refused.status_code == 503
            assert "is damaged" in refused.json()["detail"]
            store.path.unlink()
            assert http.get("/corpus", headers=bearer(key)).status_code == 503
            assert http.get("/healthz").status_code == 200
        finally:
            store.path.write_text(good)
        assert http.get("/corpus", headers=bearer(key)).status_code == 200


class TestPage:
    def test_a_reader_is_sent_to_sign_in_and_back(self, http: httpx.Client, key: str) -> None:
        sent = http.get("/?question=Who%20is%20it%3F&source=a%26b", headers=BROWSER)
        assert sent.status_code == 303
        page = http.get(sent.headers["location"], headers=BROWSER)
        where = parse_qs(urlsplit(sent.headers["location"]).query)["next"][0]
        assert 'name="next" value="/?question=Who%20is%20it%3F&amp;source=a%26b"' in page.text
        signed = http.post("/signin", data={"key": f" {key} ", "next": where})
        assert (signed.status_code, signed.headers["location"]) == (303, "/?question=Who%20is%20it%3F&source=a%26b")
        cookie = signed.headers["set-cookie"]
        assert {part.strip() for part in cookie.split(";")[1:]} == {
            "HttpOnly", "SameSite=strict", "Path=/", f"Max-Age={30 * 24 * 3600}",
        }  # fmt: skip
        assert key not in cookie
        assert http.get("/corpus").status_code == 200  # the client keeps the cookie
        assert "Sign out" in http.get("/", headers=BROWSER).text

    def test_who_signs_out_is_out_whatever_was_kept(self, http: httpx.Client, key: str) -> None:
        http.post("/signin", data={"key": key})
        session = http.cookies["qa_session"]
        out = http.post("/signout")
        assert (out.status_code, out.headers["location"]) == (303, "/signin")
        assert "qa_session" not in http.cookies
        assert http.get("/corpus", headers={"Cookie": f"qa_session={session}"}).status_code == 401

    def test_a_session_ends_with_its_key(self, http: httpx.Client, store: KeyStore, key: str) -> None:
        http.post("/signin", data={"key": key})
        assert http.get("/corpus").status_code == 200
        store.revoke("ada")
        assert http.get("/corpus").status_code == 401

    @pytest.mark.parametrize("sent", [{}, {"key": ""}, {"key": "qa_wrong"}, {"key": "a" * 5000}, {"key": "ключ"}])
    def test_what_is_no_key_is_told_on_the_page(self, http: httpx.Client, sent: dict[str, str]) -> None:
        page = http.post("/signin", data={**sent, "next": "/articles"}, headers=BROWSER)
        assert page.status_code == 401
        assert "This is no key of this server" in page.text
        assert 'name="next" value="/articles"' in page.text
        assert "set-cookie" not in page.headers

    @pytest.mark.parametrize(
        "where",
        ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
         "/\n/a", "evil", "", "/é", "/" + "a" * 3000, "/\t/evil.example"],
    )  # fmt: skip
    def test_nobody_is_sent_elsewhere(self, http: httpx.Client, key: str, where: str) -> None:
        signed = http.post("/signin", data={"key": key, "next": where})
        assert (signed.status_code, signed.headers["location"]) == (303, "/")
        assert f'value="{where}"' not in http.get("/signin", params={"next": where}).text or where == ""

    def test_another_site_cannot_sign_a_reader_in_or_out(self, http: httpx.Client, key: str) -> None:
        foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        assert http.post("/signin", data={"key": key}, headers=foreign).status_code == 403
        assert http.post("/signout", headers=foreign).status_code == 403

    def test_a_form_that_comes_too_late_asks_for_the_key(self, http: httpx.Client) -> None:
        page = http.post("/ask", data=QUESTION, headers=BROWSER)
        assert page.status_code == 401
        assert "<h1>Sign in</h1>" in page.text

    def test_a_part_of_a_page_is_refused_in_a_part_of_a_page(self, http: httpx.Client) -> None:
        part = http.post("/ask", json=QUESTION, headers={"X-Requested-With": "fetch", "Accept": "text/event-stream"})
        assert part.status_code == 401
        assert "A key is wanted" in part.text
        assert "<html" not in part.text

    def test_who_is_not_let_in_learns_nothing_of_the_articles(self, http: httpx.Client, server: Any) -> None:
        version = server.app.state.corpora.holder().version
        for response in (http.get("/signin"), http.post("/ask", data=QUESTION, headers=BROWSER), http.get("/corpus")):
            assert version not in response.text

    def test_a_key_counts_before_a_session(self, http: httpx.Client, key: str) -> None:
        http.post("/signin", data={"key": key})
        assert http.get("/corpus", headers=bearer("qa_wrong")).status_code == 401


class TestGuessing:
    def test_wrong_keys_are_counted_and_then_no_new_one_is_told_right(
        self, http: httpx.Client, store: KeyStore, key: str
    ) -> None:
        other = store.add("late")
        assert http.get("/corpus", headers=bearer(key)).status_code == 200
        wrong = [http.get("/corpus", headers=bearer(f"qa_{number:043}")) for number in range(31)]
        assert [response.status_code for response in wrong] == [401] * 30 + [429]
        assert wrong[-1].json()["type"] == "urn:problem-type:article-qa:rate-limited"
        assert "more wrong keys than the server takes from one address (30 per minute)" in wrong[-1].json()["detail"]
        assert int(wrong[-1].headers["retry-after"]) >= 1
        late = [
            http.get("/corpus", headers=bearer(other)),
            http.get("/corpus", headers={**bearer(other), **BROWSER}),
            http.post("/signin", data={"key": other}),
            http.get("/corpus", headers={"Cookie": f"qa_session={store.begin_session('late')}"}),
            http.post("/v1/chat/completions", headers=bearer(other), json={}),
        ]
        assert [response.status_code for response in late] == [429] * 5
        assert not any("set-cookie" in response.headers for response in late)
        assert http.get("/corpus", headers=bearer(key)).status_code == 200  # who was here before goes on
        assert http.get("/corpus").status_code == 401  # no key is no guess
        store.revoke("late")

    def test_every_way_of_presenting_one_counts(self, http: httpx.Client) -> None:
        for number in range(10):
            http.get("/corpus", headers=bearer(f"qa_{number}"))
            http.get("/corpus", headers={"Cookie": f"qa_session={number:030}"})
            http.post("/signin", data={"key": f"qa_{number}"})
        assert http.post("/signin", data={"key": "qa_a"}).status_code == 429
        assert http.get("/articles", headers={**bearer("qa_a"), **BROWSER}).status_code == 429

    def test_one_that_has_ended_and_comes_on_and_on_counts_once(self, http: httpx.Client, key: str) -> None:
        for _ in range(40):
            assert http.get("/corpus", headers=bearer("qa_ended")).status_code == 401
        assert http.get("/corpus", headers=bearer(key)).status_code == 200

    def test_who_comes_without_one_is_not_counted(self, http: httpx.Client, key: str) -> None:
        for _ in range(40):
            assert http.get("/corpus").status_code == 401
        assert http.get("/corpus", headers=bearer(key)).status_code == 200

    def test_signing_in_with_a_good_key_over_and_over_is_slowed_too(self, http: httpx.Client, key: str) -> None:
        signed = [http.post("/signin", data={"key": key}) for _ in range(21)]
        assert [response.status_code for response in signed] == [303] * 20 + [429]
        assert "signed in with more often than the server takes" in signed[-1].text
        assert http.get("/corpus").status_code == 200

    def test_a_session_that_has_ended_is_forgotten_by_the_browser(
        self, http: httpx.Client, store: KeyStore, key: str
    ) -> None:
        http.post("/signin", data={"key": key})
        store.revoke("ada")
        assert http.get("/articles", headers=BROWSER).status_code == 303
        assert "qa_session" not in http.cookies

    def test_signing_out_without_a_session_writes_nothing(self, http: httpx.Client, store: KeyStore) -> None:
        before = store.path.stat()
        lock = store.path.with_name("keys.json.lock").stat()
        assert http.post("/signout", headers={"Cookie": "qa_session=" + "a" * 43}).status_code == 303
        assert store.path.stat().st_mtime_ns == before.st_mtime_ns
        assert store.path.with_name("keys.json.lock").stat().st_mtime_ns == lock.st_mtime_ns


def test_the_cookie_is_for_its_part_of_the_site_and_for_https(
    live_server: Callable[[Settings], Any], settings: Settings, key: str
) -> None:
    server = live_server(replace(settings, root_path="/qa"))
    with httpx.Client(base_url=server.url, timeout=60) as http:
        sent = http.get("/qa/articles", headers=BROWSER)
        assert sent.headers["location"] == "/qa/signin?next=%2Farticles"
        signed = http.post("/qa/signin", data={"key": key, "next": "/articles"})
        assert signed.headers["location"] == "/qa/articles"
        assert "Path=/qa" in signed.headers["set-cookie"]
        assert http.get("/qa/corpus").status_code in {200, 503}  # 503 while it opens the index


def test_a_key_may_be_required_before_there_is_one_and_figures_be_open(
    live_server: Callable[[Settings], Any], seed_settings: Settings, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    server = live_server(replace(seed_settings, keys=str(keys), require_keys=True, open_metrics=True))
    with httpx.Client(base_url=server.url, timeout=60) as http:
        assert http.get("/articles").status_code == 401
        assert http.get("/signin").status_code == 200
        assert http.post("/signin", data={"key": "qa_" + "a" * 43}).status_code == 401
        assert http.get("/metrics").status_code == 200
        token = KeyStore(keys).add("ada")
        assert http.get("/v1/models", headers=bearer(token)).status_code == 200


def test_without_keys_nobody_is_asked_for_one(client: httpx.Client) -> None:
    assert client.get("/signin", headers=BROWSER).headers["location"] == "/"
    assert "Sign out" not in client.get("/", headers=BROWSER).text
    assert client.get("/corpus", headers=bearer("anything")).status_code == 200


def test_a_server_that_others_can_reach_says_so(serving: Callable[..., Any], seed_settings: Settings) -> None:
    with serving(seed_settings, "--host", "0.0.0.0") as server:
        assert any("no key is wanted" in line for line in server.said)


def test_it_says_nothing_where_nobody_can_or_keys_are_wanted(tmp_path: Path) -> None:
    keys = str(tmp_path / "keys.json")
    near = [
        _is_open_to_others(Settings(host=host, keys=keys)) for host in ("127.0.0.1", "127.8.8.8", "::1", "localhost")
    ]
    assert near == [False] * 4
    assert _is_open_to_others(Settings(host="qa.example", keys=keys))
    assert not _is_open_to_others(Settings(host="0.0.0.0", keys=keys, require_keys=True))
    KeyStore(Path(keys)).add("ada")
    assert not _is_open_to_others(Settings(host="0.0.0.0", keys=keys))
