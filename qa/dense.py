"""FAISS over chunk vectors: exact inner product of unit vectors, which is the cosine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from qa.records import Hit
from qa.seams import Vectors

_SPARE = 16


class DenseIndex:
    """An exact FAISS index over unit vectors, mapped from its file; row i is the i-th vector."""

    def __init__(self, folder: Path, encode_query: Callable[[str], Vectors]) -> None:
        """Open the index that `write` left in `folder`; `encode_query` turns a question to (dimension,)."""
        import faiss

        self._index: Any = faiss.read_index(str(folder / "vectors.faiss"), faiss.IO_FLAG_MMAP_IFC)
        self._encode_query = encode_query

    @staticmethod
    def write(folder: Path, vectors: Vectors) -> None:
        """Index unit `vectors`, shape (rows, dimension), into the existing, empty `folder`."""
        import faiss

        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors))
        faiss.write_index(index, str(folder / "vectors.faiss"))

    def search(self, query: str, k: int) -> list[Hit]:
        """Return the `k` rows nearest to the question, best first, equal scores by row."""
        vector = self._encode_query(query)[np.newaxis, :]
        total = int(self._index.ntotal)
        wanted = min(k, total)
        if wanted == 0:
            return []
        # FAISS breaks ties as it likes. Fetch on until a worse score follows the k-th, then order them.
        fetched = min(wanted + _SPARE, total)
        while True:
            scores, rows = self._index.search(vector, fetched)
            if fetched == total or scores[0, -1] < scores[0, wanted - 1]:
                break
            fetched = min(fetched * 2, total)
        order = np.lexsort((rows[0], -scores[0]))[:wanted]
        return [Hit(int(rows[0, place]), float(scores[0, place])) for place in order]
