"""A response that is sent while the answer is worked out, and whose work ends with the connection."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, closing, suppress
from threading import Event

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from fastapi.sse import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from qa.interrupting import Interrupted

HEADERS: Mapping[str, str] = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""No cache keeps a stream, and a proxy passes each event on at once."""


class EventStream(Response):
    """Sends the events that `events` yields from a thread, each as soon as it is there.

    When the connection is dropped `stop` is set, and `events` may end by raising Interrupted. `web.work` makes these.

    The work never waits for the reader: what was not taken yet is held, and that is one answer at most. Otherwise a few
    connections that nobody reads from would keep all turns.
    """

    media_type = EventSourceResponse.media_type

    def __init__(self, events: Iterator[bytes], first: bytes, stop: Event, kept: AsyncExitStack) -> None:
        """`first` is the first event, which was waited for; `kept` is closed when the last one is made."""
        super().__init__(headers=dict(HEADERS))
        del self.headers["content-length"]  # it is not known
        self._events, self._first, self._stop, self._kept = events, first, stop, kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        """Send the events until they end, or until nobody is there to read them."""
        made, to_send = anyio.create_memory_object_stream[bytes](math.inf)
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._until_dropped, receive, group.cancel_scope)
                group.start_soon(self._make_all, made)
                with suppress(OSError), to_send:  # what the server raises where it is written to a lost connection
                    await self._send_all(to_send, send)
                self._stop.set()
                group.cancel_scope.cancel()
        finally:
            self._stop.set()
            await self._end()

    async def _make_all(self, made: MemoryObjectSendStream[bytes]) -> None:
        with made, suppress(Interrupted, anyio.BrokenResourceError):  # the latter: nobody takes it any more
            event: bytes | None = self._first
            while event is not None:
                made.send_nowait(event)
                event = await run_in_threadpool(next, self._events, None)
        await self._end()

    async def _send_all(self, events: MemoryObjectReceiveStream[bytes], send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for event in events:
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _until_dropped(self, receive: Receive, scope: anyio.CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._stop.set()
        scope.cancel()

    async def _end(self) -> None:
        """End the work and give its turn back, once."""
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(self._close)
            await self._kept.aclose()

    def _close(self) -> None:
        with closing(self._events):  # type: ignore[type-var]  # a generator, which can be closed
            pass
