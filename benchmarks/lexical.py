"""The BM25 index against bm25s and rank-bm25: building it, opening it, and asking it real questions.

    pip install -e .[bench]
    python -m benchmarks.lexical --passages 1000000 [--questions 60] [--rounds 5] [--exact 5] [--cache FOLDER]

bm25s runs at its fastest: numba compiled before the clock starts, SciPy to build, its matrix in memory, its own
tokenizer with the same stemmer. Every side tokenizes, runs on one thread, and takes its turn with the others: a
round is all questions of one side, then all of the next. A question's time is the median of its rounds.
rank-bm25 scores `--exact` questions (it takes gigabytes and seconds each); 0 leaves it out.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.passages import passages, questions_by_kind
from benchmarks.results import Row, against, interleaved, report
from qa.lexical import Bm25, LexicalIndex, Text, tokenize
from qa.records import Hit

TOP = 100
BM25S = "bm25s, numba"
_OPEN = """
import sys
from pathlib import Path
from time import perf_counter
from qa.lexical import LexicalIndex
started = perf_counter()
LexicalIndex(Path(sys.argv[1])).search(sys.argv[2], 100)
print(perf_counter() - started)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("RssAnon")))
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of question, and the seconds that each took on either side, shape (rounds, questions)."""

    kind: str
    ours: list[list[float]]
    theirs: list[list[float]]

    def rows(self) -> list[Row]:
        """Return the median and the 95th percentile of the questions' own medians."""
        ours, theirs = np.median(self.ours, axis=0) * 1e3, np.median(self.theirs, axis=0) * 1e3
        return [
            against(
                f"search, {self.kind}, {name}",
                float(np.percentile(ours, share)),
                "ms",
                BM25S,
                float(np.percentile(theirs, share)),
                less_is_better=True,
                note=f"top {TOP}, {ours.size} questions",
            )
            for name, share in (("p50", 50), ("p95", 95))
        ]


def main() -> None:
    """Build both indexes, ask both, check ours, and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=60, help="of each kind")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--exact", type=int, default=5, help="questions for rank-bm25 itself")
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    texts = list(passages(given.passages, given.cache))
    kinds = questions_by_kind(given.questions, given.cache)
    with tempfile.TemporaryDirectory() as folder:
        rows, index, peer = _built(texts, Path(folder))
        rows += [*_opened(Path(folder) / "ours", kinds), *_searched(index, peer, kinds, given.rounds)]
        del peer
        rows += _checked(index, texts, kinds, given.exact)
    report("lexical", rows, ["numpy", "bm25s", "numba", "rank-bm25"])


def _built(texts: Sequence[str], folder: Path) -> tuple[list[Row], LexicalIndex, Callable[[str], object]]:
    """Build ours, then theirs; return the rows and what searches each."""
    import bm25s
    from Stemmer import Stemmer

    (folder / "ours").mkdir()
    started = perf_counter()
    LexicalIndex.write(folder / "ours", map(Text, texts))
    ours = perf_counter() - started
    started = perf_counter()
    tokenizer = bm25s.tokenization.Tokenizer(stemmer=Stemmer("english"), stopwords="english")
    tokens = tokenizer.tokenize(texts, return_as="tuple", show_progress=False)
    built = bm25s.BM25(k1=1.5, b=0.75, method="lucene", backend="numba", csc_backend="scipy")
    built.index(tokens, show_progress=False)
    built.save(folder / "bm25s")
    tokenizer.save_vocab(folder / "bm25s")
    theirs = perf_counter() - started
    del tokens, built
    sizes = [sum(file.stat().st_size for file in (folder / side).iterdir()) / 1e6 for side in ("ours", "bm25s")]
    rows = [
        against(f"build, {len(texts):,} passages", ours, "s", BM25S, theirs, less_is_better=True, note="text to disk"),
        against("size on disk", sizes[0], "MB", BM25S, sizes[1], less_is_better=True),
    ]
    return rows, LexicalIndex(folder / "ours"), _peer(folder / "bm25s", tokenizer, "numba")


def _peer(folder: Path, tokenizer: Any, backend: str) -> Callable[[str], object]:
    import bm25s

    retriever = bm25s.BM25.load(folder, mmap=False)
    retriever.backend = backend

    def search(question: str) -> object:
        tokens = tokenizer.tokenize([question], update_vocab="never", show_progress=False)
        if not tokens[0]:
            return None
        return retriever.retrieve(tokens, k=TOP, show_progress=False, n_threads=1, backend_selection=backend)

    return search


def _opened(folder: Path, kinds: dict[str, list[str]]) -> list[Row]:
    question = next(iter(kinds.values()))[0]
    runs = [
        subprocess.run([sys.executable, "-c", _OPEN, str(folder), question], capture_output=True, check=True, text=True)
        for _ in range(5)
    ]
    seconds, kilobytes = np.median([[float(line) for line in run.stdout.split()] for run in runs], axis=0).tolist()
    return [
        Row("open and answer the first question", seconds * 1e3, "ms", note="in a new process, imports not counted"),
        Row("memory of that process", kilobytes / 1e3, "MB", note="its own, without mapped files"),
    ]


def _searched(
    index: LexicalIndex, peer: Callable[[str], object], kinds: dict[str, list[str]], rounds: int
) -> list[Row]:
    asked = [Asked(kind, [], []) for kind in kinds]
    for kind, questions in zip(asked, kinds.values(), strict=True):
        for question in questions[:3]:  # numba compiles, pages are mapped
            peer(question)
            index.search(question, TOP)
        ours = _timed(lambda question: index.search(question, TOP), questions, kind.ours)
        interleaved(rounds, ours, _timed(peer, questions, kind.theirs))
    every = Asked(
        "all kinds",
        np.concatenate([kind.ours for kind in asked], axis=1).tolist(),
        np.concatenate([kind.theirs for kind in asked], axis=1).tolist(),
    )
    return [row for kind in [every, *asked] for row in kind.rows()]


def _timed(search: Callable[[str], object], questions: Sequence[str], rounds: list[list[float]]) -> Callable[[], None]:
    """Return what asks all questions and appends the list of their seconds to `rounds`."""

    def ask() -> None:
        seconds = []
        for question in questions:
            started = perf_counter()
            search(question)
            seconds.append(perf_counter() - started)
        rounds.append(seconds)

    return ask


def _checked(index: LexicalIndex, texts: Sequence[str], kinds: dict[str, list[str]], exact: int) -> list[Row]:
    """Hold every result against all scores, and some scores against rank-bm25's own; raises SystemExit."""
    every = [question for questions in kinds.values() for question in questions]
    for question in every:
        if index.search(question, TOP) != _naive(index.scores(question)):
            raise SystemExit(f"not the best {TOP}: {question!r}")
    rows = [Row("results equal to the formula's", len(every), "questions", note="ids and scores, to the last bit")]
    if not exact:
        return rows
    reference = Bm25(map(_interned, texts))
    sample = every[:: max(len(every) // exact, 1)][:exact]
    ours, theirs = [], []
    for question in sample:
        started = perf_counter()
        index.search(question, TOP)
        ours.append(perf_counter() - started)
        started = perf_counter()
        scores = reference.get_scores(tokenize(question))
        found = _naive(scores)
        theirs.append(perf_counter() - started)
        if not np.array_equal(scores, index.scores(question)) or found != index.search(question, TOP):
            raise SystemExit(f"not the scores of rank-bm25: {question!r}")
    note = f"top {TOP}, {len(sample)} questions; all {len(texts):,} scores equal to the last bit"
    medians = float(np.median(ours)) * 1e3, float(np.median(theirs)) * 1e3
    return [*rows, against("search, p50", medians[0], "ms", "rank-bm25", medians[1], less_is_better=True, note=note)]


def _interned(text: str) -> list[str]:
    return [sys.intern(term) for term in tokenize(text)]


def _naive(scores: np.ndarray[Any, np.dtype[np.float64]]) -> list[Hit]:
    order = np.lexsort((np.arange(len(scores)), -scores))[:TOP]
    return [Hit(row, float(scores[row])) for row in order.tolist() if scores[row] > 0]


if __name__ == "__main__":
    main()
