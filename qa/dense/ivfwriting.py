"""How the inverted lists come to be: centroids from a sample, then every vector to its list, block by block.

Nothing is drawn but from fixed seeds, and every vector is put where its own numbers say, so that the same
vectors give the same files. Beside the codes, a few bytes a row and one block are held in memory.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.dense.ivf import CODES, EXACT, ROWS
from qa.dense.kinds import lists_for, sample_for
from qa.dense.mapped import map_array
from qa.dense.tables import Table, blocks
from qa.dense.threads import one_thread
from qa.room import reserve
from qa.seams import Vectors

_SEED = 20_240_527
_ROUNDS = 10
_BITS = 2


def write_ivf(folder: Path, vectors: Table) -> Path:
    """Write `vectors`, shape (rows, dimension), at least one row; return FAISS's own file."""
    rows, dimension = vectors.shape
    with one_thread():
        centroids = _centroids(vectors, lists_for(rows))
        list_of = _nearest(centroids, vectors)
    row_at = np.argsort(list_of, kind="stable").astype("<i4")
    row_at.tofile(folder / ROWS)
    _write_exact(folder / EXACT, vectors, row_at)
    exact = map_array(folder / EXACT, "<f2", (rows, dimension))
    _write_codes(folder / CODES, centroids, exact, list_of[row_at])
    return folder / CODES


def _centroids(vectors: Table, lists: int) -> Vectors:
    """Return unit centroids, shape (lists, dimension): k-means by the cosine over a seeded sample."""
    import faiss

    rows, dimension = vectors.shape
    size = min(sample_for(lists), rows)
    picked = np.zeros(rows, dtype=bool)
    picked[np.random.default_rng(_SEED).choice(rows, size, replace=False)] = True
    sample = np.concatenate([block[picked[start : start + len(block)]] for start, block in blocks(vectors)])
    kmeans = faiss.Kmeans(
        dimension,
        lists,
        niter=_ROUNDS,
        seed=_SEED,
        spherical=True,
        min_points_per_centroid=1,
        max_points_per_centroid=size,  # the sample is drawn already
    )
    kmeans.train(sample)
    return np.asarray(kmeans.centroids, dtype=np.float32)


def _nearest(centroids: Vectors, vectors: Table) -> NDArray[np.int32]:
    """Return the number of the nearest centroid for each vector, shape (rows,)."""
    import faiss

    index = faiss.IndexFlatIP(centroids.shape[1])
    index.add(centroids)
    return np.concatenate([index.search(block, 1)[1][:, 0].astype(np.int32) for _, block in blocks(vectors)])


def _write_exact(path: Path, vectors: Table, row_at: NDArray[np.int32]) -> None:
    """Write the vectors in the order of the lists, so that what is found together lies together."""
    place_of = np.empty_like(row_at)
    place_of[row_at] = np.arange(len(row_at), dtype=row_at.dtype)
    exact = np.memmap(path, dtype="<f2", mode="w+", shape=(vectors.shape[0], vectors.shape[1]))
    reserve(path)
    for start, block in blocks(vectors):
        exact[place_of[start : start + len(block)]] = block
    exact.flush()


def _write_codes(path: Path, centroids: Vectors, exact: Table, list_of: NDArray[np.int32]) -> None:
    """Write the lists and the codes of the vectors in them; FAISS numbers the vectors in the order of `exact`."""
    import faiss

    count, dimension = centroids.shape
    # Each dimension has the same bits to say what it holds; rotated, each holds as much, whatever the encoder.
    rotation = faiss.RandomRotationMatrix(dimension, dimension)
    with one_thread():
        rotation.init(_SEED)
        rotated = rotation.apply(centroids)
    quantizer = faiss.IndexFlatIP(dimension)
    quantizer.add(rotated)
    own_lists = True
    lists = faiss.IndexIVFRaBitQ(quantizer, dimension, count, faiss.METRIC_INNER_PRODUCT, own_lists, _BITS)
    lists.train(rotated)  # the quantizer has its centroids already, and the codes learn nothing
    for start, block in blocks(exact):
        with one_thread():
            rotated = rotation.apply(block)
        numbers = list_of[start : start + len(block)].astype(np.int64)
        lists.add_core(len(block), faiss.swig_ptr(rotated), None, faiss.swig_ptr(numbers))
    faiss.write_index(faiss.IndexPreTransform(rotation, lists), str(path))
