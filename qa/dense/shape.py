"""What a dense index says of itself, and what its files are held against when they are opened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.seams import Vectors

_FILE = "shape.json"
_BLOCK = 32_768


class Table(Protocol):
    """Unit vectors that are read a stretch at a time: an array, a mapped file."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Return (rows, dimension)."""

    def __getitem__(self, rows: slice, /) -> NDArray[Any]:
        """Return the vectors of some consecutive rows, float16 or float32."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The kind of an index, "flat" or "ivf", its number of vectors and their length."""

    kind: str
    rows: int
    dimension: int


def write_shape(folder: Path, shape: Shape) -> None:
    """Write `shape` into `folder`."""
    (folder / _FILE).write_text(json.dumps(asdict(shape)) + "\n", encoding="utf-8")


def read_shape(folder: Path) -> Shape:
    """Return the shape recorded in `folder`; raises ValueError for a damaged record, OSError for none."""
    try:
        shape = Shape(**json.loads((folder / _FILE).read_text(encoding="utf-8")))
    except TypeError as error:
        raise ValueError(f"{folder / _FILE} is damaged: {error}") from error
    known = shape.kind in ("flat", "ivf") and isinstance(shape.rows, int) and isinstance(shape.dimension, int)
    if not known or shape.rows < 0 or shape.dimension <= 0:
        raise ValueError(f"{folder / _FILE} is damaged: {shape}")
    return shape


def hold(path: Path, *, expected: object, found: object, of: str) -> None:
    """Raise ValueError unless the file at `path` holds what the shape says it should."""
    if expected != found:
        raise ValueError(f"{path} is damaged: its {of} should be {expected}, but is {found}.")


def map_array(path: Path, dtype: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """Map a file of bare numbers; raises ValueError unless it has just the size of `shape`."""
    hold(path, expected=int(np.dtype(dtype).itemsize * np.prod(shape)), found=path.stat().st_size, of="size in bytes")
    # As a plain array: each slice of a np.memmap costs a Python call.
    return np.asarray(np.memmap(path, dtype=dtype, mode="r", shape=shape))


def blocks(vectors: Table) -> Iterator[tuple[int, Vectors]]:
    """Yield the vectors a block at a time, rounded to half precision, in float32, each with its first row."""
    for start in range(0, vectors.shape[0], _BLOCK):
        block = np.asarray(vectors[start : start + _BLOCK]).astype(np.float16, copy=False)
        yield start, np.ascontiguousarray(block, dtype=np.float32)
