"""The lexical files of a version, as data, and how they are mapped: nothing is parsed, and little is read.

shape.json        how many rows, terms, postings, ..., and the languages of the texts: `Shape`
hashes.npy        the CRC-32 of each term, ascending, uint32 (terms,)
terms.txt         the terms as UTF-8, one a line, in that order; those of one CRC-32 by their bytes
ends.npy          where the line of each term ends in terms.txt, int64 (terms,)
starts.npy        where the postings of each term start, int64 (terms + 1,)
rows.npy          the row of each posting, ascending within a term, int32 (postings,)
codes.npy         which of the saturations each posting has, uint16 or uint32 (postings,)
saturations.npy   the second factor of a score, descending, float64 (saturations,)
frequent.npy      the terms with maxima, ascending, int32 (frequent,)
maxima.npy        for each of these and BLOCK rows in turn, the largest saturation there in steps of
                  saturations[0] / 255, rounded up, uint8 (frequent, blocks)
"""

from __future__ import annotations

import json
import mmap
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.lexical.analysis import DEFAULT
from qa.lexical.tokens import TOKENIZER

BLOCK = 8
"""Rows that share one maximum."""
STEPS = 255
_SHORT_CODES = 1 << 16


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers that decide the length of every file, and what terms are: by which rules, in which languages."""

    rows: int
    terms: int
    postings: int
    saturations: int
    frequent: int
    tokenizer: str = TOKENIZER
    languages: tuple[str, ...] = (DEFAULT,)
    """The languages (ISO 639-1) by whose rules the texts were analysed, English first."""

    @property
    def blocks(self) -> int:
        """Return the number of blocks of rows; the last may be short."""
        return -(-self.rows // BLOCK)

    def write(self, folder: Path) -> None:
        """Write shape.json."""
        (folder / "shape.json").write_text(json.dumps(asdict(self)), encoding="utf-8")

    @staticmethod
    def read(folder: Path) -> Shape:
        """Read shape.json; raises OSError, ValueError or KeyError for what is none."""
        content = json.loads((folder / "shape.json").read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise ValueError("shape.json holds no object")  # noqa: TRY004  # the file is wrong, no argument is
        counts = {name: content[name] for name in ("rows", "terms", "postings", "saturations", "frequent")}
        if not all(type(value) is int and value >= 0 for value in counts.values()):
            raise ValueError("shape.json holds a count that is none")
        languages = content.get("languages", [DEFAULT])  # older indexes have one
        if not isinstance(languages, list) or not languages or not all(isinstance(it, str) for it in languages):
            raise ValueError("shape.json names no languages")
        return Shape(**counts, tokenizer=str(content["tokenizer"]), languages=tuple(languages))


@dataclass(frozen=True, slots=True)
class Files:
    """The mapped files; every array is read only."""

    shape: Shape
    hashes: NDArray[np.uint32]
    terms: mmap.mmap | bytes
    ends: NDArray[np.int64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    codes: NDArray[np.uint16] | NDArray[np.uint32]
    saturations: NDArray[np.float64]
    frequent: NDArray[np.int32]
    maxima: NDArray[np.uint8]


def code_type(saturations: int) -> type[np.uint16 | np.uint32]:
    """Return the smallest type that names so many saturations."""
    return np.uint16 if saturations <= _SHORT_CODES else np.uint32


def open_files(folder: Path) -> Files:
    """Map the files of `folder`; raises OSError, ValueError or KeyError when they do not fit together."""
    shape = Shape.read(folder)
    files = Files(
        shape=shape,
        hashes=_array(folder / "hashes.npy", np.uint32, shape.terms),
        terms=_bytes(folder / "terms.txt"),
        ends=_array(folder / "ends.npy", np.int64, shape.terms),
        starts=_array(folder / "starts.npy", np.int64, shape.terms + 1),
        rows=_array(folder / "rows.npy", np.int32, shape.postings),
        codes=_array(folder / "codes.npy", code_type(shape.saturations), shape.postings),
        saturations=_array(folder / "saturations.npy", np.float64, shape.saturations),
        frequent=_array(folder / "frequent.npy", np.int32, shape.frequent),
        maxima=_array(folder / "maxima.npy", np.uint8, shape.frequent, shape.blocks),
    )
    end = int(files.ends[-1]) + 1 if shape.terms else 0
    found = int(files.starts[0]), int(files.starts[-1]), end
    # A saturation out of order would make a bound too low, and a result wrong without a word.
    ordered = np.isfinite(files.saturations).all() and (np.diff(files.saturations, append=0.0) <= 0).all()
    if found != (0, shape.postings, len(files.terms)) or not ordered:
        raise ValueError(f"the lexical files in {folder} do not fit together")
    return files


def _array(path: Path, kind: Any, *shape: int) -> NDArray[Any]:
    # The view is a plain array: each slice of a memmap object would cost a microsecond more.
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r").view(np.ndarray)
    except EOFError as error:
        raise ValueError(f"{path} is empty") from error
    if array.dtype != kind or array.shape != shape:
        raise ValueError(f"{path} holds {array.dtype} {array.shape}, not {np.dtype(kind)} {shape}")
    return array


def _bytes(path: Path) -> mmap.mmap | bytes:
    if not path.stat().st_size:
        return b""  # what is empty cannot be mapped
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
