"""How soon something of an answer is there when it is streamed, against the answer in one piece.

    python -m benchmarks.streaming [--questions 60] [--index streaming]

Reads ../shared/data/multihop-news, builds the index where it is missing, and asks a server in a process of its own
over HTTP: each question as a stream and, in turn, in one piece, which is the peer. A third of the questions has a
conversation of ten turns before it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

from benchmarks.results import Row, against, report

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "multihop-news"
EVENTS = ("question", "sources", "done")
_CONVERSED = 3


def main() -> None:
    """Print medians in milliseconds, and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--index", default="streaming")
    given = parser.parse_args()
    subprocess.run(
        [sys.executable, "-m", "qa", "build", str(DATA / "corpus.jsonl"), "--index", given.index], check=True
    )
    streamed: dict[str, list[float]] = {name: [] for name in EVENTS}
    whole: list[float] = []
    with _serving(given.index) as url:
        for body in _bodies(given.questions):
            times = _streamed(url, body)
            for name in EVENTS:
                streamed[name].append(times[name])
            whole.append(_in_one_piece(url, body))
    report("streaming", list(_rows(streamed, whole)))


def _rows(streamed: dict[str, list[float]], whole: list[float]) -> Iterator[Row]:
    """Yield a row for each event, from the request to its arrival."""
    for name in EVENTS:
        note = f"{len(whole)} questions; worst {max(streamed[name]):.0f} ms"
        yield against(
            f"event `{name}`, p50", median(streamed[name]), "ms", "JSON, p50", median(whole),
            less_is_better=True, note=note,
        )  # fmt: skip


def _bodies(number: int) -> Iterator[dict[str, Any]]:
    """Yield requests; those with a conversation have the questions before as its turns."""
    lines = (DATA / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["text"] for line in islice(lines, number + 10)]
    for place, question in enumerate(questions[10:], start=10):
        turns = questions[place - 10 : place] if place % _CONVERSED == 0 else []
        history = [
            message
            for turn in turns
            for message in (
                {"role": "user", "content": turn},
                {"role": "assistant", "content": "It was reported by The Verge."},
            )
        ]
        yield {"question": question, "history": history}


def _streamed(url: str, body: dict[str, Any]) -> dict[str, float]:
    """Return when each kind of event was there for the first time, in milliseconds from the request."""
    import httpx
    from httpx_sse import connect_sse

    times: dict[str, float] = {}
    with httpx.Client(timeout=60) as client:
        client.get(f"{url}/healthz")  # the connection is there: what is measured is the answer
        started = perf_counter()
        with connect_sse(client, "POST", f"{url}/ask", json=body) as source:
            for event in source.iter_sse():
                times.setdefault(event.event, (perf_counter() - started) * 1000)
    return times


def _in_one_piece(url: str, body: dict[str, Any]) -> float:
    import httpx

    with httpx.Client(timeout=60) as client:
        client.get(f"{url}/healthz")
        started = perf_counter()
        client.post(f"{url}/ask", json=body).raise_for_status()
        return (perf_counter() - started) * 1000


@contextmanager
def _serving(index: str) -> Iterator[str]:
    """Run `qa serve` on a free port until the block ends; yield its address once it is warm."""
    import httpx

    command = [sys.executable, "-m", "qa", "serve", "--index", index, "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None  # noqa: S101 - it is a pipe
        try:
            url = next(line.split()[1] for line in server.stderr if line.startswith("Serving "))
            while httpx.get(f"{url}/readyz", timeout=60).status_code != httpx.codes.OK:
                sleep(0.1)
            yield url
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
