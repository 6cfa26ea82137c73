"""Several processes that answer on one socket: `--workers`. uvicorn's supervisor starts them, and again when one dies.

Each has its own models; the index is mapped from the same files. What is there once stays with the supervisor: the
socket, and the build.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from socket import socket
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import TYPE_CHECKING

from uvicorn import Config
from uvicorn.supervisors import Multiprocess

from qa.config import Settings
from web.builder import Builder
from web.holder import LOOK_EVERY_S
from web.metrics import FOLDER

if TYPE_CHECKING:
    from fastapi import FastAPI

_GRACE_S = 30
"""What is being answered when the server is ended has this long."""
_SILENT_S = 30
"""A worker that says nothing for so long hangs, and is replaced. A busy machine is no reason."""


class _Supervisor(Multiprocess):
    """uvicorn's, but that it ends with its terminal; without one, SIGHUP replaces the workers, one after the other."""

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        self._at_a_terminal = sys.stderr.isatty()  # afterwards it cannot be told any more
        self.interrupted = False
        super().__init__(config, sockets)

    def handle_int(self) -> None:
        """End, as Ctrl-C has it."""
        self.interrupted = True
        super().handle_int()

    def handle_hup(self) -> None:
        """End, or replace the workers."""
        if self._at_a_terminal:
            self.handle_term()
        else:
            super().handle_hup()


def supervise(settings: Settings, listener: socket, builder: Builder | None) -> None:
    """Run the workers until SIGTERM or Ctrl-C (raises KeyboardInterrupt), and tend the build beside them."""
    from web.server import config_of

    config = config_of(
        settings,
        partial(worker, settings, os.getpid()),
        factory=True,
        workers=settings.workers,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_worker_healthcheck=_SILENT_S,
    )
    with _tended(builder), _counts_shared():
        supervisor = _Supervisor(config, [listener])
        supervisor.run()
    if supervisor.interrupted:
        raise KeyboardInterrupt


def worker(settings: Settings, supervisor: int) -> FastAPI:
    """Return the application of one worker, which ends when its supervisor is gone, however that ended."""
    from web.app import create_app
    from web.logs import configure

    configure(settings)
    Thread(target=_end_with, args=(supervisor,), name="supervisor", daemon=True).start()
    return create_app(settings)


def _end_with(supervisor: int) -> None:
    while os.getppid() == supervisor:
        time.sleep(LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _counts_shared() -> Iterator[None]:
    """Have the workers keep what they count where each can add it up."""
    if os.environ.get(FOLDER):  # somebody has chosen another place
        yield
        return
    with TemporaryDirectory(prefix="article-qa-metrics-") as folder:
        os.environ[FOLDER] = folder  # prometheus-client reads it when a worker imports it
        try:
            yield
        finally:
            del os.environ[FOLDER]


@contextmanager
def _tended(builder: Builder | None) -> Iterator[None]:
    """Start the build, and start it again where it should go on."""
    if builder is None:
        yield
        return
    ended = Event()

    def tend() -> None:
        while not ended.wait(LOOK_EVERY_S):
            builder.tend()

    builder.start()
    tending = Thread(target=tend, name="tend the build")
    tending.start()
    try:
        yield
    finally:
        ended.set()
        tending.join()
