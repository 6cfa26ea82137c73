"""How far a stage is: bars for a person, lines for a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from qa.seams import Progress

_PLAIN_EVERY_S = 10.0


class PlainProgress:
    """Progress for a log: a line when a stage begins, then one now and again."""

    def __init__(self) -> None:
        self._name, self._total, self._done = "", 0, 0
        self._started = self._told = 0.0

    def stage(self, name: str, total: int | None) -> None:
        """Say that a stage begins."""
        self._name, self._total, self._done = name, total or 0, 0
        self._started = self._told = time.monotonic()
        click.echo(f"{name}{f': {total}' if total else ''}", err=True)

    def advance(self, steps: int) -> None:
        """Count steps, and tell from time to time how many are done and how long the rest will take."""
        self._done += steps
        now = time.monotonic()
        if now - self._told >= _PLAIN_EVERY_S and self._done < self._total:
            self._told = now
            left = (now - self._started) / self._done * (self._total - self._done)
            click.echo(f"{self._name}: {self._done} of {self._total}, about {left:.0f} s left", err=True)


class _BarProgress:
    """Progress for a person at a terminal: one bar for each stage, with the time left."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        self.bars = Bars(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=Console(stderr=True),
        )
        self._task = self.bars.add_task("", visible=False)

    def stage(self, name: str, total: int | None) -> None:
        """Begin a new bar; without a total it only shows that work goes on."""
        self._task = self.bars.add_task(name, total=total)

    def advance(self, steps: int) -> None:
        """Move the bar."""
        self.bars.advance(self._task, steps)


@contextmanager
def progress() -> Iterator[Progress]:
    """Yield bars when a person watches, plain lines otherwise."""
    if not sys.stderr.isatty():
        yield PlainProgress()
        return
    bars = _BarProgress()
    with bars.bars:
        yield bars
