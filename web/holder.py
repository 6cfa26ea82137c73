"""The open pipeline of a server, which follows the index: to its first version, to each next one, and back.

One thread looks at the index a few times a second. It opens and warms a new version beside the one that answers,
and only then puts it in its place, so that no request waits for an opening or is answered from half of each.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread

from qa.config import Settings
from qa.errors import ArticleIndexError, NoIndexError, QaError
from qa.index import current_version, index_folder, under_way, version_folder
from qa.loading import Models
from qa.manifest import Manifest
from qa.pipeline import Pipeline
from qa.records import UnderWay
from web.builder import Builder
from web.leases import Leases, Opened
from web.refusals import Refusals
from web.status import first_version_detail
from web.verifying import verify_in_background

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.3
_WARMING = "Who said what, where and when?"
_WARMING_PASSAGES = 10
_NOTHING = "There is nothing to ask yet"
_STAYS = "The version that is open stays in use"


class FirstVersionError(ArticleIndexError):
    """There is nothing to answer from yet, and a build is making it."""


class PipelineHolder:
    """Lends the pipeline of the version that is open; safe to use from several threads."""

    def __init__(self, settings: Settings, builder: Builder | None = None, models: Models | None = None) -> None:
        """`builder` is the build of this index beside the server, which may not have told of itself yet.

        `models` are those that the server's holders share.
        """
        self._settings, self._builder, self._models = settings, builder, models or Models(settings)
        self._folder = index_folder(settings.indexes, settings.index)
        self._leases = Leases()
        self._opening = Lock()
        self._building: UnderWay | None = None
        self._moves = 0
        self._refusals = Refusals()
        self._warm = Event()
        self._starting = Event()
        self._closing = Event()
        self._follower = Thread(target=self._follow, name=f"follow {settings.index}")
        self._background = ThreadPoolExecutor(1, thread_name_prefix="warm-up")

    def start(self) -> None:
        """Open the index and follow it from now on; what goes wrong, the first request will say."""
        self._starting.set()
        self._building = self._state_of_build()
        self._follower.start()

    def close(self) -> None:
        """Wait for the background to end, then close what is open. Nothing may be leased any more."""
        self._closing.set()
        if self._follower.ident is not None:
            self._follower.join()
        self._background.shutdown()
        self._leases.put(None)

    @property
    def settings(self) -> Settings:
        """What it was opened with."""
        return self._settings

    @property
    def folder(self) -> Path:
        """The folder of the index."""
        return self._folder

    @property
    def warm(self) -> bool:
        """Whether the models have answered a question; a server stays warm when the index moves on."""
        return self._warm.is_set()

    @property
    def starting(self) -> bool:
        """Whether the first opening is under way, so that a lease would have to wait for the models."""
        return self._starting.is_set()

    @property
    def opened(self) -> Opened | None:
        """The version that is open, None when there is none; never waits, and does not keep it open."""
        return self._leases.open

    @property
    def version(self) -> str | None:
        """The id of the version that is open, None when there is none; never waits."""
        opened = self._leases.open
        return opened.version if opened else None

    @property
    def moves(self) -> int:
        """How many versions were opened so far."""
        return self._moves

    @property
    def searches(self) -> tuple[str, ...]:
        """The searches of the version that is open, none when there is none; never waits."""
        opened = self._leases.open
        return opened.pipeline.searches if opened else ()

    @property
    def building(self) -> UnderWay | None:
        """The build that is under way, as of the last look; never waits."""
        return self._building

    @contextmanager
    def lease(self) -> Iterator[Opened]:
        """Lend the version that is open; only where none is, try to open one first.

        Raises ArticleIndexError or ModelError when there is nothing to lend.
        """
        while (opened := self._leases.take()) is None:
            try:
                self._open_first()
            except ArticleIndexError as error:
                raise self._unless_coming(error) from error
        try:
            opened.check()
            yield opened
        finally:
            self._leases.give_back(opened)

    def _open_first(self) -> None:
        """Open the version that is current, unless another thread has meanwhile."""
        with self._opening:
            if self._leases.open is None:
                self._put(Pipeline.open(self._settings, self._models))

    def _unless_coming(self, error: ArticleIndexError) -> ArticleIndexError:
        building = self._building
        if building is None:
            return error
        return FirstVersionError(error.place, first_version_detail(building, first=isinstance(error, NoIndexError)))

    def _follow(self) -> None:
        while True:
            self._look()
            self._starting.clear()
            if self._closing.wait(LOOK_EVERY_S):
                return

    def _look(self) -> None:
        """Move to the version that is current; one that cannot be used does not take the old one's answers away."""
        held, version = self._leases.open, None
        try:
            if self._builder is not None:
                self._builder.tend()
            self._building = self._state_of_build()
            version = current_version(self._folder)
            if (held is None or held.version != version) and not self._refusals.holds(version):
                self._move(held)
        except NoIndexError as error:  # none yet, or it was taken away
            if held is not None:
                self._leases.put(None)
            if self._building is None:
                self._refusals.tell(_NOTHING, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the open version must go on answering
            self._refusals.add(version)
            why = error if isinstance(error, QaError) else repr(error)
            self._refusals.tell(_NOTHING if self._leases.open is None else _STAYS, why)

    def _move(self, held: Opened | None) -> None:
        if held is None:
            self._open_first()
            return
        pipeline = held.pipeline.reopened()
        try:
            _warm_files(pipeline)
        except BaseException:
            pipeline.close()
            raise
        self._put(pipeline)

    def _put(self, pipeline: Pipeline) -> None:
        opened = Opened(pipeline, leases=1)  # held by the background until it is done
        left = self._leases.put(opened)
        self._moves += 1
        self._refusals.forget()
        if left is not None:
            log.info("The index %r moved on from %s to %s.", self._settings.index, left, opened.version)
        self._background.submit(self._warm_up, opened)
        self._verify(opened.version, pipeline.index.manifest)

    def _warm_up(self, opened: Opened) -> None:
        """Ask real questions: they load what is loaded late, and those that are answered become suggestions."""
        try:
            if opened is self._leases.open and not self._closing.is_set():
                opened.pipeline.index.store.overview()  # read once, for the first page and the first filter
                opened.suggestions = opened.pipeline.suggestions()
        except Exception:
            # Suggestions are a courtesy; without them the service is as good.
            log.exception("No questions could be suggested.")
        finally:
            opened.suggestions = opened.suggestions or ()
            self._warm.set()
            self._leases.give_back(opened)

    def _verify(self, version: str, manifest: Manifest) -> None:
        """Read in the background what was not read at opening. It holds on to nothing: the version may be left."""

        def goes_on() -> bool:
            return self.version == version and not self._closing.is_set()

        def found(fault: ArticleIndexError) -> None:
            opened = self._leases.open
            # A version that was left a moment ago may be removed while it is read, which is no damage.
            if opened is not None and opened.version == version and self._is_current(version):
                opened.fault = type(fault)(fault.place, str(fault))
                log.error("The version that is open is not answered from any more: %s", fault)

        verify_in_background(version_folder(self._folder, version), manifest, goes_on, found)

    def _is_current(self, version: str) -> bool:
        try:
            return current_version(self._folder) == version
        except QaError:
            return False

    def _state_of_build(self) -> UnderWay | None:
        told = under_way(self._folder)
        return self._builder.under_way(told) if self._builder else told


def _warm_files(pipeline: Pipeline) -> None:
    """Search once, so that the first question to a new version finds its files in memory, and its encoder awake."""
    index = pipeline.index
    hits = index.lexical.search(_WARMING, _WARMING_PASSAGES)
    hits += index.dense.search(_WARMING, _WARMING_PASSAGES) if index.dense else []
    index.store.chunks([hit.row for hit in hits])
