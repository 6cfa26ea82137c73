"""The dense index at a million vectors, against FAISS itself and against exact search in float32.

    python -m benchmarks.dense [--vectors 1000000] [--cosine 0.9 0.8] [--cache FOLDER]

The vectors are copies of ten thousand real passages' embeddings at the first cosine given, the questions real ones
(benchmarks/vectors.py); the index is the one that a build writes. Three sides take turns, question by question:

  raw FAISS     the same inverted lists with the same probes and candidates, and FAISS's own exact scoring of
                them (IndexRefine over half-precision vectors in the same order), on one thread as ours: it starts
                a team of threads for each question otherwise
  float32 flat  IndexFlatIP over the same vectors in memory: exact

The memory is that of a process that opens the index and searches 200 times: what it grows by. Resident bytes are
what a search reads at random: FAISS's file (centroids, codes, numbers) and the rows; the exact vectors stay on disk.
The other cosines are there to show how the recall depends on them, as are the real vectors without any noise.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import faiss
import numpy as np
from numpy.typing import NDArray

from benchmarks.dense_peers import Search, float32_flat, raw_faiss
from benchmarks.results import Row, against, report
from benchmarks.vectors import Halves, copies, exact_nearest, real_passages, real_questions
from qa.dense import DenseIndex
from qa.dense.kinds import FLAT_AT_MOST
from qa.seams import Vectors

K, QUESTIONS, SEARCHES, EXACT_SEARCHES = 10, 400, 200, 30
ORIGINALS = 10_000


def main() -> None:
    """Build what is missing in the folder, measure, and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=int, default=1_000_000)
    parser.add_argument("--cosine", type=float, nargs="+", default=[0.9, 0.8])
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "qa-bench-dense")
    given = parser.parse_args()
    given.cache.mkdir(parents=True, exist_ok=True)
    originals, questions = real_passages(given.cache, ORIGINALS), real_questions(given.cache, QUESTIONS)
    first, *others = given.cosine
    vectors = copies(given.cache, originals, given.vectors, first)
    rows = _at_scale(given.cache, vectors, questions, f"{len(vectors):,} vectors, cosine {first}")
    rows += [
        _recall(given.cache, copies(given.cache, originals, given.vectors, cosine), questions, f"cosine {cosine}")
        for cosine in others
    ]
    rows.append(_recall(given.cache, originals, questions, f"{len(originals):,} real vectors, no noise"))
    rows.append(_largest_flat(given.cache, vectors[:FLAT_AT_MOST], questions))
    report("dense", rows, ["faiss-cpu", "numpy"])


@dataclass(frozen=True, slots=True)
class Opened:
    """What a process of its own saw: seconds to open and search once, resident bytes gained, by searches done."""

    first_seconds: float
    first_bytes: int
    bytes: int


def _at_scale(cache: Path, vectors: Halves, questions: Vectors, what: str) -> list[Row]:
    folder, build_seconds = _built(cache / "index", vectors, "ivf")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        opened = pool.apply(_open_and_search, (folder, questions[:SEARCHES]))
    index = _open(folder)
    nearest = exact_nearest(vectors, questions, K)
    raw, flat = raw_faiss(folder, len(vectors), K), float32_flat(vectors, K)
    found: list[list[Sequence[int]]] = [[], []]
    ours, theirs = _taken(questions, found, lambda q: [hit.row for hit in index.search_vector(q, K)], raw)
    exact = _taken(questions[:EXACT_SEARCHES], [[]], flat)[0]
    recall, raw_recall = (_share(rows, nearest) for rows in found)
    resident = sum((folder / name).stat().st_size for name in ("codes.faiss", "rows.i32")) / len(vectors)
    size = 4 * vectors.shape[1]
    same, plain = "raw FAISS, same index", "float32 flat"
    return [
        against("search p50", _at(ours, 50), "ms", same, _at(theirs, 50), less_is_better=True, note=what),
        against("search p95", _at(ours, 95), "ms", same, _at(theirs, 95), less_is_better=True),
        against("search p50, exact peer", _at(ours, 50), "ms", plain, _at(exact, 50), less_is_better=True),
        against("recall@10", recall, "", same, raw_recall, less_is_better=False, note="against exact search"),
        against("resident for a vector", resident, "bytes", plain, size, less_is_better=True),
        against(
            f"RSS grown by {SEARCHES} searches",
            opened.bytes / 1e6,
            "MB",
            plain,
            size * len(vectors) / 1e6,
            less_is_better=True,
            note=f"{opened.first_bytes / 1e6:.0f} MB after the first",
        ),
        Row("open and first search", opened.first_seconds, "s"),
        Row("build", build_seconds, "s"),
    ]


def _recall(cache: Path, vectors: Halves, questions: Vectors, what: str) -> Row:
    index = _open(_built(cache / "other", vectors, "ivf")[0])
    found = [[hit.row for hit in index.search_vector(question, K)] for question in questions]
    return Row("recall@10", _share(found, exact_nearest(vectors, questions, K)), "", note=what)


def _largest_flat(cache: Path, vectors: Halves, questions: Vectors) -> Row:
    """Search as many vectors as `auto` still indexes exactly."""
    index = _open(_built(cache / "flat", vectors, "flat")[0])
    ours, theirs = _taken(
        questions[: EXACT_SEARCHES * 3],
        [[], []],
        lambda q: [h.row for h in index.search_vector(q, K)],
        float32_flat(vectors, K),
    )
    note = f"kind flat, {len(vectors):,} vectors"
    return against("search p50", _at(ours, 50), "ms", "float32 flat", _at(theirs, 50), less_is_better=True, note=note)


def _built(folder: Path, vectors: Halves, kind: str) -> tuple[Path, float]:
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    started = perf_counter()
    DenseIndex.write(folder, vectors, kind)
    return folder, perf_counter() - started


def _open(folder: Path) -> DenseIndex:
    def no_question(_: str) -> Vectors:
        raise AssertionError("the questions are vectors here")

    return DenseIndex(folder, no_question)


def _open_and_search(folder: Path, questions: Vectors) -> Opened:
    """Measure in a process that has done nothing before; importing FAISS is not the index's time or memory."""
    before, started = _resident(), perf_counter()
    index = _open(folder)
    index.search_vector(questions[0], K)
    seconds, first = perf_counter() - started, _resident()
    for question in questions[1:]:
        index.search_vector(question, K)
    return Opened(seconds, first - before, _resident() - before)


def _resident() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


def _taken(questions: Vectors, found: Sequence[list[Sequence[int]]], *searches: Search) -> list[list[float]]:
    """Return the seconds of each search for each question, after a round of warming; keep what is `found`.

    They take turns in going first: who follows finds the question's lists in the processor's cache.
    """
    faiss.omp_set_num_threads(1)
    taken: list[list[float]] = [[] for _ in searches]
    for warm in (False, True):
        for number, question in enumerate(questions):
            for times, rows, search in list(zip(taken, found, searches, strict=True))[:: 1 if number % 2 else -1]:
                started = perf_counter()
                hits = search(question)
                if warm:
                    times.append(perf_counter() - started)
                    rows.append(hits)
    return taken


def _at(seconds: Sequence[float], percent: int) -> float:
    return float(np.percentile(seconds, percent)) * 1000


def _share(found: Sequence[Sequence[int]], nearest: NDArray[np.int64]) -> float:
    hits = sum(len(set(rows) & set(right.tolist())) for rows, right in zip(found, nearest, strict=True))
    return hits / nearest.size


if __name__ == "__main__":
    main()
