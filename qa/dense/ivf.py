"""Inverted lists of short codes, searched by FAISS; what they find is scored exactly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.dense.exact import ExactVectors
from qa.dense.kinds import all_scored_at_most, candidates_for, probes_for
from qa.dense.mapped import hold_index, map_array, map_index
from qa.dense.ranking import ranked
from qa.dense.shape import Shape
from qa.dense.subset import Subset
from qa.records import Hit
from qa.seams import Vectors

CODES, EXACT, ROWS = "codes.faiss", "exact.f16", "rows.i32"


class IvfIndex:
    """Approximate search with exact scores.

    The codes are RaBitQ's: two bits a dimension of what a rotated vector differs by from the centroid of its
    list (Gao et al. 2025, "Practical and Asymptotically Optimal Quantization of High-Dimensional Vectors in
    Euclidean Space for Approximate Nearest Neighbor Search").
    """

    def __init__(self, folder: Path, shape: Shape) -> None:
        """Map the index that `write_ivf` left in `folder`; raises as DenseIndex does."""
        self._folder = folder
        self._index, self._lists = _read(folder / CODES, shape)
        self._lists.nprobe = probes_for(self._lists.nlist)
        self._rows = map_array(folder / ROWS, "<i4", (shape.rows,))
        self._exact = ExactVectors(folder / EXACT, shape.rows, shape.dimension)

    def search(self, vector: Vectors, k: int, within: Subset | None = None) -> list[Hit]:
        """Return `k` rows near to `vector`, shape (dimension,), best first, equal scores by row.

        Few rows `within` are all scored, of many those that their codes put first. Raises ValueError where a damaged
        file names a row that does not exist.
        """
        total = len(self._rows)
        wanted = min(k, total if within is None else within.size)
        if wanted <= 0:
            return []
        if within is not None and within.size <= all_scored_at_most(total):
            found = within.places(self._rows)
        else:
            found = self._places(vector, wanted, within)
        scores, places = self._exact.nearest(vector, found)
        return ranked(self._folder, scores, self._rows[places], total, wanted)

    def _places(self, vector: Vectors, wanted: int, within: Subset | None) -> NDArray[np.int64]:
        """Return where the likeliest vectors lie, `wanted` or more: in as many lists as that takes."""
        total = len(self._rows)
        probes, params, selector = self._lists.nprobe, None, None
        if within is not None:
            # As many codes are scored as without: that of another row is passed over at next to no cost.
            probes = min(probes * total // within.size, self._lists.nlist)
            selector = within.selector(self._rows)
            params = _params(probes, selector)
        candidates = candidates_for(wanted, total if within is None else within.size)
        while True:
            places: NDArray[np.int64] = self._index.search(vector[np.newaxis], candidates, params=params)[1][0]
            if places[-1] < 0:  # it found fewer
                places = places[places != -1]
            if len(places) >= wanted:
                return places
            if probes >= self._lists.nlist:  # every vector is in one of them
                raise ValueError(f"{self._folder} is damaged: its codes are no numbers.")
            probes *= 2
            params = _params(probes, selector)


def _params(probes: int, selector: Any) -> Any:
    import faiss

    inner = faiss.SearchParametersIVF(nprobe=probes, sel=selector)  # type: ignore[call-arg]
    return faiss.SearchParametersPreTransform(index_params=inner)  # type: ignore[call-arg]


def _read(path: Path, shape: Shape) -> tuple[Any, Any]:
    """Map FAISS's file; return the index and the inverted lists in it, each of the type that `write_ivf` makes."""
    import faiss

    index = map_index(path, shape.faiss_bytes)
    hold_index(path, index, faiss.IndexPreTransform, shape.rows, shape.dimension)
    lists: Any = faiss.downcast_index(index.index)
    hold_index(path, lists, faiss.IndexIVFRaBitQ, shape.rows, shape.dimension)
    return index, lists
