"""What a search found, in the order in which it is returned."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.records import Hit
from qa.seams import Vectors


def ranked(folder: Path, scores: Vectors, rows: NDArray[Any], total: int, k: int) -> list[Hit]:
    """Return the `k` best of what FAISS found in an index of `total` rows, best first, equal scores by row.

    `scores` fall, as FAISS gives them; so what ties with the k-th follows it, and nothing beyond is looked at.
    Raises ValueError for a row beyond the last, or a score that is no number, as a damaged file gives them.
    """
    end = int(np.searchsorted(-scores, -scores[k - 1], side="right"))
    order = np.lexsort((rows[:end], -scores[:end]))[:k]
    hits = [Hit(row, score) for row, score in zip(rows[order].tolist(), scores[order].tolist(), strict=True)]
    for hit in hits:
        if not (0 <= hit.row < total and math.isfinite(hit.score)):
            raise ValueError(f"{folder} is damaged: it gives row {hit.row} of {total} the score {hit.score}.")
    return hits
