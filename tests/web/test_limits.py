"""Rates for each client, and pages of other sites that may ask."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest

from qa.config import Settings
from qa.errors import BadSettingError
from web.app import create_app
from web.limits import MOST_CLIENTS, Limiter, feedback_limiter, limiter_for
from web.observing import Observation
from web.origins import origins_in
from web.refused import RateLimitedError

QUESTION = {"question": "Who condemned the missile launch?"}
FRIEND = "https://notes.example"


def counted(limiter: Limiter, *clients: str) -> list[bool]:
    """Whether each of these, in order, may ask."""

    async def count() -> list[bool]:
        passed = []
        for client in clients:
            try:
                await limiter.count(client)
                passed.append(True)
            except RateLimitedError:
                passed.append(False)
        return passed

    return asyncio.run(count())


def limiter(rate: str) -> Limiter:
    made = limiter_for(rate)
    assert made is not None
    return made


def test_who_has_a_network_of_ipv6_is_one_client_to_the_limiter_and_to_the_queue() -> None:
    asks = ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "::ffff:1.2.3.4", "1.2.3.4", "-")
    clients = [Observation(address=address).client for address in asks]
    assert clients == ["2001:db8::/64", "2001:db8::/64", "2001:db8:0:1::/64", "1.2.3.4", "1.2.3.4", "-"]
    assert Observation(address=asks[0], key="ada").client == "key ada"
    assert counted(limiter("1/minute"), *clients[:5]) == [True, False, True, True, False]


class TestLimiter:
    def test_each_client_has_its_own(self) -> None:
        assert counted(limiter("2/minute"), "1.2.3.4", "1.2.3.4", "1.2.3.4", "1.2.3.5", "key ada") == [
            True, True, False, True, True,
        ]  # fmt: skip

    def test_it_is_over_when_its_time_is(self) -> None:
        limited = limiter("1/second")

        async def flood() -> None:
            for _ in range(100):  # a busy machine may let a second pass between two
                await limited.count("a")

        async def story() -> list[bool]:
            with pytest.raises(RateLimitedError) as refused:
                await flood()
            await asyncio.sleep(int(refused.value.headers["Retry-After"]) + 0.1)
            await limited.count("a")
            return [True]

        assert asyncio.run(story()) == [True]

    def test_a_flood_of_addresses_does_not_fill_the_memory_nor_open_the_door(self, monkeypatch: Any) -> None:
        monkeypatch.setattr("web.limits.MOST_CLIENTS", 50)
        limited = limiter("1/hour")
        flood = [f"10.{number // 250}.{number % 250}.1" for number in range(3000)]
        passed = counted(limited, *flood, *flood[:50])
        assert all(passed[:50])
        assert not any(passed[3000:])
        assert len(limited._storage.expirations) <= 50 + 256
        assert MOST_CLIENTS == 10_000

    @pytest.mark.parametrize("rate", ["", "many", "60", "60/fortnight", "0/minute", "-1/minute", "1e3/minute"])
    def test_what_is_no_rate_is_refused(self, rate: str, seed_settings: Settings) -> None:
        with pytest.raises(BadSettingError, match="is no rate; try 60/minute"):
            create_app(replace(seed_settings, rate_limit=rate))

    def test_a_look_counts_nothing_and_refuses_what_a_count_would(self) -> None:
        limited = limiter("1/hour")

        async def story() -> None:
            await limited.check("a")
            await limited.check("a")
            await limited.count("a")
            with pytest.raises(RateLimitedError) as looked:
                await limited.check("a")
            with pytest.raises(RateLimitedError) as counted:
                await limited.count("a")
            assert looked.value.headers.keys() == counted.value.headers.keys() == {"Retry-After"}
            await limited.check("b")

        asyncio.run(story())

    def test_off_bounds_what_is_written_all_the_same(self) -> None:
        assert counted(feedback_limiter("off"), *["a"] * 61) == [True] * 60 + [False]
        assert counted(feedback_limiter("2/minute"), *["a"] * 3) == [True, True, False]

    def test_off_counts_none(self) -> None:
        assert limiter_for("off") is None


def head_alone(url: str, path: str) -> bytes:
    """Send the head of a POST whose body never comes; return how the response begins."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"
        connection.sendall(head.encode())
        return connection.recv(12)


@pytest.fixture(scope="module")
def server(live_server: Callable[[Settings], Any], seed_settings: Settings) -> Any:
    """A server that takes three questions an hour, and lets the pages of a friend ask."""
    return live_server(replace(seed_settings, rate_limit="3/hour", cors_origins=FRIEND)).until_ready()


@pytest.fixture
def limited(server: Any) -> Iterator[httpx.Client]:
    """A client of it, of which nothing is counted yet."""
    for limiter in (server.app.state.work._limiter, server.app.state.feedback_limiter):
        asyncio.run(limiter._storage.reset())
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


class TestServer:
    def test_what_is_left_is_told_and_what_is_too_much_refused(self, limited: httpx.Client) -> None:
        asked = [limited.post("/ask", json=QUESTION) for _ in range(4)]
        assert [response.status_code for response in asked] == [200, 200, 200, 429]
        assert {response.headers["ratelimit-policy"] for response in asked} == {'"questions";q=3;w=3600'}
        told = [re.fullmatch(r'"questions";r=(\d+);t=(\d+)', response.headers["ratelimit"]) for response in asked]
        assert [int(match[1]) for match in told if match] == [2, 1, 0, 0]
        assert all(3500 < int(match[2]) <= 3600 for match in told if match)
        refused = asked[-1]
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["type"] == "urn:problem-type:article-qa:rate-limited"
        assert "than the server takes from one client (3 per hour); try again in 3" in refused.json()["detail"]
        assert 3500 < int(refused.headers["retry-after"]) <= 3600

    def test_all_that_runs_models_counts_and_nothing_else(self, limited: httpx.Client) -> None:
        for path in ("/", "/articles", "/corpus", "/healthz", "/readyz", "/metrics", "/v1/models", "/static/style.css"):
            for _ in range(2):
                response = limited.get(path)
                assert (response.status_code, "ratelimit" in response.headers) == (200, False), path
        with limited.stream("POST", "/ask", json=QUESTION, headers={"Accept": "text/event-stream"}) as stream:
            assert stream.headers["ratelimit"].startswith('"questions";r=2;')
            stream.read()
        page = limited.get("/", params=QUESTION)
        assert page.headers["ratelimit"].startswith('"questions";r=1;')
        chat = {"model": "default", "messages": [{"role": "user", "content": QUESTION["question"]}]}
        assert limited.post("/v1/chat/completions", json=chat).headers["ratelimit"].startswith('"questions";r=0;')
        refused = limited.post("/v1/embeddings", json={"model": "default", "input": "a"})
        assert (refused.status_code, refused.json()["error"]["type"]) == (429, "rate_limit_error")
        on_page = limited.post("/ask", data=QUESTION)
        assert on_page.status_code == 429
        assert "more questions than the server takes" in on_page.text
        assert QUESTION["question"] in on_page.text

    def test_who_has_asked_too_much_is_refused_before_the_body_is_read(
        self, server: Any, limited: httpx.Client
    ) -> None:
        for _ in range(3):
            limited.post("/ask", json=QUESTION)
        for path in ("/ask", "/c/default/ask", "/v1/chat/completions", "/v1/embeddings"):
            assert head_alone(server.url, path) == b"HTTP/1.1 429", path
        assert limited.get("/").status_code == 200

    def test_feedback_is_counted_as_well_and_before_it_is_read(self, server: Any, limited: httpx.Client) -> None:
        sent = [limited.post("/feedback", json={"rating": "sideways"}) for _ in range(4)]
        assert [response.status_code for response in sent] == [422, 422, 422, 429]
        assert sent[0].headers["ratelimit"].startswith('"feedback";r=2;')
        assert "more feedback than the server takes from one client (3 per hour)" in sent[-1].json()["detail"]
        assert int(sent[-1].headers["retry-after"]) > 3500
        assert head_alone(server.url, "/c/default/feedback") == b"HTTP/1.1 429"
        assert limited.post("/ask", json=QUESTION).status_code == 200  # questions have a count of their own

    def test_at_a_time_they_count_as_well(self, limited: httpx.Client) -> None:
        with ThreadPoolExecutor(6) as pool:
            asked = list(pool.map(lambda _: limited.post("/ask", json=QUESTION).status_code, range(6)))
        assert sorted(asked) == [200, 200, 200, 429, 429, 429]


class TestOrigins:
    def test_lists_of_them(self) -> None:
        assert origins_in("off") == set()
        assert origins_in("https://A.example/, http://localhost:3000,http://[::1]:5") == {
            "https://a.example", "http://localhost:3000", "http://[::1]:5",
        }  # fmt: skip

    @pytest.mark.parametrize(
        "setting", ["", "*", "null", "a.example", "https://", "https://a/b", "https://a,", "ftp://a"]
    )
    def test_what_is_none_is_refused(self, setting: str) -> None:
        with pytest.raises(BadSettingError, match="is no origin"):
            origins_in(setting)

    def test_a_friends_page_may_ask_and_read(self, limited: httpx.Client) -> None:
        asked = {"Origin": FRIEND, "Access-Control-Request-Method": "POST"}
        preflight = limited.options("/ask", headers={**asked, "Access-Control-Request-Headers": "content-type"})
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == FRIEND
        sent = {"Origin": FRIEND, "Sec-Fetch-Site": "cross-site"}
        answer = limited.post("/ask", json=QUESTION, headers=sent)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == FRIEND
        assert "RateLimit" in answer.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in answer.headers
        for _ in range(3):
            refused = limited.post("/ask", json=QUESTION, headers=sent)
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (429, FRIEND)

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", f"{FRIEND}.evil.example", "null", "http://notes.example"]
    )
    def test_a_strangers_may_not(self, limited: httpx.Client, origin: str) -> None:
        preflight = limited.options("/ask", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
        assert preflight.status_code == 400
        answer = limited.post("/ask", json=QUESTION, headers={"Origin": origin, "Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers

    def test_a_foreign_name_of_this_server_stays_foreign(self, limited: httpx.Client) -> None:
        headers = {"Origin": FRIEND, "Host": "evil.example"}
        assert limited.post("/ask", json=QUESTION, headers=headers).status_code == 400

    def test_off_no_origin_is_told_of(self, client: httpx.Client) -> None:
        answer = client.get("/corpus", headers={"Origin": FRIEND})
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert (
            client.options("/ask", headers={"Origin": FRIEND, "Access-Control-Request-Method": "POST"}).status_code
            == 405
        )
