"""FAISS over chunk vectors: inner product of unit vectors, which is the cosine.

    shape.json      kind, rows and dimension: what the sizes of the other files are held against
    flat            vectors.faiss: every vector in half precision, all of them scored for every question
    ivf             codes.faiss:   centroids, and in each one's list the short codes that a question scans
                    exact.f16:     every vector in half precision, list after list, to score what was found
                    rows.i32:      the row of each vector in that order

`flat` is exact and its time grows with the rows; `ivf` scans the lists nearest to the question and scores the
best of them exactly. Every file is mapped, not read, and nothing here changes once it is written.
"""

from qa.dense.kinds import KINDS, choose
from qa.dense.searching import DenseIndex

__all__ = ["KINDS", "DenseIndex", "choose"]
