"""What corpora and workers cost in memory, and what workers bring: real servers, asked over HTTP by several clients.

    python -m benchmarks.serving [--indexes indexes] [--first news] [--second squad] [--questions 60] [--rounds 3]

Both indexes must be there (`qa build ... --index news`). Memory is the proportional set size of a server and the
processes below it, from /proc: what several processes map is counted once. Questions are those of
../shared/data/multihop-news, to the first index; servers of one and of two workers are asked in turn;
with `--rounds 0` they are not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from benchmarks.results import Row, against, report
from benchmarks.streaming import DATA

CLIENTS = 8
PATIENCE_S = 60.0
NOWHERE = "nothing-is-called-so"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its address and its process."""

    url: str
    process: int

    def memory(self) -> float:
        """Return what it and the processes below it have in memory, in MB."""
        return sum(map(_memory, [self.process, *_below(self.process)]))


def main() -> None:
    """Print memory in MB, and questions a second."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--indexes", default="indexes")
    parser.add_argument("--first", default="news")
    parser.add_argument("--second", default="squad")
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    place = ["--indexes", given.indexes]
    report("corpora", list(_corpora(place, given.first, given.second)))
    if given.rounds:
        report("workers", list(_workers(place, given)))


def _corpora(place: list[str], first: str, second: str) -> Iterator[Row]:
    """Yield what the second corpus adds to the memory of a server, and to that of its models and index alone."""
    memory = []
    for names in (NOWHERE, first, f"{first},{second}"):
        with _serving([*place, "--index", names]) as server:
            for name in names.split(","):
                _asked(f"{server.url}/c/{name}", ["Who said what, where and when?"] * 3)
            memory.append(server.memory())
    without, one, two = memory
    yield Row("server without an index", without, "MB")
    yield against("server with two corpora", two, "MB", "with one", one, less_is_better=True)
    yield against(
        "their models and indexes", two - without, "MB", "of one", one - without, less_is_better=True,
        note=f"{(two - without) / (one - without):.2f} times those of one",
    )  # fmt: skip


def _workers(place: list[str], given: argparse.Namespace) -> Iterator[Row]:
    """Yield how many questions a second are answered by two workers, and what they cost, against one."""
    lines = (DATA / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["text"] for line in islice(lines, given.questions)]
    index = [*place, "--index", given.first]
    with ExitStack() as running:
        one, two = (running.enter_context(_serving([*index, "--workers", number])) for number in ("1", "2"))
        for server in (one, two):
            _asked(server.url, questions[: 2 * CLIENTS])  # both workers have then answered
        rates: tuple[list[float], list[float]] = ([], [])
        for _ in range(given.rounds):
            for server, found in zip((one, two), rates, strict=True):
                found.append(_asked(server.url, questions))
        yield against(
            "two workers", median(rates[1]), "questions/s", "one", median(rates[0]), less_is_better=False,
            note=f"{CLIENTS} clients, {len(questions)} questions, {given.rounds} rounds",
        )  # fmt: skip
        yield against("memory of two workers", two.memory(), "MB", "of one", one.memory(), less_is_better=True)


def _asked(url: str, questions: list[str]) -> float:
    """Ask from several clients at once; return how many questions were answered a second."""
    import httpx

    with httpx.Client(timeout=120) as client, ThreadPoolExecutor(CLIENTS) as pool:
        started = perf_counter()
        list(pool.map(lambda question: client.post(f"{url}/ask", json={"question": question}), questions))
        return len(questions) / (perf_counter() - started)


@contextmanager
def _serving(options: list[str]) -> Iterator[Server]:
    """Run `qa serve` on a free port until the block ends; yield it once every corpus is open, if it can be."""
    import httpx

    command = [sys.executable, "-m", "qa", "serve", "--port", "0", "--log-level", "error", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None  # noqa: S101 - it is a pipe
        try:
            url = next(line.split()[1] for line in server.stderr if line.startswith("Serving "))
            for corpus in httpx.get(f"{url}/corpora", timeout=120).json()["corpora"]:
                if corpus["name"] != NOWHERE:
                    _wait_for(f"{url}/c/{corpus['name']}/readyz")
            yield Server(url, server.pid)
        finally:
            server.terminate()


def _wait_for(url: str) -> None:
    import httpx

    end = perf_counter() + PATIENCE_S
    while not (response := httpx.get(url, timeout=PATIENCE_S)).is_success:
        if perf_counter() > end:
            sys.exit(f"{url}: {response.json()['detail']}")
        sleep(0.1)


def _memory(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000


def _below(process: int) -> Iterator[int]:
    """Yield the processes that a process has started, and those that they have."""
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in map(int, (task / "children").read_text(encoding="ascii").split()):
            yield child
            yield from _below(child)


if __name__ == "__main__":
    main()
