"""The score: rank-bm25's, in two factors, one of the term and one of its count in a passage of some length."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

K1 = 1.5
B = 0.75


class Bm25(BM25Okapi):  # type: ignore[misc]  # rank-bm25 has no types
    """rank-bm25's Okapi scores with Lucene's idf: ln(1 + (N - n + 0.5) / (n + 0.5)).

    Okapi's own idf is zero or negative for a term in half of the passages or more, so that on a small
    corpus a passage that matches could score below one that does not. Lucene's is always positive.
    This class defines the scores of the index, to the last bit; the tests hold the two together.
    """

    def _calc_idf(self, nd: dict[str, int]) -> None:
        self.idf = {term: idf(self.corpus_size, n) for term, n in nd.items()}


def idf(total: int, within: int) -> float:
    """Return the weight of a term that occurs in `within` of `total` passages."""
    return math.log1p((total - within + 0.5) / (within + 0.5))


def saturation(counts: NDArray[np.int64], lengths: NDArray[np.int64], average: float) -> NDArray[np.float64]:
    """Return f (k1 + 1) / (f + k1 (1 - b + b |d| / avgdl)) for counts f and lengths |d|, in terms.

    The operations are those of BM25Okapi.get_scores in the same order, so that a score is the same float.
    """
    result: NDArray[np.float64] = counts * (K1 + 1) / (counts + K1 * (1 - B + B * lengths / average))
    return result
