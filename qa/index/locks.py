"""Who may change an index: one builder at a time, one hand on the pointer at a time; and what a builder is doing.

Both locks are the operating system's, so a process that dies holds neither.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from qa.errors import IndexBusyError
from qa.records import UnderWay
from qa.seams import Progress

STAGING = ".building-"
LEAVING = ".leaving-"
_BUILD, _MOVE, _STATE = "build.lock", "move.lock", "building.json"
_TELL_EVERY_S = 0.3
# Longer than the moment for which `under_way` holds the lock to see whether anyone does.
_PATIENCE_S = 1.0
_MOVE_PATIENCE_S = 60.0


@contextmanager
def building(folder: Path) -> Iterator[Path]:
    """Hold the index for one build and yield an empty folder to write versions in; it goes away after.

    What builds that died have left is removed. Raises IndexBusyError saying who builds.
    """
    from filelock import FileLock, Timeout

    versions = folder / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / _BUILD, timeout=_PATIENCE_S):
            remove_leavings(folder)
            (folder / _STATE).unlink(missing_ok=True)  # of a build that was killed: nobody must be told of it now
            staging = Path(tempfile.mkdtemp(dir=versions, prefix=STAGING))
            # Made for its owner alone; a published version is read by whoever may read the index's folder.
            staging.chmod(versions.stat().st_mode)
            try:
                yield staging
            finally:
                shutil.rmtree(staging, ignore_errors=True)
                (folder / _STATE).unlink(missing_ok=True)
    except Timeout:
        raise IndexBusyError(
            folder, f"{_who(folder)} Wait for it to end, or end it: what it has embedded is kept."
        ) from None


@contextmanager
def moving(folder: Path) -> Iterator[None]:
    """Hold the pointer, so that no version is removed while another process is about to point at it."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / _MOVE, timeout=_MOVE_PATIENCE_S):
            yield
    except Timeout:
        raise IndexBusyError(folder, f"Another process is publishing in {folder}; try again.") from None


def remove_leavings(folder: Path) -> None:
    """Remove what builds that were killed have left among the versions."""
    for left in (folder / "versions").iterdir():
        if left.name.startswith((STAGING, LEAVING)):
            shutil.rmtree(left, ignore_errors=True)


def under_way(folder: Path) -> UnderWay | None:
    """Return the build that is under way, None when there is none. Never waits."""
    from filelock import FileLock, Timeout

    if not (folder / _STATE).exists():
        return None
    try:
        with FileLock(folder / _BUILD, timeout=0):
            return None  # what the file tells is of a build that was killed
    except Timeout:
        return _read_state(folder)
    except OSError:  # a folder that may only be read
        state = _read_state(folder)
        return state if state is not None and _lives(state) else None


class StateProgress:
    """Passes progress on, and writes it down beside the index for whoever asks."""

    def __init__(self, folder: Path, shown: Progress) -> None:
        """Tell of the build of the index in `folder` whose lock is held; `shown` is told everything."""
        self._path, self._shown = folder / _STATE, shown
        self._state = UnderWay(
            os.getpid(), socket.gethostname(), datetime.now(UTC).isoformat(timespec="seconds"), "Starting", 0, None
        )
        self._tell(self._state.stage, 0, None)

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage."""
        self._tell(name, 0, total)
        self._shown.stage(name, total)

    def advance(self, steps: int) -> None:
        """Count finished steps of the stage."""
        state = self._state
        done = state.done + steps
        if time.monotonic() - self._told > _TELL_EVERY_S or done == state.total:
            self._tell(state.stage, done, state.total)
        else:
            self._state = replace(state, done=done)
        self._shown.advance(steps)

    def _tell(self, stage: str, done: int, total: int | None) -> None:
        self._told = time.monotonic()
        state = self._state = replace(self._state, stage=stage, done=done, total=total)
        fresh = self._path.with_suffix(".new")
        with suppress(OSError):  # a full disk must stop the build where it matters, not here
            fresh.write_text(json.dumps(asdict(state)), encoding="utf-8")
            fresh.replace(self._path)


def _read_state(folder: Path) -> UnderWay | None:
    try:
        return UnderWay(**json.loads((folder / _STATE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _lives(state: UnderWay) -> bool:
    if state.host != socket.gethostname() or os.name == "nt":  # where signal 0 would be Ctrl+C
        return True
    try:
        os.kill(state.process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _who(folder: Path) -> str:
    state = _read_state(folder)
    if state is None:
        return f"Another build of {folder} is running."
    where = "" if state.host == socket.gethostname() else f" on {state.host}"
    who = f"process {state.process}{where}, since {state.started} ({state.so_far})"
    return f"Another build of {folder} is running: {who}."
