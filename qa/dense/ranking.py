"""What a search found, in the order in which it is returned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.records import Hit
from qa.seams import Vectors


def ranked(folder: Path, rows: NDArray[Any], scores: Vectors, total: int, k: int) -> list[Hit]:
    """Return the `k` best of what was found in an index of `total` rows, best first, equal scores by row.

    Raises ValueError for a row beyond the last, or a score that is no number, as a damaged file gives them.
    """
    check_rows(folder, rows, total)
    if not np.isfinite(scores).all():
        raise ValueError(f"{folder} is damaged: it gives scores that are no numbers.")
    order = np.lexsort((rows, -scores))[:k]
    return [Hit(row, score) for row, score in zip(rows[order].tolist(), scores[order].tolist(), strict=True)]


def check_rows(folder: Path, rows: NDArray[Any], total: int) -> None:
    """Raise ValueError unless every one of `rows` is one of `total`."""
    if rows.size and not 0 <= rows.min() <= rows.max() < total:
        raise ValueError(f"{folder} is damaged: it names a row that is none of its {total}.")
