"""Where the tools find a corpus, and how they are run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from threading import Event, Lock
from typing import Any, Protocol, TypeVar

from qa.config import Settings
from qa.corpus import Corpus
from qa.errors import ArticleIndexError
from qa.interrupting import interruptible
from qa.pipeline import Pipeline

Got = TypeVar("Got")


class Host(Protocol):
    """Runs what a tool does with a corpus."""

    async def run(self, corpus: str | None, work: Callable[[Corpus], Got], *, runs_models: bool) -> Got:
        """Return what `work` does with the corpus of this name, None for the one that is asked when none is named.

        Ends soon when it is cancelled. Raises QaError where there is none, or none to be had now, and what `work`
        raises.
        """


class Alone:
    """The only one to ask an index, in a process of its own: one call at a time, of the version that is current then.

    The index is opened by the first call, so that a client is answered at once, and one without an index is told in a
    call what mends that.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings, self._lock = settings, Lock()
        self._open: Corpus | None = None

    async def run(self, corpus: str | None, work: Callable[[Corpus], Got], *, runs_models: bool) -> Got:  # noqa: ARG002
        """Return what `work` does with the corpus; there is one."""
        from anyio.to_thread import run_sync

        stop = Event()
        return await told_at_once(lambda: run_sync(self._run, work, stop), stop.set)

    def close(self) -> None:
        """Close the index."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None

    def _run(self, work: Callable[[Corpus], Got], stop: Event) -> Got:
        with self._lock:
            corpus = self._current()
            return work(Corpus(interruptible(corpus.pipeline, stop)))

    def _current(self) -> Corpus:
        """Return the corpus, on the version that is current; one that cannot be opened leaves the open one in use."""
        if self._open is None:
            self._open = Corpus(Pipeline.open(self._settings))
            return self._open
        with suppress(ArticleIndexError):
            if not self._open.is_current:
                left, self._open = self._open, self._open.reopened()
                left.close()
        return self._open


def corpus_of(context: Any) -> str | None:
    """Return the name of the corpus in the address that was called; None where it names none."""
    request = context.request
    return None if request is None else request.path_params.get("corpus")


async def told_at_once(work: Callable[[], Awaitable[Got]], when_cancelled: Callable[[], object]) -> Got:
    """Return what `work` returns; a cancellation, which threads do not notice, calls `when_cancelled` at once.

    So it is called when the work has ended, too. Raises what `work` raises.
    """
    from anyio import create_task_group, sleep_forever

    async def watch() -> None:
        try:
            await sleep_forever()
        finally:
            when_cancelled()

    async with create_task_group() as group:
        group.start_soon(watch)
        try:
            return await work()
        except Exception as error:  # noqa: BLE001 - a group would hand it on wrapped
            failure = error
        finally:
            group.cancel_scope.cancel()
    raise failure
