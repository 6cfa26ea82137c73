"""How long each stage of a question took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from qa.seams import Around


@dataclass(slots=True)
class Stopwatch:
    """The wall time of each stage, in milliseconds, in the order in which they ran."""

    around: Around = nullcontext
    """What else each stage runs inside of; it is entered with the name of the stage."""
    timings_ms: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what is done inside."""
        started = time.perf_counter()
        with self.around(name):
            yield
        self.timings_ms[name] = round((time.perf_counter() - started) * 1000, 2)

    def with_total(self) -> dict[str, float]:
        """Return the stages and their sum."""
        return {**self.timings_ms, "total": round(sum(self.timings_ms.values()), 2)}
