"""Asynchronous work in a thread of its own, which can be ended at any moment, whatever it waits for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from queue import Empty, SimpleQueue

LOOK_EVERY_S = 0.05


def in_background(produce: Callable[[], AsyncIterator[str]], is_wanted: Callable[[], bool]) -> Iterator[str]:
    """Yield what `produce` does; raise what it raises.

    It is cancelled, and its connections are closed, when `is_wanted` says no, or this iterator is closed.
    """
    from anyio.from_thread import start_blocking_portal

    handed: SimpleQueue[str | None] = SimpleQueue()

    async def work() -> None:
        async with aclosing(produce()) as pieces:  # type: ignore[type-var]  # an asynchronous generator
            async for piece in pieces:
                handed.put(piece)

    with start_blocking_portal() as portal:
        task = portal.start_task_soon(work)
        task.add_done_callback(lambda _: handed.put(None))
        try:
            while is_wanted():
                try:
                    piece = handed.get(timeout=LOOK_EVERY_S)
                except Empty:
                    continue
                if piece is None:
                    task.result()
                    return
                yield piece
        finally:
            task.cancel()
