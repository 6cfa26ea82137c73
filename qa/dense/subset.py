"""Some of the rows of an index, to search only these."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.seams import Rows


class Subset:
    """The `rows`, ascending, of an index that has `total`."""

    def __init__(self, rows: Rows, total: int) -> None:
        """Mark the rows; raises ValueError for one that the index does not have."""
        if len(rows) and not 0 <= rows[0] <= rows[-1] < total:
            raise ValueError(f"The index has {total} rows, and was asked for rows {rows[0]} to {rows[-1]}.")
        self._member = np.zeros(total, dtype=bool)
        self._member[rows] = True
        self.size = len(rows)

    def places(self, row_at: Rows) -> NDArray[np.int64]:
        """Return the places at which its rows are, where `row_at` is the row of each place.

        Raises ValueError where that is a row that the index does not have.
        """
        return np.flatnonzero(self._at(row_at))

    def selector(self, row_at: Rows | None = None) -> Any:
        """Return what has FAISS pass over the other rows; with `row_at` over the places of the others, as `places`."""
        import faiss

        bits: Any = np.packbits(self._member if row_at is None else self._at(row_at), bitorder="little")
        return faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg]

    def _at(self, row_at: Rows) -> NDArray[np.bool_]:
        try:
            return self._member[row_at]
        except IndexError as error:
            raise ValueError(f"The dense index is damaged: {error}.") from error
