"""Turns at the models: so many at a time, a bounded wait, nobody shut out; and a time after which it is given up."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import pytest
from httpx_sse import connect_sse

from qa.config import Settings
from qa.interrupting import Interrupted, Stop
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

    def test_a_look_refuses_who_would_be_refused_and_takes_no_place(self) -> None:
        async def story() -> None:
            line = Line(1, 2)
            line.turns.check("a")
            await line.come("a1", "a2")
            line.turns.check("a")
            await line.come("a3")
            told = list(line.told)
            with pytest.raises(BusyError):
                line.turns.check("a")
            line.turns.check("b")  # for whom a would give a place up
            assert line.told == told
            assert not line.refused
            await line.all_over()

        asyncio.run(story())

    def test_as_many_may_stand_aside_as_have_turns(self) -> None:
        async def story() -> None:
            line = Line(1, 10)
            async with line.turns.turn("a") as first:
                await line.come("b1")
                assert line.begun == []
                first.stand_aside()
                first.stand_aside()
                await line.come()
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                assert line.begun == ["b1"]
                assert line.told[-1] == (1, 0)
                await line.end("b1")
                async with line.turns.turn("c") as second:
                    second.stand_aside()
                    await line.come("d1")
                    assert line.begun == ["b1"]
                await line.end("d1")
            first.stand_aside()  # it is over, so that this is nothing
            assert line.begun == ["b1", "d1"]
            async with line.turns.turn("e") as third:
                third.stand_aside()
                assert line.told[-1] == (0, 0)
            await line.all_over()

        asyncio.run(story())

    def test_where_nobody_may_wait_a_look_refuses_all(self) -> None:
        async def story() -> None:
            line = Line(1, 0)
            line.turns.check("a")
            await line.come("a1")
            for client in ("a", "b"):
                with pytest.raises(BusyError):
                    line.turns.check(client)
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
    if stop.wait(60):
        raise Interrupted
    return "nobody stopped it"


async def never() -> dict[str, str]:
    await asyncio.sleep(600)
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
        with pytest.raises(TimedOutError, match=r"given up after 0\.2 seconds"):
            self.run(lambda work: work.run(until_stopped), timeout_s=0.2)

    def test_waiting_counts(self) -> None:
        ends = threading.Event()

        async def story(work: Work) -> None:
            first = asyncio.create_task(work.run(lambda _: ends.wait(60)))
            await asyncio.sleep(0)
            with pytest.raises(TimedOutError):
                await work.run(lambda _: "had a turn")
            assert not first.done()
            ends.set()
            assert await first

        self.run(story, timeout_s=0.4)

    def test_a_turn_that_was_given_up_is_there_for_others(self) -> None:
        async def story() -> str:
            turns = Turns(1, 5)
            with pytest.raises(TimedOutError):
                await Work(turns, 0.2).run(until_stopped)
            return await Work(turns, 120).run(lambda _: "had a turn")

        assert asyncio.run(story()) == "had a turn"

    def test_nobody_works_or_waits_for_a_connection_that_is_gone(self) -> None:
        async def story(work: Work) -> None:
            first_goes, second_goes = asyncio.Event(), asyncio.Event()

            async def dropped(goes: asyncio.Event) -> dict[str, str]:
                await goes.wait()
                return {"type": "http.disconnect"}

            working = asyncio.create_task(work.run(until_stopped, partial(dropped, first_goes)))
            await asyncio.sleep(0)
            waiting = asyncio.create_task(work.run(lambda _: "had a turn", partial(dropped, second_goes)))
            await asyncio.sleep(0.05)
            second_goes.set()
            with pytest.raises(DroppedError):
                await waiting
            assert not working.done()
            first_goes.set()
            with pytest.raises(DroppedError):
                await working

        self.run(story)

    def test_a_stream_has_its_turn_until_its_end(self) -> None:
        ends = threading.Event()

        def events(_: Stop) -> Iterator[bytes]:
            yield b"first"
            ends.wait(60)
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
            got = await asyncio.wait_for(work.run(lambda _: "had a turn"), 60)
            read.set()
            await sending
            return got, sent

        assert self.run(story) == ("had a turn", 102)

    def test_while_a_language_model_writes_others_have_their_turns(self) -> None:
        ends = threading.Event()

        def writes(stop: Stop) -> str:
            stop.stand_aside()
            return "written" if ends.wait(60) else "waited in vain"

        async def story(work: Work) -> list[str]:
            first = asyncio.create_task(work.run(writes))
            got = [await asyncio.wait_for(work.run(lambda _: "quoted"), 60)]
            second = asyncio.create_task(work.run(writes))  # one stands aside already, so that this one keeps its turn
            third = asyncio.create_task(work.run(lambda _: "quoted"))
            await asyncio.sleep(0.2)
            assert not any(task.done() for task in (first, second, third))
            ends.set()
            got += await asyncio.gather(first, second, third)
            return [*got, await work.run(writes), await work.run(lambda _: "quoted")]

        assert self.run(story) == ["quoted", "written", "written", "quoted", "written", "quoted"]

    def test_who_stood_aside_is_stopped_like_others(self) -> None:
        def writes(stop: Stop) -> str:
            stop.stand_aside()
            return until_stopped(stop)

        async def dropped() -> dict[str, str]:
            await asyncio.sleep(0.1)
            return {"type": "http.disconnect"}

        async def story(work: Work) -> list[str]:
            for _ in range(3):  # each leaves its place aside to the next
                with pytest.raises(DroppedError):
                    await work.run(writes, dropped)
            return await asyncio.gather(*(work.run(lambda _: "had a turn") for _ in range(3)))

        assert self.run(story) == ["had a turn"] * 3

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
    settings = replace(seed_settings, max_concurrent=1, max_queue=1, request_timeout_s=300.0)
    return live_server(settings).until_ready()


@pytest.fixture
def go_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """What the cross-encoder waits for, unless it is stopped."""
    from qa.interrupting import InterruptibleReranker

    quick, may = InterruptibleReranker.score, threading.Event()

    def score(self: Any, question: str, texts: Any) -> list[float]:
        while not may.wait(0.01):
            if self.stop.is_set():
                raise Interrupted
        return quick(self, question, texts)

    monkeypatch.setattr(InterruptibleReranker, "score", score)
    yield may
    may.set()


@contextmanager
def _at_the_end(go_on: threading.Event) -> Iterator[None]:
    """However it ends, nobody is left waiting."""
    try:
        yield
    finally:
        go_on.set()


class TestServer:
    def test_what_is_too_much_is_refused_at_once_and_the_rest_is_answered(
        self, small: Any, go_on: threading.Event, until: Callable[..., float]
    ) -> None:
        ask = partial(httpx.post, f"{small.url}/ask", json={"question": QUESTION}, timeout=300)
        with ThreadPoolExecutor(8) as pool, _at_the_end(go_on):
            asked = [pool.submit(ask) for _ in range(8)]
            until(lambda: sum(future.done() for future in asked) == 6)
            refused = [future.result() for future in asked if future.done()]
            healthy = httpx.get(f"{small.url}/healthz", timeout=60)
            article = httpx.get(f"{small.url}/articles", timeout=60)
            assert not all(future.done() for future in asked)
            go_on.set()
            assert Counter(future.result().status_code for future in asked) == {200: 2, 503: 6}
        assert healthy.status_code == article.status_code == 200
        for response in refused:
            assert int(response.headers["retry-after"]) >= 1
            assert response.json()["type"] == "urn:problem-type:article-qa:busy"

    def test_where_nobody_else_may_wait_a_body_is_not_read(
        self, small: Any, go_on: threading.Event, until: Callable[..., float], at_work: Callable[..., Any]
    ) -> None:
        host, port = small.url.removeprefix("http://").split(":")

        def begun(path: str) -> bytes:
            with socket.create_connection((host, int(port)), timeout=60) as connection:
                head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: a/b\r\nContent-Length: 99\r\n\r\n"
                connection.sendall(head.encode())
                return connection.recv(12)

        ask = partial(httpx.post, f"{small.url}/ask", json={"question": QUESTION}, timeout=300)
        with ThreadPoolExecutor(2) as pool, _at_the_end(go_on):
            busy = [pool.submit(ask) for _ in range(2)]
            until(lambda: at_work(small.url) == (1, 1))
            refused = {path: begun(path) for path in ("/ask", "/v1/chat/completions", "/v1/embeddings")}
            empty = httpx.get(f"{small.url}/", timeout=60)
            go_on.set()
            assert [future.result().status_code for future in busy] == [200, 200]
        assert set(refused.values()) == {b"HTTP/1.1 503"}, refused
        assert empty.status_code == 200

    def test_pages_and_streams_and_other_protocols_share_it(
        self, small: Any, go_on: threading.Event, until: Callable[..., float], at_work: Callable[..., Any]
    ) -> None:
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
        with ThreadPoolExecutor(2) as pool, _at_the_end(go_on):
            busy = [pool.submit(ways["json"]) for _ in range(2)]
            until(lambda: at_work(small.url) == (1, 1))
            refused = {name: ask() for name, ask in ways.items()}
            go_on.set()
            assert [future.result().status_code for future in busy] == [200, 200]
        assert {name: response.status_code for name, response in refused.items()} == dict.fromkeys(ways, 503)
        assert all(int(response.headers["retry-after"]) >= 1 for response in refused.values())
        assert QUESTION in refused["form"].text  # what was typed is kept
        assert "The server has as many questions as it can take" in refused["link"].text
        assert refused["chat"].json()["error"]["code"] == "busy"
        assert {name: ask().status_code for name, ask in ways.items()} == dict.fromkeys(ways, 200)

    @pytest.mark.usefixtures("go_on")
    def test_a_question_that_takes_too_long_is_given_up(self, small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(small.app.state.work, "_timeout_s", 1.0)
        started = time.monotonic()
        late = httpx.post(f"{small.url}/ask", json={"question": QUESTION}, timeout=60)
        assert time.monotonic() - started > 1
        assert (late.status_code, late.json()["type"]) == (503, "urn:problem-type:article-qa:timed-out")
        assert "retry-after" in late.headers

    @pytest.mark.usefixtures("go_on")
    def test_a_stream_that_takes_too_long_ends_with_an_error(self, small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        with httpx.Client(base_url=small.url, timeout=60) as client:
            for timeout_s in (1.0, 5.0, 25.0):  # until it was over in the cross-encoder, however busy the machine is
                monkeypatch.setattr(small.app.state.work, "_timeout_s", timeout_s)
                with connect_sse(client, "POST", "/ask", json={"question": QUESTION}) as source:
                    events = list(source.iter_sse()) if source.response.status_code == 200 else []
                if len(events) == 3:
                    break
        assert [event.event for event in events] == ["question", "sources", "error"]
        assert json.loads(events[-1].data)["type"] == "urn:problem-type:article-qa:timed-out"

    def test_a_stream_that_is_dropped_gives_its_turn_back(
        self, small: Any, go_on: threading.Event, until: Callable[..., float], at_work: Callable[..., Any]
    ) -> None:
        with (
            httpx.Client(base_url=small.url, timeout=60) as client,
            connect_sse(client, "POST", "/ask", json={"question": QUESTION}) as source,
        ):
            events = source.iter_sse()
            next(events)
            assert at_work(small.url) == (1, 0)
        until(lambda: at_work(small.url) == (0, 0))
        go_on.set()
        assert httpx.post(f"{small.url}/ask", json={"question": QUESTION}, timeout=60).status_code == 200
