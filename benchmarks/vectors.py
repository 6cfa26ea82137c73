"""Vectors by the million, made of real ones: passages of `shared/data`, embedded once, and seeded noise.

A copy is `cosine` times a passage's vector and for the rest a direction of its own, evenly drawn from all that are
perpendicular to it, scaled to length one and rounded to half precision. Whatever takes long is kept in a folder.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.passages import DATA, SETS
from qa.chunk import chunk, searched_text
from qa.clean import clean
from qa.config import DEFAULT_ENCODER, Settings
from qa.embed import load_encoder
from qa.load import Limits, read
from qa.records import Article
from qa.seams import Vectors

WORDS = 100
_BLOCK = 20_000
_SEED = 5

Halves = NDArray[np.float16]


def real_passages(folder: Path, count: int) -> Halves:
    """Return vectors of at most `count` real passages, shape (passages, dimension), of all sets in a shuffled order."""
    kept = folder / f"passages-{count}.npy"
    if not kept.exists():
        texts = list(_texts())
        random.Random(_SEED).shuffle(texts)
        print(f"embedding {min(count, len(texts))} passages")
        encoder = load_encoder(DEFAULT_ENCODER, Settings.from_env().models)
        np.save(kept, encoder.encode_passages(texts[:count]).astype(np.float16))
    vectors: Halves = np.load(kept)
    return vectors


def real_questions(folder: Path, count: int) -> Vectors:
    """Return vectors of `count` real questions about those passages, shape (count, dimension)."""
    kept = folder / f"questions-{count}.npy"
    if not kept.exists():
        asked = [
            json.loads(line)["text"]
            for name in SETS
            for line in (DATA / name / "queries.jsonl").read_text(encoding="utf-8").splitlines()
        ]
        encoder = load_encoder(DEFAULT_ENCODER, Settings.from_env().models)
        np.save(kept, np.stack([encoder.encode_query(text) for text in random.Random(_SEED).sample(asked, count)]))
    vectors: Vectors = np.load(kept)
    return vectors


def copies(folder: Path, originals: Halves, rows: int, cosine: float) -> Halves:
    """Return `rows` vectors, mapped: each a copy of an original, in turn, at `cosine` from it."""
    kept = folder / f"copies-{len(originals)}-{rows}-{cosine}.npy"
    if not kept.exists():
        draw = np.random.default_rng(_SEED)
        fresh = kept.with_suffix(".new")
        made = np.lib.format.open_memmap(fresh, "w+", np.float16, (rows, originals.shape[1]))
        for start in range(0, rows, _BLOCK):
            at = np.arange(start, min(start + _BLOCK, rows)) % len(originals)
            made[start : start + len(at)] = _copy(draw, originals[at].astype(np.float32), cosine)
        made.flush()
        fresh.rename(kept)
    vectors: Halves = np.load(kept, mmap_mode="r")
    return vectors


def exact_nearest(vectors: Halves, questions: Vectors, k: int) -> NDArray[np.int64]:
    """Return the rows of the `k` nearest vectors for each question, shape (questions, k), by multiplying all."""
    scores: NDArray[Any] = np.empty((len(questions), 0), dtype=np.float32)
    rows = np.empty((len(questions), 0), dtype=np.int64)
    for start in range(0, len(vectors), _BLOCK):
        fresh = questions @ vectors[start : start + _BLOCK].astype(np.float32).T
        numbers = np.broadcast_to(np.arange(start, start + fresh.shape[1]), fresh.shape)
        scores, rows = np.hstack([scores, fresh]), np.hstack([rows, numbers])
        best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        scores, rows = np.take_along_axis(scores, best, axis=1), np.take_along_axis(rows, best, axis=1)
    return rows


def _copy(draw: np.random.Generator, originals: Vectors, cosine: float) -> Halves:
    noise = draw.standard_normal(originals.shape, dtype=np.float32)
    originals = originals / np.linalg.norm(originals, axis=1, keepdims=True)
    noise -= (noise * originals).sum(axis=1, keepdims=True) * originals
    noise *= np.sqrt(1 - cosine**2) / np.linalg.norm(noise, axis=1, keepdims=True)
    copied = cosine * originals + noise
    halves: Halves = (copied / np.linalg.norm(copied, axis=1, keepdims=True)).astype(np.float16)
    return halves


def _texts() -> Iterator[str]:
    for name in SETS:
        for document in read(DATA / name / "corpus.jsonl", Limits.from_mb(100, 10)):
            article = clean(document) if not hasattr(document, "reason") else document
            if isinstance(article, Article):
                yield from (searched_text(part, article) for part in chunk(article, WORDS))
