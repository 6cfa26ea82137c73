"""How long a person waits for `qa ask` in a new process, and where the time goes.

    python -m benchmarks.cold_ask [--runs 10] [--index default]

The peer, run in turn with it, is a Python that imports ONNX Runtime, FAISS, NumPy and tokenizers and ends:
what no program made of these libraries can go below.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time

QUESTION = "Where was the missile launched from?"
PEER = "import onnxruntime, faiss, numpy, tokenizers"


def main() -> None:
    """Print medians in seconds and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--index", default="default")
    given = parser.parse_args()
    asks, peers = [], []
    for _ in range(given.runs):
        asks.append(_seconds([sys.executable, "-m", "qa", "ask", QUESTION, "--index", given.index]))
        peers.append(_seconds([sys.executable, "-c", PEER]))
    ask, peer = statistics.median(asks), statistics.median(peers)
    print(
        f"machine         {os.cpu_count()} cores, Python {sys.version.split()[0]}, {given.runs} runs in turn, medians"
    )
    print(f"cold `qa ask`   {ask:.2f} s  (worst {max(asks):.2f})")
    print(f"imports alone   {peer:.2f} s")
    print(f"ratio           {ask / peer:.1f}")


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
