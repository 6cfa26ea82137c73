"""The vectors of a version: those that are known are reused, the others computed and written down as they come."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from qa.chunk import searched_text
from qa.embeddings import FAILURES, EmbeddingCache, Rounded, is_damage
from qa.seams import Encoder, Progress
from qa.store import FILE, Store

_WRITTEN_AT_ONCE = 128
"""Texts. About a second of work here and ten on a slow laptop: what a build that is killed can lose."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class VectorsOf:
    """Whose vectors are wanted: the encoder, the store's folder, and the index folder that keeps what was computed."""

    encoder: Encoder
    store: Path
    index: Path

    def missing(self) -> int:
        """Return how many texts have to be embedded."""
        return self._with_cache(lambda cache: len(cache.missing()))

    def written(self, path: Path, rows: int, progress: Progress) -> Rounded:
        """Embed what is missing, then write all vectors to `path`; return them mapped, shape (rows, dimension)."""

        def work(cache: EmbeddingCache) -> Rounded:
            for _ in range(2):
                self._embed(cache, progress)
                vectors = cache.write(path, rows, self.encoder.dimension)
                if vectors is not None:  # or else some were damaged, and are missing now
                    return vectors
            raise sqlite3.DatabaseError("what is damaged cannot be removed")

        return self._with_cache(work)

    def prune(self) -> None:
        """Let go of the vectors that are no longer of use, once they are many."""
        self._with_cache(lambda cache: cache.prune())

    def _embed(self, cache: EmbeddingCache, progress: Progress) -> None:
        missing = cache.missing()
        if not missing:
            return
        progress.stage("Embedding passages", len(missing))
        with closing(Store(self.store)) as store:
            for start in range(0, len(missing), _WRITTEN_AT_ONCE):
                rows = missing[start : start + _WRITTEN_AT_ONCE]
                texts = [searched_text(chunk, article) for chunk, article in store.chunks(rows)]
                cache.add(rows, self.encoder.encode_passages(texts, progress.advance))

    def _with_cache(self, work: Callable[[EmbeddingCache], Result]) -> Result:
        """Do `work`; a cache that turns out damaged is started anew, since it holds nothing that cannot be computed."""
        for fresh in (False, True):
            with EmbeddingCache(self.index, self.encoder.fingerprint, self.store / FILE) as cache:
                try:
                    return work(cache)
                except FAILURES as error:
                    if fresh or not is_damage(error):
                        raise
            cache.discard()
        raise AssertionError("the second time either returns or raises")
