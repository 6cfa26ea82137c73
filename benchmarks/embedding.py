"""Passages embedded and pairs scored a second, against the plain ways of running the same models.

    python -m benchmarks.embedding [--passages 64] [--rounds 7]

The passages are news of `shared/data` beside the checkout, with their titles, as they are indexed: at most 100
words (the default) and at most 200. The sides take turns in one process.

The peer is the plain loop: the pinned ONNX file as it is, a session with default options, all cores, batches of 32
padded to their longest text; once in the order given and once sorted by length, as sentence-transformers does
it. arctic-embed-s is not to be had in float32 here, so the same model through sentence-transformers is no peer; a
model of half the layers, all-MiniLM-L6-v2 in torch float32 with default settings, is there for reference.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from benchmarks.results import Row, against, interleaved, report
from qa.chunk import chunk, searched_text
from qa.clean import clean
from qa.config import Settings
from qa.embed import load_encoder
from qa.load import Limits, find, read
from qa.models import locate
from qa.pins import PINNED
from qa.records import Article
from qa.rerank import CrossEncoder

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "multihop-news"
ENCODER, REFERENCE, RERANKER = "snowflake-arctic-embed-s", "all-MiniLM-L6-v2", "ms-marco-MiniLM-L-12-v2"
QUESTION = "Who condemned the missile launch?"
BATCH = 32


def main() -> None:
    """Measure both lengths of passage, and the reranker on the shorter one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    rows: list[Row] = []
    for words in (100, 200):
        texts = _texts(given.passages, words)
        rows += _encoders(texts, given.rounds)
        if words == Settings().chunk_words:
            rows += _rerankers(texts, given.rounds)
    report("embedding", rows, ["onnxruntime", "sentence-transformers", "torch"])


def _encoders(texts: Sequence[str], rounds: int) -> list[Row]:
    models = Settings.from_env().models
    ours, reference = load_encoder(ENCODER, models), _sentence_transformer(models)
    loop = PlainLoop(locate(PINNED[ENCODER], models))
    taken = interleaved(
        rounds,
        lambda: ours.encode_passages(texts),
        lambda: loop.run(texts, by_length=False),
        lambda: loop.run(texts, by_length=True),
        lambda: reference(texts),
    )
    mine, plain, by_length, torch = (len(texts) / seconds for seconds in taken)
    alone = np.concatenate([loop.run([text], by_length=False) for text in texts])
    change = np.abs(_unit(loop.run(texts, by_length=False)[:, 0]) - _unit(alone[:, 0])).max()
    moved = f"in the loop, neighbours move a component of a vector by up to {change:.3f}; ours by 0"
    what, unit = f"{ENCODER}, {loop.tokens(texts):.0f} tokens", "passages/s"
    return [
        against(what, mine, unit, "plain loop", plain, less_is_better=False, note=moved),
        against(what, mine, unit, "plain loop by length", by_length, less_is_better=False),
        against(what, mine, unit, f"{REFERENCE}, torch", torch, less_is_better=False, note="another, smaller model"),
    ]


def _rerankers(texts: Sequence[str], rounds: int) -> list[Row]:
    models = Settings.from_env().models
    ours, loop = CrossEncoder(PINNED[RERANKER], models), PlainLoop(locate(PINNED[RERANKER], models))
    pairs = [(QUESTION, text) for text in texts]
    taken = interleaved(
        rounds,
        lambda: ours.score(QUESTION, texts),
        lambda: loop.run(pairs, by_length=False),
        lambda: loop.run(pairs, by_length=True),
    )
    mine, plain, by_length = (len(texts) / seconds for seconds in taken)
    what, unit = f"{RERANKER}, {loop.tokens(pairs):.0f} tokens", "pairs/s"
    return [
        against(what, mine, unit, "plain loop", plain, less_is_better=False),
        against(what, mine, unit, "plain loop by length", by_length, less_is_better=False),
    ]


class PlainLoop:
    """The pinned file as it is, in padded batches, on one session of default options."""

    def __init__(self, folder: Path) -> None:
        """Load `model.onnx` and `tokenizer.json` from `folder`."""
        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_padding()
        self._tokenizer.enable_truncation(512)

    def run(self, items: Sequence[Any], *, by_length: bool) -> NDArray[np.float32]:
        """Return the first position of the model's output for each text or pair, in the order given."""
        order = list(range(len(items)))
        if by_length:
            order.sort(key=lambda i: -len("".join(items[i])))
        outputs: dict[int, NDArray[np.float32]] = {}
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            encodings = self._tokenizer.encode_batch([items[i] for i in rows])
            feed = {
                "input_ids": np.array([encoding.ids for encoding in encodings]),
                "attention_mask": np.array([encoding.attention_mask for encoding in encodings]),
                "token_type_ids": np.array([encoding.type_ids for encoding in encodings]),
            }
            outputs.update(zip(rows, self._session.run(None, feed)[0][:, :1], strict=True))
        return np.stack([outputs[i] for i in range(len(items))])

    def tokens(self, items: Sequence[Any]) -> float:
        """Return the mean number of tokens, without padding."""
        return float(np.mean([sum(encoding.attention_mask) for encoding in self._tokenizer.encode_batch(list(items))]))


def _sentence_transformer(models: Path) -> Callable[[Sequence[str]], object]:
    model = SentenceTransformer(str(locate(PINNED[REFERENCE], models)), device="cpu", local_files_only=True)
    return lambda texts: model.encode(list(texts), show_progress_bar=False)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _texts(count: int, words: int) -> list[str]:
    """Return passages as they are indexed, in the order of the corpus; a document's last, short one is left out."""
    texts: list[str] = []
    for path in find([CORPUS]).files:
        for document in read(path, Limits.from_mb(100, 10)):
            article = clean(document) if not hasattr(document, "reason") else document
            if isinstance(article, Article):
                texts += [searched_text(passage, article) for passage in chunk(article, words)[:-1]]
            if len(texts) >= count:
                return texts[:count]
    return texts


if __name__ == "__main__":
    main()
