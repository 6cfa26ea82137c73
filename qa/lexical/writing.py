"""From texts to the files of the index, in memory that does not grow with the number of postings.

The postings are counted in blocks of texts and spooled to one file; once the size of every term's list is known,
each block is placed into the mapped final arrays by a counting sort: within a term the blocks, and so the rows,
come in order.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from qa.lexical.analysis import DEFAULT
from qa.lexical.counting import Text, Vocabulary, count
from qa.lexical.files import BLOCK, STEPS, Shape, code_type
from qa.lexical.formula import saturation
from qa.room import reserve

_SHARE, _LEAST = 32, 256
"""A term has maxima if it occurs in one of _SHARE rows, and in _LEAST."""
_TABLE = 1 << 22
_LOW = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class _Spooled:
    """What is known when every text was counted; the postings themselves are in the spool."""

    lengths: NDArray[np.int64]
    terms: list[bytes]
    frequencies: NDArray[np.int64]
    """In how many rows each term occurs."""
    pairs: NDArray[np.int64]
    """Each count << 32 | length that occurs, once, ascending."""
    blocks: int
    languages: tuple[str, ...]


def write(folder: Path, texts: Iterable[Text]) -> None:
    """Index `texts` (row i is the i-th) into the existing, empty `folder`; the same texts give the same bytes."""
    with tempfile.TemporaryFile(dir=folder) as spool:
        spooled = _spool(texts, spool)
        spool.seek(0)
        hashes = [crc32(term) for term in spooled.terms]
        order = sorted(range(len(hashes)), key=lambda number: (hashes[number], spooled.terms[number]))
        np.save(folder / "hashes.npy", np.array([hashes[number] for number in order], dtype=np.uint32))
        starts = np.concatenate(([0], np.cumsum(spooled.frequencies[order], dtype=np.int64)))
        _write_terms(folder, [spooled.terms[number] for number in order])
        np.save(folder / "starts.npy", starts)
        saturations, codes = _saturations(spooled)
        np.save(folder / "saturations.npy", saturations)
        next_at = np.empty(len(order), dtype=np.int64)
        next_at[order] = starts[:-1]
        _place(folder, _read(spool, spooled.blocks), next_at, codes, int(starts[-1]))
    frequent = _write_maxima(folder, starts, saturations, len(spooled.lengths))
    Shape(
        rows=len(spooled.lengths),
        terms=len(order),
        postings=int(starts[-1]),
        saturations=len(saturations),
        frequent=frequent,
        languages=spooled.languages,
    ).write(folder)


def _spool(texts: Iterable[Text], spool: IO[bytes]) -> _Spooled:
    vocabulary = Vocabulary()
    lengths: list[NDArray[np.int32]] = []
    pairs = np.zeros(0, dtype=np.int64)
    frequencies = np.zeros(0, dtype=np.int64)
    for block in count(texts, vocabulary):
        frequencies = np.concatenate((frequencies, np.zeros(len(vocabulary.numbers) - len(frequencies), np.int64)))
        frequencies[block.terms] += block.sizes
        first = sum(map(len, lengths))
        pair = block.counts.astype(np.int64) << 32 | block.lengths[block.rows - first]
        lengths.append(block.lengths)
        pairs = np.union1d(pairs, np.unique(pair))
        for array in (block.terms, block.sizes, block.rows, pair):
            np.save(spool, array)
    terms = [term.encode() for term in vocabulary.numbers]
    joined = np.concatenate(lengths) if lengths else np.zeros(0, np.int32)
    languages = tuple(sorted(vocabulary.languages or {DEFAULT}, key=lambda code: (code != DEFAULT, code)))
    return _Spooled(joined.astype(np.int64), terms, frequencies, pairs, len(lengths), languages)


def _read(spool: IO[bytes], blocks: int) -> Iterator[list[NDArray[Any]]]:
    for _ in range(blocks):
        yield [np.load(spool) for _ in range(4)]


def _saturations(spooled: _Spooled) -> tuple[NDArray[np.float64], _Codes]:
    """Return the saturation of every pair of count and length, the largest first, and what finds its place."""
    counts, lengths = spooled.pairs >> 32, spooled.pairs & _LOW
    average = int(spooled.lengths.sum()) / max(len(spooled.lengths), 1)
    values = saturation(counts, lengths, average) if len(counts) else np.zeros(0)
    order = np.argsort(-values, kind="stable")
    places = np.empty(len(order), dtype=code_type(len(order)))
    places[order] = np.arange(len(order))
    return values[order], _Codes(spooled.pairs, places)


@dataclass(frozen=True, slots=True)
class _Codes:
    """Finds the code of each of many pairs: in a table where that is small, else by bisection."""

    pairs: NDArray[np.int64]
    places: NDArray[Any]

    def finder(self) -> Callable[[NDArray[np.int64]], NDArray[Any]]:
        """Return what maps pairs to codes."""
        counts, lengths = self.pairs >> 32, self.pairs & _LOW
        wide = int(lengths.max(initial=0)) + 1
        if (int(counts.max(initial=0)) + 1) * wide > _TABLE:
            return lambda pairs: self.places[np.searchsorted(self.pairs, pairs)]
        table = np.zeros((int(counts.max(initial=0)) + 1) * wide, dtype=self.places.dtype)
        table[counts * wide + lengths] = self.places
        return lambda pairs: table[(pairs >> 32) * wide + (pairs & _LOW)]


def _place(
    folder: Path, blocks: Iterator[list[NDArray[Any]]], next_at: NDArray[np.int64], codes: _Codes, postings: int
) -> None:
    final_rows = _new(folder / "rows.npy", np.int32, postings)
    final_codes = _new(folder / "codes.npy", codes.places.dtype, postings)
    code_of = codes.finder()
    for terms, sizes, rows, pairs in blocks:
        before = np.cumsum(sizes, dtype=np.int64) - sizes
        at = np.arange(len(rows)) + np.repeat(next_at[terms] - before, sizes)
        final_rows[at] = rows
        final_codes[at] = code_of(pairs)
        next_at[terms] += sizes


def _write_terms(folder: Path, terms: list[bytes]) -> None:
    (folder / "terms.txt").write_bytes(b"".join(term + b"\n" for term in terms))
    sizes = np.fromiter((len(term) + 1 for term in terms), dtype=np.int64, count=len(terms))
    np.save(folder / "ends.npy", np.cumsum(sizes, dtype=np.int64) - 1)


def _write_maxima(folder: Path, starts: NDArray[np.int64], saturations: NDArray[np.float64], rows: int) -> int:
    """Write the maxima of the frequent terms; return how many terms these are."""
    sizes = np.diff(starts)
    frequent = np.flatnonzero((sizes * _SHARE >= rows) & (sizes >= _LEAST))
    np.save(folder / "frequent.npy", frequent.astype(np.int32))
    maxima = _new(folder / "maxima.npy", np.uint8, len(frequent), -(-rows // BLOCK))
    if len(frequent):
        steps = np.minimum(np.ceil(saturations * (STEPS / saturations[0])), STEPS).astype(np.uint8)
        in_rows, codes = np.load(folder / "rows.npy", mmap_mode="r"), np.load(folder / "codes.npy", mmap_mode="r")
        for place, term in enumerate(frequent.tolist()):
            part = slice(int(starts[term]), int(starts[term + 1]))
            blocks = in_rows[part] // BLOCK
            first = np.flatnonzero(np.diff(blocks, prepend=-1))
            maxima[place, blocks[first]] = steps[np.minimum.reduceat(codes[part], first)]
    return len(frequent)


def _new(path: Path, kind: Any, *shape: int) -> NDArray[Any]:
    if not all(shape):  # what is empty cannot be mapped
        np.save(path, np.zeros(shape, dtype=kind))
        return np.zeros(shape, dtype=kind)
    mapped = np.lib.format.open_memmap(path, mode="w+", dtype=kind, shape=shape)
    reserve(path)
    return mapped
