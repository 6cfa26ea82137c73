"""The end of a process that is told to end: with everything put in order, and in any case soon."""

from __future__ import annotations

import os
import signal
import time
from queue import SimpleQueue
from threading import Thread

from qa.options import Exit

GRACE_S = 30.0
"""Longer than what is under way takes to be given up."""


def end_when_told(number: int, grace_s: float = GRACE_S) -> None:
    """Raise KeyboardInterrupt in the main thread at a signal; `grace_s` later the process ends, whatever it waits for.

    A signal that the process was started to ignore is ignored.

    An interrupt in the middle of an import can leave the lock of all imports taken: it may be raised between the call
    that takes the lock and the `try` that gives it back (`importlib._bootstrap`). A thread that loads a model, and is
    waited for, then never ends. Nothing is lost by not waiting: a build can be killed at any moment.
    """
    if signal.getsignal(number) is signal.SIG_IGN:
        return
    told: SimpleQueue[None] = SimpleQueue()  # it alone may be used by a handler that interrupts itself

    def end_in_time() -> None:
        told.get()
        time.sleep(grace_s)
        os._exit(Exit.INTERRUPTED)

    def interrupt(*_: object) -> None:
        told.put(None)
        raise KeyboardInterrupt

    Thread(target=end_in_time, name="ending", daemon=True).start()
    signal.signal(number, interrupt)
