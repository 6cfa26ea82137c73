"""Every vector scored for every question: FAISS's flat index over half-precision vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from qa.dense.mapped import hold, hold_index, map_index
from qa.dense.ranking import ranked
from qa.dense.shape import Shape
from qa.dense.subset import Subset
from qa.dense.tables import Table, blocks
from qa.records import Hit
from qa.seams import Vectors

_VECTORS = "vectors.faiss"
_SPARE = 16


class FlatIndex:
    """Exact search; row i is the i-th vector."""

    def __init__(self, folder: Path, shape: Shape) -> None:
        """Map the index that `write_flat` left in `folder`; raises as DenseIndex does."""
        import faiss

        path = folder / _VECTORS
        index = map_index(path, shape.faiss_bytes)
        hold_index(path, index, faiss.IndexScalarQuantizer, shape.rows, shape.dimension)
        hold(path, expected=faiss.ScalarQuantizer.QT_fp16, found=index.sq.qtype, of="precision")
        self._folder = folder
        self._index = index

    def search(self, vector: Vectors, k: int, within: Subset | None = None) -> list[Hit]:
        """Return the `k` rows nearest to `vector`, shape (dimension,), best first, equal scores by row."""
        import faiss

        rows_there = int(self._index.ntotal)
        total = rows_there if within is None else within.size
        wanted = min(k, total)
        if wanted <= 0:
            return []
        params = within and faiss.SearchParameters(sel=within.selector())  # type: ignore[call-arg]
        # FAISS breaks ties as it likes. Fetch on until a worse score follows the k-th, then order them.
        fetched = min(wanted + _SPARE, total)
        while True:
            scores, rows = self._index.search(vector[np.newaxis], fetched, params=params)
            if fetched == total or scores[0, -1] < scores[0, wanted - 1]:
                break
            fetched = min(fetched * 2, total)
        return ranked(self._folder, scores[0], rows[0], rows_there, wanted)


def write_flat(folder: Path, vectors: Table) -> Path:
    """Write `vectors`, shape (rows, dimension), in half precision; return the file."""
    import faiss

    dimension = vectors.shape[1]
    index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index.train(np.zeros((1, dimension), dtype=np.float32))  # half precision learns nothing
    for _, block in blocks(vectors):
        index.add(block)
    faiss.write_index(index, str(folder / _VECTORS))
    return folder / _VECTORS
