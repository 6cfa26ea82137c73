"""How every route runs the models: counted, in turn, within a time, and only while somebody waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from typing import Annotated, Protocol, TypeVar

import anyio
from anyio.to_thread import run_sync
from fastapi import Depends, Request
from starlette.types import Receive

from qa.interrupting import Interrupted, Stop
from web.observing import current
from web.problems import wants_page
from web.queueing import Turns
from web.refused import DroppedError, RefusedError, TimedOutError
from web.streaming import EventStream

Result = TypeVar("Result")


class Limiter(Protocol):
    """Counts what a client asks for."""

    async def count(self, client: str) -> None:
        """Count one more; raises RateLimitedError where that is too much."""

    async def check(self, client: str) -> None:
        """Raise RateLimitedError where one more would be too much."""


class Work:
    """Runs what runs models. There is one for an application, so that all its routes share it.

    `timeout_s` is what a question has from its arrival, waiting included; 0 is no limit.
    """

    def __init__(self, turns: Turns, timeout_s: float, limiter: Limiter | None = None) -> None:
        self._turns, self._timeout_s, self._limiter = turns, timeout_s, limiter

    async def check(self) -> None:
        """Raise BusyError or RateLimitedError where a question of this client would be refused now.

        A refusal is worth least to who pays most for it: this is asked before a body is read.
        """
        client = current().client
        with _told():
            if self._limiter is not None:
                await self._limiter.check(client)
            self._turns.check(client)

    async def run(self, function: Callable[[Stop], Result], receive: Receive | None = None) -> Result:
        """Return what `function(stop)` returns, in a thread; it may raise Interrupted once `stop` is set.

        With `receive`, of a request whose body was read, it ends when the connection does. Raises BusyError,
        TimedOutError, RateLimitedError or DroppedError, and what `function` raises.
        """
        async with self._admitted(receive) as stop:
            return await run_sync(function, stop)

    async def stream(self, events: Callable[[Stop], Iterator[bytes]], receive: Receive | None = None) -> EventStream:
        """Return the response that sends what `events(stop)` yields, once the first is known; raises as `run` does.

        Its turn lasts until the last event is made, or until a language model is asked; how fast it is read makes no
        difference to others.
        """
        async with AsyncExitStack() as stack:
            stop = await stack.enter_async_context(self._admitted(receive))
            made = events(stop)
            first = await run_sync(next, made)
            return EventStream(made, first, stop, stack.pop_all())

    @asynccontextmanager
    async def _admitted(self, receive: Receive | None) -> AsyncIterator[Stop]:
        """Wait for a turn; what ends the wait or the work sets the stop, with the reason."""
        stop, client = Stop(), current().client
        async with AsyncExitStack() as stack:
            stack.enter_context(_told())
            if self._limiter is not None:
                await self._limiter.count(client)
            if self._timeout_s:
                timer = asyncio.get_running_loop().call_later(
                    self._timeout_s, stop.because, TimedOutError(self._timeout_s)
                )
                stack.callback(timer.cancel)
            if receive is not None:
                watcher = asyncio.create_task(_until_dropped(receive, stop))
                stack.callback(watcher.cancel)
            with anyio.CancelScope() as waiting:
                stop.then = waiting.cancel
                turn = await stack.enter_async_context(self._turns.turn(client))
                stop.then = None
                stop.stand_aside = partial(asyncio.get_running_loop().call_soon_threadsafe, turn.stand_aside)
            try:
                if waiting.cancelled_caught:
                    raise Interrupted  # noqa: TRY301 - as the work itself does
                yield stop
            except Interrupted:
                raise (stop.error or DroppedError()) from None


async def _until_dropped(receive: Receive, stop: Stop) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stop.because(DroppedError())


@contextmanager
def _told() -> Iterator[None]:
    """Have a refusal noted."""
    try:
        yield
    except RefusedError as error:
        current().refused(error.why)
        raise


async def _work_of(request: Request) -> Work:
    work: Work = request.app.state.work
    if request.method == "POST" and not wants_page(request):  # a page gives back what was typed, so that has to be read
        await work.check()
    return work


Models = Annotated[Work, Depends(_work_of)]
"""What a route runs models with. Before its body in the signature, it refuses what would wait in vain unread."""
