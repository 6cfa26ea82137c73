"""The vectors in half precision, mapped from their file, to score exactly what the codes have found."""

from __future__ import annotations

import mmap
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.dense.mapped import hold
from qa.seams import Vectors

_RELEASE_AFTER = 128


class ExactVectors:
    """Vectors of shape (rows, dimension), of which each search reads a few, each time others.

    The pages they lie on would stay with the process until all of the file does. They are handed back every so
    many searches; one that is wanted again is in the system's cache. Oftener would cost a search its time.
    """

    def __init__(self, path: Path, rows: int, dimension: int) -> None:
        """Map the file; raises OSError, or ValueError unless it has just the size of its vectors."""
        self._path = path
        hold(path, expected=rows * dimension * 2, found=path.stat().st_size, of="size in bytes")
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._vectors: NDArray[Any] = np.frombuffer(self._map, dtype="<f2").reshape(rows, dimension)
        self._searches = 0
        self._thread = threading.local()

    def nearest(self, vector: Vectors, places: NDArray[np.int64]) -> tuple[Vectors, NDArray[np.int64]]:
        """Return the inner products of `vector` with the vectors at `places`, falling, and their places.

        Raises ValueError for a place beyond the last, or a vector that is no number.
        """
        # As unsigned numbers, those below zero are beyond the last too.
        if places.view(np.uint64).max() >= len(self._vectors):
            raise ValueError(f"{self._path} has {len(self._vectors)} vectors, and the codes beside it are damaged.")
        index = self._index()
        index.reset()
        index.add_sa_codes(self._vectors[places].view(np.uint8))
        self._release()
        scores, at = index.search(vector[np.newaxis], len(places))
        if at[0, -1] < 0:
            raise ValueError(f"{self._path} is damaged: a vector in it is no number.")
        return scores[0], places[at[0]]

    def _index(self) -> Any:
        """Return this thread's own index, to score with FAISS's kernel: numpy is slow to widen half precision."""
        if not hasattr(self._thread, "index"):
            import faiss

            kind, dimension = faiss.ScalarQuantizer.QT_fp16, self._vectors.shape[1]
            self._thread.index = faiss.IndexScalarQuantizer(dimension, kind, faiss.METRIC_INNER_PRODUCT)
            self._thread.index.is_trained = True  # half precision learns nothing
        return self._thread.index

    def _release(self) -> None:
        # Threads may miscount, and take a page from one another: it is mapped again when it is read.
        self._searches += 1
        if self._searches % _RELEASE_AFTER == 0 and hasattr(mmap, "MADV_DONTNEED"):  # Windows has none
            self._map.madvise(mmap.MADV_DONTNEED)
