"""The build beside the server: a process of its own, of lower priority, which ends with the server."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname

from qa.catalogue import Catalogue
from qa.config import Secret, Settings, variable_of
from qa.errors import ArticleIndexError
from qa.index import current_version, index_folder, under_way, version_folder
from qa.manifest import read_manifest
from qa.records import UnderWay

_NICENESS = 19
_PATIENCE_S = 10.0
_SILENT_S = 10.0
"""A build that is about to begin has told of itself by then, also on a slow machine."""
_AGAIN_S = 30.0
_STDERR = 2

log = logging.getLogger(__name__)


class Builder:
    """`qa build` in a process of its own. What it has embedded is kept, however it ends."""

    def __init__(self, settings: Settings, paths: Sequence[Path], *, watch: bool) -> None:
        """Build what the settings name from `paths`; with `watch`, follow them until `stop`."""
        self._watches = watch
        self._command = [sys.executable, "-m", "qa", "build", "--while-parent", str(os.getpid())]
        self._command += [*(["--watch"] if watch else []), "--", *map(str, paths)]
        self._environment = {**os.environ, **_variables(settings)}
        self._process: subprocess.Popen[bytes] | None = None
        self._unheard: UnderWay | None = None
        self._started, self._stopped = 0.0, False

    def start(self) -> None:
        """Start the process. What it says goes to this one's standard error, where its errors belong."""
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=_STDERR,
            process_group=0,  # Ctrl-C is for the server, which then ends the build
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
        )
        if hasattr(os, "setpriority"):  # before it has threads: each takes over its parent's
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _NICENESS)
        self._started = time.monotonic()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._unheard = UnderWay(self._process.pid, gethostname(), now, "Starting", 0, None)

    def tend(self) -> None:
        """Start the process again where it should follow the articles and has ended, but not at once."""
        if not self._watches or self._stopped or self._process is None or self._process.poll() is None:
            return
        if time.monotonic() - self._started > _AGAIN_S:
            log.warning("What follows the articles ended (status %s); it is started again.", self._process.returncode)
            self.start()

    def under_way(self, told: UnderWay | None) -> UnderWay | None:
        """Return the build that is under way: the one that has `told` of itself, or this one until it does."""
        ended = self._process is None or self._process.poll() is not None
        # After a while what it told of was over between two looks.
        if told is not None or ended or time.monotonic() - self._started > _SILENT_S:
            self._unheard = None
        return told or self._unheard

    def stop(self) -> None:
        """End the process, if it has not ended, and wait for it."""
        self._stopped = True
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def builder_for(
    settings: Settings, paths: Sequence[Path], say: Callable[[str], None], *, watch: bool
) -> Builder | None:
    """Return what builds beside a server of these settings; None where there is nothing to build.

    Without `paths` a version that lacks its vectors is completed, from the articles that it was made of.
    """
    if paths:
        return Builder(settings, paths, watch=watch)
    unfinished = _sources_of_unfinished(settings)
    if not unfinished:
        return None
    say(f"The vectors of the index are not complete; going on with {', '.join(map(str, unfinished))}")
    return Builder(settings, (), watch=watch)  # it knows them, and how they were named


def _sources_of_unfinished(settings: Settings) -> list[Path]:
    """Return what the version that is served was made of, if it lacks vectors, nobody adds them, and all is there."""
    folder = index_folder(settings.indexes, settings.index)
    try:
        version = version_folder(folder, current_version(folder))
        if read_manifest(version).recipe.encoder is not None or under_way(folder):
            return []
        with Catalogue(version / "sources") as catalogue:
            sources = catalogue.sources()
    except ArticleIndexError:  # none, or not one to go on with; the server says so to whoever asks
        return []
    return sources if all(source.exists() for source in sources) else []


def _variables(settings: Settings) -> Mapping[str, str]:
    """Return the settings as the environment of a process that shall have the same; a build needs no secret."""
    values = {option.name: getattr(settings, option.name) for option in fields(settings)}
    return {variable_of(name): str(value) for name, value in values.items() if not isinstance(value, Secret)}
