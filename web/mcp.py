"""`/mcp`: the tools of `qa.mcp` over streamable HTTP, in the server's turns, for each of its corpora.

A request stands alone: there are no sessions, so that several workers can answer, and a restart is not noticed. What
the guard lets through and comes from no page, or from one of the server's own or a befriended one, reaches the tools.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from qa.corpus import Corpus
from qa.interrupting import Stop, interruptible
from qa.mcp.hosts import told_at_once
from qa.records import Answer
from web.corpora import Corpora
from web.observing import current
from web.problems import Problem, respond
from web.work import Work

if TYPE_CHECKING:
    from anyio.abc import TaskGroup, TaskStatus
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

Got = TypeVar("Got")

_GONE = 499
_CUT_SHORT = Problem(400, "The connection ended before the whole request had arrived.")


class Served:
    """The server's corpora as a host of the tools; what runs models waits for its turn."""

    def __init__(self, corpora: Corpora, work: Work) -> None:
        self._corpora, self._work = corpora, work

    async def run(self, corpus: str | None, work: Callable[[Corpus], Got], *, runs_models: bool) -> Got:
        """Return what `work` does with the version that is open; raises QaError, also where the server is busy."""
        holder = self._corpora.holder(corpus)
        around = current().around

        def done(stop: Stop) -> Got:
            with holder.lease() as opened:
                return work(_Observed(replace(interruptible(opened.pipeline, stop), around=around)))

        if not runs_models:
            return await run_sync(done, Stop())
        gone = anyio.Event()

        async def receive() -> Message:
            await gone.wait()
            return {"type": "http.disconnect"}

        return await told_at_once(lambda: self._work.run(done, receive), gone.set)


class _Observed(Corpus):
    """A corpus whose answers are counted and logged like those of every other route."""

    def ask(self, *args: Any, **options: Any) -> Answer:
        """Answer, and tell of it."""
        answer = super().ask(*args, **options)
        current().answered(answer)
        return answer


class McpEndpoint:
    """The application at the address. What it is made of is loaded by the first request: most servers get none."""

    def __init__(self, host: Served) -> None:
        self._host = host
        self._tasks: TaskGroup | None = None
        self._manager: StreamableHTTPSessionManager | None = None
        self._starting = anyio.Lock()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve until the block ends; an application may be started again after it ended."""
        async with anyio.create_task_group() as self._tasks:
            yield
            self._tasks.cancel_scope.cancel()
        self._tasks = self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a message."""
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:  # here, because the library would log it as a fault of the server, with its trace
            await respond(request, _CUT_SHORT)(scope, receive, send)
            return
        manager = await self._started()
        sent = False

        async def noted(message: Message) -> None:
            nonlocal sent
            sent = True
            await send(message)

        await manager.handle_request(scope, _again(body, receive), noted)
        if not sent:  # the client is gone; without a status the log would take this for a fault of the server
            await Response(status_code=_GONE)(scope, receive, send)

    async def _started(self) -> StreamableHTTPSessionManager:
        async with self._starting:
            if self._manager is None:
                assert self._tasks is not None  # noqa: S101 - no request comes before or after
                self._manager = await self._tasks.start(self._run)
        return self._manager

    async def _run(self, *, task_status: TaskStatus[StreamableHTTPSessionManager]) -> None:
        manager = await run_sync(self._made)
        async with manager.run():
            task_status.started(manager)
            await anyio.sleep_forever()

    def _made(self) -> StreamableHTTPSessionManager:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from qa.mcp.server import mcp_server

        # Hosts, origins and sizes are the guard's matter, for all routes alike.
        return StreamableHTTPSessionManager(mcp_server(self._host), stateless=True)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what hands on a body that was read, and then what comes after it."""
    handed = False

    async def received() -> Message:
        nonlocal handed
        if handed:
            return await receive()
        handed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return received


def mcp_routes(endpoint: McpEndpoint) -> APIRouter:
    """Return the route of the endpoint; without sessions there is nothing to GET or DELETE."""
    return APIRouter(routes=[Route("/mcp", endpoint, methods=["POST"], include_in_schema=False)])
