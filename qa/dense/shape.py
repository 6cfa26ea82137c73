"""What a dense index says of itself, and what its files are held against when they are opened."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

_FILE = "shape.json"


@dataclass(frozen=True, slots=True)
class Shape:
    """The kind of an index, "flat" or "ivf", its number of vectors, their length, and its FAISS file's in bytes."""

    kind: str
    rows: int
    dimension: int
    faiss_bytes: int


def write_shape(folder: Path, shape: Shape) -> None:
    """Write `shape` into `folder`."""
    (folder / _FILE).write_text(json.dumps(asdict(shape)) + "\n", encoding="utf-8")


def read_shape(folder: Path) -> Shape:
    """Return the shape recorded in `folder`; raises ValueError for a damaged record, OSError for none."""
    try:
        shape = Shape(**json.loads((folder / _FILE).read_text(encoding="utf-8")))
    except TypeError as error:
        raise ValueError(f"{folder / _FILE} is damaged: {error}") from error
    numbers = (shape.rows, shape.dimension, shape.faiss_bytes)
    whole = all(type(number) is int and number >= 0 for number in numbers)
    if not whole or shape.dimension == 0 or shape.kind not in ("flat", "ivf"):
        raise ValueError(f"{folder / _FILE} is damaged: {shape}")
    return shape
