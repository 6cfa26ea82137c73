"""One text at a time on one thread each, against batches, for both pinned models.

    python -m benchmarks.onnx_batches [--passages 96]

The peer of each row is the plain loop: batches of texts of like length, padded, on one session that uses every
core. `moved` is the largest change that a text's own result suffers from its neighbours in the batch.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from qa.chunk import chunk
from qa.clean import clean
from qa.config import Settings
from qa.load import Limits, find, read
from qa.models import locate
from qa.onnxmodel import OnnxModel
from qa.pins import PINNED
from qa.records import Article

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "multihop-news"
QUESTION = "Who condemned the missile launch?"


def main() -> None:
    """Print texts a second for each way, as a ratio to the peer's best batch size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=96)
    texts = _texts(parser.parse_args().passages)
    print(f"machine: {os.cpu_count()} cores, Python {sys.version.split()[0]}, {len(texts)} passages of news")
    for name, items, pick in (
        (
            "snowflake-arctic-embed-s",
            texts,
            lambda output: output[:, 0] / np.linalg.norm(output[:, 0], axis=1)[:, None],
        ),
        ("ms-marco-MiniLM-L-12-v2", [(QUESTION, text) for text in texts], lambda output: output),
    ):
        _compare(name, items, pick)


def _compare(name: str, items: Sequence[Any], pick: Callable[[Any], Any]) -> None:
    folder = locate(PINNED[name], Settings.from_env().models)
    ours = OnnxModel(folder, 512)
    alone: list[Any] = []

    def one_by_one() -> None:
        alone[:] = [result[0] for result in ours.run(items, pick)]

    print(f"{name}\n  {'one by one, a thread each':<28} {len(items) / _best(one_by_one):6.1f} texts a second")
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    for size in (1, 4, 16, 32):
        batched: dict[int, Any] = {}

        def run(size: int = size, batched: dict[int, Any] = batched) -> None:
            batched.update(_batches(session, tokenizer, items, pick, size))

        rate = len(items) / _best(run)
        moved = max(float(np.abs(batched[i] - alone[i]).max()) for i in range(len(items)))
        print(f"  {f'batches of {size}, all threads':<28} {rate:6.1f} texts a second, moved {moved:.4f}")


def _batches(
    session: Any, tokenizer: Any, items: Sequence[Any], pick: Callable[[Any], Any], size: int
) -> dict[int, Any]:
    tokenizer.no_padding()
    lengths = [len(encoding.ids) for encoding in tokenizer.encode_batch(items)]
    order = sorted(range(len(items)), key=lengths.__getitem__)
    tokenizer.enable_padding()
    results: dict[int, Any] = {}
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        encodings = tokenizer.encode_batch([items[i] for i in rows])
        feed = {
            "input_ids": np.array([encoding.ids for encoding in encodings]),
            "attention_mask": np.array([encoding.attention_mask for encoding in encodings]),
            "token_type_ids": np.array([encoding.type_ids for encoding in encodings]),
        }
        results.update(zip(rows, pick(session.run(None, feed)[0]), strict=True))
    return results


def _best(work: Callable[[], None], runs: int = 3) -> float:
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def _texts(count: int) -> list[str]:
    texts: list[str] = []
    for path in find([CORPUS]).files:
        for document in read(path, Limits.from_mb(100, 10)):
            article = clean(document) if not hasattr(document, "reason") else document
            if isinstance(article, Article):
                texts += [article.text[c.span.start : c.span.end] for c in chunk(article, Settings().chunk_words)]
            if len(texts) >= count:
                return texts[:count]
    return texts


if __name__ == "__main__":
    main()
