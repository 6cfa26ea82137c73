"""What a benchmark leaves behind: a table on the screen and a JSON file, with the machine described."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was measured, for us and for the named peer, in one run.

    `ratio` is how many times better ours is than the peer's, above 1 where ours wins; None without a peer.
    """

    what: str
    ours: float
    unit: str
    peer: str | None = None
    theirs: float | None = None
    ratio: float | None = None
    note: str = ""


def against(
    what: str, ours: float, unit: str, peer: str, theirs: float, *, less_is_better: bool, note: str = ""
) -> Row:
    """Return the row of a measure taken of both sides in the same run."""
    ratio = theirs / ours if less_is_better else ours / theirs
    return Row(what, ours, unit, peer, theirs, ratio, note)


def interleaved(rounds: int, *works: Callable[[], object]) -> list[float]:
    """Return the median seconds of each work, run in turn `rounds` times, so that a noisy moment hits all alike."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for times, work in zip(taken, works, strict=True):
            started = perf_counter()
            work()
            times.append(perf_counter() - started)
    return [median(times) for times in taken]


def report(name: str, rows: Sequence[Row], packages: Sequence[str] = ()) -> None:
    """Print the rows as a table and write them to `benchmarks/results/NAME.json`."""
    machine = _machine() | {package: version(package) for package in packages}
    print(f"\n{name}: {', '.join(f'{key} {value}' for key, value in machine.items())}\n")
    widths = max(len(row.what) for row in rows), max(len(row.peer or "") for row in rows)
    for row in rows:
        peer = f"{row.peer or '':<{widths[1]}}  {'' if row.theirs is None else f'{row.theirs:,.4g}':>10}"
        ratio = "" if row.ratio is None else f"{row.ratio:,.2f}x"
        print(f"{row.what:<{widths[0]}}  {row.ours:>10,.4g} {row.unit:<12}  {peer}  {ratio:>9}  {row.note}".rstrip())
    RESULTS.mkdir(exist_ok=True)
    document = {
        "benchmark": name,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine,
        "rows": [asdict(row) for row in rows],
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _machine() -> dict[str, str]:
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = (
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        )
        processor = next(names, processor)
    return {
        "processor": processor,
        "cores": str(os.cpu_count()),
        "system": platform.system(),
        "Python": platform.python_version(),
    }
