"""The dense index as its users see it: written from vectors, opened from a folder, searched by a question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from qa.dense.flat import FlatIndex, write_flat
from qa.dense.ivf import IvfIndex
from qa.dense.ivfwriting import write_ivf
from qa.dense.kinds import choose
from qa.dense.shape import Shape, read_shape, write_shape
from qa.dense.subset import Subset
from qa.dense.tables import Table
from qa.dense.threads import one_thread
from qa.records import Hit
from qa.seams import Rows, Vectors


class DenseIndex:
    """A FAISS index over unit vectors, mapped from its files; row i is the i-th vector.

    Scores are inner products with the vectors in half precision, in every kind. Any number of threads may
    search at once.
    """

    def __init__(self, folder: Path, encode_query: Callable[[str], Vectors]) -> None:
        """Open the index that `write` left in `folder`; `encode_query` turns a question to (dimension,).

        Raises OSError, RuntimeError or ValueError for files that are missing or damaged.
        """
        shape = read_shape(folder)
        self._index = FlatIndex(folder, shape) if shape.kind == "flat" else IvfIndex(folder, shape)
        self._rows = shape.rows
        self._encode_query = encode_query

    @staticmethod
    def write(folder: Path, vectors: Table, kind: str = "auto") -> str:
        """Index unit `vectors`, shape (rows, dimension), into the existing, empty `folder`.

        They are read a block at a time and kept in half precision. `kind` is one of KINDS; the kind that was
        written is returned. Raises ValueError for another kind.
        """
        rows, dimension = vectors.shape
        written = choose(kind, rows)
        path = write_flat(folder, vectors) if written == "flat" else write_ivf(folder, vectors)
        write_shape(folder, Shape(written, rows, dimension, path.stat().st_size))
        return written

    def search(self, query: str, k: int, within: Rows | None = None) -> list[Hit]:
        """Return the `k` rows nearest to the question, best first, equal scores by row; with `within`, of those."""
        return self.search_vector(self._encode_query(query), k, within)

    def search_vector(self, vector: Vectors, k: int, within: Rows | None = None) -> list[Hit]:
        """Return the `k` rows nearest to `vector`, shape (dimension,), best first, equal scores by row.

        With `within`, ascending rows, only these are searched; what they score does not depend on it. Raises ValueError
        where a file is damaged, or one of the rows does not exist.
        """
        vector = np.ascontiguousarray(vector, dtype=np.float32)
        with one_thread():
            return self._index.search(vector, k, None if within is None else Subset(within, self._rows))
