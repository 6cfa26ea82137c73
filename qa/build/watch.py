"""Following the articles: a call for each time that something changed and then was quiet for a moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qa.load import absolute

_QUIET_MS = 400
"""An editor saves in several moves (a new file, the old one away, the new one in its place) within less than this."""

_LONGEST_MS = 5_000
_TICK_S = 0.5
_RETRY_S = 1.0


@dataclass(slots=True)
class Follower:
    """Watches files and folders, also while they are gone; changes in the folder `ignored` do not count."""

    paths: Sequence[Path]
    ignored: Path
    _polling: bool = False
    """Whether to look again and again instead of being told: the system may tell of so many folders and no more."""
    _changed: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)

    def changes(self) -> Iterator[None]:
        """Yield after each round of changes, for as long as the caller goes on.

        What changes while the caller is at work is yielded afterwards.
        """
        roots = {_root(path) for path in self.paths}
        threads = [threading.Thread(target=self._follow, args=root, daemon=True, name="watch") for root in roots]
        for thread in threads:
            thread.start()
        try:
            while True:
                # With a limit, so that an interruption from another thread is heeded.
                if self._changed.wait(_TICK_S):
                    self._changed.clear()
                    yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(2 * _TICK_S)

    def again(self) -> None:
        """Have one more round, as if something had changed."""
        self._changed.set()

    def _follow(self, root: Path, deep: bool) -> None:  # noqa: FBT001 - a thread passes by position
        while not self._stop.is_set():
            identity = _identity(root)
            if identity is not None:
                self._watch(root, deep=deep, identity=identity)
                self._changed.set()  # the folder itself went or was replaced, and with it anything in it
            self._stop.wait(_RETRY_S)

    def _watch(self, root: Path, *, deep: bool, identity: tuple[int, int]) -> None:
        """Watch one folder until it is no longer the same."""
        from watchfiles import watch

        begun = False
        try:
            for changes in watch(
                root,
                watch_filter=lambda _, name: self._is_of_interest(Path(name), root, deep=deep),
                step=_QUIET_MS,
                debounce=_LONGEST_MS,
                rust_timeout=int(_TICK_S * 1000),
                yield_on_timeout=True,
                stop_event=self._stop,
                raise_interrupt=False,
                recursive=deep,
                force_polling=self._polling or None,
                ignore_permission_denied=True,
            ):
                if changes or not begun:  # what changed before the watch began, nobody saw
                    self._changed.set()
                begun = True
                if _identity(root) != identity:
                    return
        except (OSError, RuntimeError):
            # Gone between the look and the watch, or else the system will not tell: the caller comes back.
            self._polling = self._polling or _identity(root) == identity

    def _is_of_interest(self, path: Path, root: Path, *, deep: bool) -> bool:
        if (path.parent.resolve() / path.name).is_relative_to(self.ignored):  # whatever links lead there
            return False
        if not deep and path.name not in {named.name for named in self.paths}:
            return False  # of the folder of a file that is watched, only the file
        inner = path.relative_to(root).parts if path.is_relative_to(root) else path.parts[-1:]
        return not any(part.startswith(".") for part in inner)


def _root(path: Path) -> tuple[Path, bool]:
    """Return what to watch, and whether with all below: for a file its folder, as a saved file is a new one."""
    whole = absolute(path)
    return (whole, True) if whole.is_dir() else (whole.parent, False)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
