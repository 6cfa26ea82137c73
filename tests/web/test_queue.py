"""Turns at the models: so many at a time, a bounded wait, nobody shut out; and a time after which it is given up."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import pytest
from httpx_sse import connect_sse

from qa.config import Settings
from qa.interrupting import AT_ONCE, Interrupted, Stop
from web.queueing import Turns
from web.refused import BusyError, DroppedError, TimedOutError
from web.work import Work

QUESTION = "Who condemned the missile launch?"


class Line:
    """Clients that ask for turns, one after the other, and end them when they are told to."""

    def __init__(self, at_a_time: int, waiting: int) -> None:
        self.told: list[tuple[int, int]] = []
        self.turns = Turns(at_a_time, waiting, lambda running, waiting: self.told.append((running, waiting)))
        self.begun: list[str] = []
        self.refused: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, *names: str) -> None:
        """Each comes as the client that its name begins with: "a1" and "a2" are both of a."""
        for name in names:
            self._ends[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._ask(name))
            for _ in range(3):
                await asyncio.sleep(0)

    async def _ask(self, name: str) -> None:
        try:
            async with self.turns.turn(name[0]):
                self.begun.append(name)
                await self._ends[name].wait()
        except BusyError:
            self.refused.append(name)

    async def end(self, *names: str) -> None:
        for name in names:
            self._ends[name].set()
            for _ in range(5):
                await asyncio.sleep(0)

    async def leave(self, name: str) -> None:
        self.tasks[name].cancel()
        for _ in range(5):
            await asyncio.sleep(0)

    async def all_over(self) -> None:
        for event in self._ends.values():
            event.set()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        assert self.told[-1] == (0, 0)


class TestTurns:
    def test_so_many_at_a_time_and_the_others_in_order(self) -> None:
        async def story() -> None:
            line = Line(2, 10)
            await line.come("a1", "a2", "a3", "a4")
            assert line.begun == ["a1", "a2"]
            assert line.told[-1] == (2, 2)
            await line.end("a2")
            assert line.begun == ["a1", "a2", "a3"]
            await line.end("a1", "a3")
            assert line.begun == ["a1", "a2", "a3", "a4"]
            await line.all_over()

        asyncio.run(story())

    def test_clients_take_turns(self) -> None:
        async def story() -> None:
            line = Line(1, 10)
            await line.come("a1", "a2", "a3", "a4", "b1", "b2", "c1")
            for name in ("a1", "a2", "b1", "c1", "a3", "b2"):
                await line.end(name)
            assert line.begun == ["a1", "a2", "b1", "c1", "a3", "b2", "a4"]
            await line.all_over()

        asyncio.run(story())

    def test_when_nobody_else_may_wait_the_newest_is_refused(self) -> None:
        async def story() -> None:
            line = Line(1, 2)
            await line.come("a1", "a2", "a3", "a4")
            assert line.refused == ["a4"]
            await line.all_over()
            assert line.begun == ["a1", "a2", "a3"]

        asyncio.run(story())

    def test_who_holds_many_places_gives_one_up_to_who_holds_none(self) -> None:
        async def story() -> None:
            line = Line(1, 3)
            await line.come("a1", "a2", "a3", "a4", "b1")
            assert line.refused == ["a4"]
            await line.come("b2")  # two places against one: as good as even
            assert line.refused == ["a4", "b2"]
            await line.end("a1", "a2")
            assert line.begun == ["a1", "a2", "b1"]
            await line.all_over()

        asyncio.run(story())

    def test_none_may_wait_at_all(self) -> None:
        async def story() -> None:
            line = Line(1, 0)
            await line.come("a1", "b1")
            assert (line.begun, line.refused) == (["a1"], ["b1"])
            await line.all_over()

        asyncio.run(story())

    def test_who_leaves_the_line_costs_nobody_a_turn(self) -> None:
        async def story() -> None:
            line = Line(1, 3)
            await line.come("a1", "b1", "c1")
            await line.leave("b1")
            assert line.told[-1] == (1, 1)
            await line.end("a1")
            assert line.begun == ["a1", "c1"]
            await line.all_over()

        asyncio.run(story())

    def test_who_leaves_in_the_moment_of_its_turn_passes_it_on(self) -> None:
        async def story() -> None:
            line = Line(1, 3)
            await line.come("a1", "b1", "c1")
            line._ends["a1"].set()
            await asyncio.sleep(0)  # a1 ends, and the turn is b1's, which does not know yet
            line.tasks["b1"].cancel()
            await line.end()
            for _ in range(5):
                await asyncio.sleep(0)
            assert line.begun == ["a1", "c1"]
            await line.all_over()

        asyncio.run(story())

    def test_what_is_told_to_come_back_is_about_when_there_is_room(self) -> None:
        async def story() -> int:
            line = Line(2, 8)
            await line.come(*(f"a{number}" for number in range(10)))
            with pytest.raises(BusyError) as refused:
                async with line.turns.turn("a"):
                    pass
            await line.all_over()
            return int(refused.value.headers["Retry-After"])

        assert asyncio.run(story()) == 3  # 9 questions of half a second, two at a time


def until_stopped(stop: Stop) -> str:
    if stop.wait(10):
        raise Interrupted
    return "nobody stopped it"


async def never() -> dict[str, str]:
    await asyncio.sleep(10)
    return {"type": "http.disconnect"}


class TestWork:
    def run(self, story: Callable[[Work], Awaitable[Any]], timeout_s: float = 0.0, at_a_time: int = 1) -> Any:
        async def told() -> Any:
            return await story(Work(Turns(at_a_time, 5), timeout_s))

        return asyncio.run(told())

    def test_what_is_done_is_returned_and_what_goes_wrong_is_raised(self) -> None:
        assert self.run(lambda work: work.run(lambda _: threading.current_thread() is threading.main_thread())) is False

        def breaks(_: Stop) -> None:
            raise KeyError("a")

        with pytest.raises(KeyError):
            self.run(lambda work: work.run(breaks))

    def test_work_is_stopped_when_its_time_is_over(self) -> None:
        started = time.monotonic()
        with pytest.raises(TimedOutError, match=r"given up after 0\.2 seconds"):
            self.run(lambda work: work.run(until_stopped), timeout_s=0.2)
        assert time.monotonic() - started < 3

    def test_waiting_counts(self) -> None:
        async def story(work: Work) -> tuple[Any, Any]:
            first = asyncio.create_task(work.run(lambda _: time.sleep(1)))
            await asyncio.sleep(0.1)
            second = asyncio.create_task(work.run(lambda _: "had a turn"))
            return (await asyncio.gather(first, second, return_exceptions=True))[1], time.monotonic()

        failed, _ = self.run(story, timeout_s=0.4)
        assert isinstance(failed, TimedOutError)

    def test_a_turn_that_was_given_up_is_there_for_others(self) -> None:
        async def story(work: Work) -> str:
            with pytest.raises(TimedOutError):
                await work.run(until_stopped)
            return await work.run(lambda _: "had a turn")

        assert self.run(story, timeout_s=0.2) == "had a turn"

    def test_nobody_works_or_waits_for_a_connection_that_is_gone(self) -> None:
        async def dropped(after_s: float) -> dict[str, str]:
            await asyncio.sleep(after_s)
            return {"type": "http.disconnect"}

        async def story(work: Work) -> list[Any]:
            working = asyncio.create_task(work.run(until_stopped, partial(dropped, 0.3)))
            await asyncio.sleep(0)
            waiting = asyncio.create_task(work.run(lambda _: "had a turn", partial(dropped, 0.05)))
            return await asyncio.gather(working, waiting, return_exceptions=True)

        started = time.monotonic()
        assert [type(failed) for failed in self.run(story)] == [DroppedError, DroppedError]
        assert time.monotonic() - started < 3

    def test_a_stream_has_its_turn_until_its_end(self) -> None:
        ends = threading.Event()

        def events(_: Stop) -> Iterator[bytes]:
            yield b"first"
            ends.wait(10)
            yield b"last"

        async def story(work: Work) -> list[str]:
            order: list[str] = []
            response = await work.stream(events, never)

            async def send(message: Any) -> None:
                if message.get("body"):
                    order.append(message["body"].decode())

            async def other() -> None:
                await work.run(lambda _: None)
                order.append("other")

            sending = asyncio.create_task(response({"type": "http"}, never, send))
            others = asyncio.create_task(other())
            await asyncio.sleep(0.2)
            ends.set()
            await asyncio.gather(sending, others)
            return order

        assert self.run(story) == ["first", "last", "other"]

    def test_who_does_not_read_keeps_no_turn(self) -> None:
        def events(_: Stop) -> Iterator[bytes]:
            yield from (b"event" for _ in range(100))

        async def story(work: Work) -> tuple[str, int]:
            read, sent = asyncio.Event(), 0

            async def send(_: Any) -> None:  # as the server's, when what it has sent is not taken
                nonlocal sent
                await read.wait()
                sent += 1

            response = await work.stream(events, never)
            sending = asyncio.create_task(response({"type": "http"}, never, send))
            got = await asyncio.wait_for(work.run(lambda _: "had a turn"), 5)
            read.set()
            await sending
            return got, sent

        assert self.run(story) == ("had a turn", 102)

    def test_a_stream_that_fails_before_its_first_event_gives_its_turn_back(self) -> None:
        def events(_: Stop) -> Iterator[bytes]:
            raise KeyError("a")
            yield b""

        async def story(work: Work) -> str:
            with pytest.raises(KeyError):
                await work.stream(events, never)
            return await work.run(lambda _: "had a turn")

        assert self.run(story) == "had a turn"


@pytest.fixture(scope="module")
def small(live_server: Callable[[Settings], Any], seed_settings: Settings) -> Any:
    """A server that works on one question, and has one wait."""
    settings = replace(seed_settings, max_concurrent=1, max_queue=1, request_timeout_s=30.0)
    return live_server(settings).until_ready()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return `slow(seconds)`: how much longer the cross-encoder takes for each batch from then on."""
    from qa.interrupting import InterruptibleReranker

    quick = InterruptibleReranker.score

    def slowed(seconds: float) -> None:
        def score(self: Any, question: str, texts: Any) -> list[float]:
            for _ in range(0, len(texts), AT_ONCE):
                if self.stop.wait(seconds):
                    raise Interrupted
            return quick(self, question, texts)

        monkeypatch.setattr(InterruptibleReranker, "score", score)

    return slowed


class TestServer:
    def test_what_is_too_much_is_refused_at_once_and_the_rest_is_answered(
        self, small: Any, slow: Callable[[float], None]
    ) -> None:
        slow(0.1)

        def ask(_: int) -> tuple[int, float, httpx.Headers, str]:
            started = time.monotonic()
            response = httpx.post(f"{small.url}/ask", json={"question": QUESTION}, timeout=60)
            return response.status_code, time.monotonic() - started, response.headers, response.text

        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(ask, number) for number in range(8)]
            time.sleep(0.3)
            started = time.monotonic()
            healthy = httpx.get(f"{small.url}/healthz", timeout=60)
            health_s = time.monotonic() - started
            article = httpx.get(f"{small.url}/articles", timeout=60)
            done = [future.result() for future in asked]
        assert Counter(status for status, *_ in done) == {200: 2, 503: 6}
        assert healthy.status_code == article.status_code == 200
        assert health_s < 1
        for status, seconds, headers, text in done:
            if status == 503:
                assert seconds < 2
                assert int(headers["retry-after"]) >= 1
                assert json.loads(text)["type"] == "urn:problem-type:article-qa:busy"

    def test_pages_and_streams_and_other_protocols_share_it(self, small: Any, slow: Callable[[float], None]) -> None:
        slow(0.1)
        ways: dict[str, Callable[[], httpx.Response]] = {
            "json": partial(httpx.post, f"{small.url}/ask", json={"question": QUESTION}, timeout=60),
            "stream": partial(
                httpx.post, f"{small.url}/ask", json={"question": QUESTION},
                headers={"Accept": "text/event-stream"}, timeout=60,
            ),
            "form": partial(httpx.post, f"{small.url}/ask", data={"question": QUESTION}, timeout=60),
            "link": partial(httpx.get, f"{small.url}/", params={"question": QUESTION}, timeout=60),
            "chat": partial(
                httpx.post, f"{small.url}/v1/chat/completions",
                json={"model": "default", "messages": [{"role": "user", "content": QUESTION}]}, timeout=60,
            ),
            "embeddings": partial(
                httpx.post, f"{small.url}/v1/embeddings", json={"model": "default", "input": "a"}, timeout=60
            ),
        }  # fmt: skip
        with ThreadPoolExecutor(8) as pool:
            busy = [pool.submit(ways["json"]) for _ in range(2)]
            time.sleep(0.3)
            refused = {name: pool.submit(ask).result() for name, ask in ways.items()}
            assert [future.result().status_code for future in busy] == [200, 200]
        assert {name: response.status_code for name, response in refused.items()} == dict.fromkeys(ways, 503)
        assert all(int(response.headers["retry-after"]) >= 1 for response in refused.values())
        assert QUESTION in refused["form"].text  # what was typed is kept
        assert "The server has as many questions as it can take" in refused["link"].text
        assert refused["chat"].json()["error"]["code"] == "busy"
        slow(0.0)
        assert {name: ask().status_code for name, ask in ways.items()} == dict.fromkeys(ways, 200)

    def test_a_question_that_takes_too_long_is_given_up(
        self, small: Any, slow: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(small.app.state.work, "_timeout_s", 1.0)
        slow(30.0)
        started = time.monotonic()
        late = httpx.post(f"{small.url}/ask", json={"question": QUESTION}, timeout=60)
        assert 1 < time.monotonic() - started < 15
        assert (late.status_code, late.json()["type"]) == (503, "urn:problem-type:article-qa:timed-out")
        assert "retry-after" in late.headers

    def test_a_stream_that_takes_too_long_ends_with_an_error(
        self, small: Any, slow: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(small.app.state.work, "_timeout_s", 1.0)
        slow(30.0)
        with httpx.Client(base_url=small.url, timeout=60) as client:
            with connect_sse(client, "POST", "/ask", json={"question": QUESTION}) as source:
                events = list(source.iter_sse())
            assert [event.event for event in events] == ["question", "sources", "error"]
            assert json.loads(events[-1].data)["type"] == "urn:problem-type:article-qa:timed-out"

    def test_a_stream_that_is_dropped_gives_its_turn_back(self, small: Any, slow: Callable[[float], None]) -> None:
        slow(30.0)
        with (
            httpx.Client(base_url=small.url, timeout=60) as client,
            connect_sse(client, "POST", "/ask", json={"question": QUESTION}) as source,
        ):
            next(source.iter_sse())
        slow(0.0)
        started = time.monotonic()
        answer = httpx.post(f"{small.url}/ask", json={"question": QUESTION}, timeout=60)
        assert answer.status_code == 200
        assert time.monotonic() - started < 20
