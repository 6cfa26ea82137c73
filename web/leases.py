"""Who still uses which version: requests hold leases, and a version that was left is closed with its last one."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from qa.errors import ArticleIndexError
from qa.pipeline import Pipeline


@dataclass(slots=True, eq=False)
class Opened:
    """A version that is open, and the leases on it."""

    pipeline: Pipeline
    suggestions: tuple[str, ...] | None = None
    """The questions to suggest for it; None: not yet known."""
    fault: ArticleIndexError | None = None
    """What was found when its every byte was read."""
    leases: int = 0

    @property
    def version(self) -> str:
        """The id of the version."""
        return self.pipeline.index.manifest.version

    def check(self) -> None:
        """Raise IndexDamagedError where the version has turned out to be damaged."""
        if self.fault is not None:
            # A new one each time: an error that is raised again keeps the frames of all who raised it.
            raise type(self.fault)(self.fault.place, str(self.fault))


class Leases:
    """The version that is open, and those that were left but are still in use; safe to use from several threads.

    Nothing here waits: what takes time is done before or after.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: Opened | None = None

    @property
    def open(self) -> Opened | None:
        """The version that is open, without a lease: for a look at what does not go away when it is closed."""
        return self._open

    def take(self) -> Opened | None:
        """Lease the version that is open, if there is one."""
        with self._lock:
            if self._open is not None:
                self._open.leases += 1
            return self._open

    def give_back(self, opened: Opened) -> None:
        """End a lease."""
        with self._lock:
            opened.leases -= 1
            unused = opened is not self._open and not opened.leases
        if unused:
            opened.pipeline.close()

    def put(self, opened: Opened | None) -> str | None:
        """Lend this version from now on, or none; return the id of the one that was lent before."""
        with self._lock:
            left, self._open = self._open, opened
            unused = left is not None and not left.leases
        if left is None:
            return None
        if unused:
            left.pipeline.close()
        return left.version
