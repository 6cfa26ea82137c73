"""What the dense index is measured against: FAISS's own searches, as functions from a question to rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from benchmarks.vectors import Halves
from qa.dense.kinds import candidates_for, probes_for
from qa.seams import Vectors

Search = Callable[[Vectors], Sequence[int]]


def raw_faiss(folder: Path, rows: int, k: int) -> Search:
    """Return the search of FAISS alone over the files of the index: what it numbers, as rows."""
    lists: Any = faiss.read_index(str(folder / "codes.faiss"), faiss.IO_FLAG_MMAP_IFC)
    exact = np.memmap(folder / "exact.f16", dtype="<f2", mode="r").reshape(rows, -1)
    row_at = np.fromfile(folder / "rows.i32", dtype="<i4")
    kind = faiss.ScalarQuantizer.QT_fp16
    scored: Any = faiss.IndexScalarQuantizer(exact.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    scored.is_trained = True
    scored.add_sa_codes(np.ascontiguousarray(exact).view(np.uint8))
    index = faiss.IndexRefine(lists, scored)
    inner: Any = faiss.downcast_index(lists.index)
    inner.nprobe = probes_for(inner.nlist)
    index.k_factor = candidates_for(k, rows) / k

    def search(question: Vectors) -> Sequence[int]:
        found: list[int] = row_at[index.search(question[np.newaxis], k)[1][0]].tolist()
        return found

    return search


def float32_flat(vectors: Halves, k: int) -> Search:
    """Return the exact search of FAISS over the vectors in float32, in memory."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    for start in range(0, len(vectors), 50_000):
        index.add(vectors[start : start + 50_000].astype(np.float32))

    def search(question: Vectors) -> Sequence[int]:
        found: list[int] = index.search(question[np.newaxis], k)[1][0].tolist()
        return found

    return search
