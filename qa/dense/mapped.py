"""Files that are mapped, not read, and held against what they should be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def hold(path: Path, *, expected: object, found: object, of: str) -> None:
    """Raise ValueError unless the file at `path` holds what the index's shape says it should."""
    if expected != found:
        raise ValueError(f"{path} is damaged: its {of} should be {expected}, but is {found}.")


def map_array(path: Path, dtype: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """Map a file of bare numbers; raises OSError, or ValueError unless it has just the size of `shape`."""
    hold(path, expected=int(np.dtype(dtype).itemsize * np.prod(shape)), found=path.stat().st_size, of="size in bytes")
    # As a plain array: each slice of a np.memmap costs a Python call.
    return np.asarray(np.memmap(path, dtype=dtype, mode="r", shape=shape))


def map_index(path: Path, size: int) -> Any:
    """Map a file that FAISS wrote, of `size` bytes; raises OSError, RuntimeError or ValueError for a damaged one."""
    import faiss

    # FAISS maps a file that is cut short, too, and reads on beyond its end.
    hold(path, expected=size, found=path.stat().st_size, of="size in bytes")
    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except MemoryError as error:  # a length that is damaged
        raise ValueError(f"{path} is damaged: it asks for more memory than there is.") from error


def hold_index(path: Path, index: Any, kind: type, rows: int, dimension: int) -> None:
    """Raise ValueError unless FAISS's `index` is what was written: it takes any well-formed file at its word."""
    import faiss

    hold(path, expected=kind, found=type(index), of="type")
    expected = (rows, dimension, faiss.METRIC_INNER_PRODUCT)
    hold(path, expected=expected, found=(index.ntotal, index.d, index.metric_type), of="shape and metric")
