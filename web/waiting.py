"""Work in a thread for as long as somebody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

Done = TypeVar("Done")


async def while_connected(request: Request, work: Callable[[Event], Done]) -> Done:
    """Return what `work(stop)` returns, from a thread; `stop` is set when the connection is dropped.

    The body of the request must have been read. Raises what `work` does, Interrupted where it ends early.
    """
    stop = Event()
    watching = asyncio.create_task(_until_dropped(request, stop))
    try:
        return await run_in_threadpool(work, stop)
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def _until_dropped(request: Request, stop: Event) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    stop.set()
