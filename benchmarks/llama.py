"""A small LLM on this machine, served by llama.cpp as any OpenAI-compatible server is: for tests and measurements.

    python -m benchmarks.llama FILE.gguf

prints its address, and ends when its standard input does: with the process that started it, however that ends.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CONTEXT = 2048
_ENDS_S = 10


@contextmanager
def serving(model: Path) -> Iterator[str]:
    """Run a server of the model's file in a process of its own while the block lasts; yields its address.

    Raises RuntimeError where it does not start.
    """
    command = [sys.executable, "-m", "benchmarks.llama", str(model)]
    root = Path(__file__).resolve().parent.parent
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=root
    ) as process:
        assert process.stdout is not None and process.stdin is not None  # noqa: S101, PT018 - they are pipes
        try:
            address = process.stdout.readline().strip()
            if not address.startswith("http://127.0.0.1:"):
                raise RuntimeError(f"llama.cpp did not start with {model}")
            yield address
        finally:
            process.stdin.close()
            try:
                process.wait(_ENDS_S)
            except subprocess.TimeoutExpired:
                process.kill()


def main() -> None:
    """Serve until the standard input ends."""
    import xllamacpp

    wanted = xllamacpp.CommonParams()
    wanted.model.path = sys.argv[1]
    wanted.n_ctx, wanted.n_parallel, wanted.port = _CONTEXT, 1, 0
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = 1  # two that wait for each other are slower
    wanted.warmup, wanted.verbosity = False, -1
    server = xllamacpp.Server(wanted)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
