"""The open pipeline of a server: opened when there is an index, moved on when there is a newer one.

A request takes a lease on the version that is current when it begins and keeps it to its end; a version
that was replaced is closed when its last lease ends.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Lock

from qa.config import Settings
from qa.errors import IndexDamagedError, IndexMismatchError, QaError
from qa.index import current_version, index_folder
from qa.pipeline import Pipeline

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Opened:
    """A version that is open, the leases on it, and the questions to suggest for it (None: not yet known)."""

    pipeline: Pipeline
    leases: int = 0
    suggestions: tuple[str, ...] | None = None

    @property
    def version(self) -> str:
        """The id of the version."""
        return self.pipeline.index.manifest.version


class PipelineHolder:
    """Lends the pipeline of the current version; safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = index_folder(settings.indexes, settings.index)
        self._lock = Lock()
        self._opened: Opened | None = None
        self._refused: str | None = None
        self._warm = Event()
        self._starting = Event()
        self._closing = Event()
        self._background = ThreadPoolExecutor(1, thread_name_prefix="warm-up")

    def start(self) -> None:
        """Open the index and warm the models in the background; what goes wrong, the first request will say."""
        self._starting.set()
        self._background.submit(self._open_early)

    def close(self) -> None:
        """Wait for the background to end, then close what is open. Nothing may be leased any more."""
        with self._lock:  # nobody may be about to hand the background more to do
            self._closing.set()
        self._background.shutdown()
        with self._lock:
            held, self._opened = self._opened, None
            if held is not None:
                self._close_if_left(held)

    @property
    def warm(self) -> bool:
        """Whether the models have answered a question; a server stays warm when the index moves on."""
        return self._warm.is_set()

    @property
    def starting(self) -> bool:
        """Whether the first opening is under way, so that a lease would have to wait for the models."""
        return self._starting.is_set()

    @property
    def version(self) -> str | None:
        """The id of the version that is open, None when there is none; never waits."""
        held = self._opened
        return held.version if held else None

    @contextmanager
    def lease(self) -> Iterator[Opened]:
        """Lend the current version, opening it first where need be.

        Raises ArticleIndexError or ModelError when there is nothing to lend.
        """
        with self._lock:
            opened = self._current()
            opened.leases += 1
        try:
            yield opened
        finally:
            with self._lock:
                opened.leases -= 1
                self._close_if_left(opened)

    def _current(self) -> Opened:
        """Return the version that `current` names, or the open one where that one cannot be used.

        A new version that is refused (another encoder, a damaged file) must not take the old one's answers away.
        """
        held = self._opened
        try:
            version = current_version(self._folder)
            if held is None:
                return self._hold(Pipeline.open(self._settings))
            if version not in {held.version, self._refused}:
                return self._hold(held.pipeline.reopened())
        except (IndexMismatchError, IndexDamagedError) as error:
            if held is None:
                raise
            self._refuse(error)
        return held

    def _hold(self, pipeline: Pipeline) -> Opened:
        left, opened = self._opened, Opened(pipeline)
        self._opened = opened
        if left is not None:
            log.info("The index moved on from %s to %s.", left.version, opened.version)
            self._close_if_left(left)
        if not self._closing.is_set():
            opened.leases += 1  # held by the background until it is done
            self._background.submit(self._warm_up, opened)
        return opened

    def _refuse(self, error: QaError) -> None:
        """Remember the version that was refused, so that it is neither opened nor reported at every request."""
        try:
            version = current_version(self._folder)
        except QaError:
            version = None
        if version != self._refused:
            log.warning("The version that is open stays in use: %s", error)
        self._refused = version

    def _close_if_left(self, opened: Opened) -> None:
        if opened is not self._opened and not opened.leases:
            opened.pipeline.close()

    def _open_early(self) -> None:
        try:
            with self.lease():
                pass
        except QaError as error:
            log.warning("There is nothing to ask yet: %s", error)
        finally:
            self._starting.clear()

    def _warm_up(self, opened: Opened) -> None:
        """Ask real questions: they load what is loaded late, and those that are answered become suggestions."""
        try:
            if opened is self._opened and not self._closing.is_set():
                opened.suggestions = opened.pipeline.suggestions()
        except Exception:
            # Suggestions are a courtesy; without them the service is as good.
            log.exception("No questions could be suggested.")
        finally:
            opened.suggestions = opened.suggestions or ()
            self._warm.set()
            with self._lock:
                opened.leases -= 1
                self._close_if_left(opened)
