"""How long a person waits for the first answer, for the whole index, and for a rebuild after a change.

    python -m benchmarks.rebuild [--articles 609]

Every row is a command of its own, from its start to its end, as a person runs it. The peer of each is the full build
of the same articles in the same run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.results import Row, report

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "multihop-news" / "corpus.jsonl"
QUESTION = "Who was accused of fraud?"
_ROUNDS = 3


def main() -> None:
    """Build from nothing, then after one change of each kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=609)
    wanted = parser.parse_args().articles
    if not CORPUS.exists():
        sys.exit(f"{CORPUS.parent.name} is not beside the repository; there is nothing to measure on.")
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(Path(folder), CORPUS.read_text(encoding="utf-8").splitlines()[:wanted])
        report("rebuild", bench.rows())


class _Bench:
    def __init__(self, folder: Path, lines: list[str]) -> None:
        self._corpus, self._indexes, self._lines = folder / "corpus.jsonl", folder / "indexes", lines
        self._write()

    def rows(self) -> list[Row]:
        """Measure; rebuilds are the median of some rounds."""
        first, full = self._from_nothing()
        count = f"{len(self._lines)} articles"
        rows = [
            Row(f"the whole index, {count}", full, "s"),
            self._against("first answer, from the command to build", first, full, "answered by words"),
        ]
        for what, change in (
            ("nothing changed", lambda _: None),
            ("one article changed", self._edit),
            ("one article more", self._add),
            ("one article less", self._remove),
        ):
            seconds, told = self._rebuilt(change)
            rows.append(self._against(what, seconds, full, told))
        return rows

    def _against(self, what: str, seconds: float, full: float, note: str) -> Row:
        return Row(what, seconds, "s", "the whole index", full, full / seconds, f"{100 * seconds / full:.1f} %; {note}")

    def _from_nothing(self) -> tuple[float, float]:
        """Return the seconds to the first answer and to the end of the build."""
        started = time.perf_counter()
        with subprocess.Popen(self._command("build", str(self._corpus)), stderr=subprocess.DEVNULL) as building:
            while not (self._indexes / "default" / "current").exists():
                time.sleep(0.05)
            self._run("ask", QUESTION)
            answered = time.perf_counter() - started
            building.wait()
        return answered, time.perf_counter() - started

    def _rebuilt(self, change: Callable[[int], None]) -> tuple[float, str]:
        times = []
        told = ""
        for number in range(_ROUNDS):
            change(number)
            self._write()
            started = time.perf_counter()
            told = self._run("build", str(self._corpus))
            times.append(time.perf_counter() - started)
        return median(times), told.strip().splitlines()[-1]

    def _edit(self, number: int) -> None:
        place = (number + 1) * len(self._lines) // (_ROUNDS + 1)
        row = json.loads(self._lines[place])
        row["text"] += f"\n\nCorrection {number}: an earlier version of this article named another day."
        self._lines[place] = json.dumps(row)

    def _add(self, number: int) -> None:
        row = json.loads(self._lines[number])
        self._lines.append(json.dumps({**row, "_id": f"more-{number}", "title": f"Another look: {row['title']}"}))

    def _remove(self, _: int) -> None:
        self._lines.pop(len(self._lines) // 2)

    def _write(self) -> None:
        self._corpus.write_text("\n".join(self._lines) + "\n", encoding="utf-8")

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(self._command(*arguments), capture_output=True, text=True, check=True)
        return done.stdout

    def _command(self, *arguments: str) -> Sequence[str]:
        return [sys.executable, "-m", "qa", *arguments, "--indexes", str(self._indexes)]


if __name__ == "__main__":
    main()
