"""Every vector scored for every question: FAISS's flat index over half-precision vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from qa.dense.shape import Shape, Table, blocks, hold
from qa.records import Hit
from qa.seams import Vectors

_FILE = "vectors.faiss"
_SPARE = 16


class FlatIndex:
    """Exact search; row i is the i-th vector."""

    def __init__(self, folder: Path, shape: Shape) -> None:
        """Map the index that `write_flat` left in `folder`; raises ValueError or RuntimeError for a damaged one."""
        import faiss

        path = folder / _FILE
        # A bare type and a known size are all that FAISS's own checks leave open.
        index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        hold(path, expected=faiss.IndexScalarQuantizer, found=type(index), of="type")
        hold(path, expected=shape.rows, found=index.ntotal, of="number of rows")
        hold(path, expected=shape.dimension, found=index.d, of="dimension")
        self._index = index

    def search(self, vector: Vectors, k: int) -> list[Hit]:
        """Return the `k` rows nearest to `vector`, shape (dimension,), best first, equal scores by row."""
        total = int(self._index.ntotal)
        wanted = min(k, total)
        if wanted == 0:
            return []
        # FAISS breaks ties as it likes. Fetch on until a worse score follows the k-th, then order them.
        fetched = min(wanted + _SPARE, total)
        while True:
            scores, rows = self._index.search(vector[np.newaxis], fetched)
            if fetched == total or scores[0, -1] < scores[0, wanted - 1]:
                break
            fetched = min(fetched * 2, total)
        order = np.lexsort((rows[0], -scores[0]))[:wanted]
        return [Hit(int(rows[0, place]), float(scores[0, place])) for place in order]


def write_flat(folder: Path, vectors: Table) -> None:
    """Write `vectors`, shape (rows, dimension), in half precision."""
    import faiss

    dimension = vectors.shape[1]
    index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index.train(np.zeros((1, dimension), dtype=np.float32))  # half precision learns nothing
    for _, block in blocks(vectors):
        index.add(block)
    faiss.write_index(index, str(folder / _FILE))
