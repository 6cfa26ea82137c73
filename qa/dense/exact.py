"""The vectors in half precision, mapped from their file, to score exactly what the codes have found."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.dense.mapped import hold
from qa.seams import Vectors

_RELEASE_AFTER = 32


class ExactVectors:
    """Vectors of shape (rows, dimension), of which a search touches a few, each time others.

    The pages they lie on would stay in the process until all of the file is there. They are handed back to the
    system every so many searches; a page that is wanted again is still in its cache.
    """

    def __init__(self, path: Path, rows: int, dimension: int) -> None:
        """Map the file; raises OSError, or ValueError unless it has just the size of its vectors."""
        hold(path, expected=rows * dimension * 2, found=path.stat().st_size, of="size in bytes")
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._vectors: NDArray[Any] = np.frombuffer(self._map, dtype="<f2").reshape(rows, dimension)
        self._searches = 0

    def scores(self, places: NDArray[np.int64], vector: Vectors) -> Vectors:
        """Return the inner products of `vector`, shape (dimension,), with the vectors at `places`; NaN is damage."""
        import faiss

        # FAISS's own kernel, as of the flat kind: numpy takes twenty times as long to widen half precision.
        index = faiss.IndexScalarQuantizer(len(vector), faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        index.is_trained = True  # half precision learns nothing
        index.add_sa_codes(self._vectors[places].view(np.uint8))
        self._release()
        found, at = index.search(vector[np.newaxis], len(places))
        scores: Vectors = np.full(len(places), np.nan, dtype=np.float32)
        scores[at[0]] = found[0]  # a vector that is no number is not among them, and leaves its own
        return scores

    def _release(self) -> None:
        # Threads may miscount, and take a page from one another: it is mapped again when it is read.
        self._searches += 1
        if self._searches % _RELEASE_AFTER == 0 and hasattr(mmap, "MADV_DONTNEED"):  # which Windows has not
            self._map.madvise(mmap.MADV_DONTNEED)
