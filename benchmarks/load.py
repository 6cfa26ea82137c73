"""What two hundred people who ask at once get: turns at the models, against as many threads as there are questions.

    python -m benchmarks.load [--at-once 200] [--index load]

Builds the index of the seeds, or takes one that is named, and asks a server in a process of its own, started anew for
each row: all questions in the same moment, each on a connection of its own. Meanwhile /healthz is asked ten times a
second. The peer is what FastAPI does with plain functions: forty threads, and an endless line before them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from benchmarks.results import Row, against, report

QUESTIONS = (
    "Who condemned the missile launch?",
    "What did Kim say?",
    "Where was the missile launched from?",
    "What is the capital of France?",
)
OURS = ("--max-queue", "32")
ENDLESS = ("--max-concurrent", "40", "--max-queue", "10000", "--request-timeout-s", "0")
_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Burst:
    """What came of one burst; times are seconds, `memory` is the server's, in MB, at its most."""

    answered: list[float]
    refused: list[float]
    errors: int
    health: list[float]
    whole: float
    memory: float


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one question: the status, and the seconds until its end."""

    status: int
    seconds: float


def main() -> None:
    """Print both rows by row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--index", default="load")
    given = parser.parse_args()
    if given.index == "load":
        subprocess.run([sys.executable, "-m", "qa", "build", "seeds", "--index", "load"], check=True)
    ours, theirs = (_burst(given.index, given.at_once, options) for options in (OURS, ENDLESS))
    rows = list(_rows(ours, theirs, given.at_once))
    for at_a_time in ("1", "2", "4"):
        options = ("--max-concurrent", at_a_time, "--max-queue", "10000", "--request-timeout-s", "0")
        rows.append(_throughput(at_a_time, _burst(given.index, given.at_once // 5, options), theirs))
    report("load", rows)


def _rows(ours: Burst, theirs: Burst, number: int) -> Iterator[Row]:
    peer = "40 threads, endless line"
    for share in (50, 99):
        yield _against(f"answered, p{share}", ours.answered, theirs.answered, share, _told(ours, number))
    yield Row("refused with 503, p99", _at(ours.refused, 99) * 1000, "ms", note=f"{len(ours.refused)} of {number}")
    for share in (50, 99):
        yield _against(f"/healthz meanwhile, p{share}", ours.health, theirs.health, share, f"{len(ours.health)} times")
    yield against(
        "until all is quiet", ours.whole, "s", peer, theirs.whole, less_is_better=True, note=_told(theirs, number)
    )
    yield against("memory, at most", ours.memory, "MB", peer, theirs.memory, less_is_better=True)


def _against(what: str, ours: Sequence[float], theirs: Sequence[float], share: int, note: str) -> Row:
    return against(
        what, _at(ours, share) * 1000, "ms", "40 threads, endless line", _at(theirs, share) * 1000,
        less_is_better=True, note=note,
    )  # fmt: skip


def _throughput(at_a_time: str, burst: Burst, theirs: Burst) -> Row:
    return against(
        f"questions a second, {at_a_time} at a time",
        len(burst.answered) / burst.whole,
        "1/s",
        "40 at a time",
        len(theirs.answered) / theirs.whole,
        less_is_better=False,
        note=f"p50 {_at(burst.answered, 50):.1f} s, p99 {_at(burst.answered, 99):.1f} s of {len(burst.answered)}",
    )


def _told(burst: Burst, number: int) -> str:
    return f"{len(burst.answered)} of {number} answered, {len(burst.refused)} refused, {burst.errors} failed"


def _at(times: Sequence[float], share: int) -> float:
    return float(np.percentile(times, share)) if times else float("nan")


def _burst(index: str, number: int, options: Sequence[str]) -> Burst:
    with _serving(index, options) as (url, process):
        return asyncio.run(_asked(url, process, number))


async def _asked(url: str, process: int, number: int) -> Burst:
    times: dict[int, list[float]] = {200: [], 503: []}
    failed: Counter[str] = Counter()

    async def ask(place: int) -> None:
        try:
            told = await _told_of(url, QUESTIONS[place % len(QUESTIONS)])
            times[told.status].append(told.seconds)
        except (OSError, LookupError, ValueError) as error:
            failed[type(error).__name__] += 1

    await ask(0)  # what is loaded late is there
    times[200].clear()
    watching = asyncio.create_task(_watched(url, process))
    started = time.perf_counter()
    await asyncio.gather(*(ask(place) for place in range(number)))
    whole = time.perf_counter() - started
    watching.cancel()
    health, memory = await watching
    return Burst(times[200], times[503], failed.total(), health, whole, memory)


async def _told_of(url: str, question: str) -> Told:
    """Ask on a connection of its own, by hand: a client's pool of two hundred takes more time than the server."""
    address = urlsplit(url)
    body = json.dumps({"question": question}).encode()
    head = (
        f"POST /ask HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(head.encode() + body)
        response = await reader.read()
    finally:
        writer.close()
    return Told(int(response.split(b" ", 2)[1]), time.perf_counter() - started)


async def _watched(url: str, process: int) -> tuple[list[float], float]:
    """Ask for the health of the server, and look at its memory, until cancelled."""
    import httpx

    health, memory = [], 0.0
    async with httpx.AsyncClient(base_url=url, timeout=600) as client:
        try:
            while True:
                started = time.perf_counter()
                await client.get("/healthz")
                health.append(time.perf_counter() - started)
                memory = max(memory, _memory(process))
                await asyncio.sleep(_EVERY_S)
        except asyncio.CancelledError:
            return health, memory


def _memory(process: int) -> float:
    """Return what a process holds in memory, in MB; NaN where that cannot be told."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return float("nan")
    fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(fields["VmRSS"].split()[0]) / 1024


@contextmanager
def _serving(index: str, options: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Run `qa serve` on a free port until the block ends; yield its address, once it is warm, and its process."""
    import httpx

    command: list[Any] = [sys.executable, "-m", "qa", "serve", "--index", index, "--port", "0", "--log-level", "error"]
    with subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None  # noqa: S101 - it is a pipe
        try:
            url = next(line.split()[1] for line in server.stderr if line.startswith("Serving "))
            while httpx.get(f"{url}/readyz", timeout=60).status_code != httpx.codes.OK:
                time.sleep(0.1)
            yield url, server.pid
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
