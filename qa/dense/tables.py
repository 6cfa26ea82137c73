"""Vectors that are read a block at a time, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.seams import Vectors

_BLOCK = 32_768


class Table(Protocol):
    """Unit vectors that are read a stretch at a time: an array, a mapped file."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Return (rows, dimension)."""

    def __getitem__(self, rows: slice, /) -> NDArray[Any]:
        """Return the vectors of some consecutive rows, float16 or float32."""


def blocks(vectors: Table) -> Iterator[tuple[int, Vectors]]:
    """Yield the vectors a block at a time, rounded to half precision, in float32, each with its first row."""
    for start in range(0, vectors.shape[0], _BLOCK):
        block = np.asarray(vectors[start : start + _BLOCK]).astype(np.float16, copy=False)
        yield start, np.ascontiguousarray(block, dtype=np.float32)
