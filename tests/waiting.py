"""Patience: tests wait for what shall happen, however busy the machine is, and never for a time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


def until(holds: Callable[[], object], at_most: float = 300.0) -> float:
    """Wait until it holds, five minutes at most; return how many seconds that took."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() < started + at_most, "it did not happen in time"
        time.sleep(0.02)
    return time.monotonic() - started


def lives(process: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked for yet does not."""
    try:
        os.kill(process, 0)
        return "Z" not in Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
