"""The best rows for a question, exactly, without adding up the longest posting lists.

MaxScore (Turtle and Flood 1995) with the bounds of Block-Max WAND (Ding and Suel 2011), on arrays instead of row
by row. The postings of the rarer terms are summed by row; of the frequent terms only their maxima over blocks of
rows are summed, as bounds. The k-th largest sum is a threshold that no row of the result is below. A block whose
largest sum and bound together stay below it is left out; so is a row, and again after each frequent term that is
looked up for the rows that remain. The few that are left are scored by the formula itself.

Sums and bounds are 16-bit numbers of a unit that is chosen so that none can overflow. Each posting is rounded up
to whole units, so a sum is at most one unit a term too high and never too low: thresholds are lowered by that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.lexical.files import BLOCK, STEPS, Files
from qa.seams import Rows

_UNITS = (1 << 16) - 1
_SHIFT = BLOCK.bit_length() - 1
_MOST_BOUNDED = 64
"""Of a question with more frequent terms, the rest is read."""
_TOO_MANY = 1 / 20
"""Where more of the blocks remain, bounds are of no use to the question, and everything is read."""
_GROUPS = 1024

Units = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Question:
    """The terms of a question that are in the index, each once; every field but `order` has one item a term."""

    parts: Sequence[slice]
    """Where its postings are."""
    idf: NDArray[np.float64]
    times: NDArray[np.int64]
    """How often the question has it."""
    maxima: Sequence[int | None]
    """Which line of the maxima is its own; None for a rarer term."""
    order: Sequence[int]
    """The terms in the question's order, each as often as it has it."""
    words: Sequence[int]
    """Of which word it is a term, counted from 0: in an index of several languages a word may have several."""


class Scratch:
    """Room for one sum a row; all are zero between questions.

    The sums of a block are a column, so that the largest of every block is one pass over whole lines of memory.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.sums = np.zeros((BLOCK, -(-rows // BLOCK)), dtype=np.uint16)
        self._flat = self.sums.reshape(-1)

    def add(self, rows: Rows, units: Units) -> None:
        """Add to the sums of `rows`, which may repeat; raises IndexError when one is out of range."""
        np.add.at(self._flat, self._places(rows), units)

    def at(self, rows: Rows) -> Units:
        """Return the sums of `rows`."""
        return self._flat.take(self._places(rows))

    def _places(self, rows: Rows) -> NDArray[np.intp]:
        places = rows & np.int32(BLOCK - 1)
        places *= np.int32(self.sums.shape[1])
        places += rows >> _SHIFT
        return places.astype(np.intp)


def best(files: Files, question: Question, k: int, scratch: Scratch) -> tuple[Rows, NDArray[np.float64]]:
    """Return the at most `k` best rows with a score above 0 and their scores, best first, equal scores by row.

    Raises IndexError for a posting out of range; `scratch` is then no longer fit for use.
    """
    rows = _Pruning(files, question, k, scratch).rows()
    scratch.sums.fill(0)
    return ranked(rows, exact(files, question, rows), k)


def ranked(rows: Rows, scores: NDArray[np.float64], k: int) -> tuple[Rows, NDArray[np.float64]]:
    """Return the at most `k` of these rows with the best scores above 0, and these, as `best` does."""
    keep = np.flatnonzero(scores > 0)
    if len(keep) > k:
        above = scores.take(keep)
        keep = keep[above >= np.partition(above, len(above) - k)[len(above) - k]]
    rows, scores = rows.take(keep), scores.take(keep)
    order = np.lexsort((rows, -scores))[:k]
    return rows[order], scores[order]


def exact(files: Files, question: Question, rows: Rows) -> NDArray[np.float64]:
    """Return the scores of `rows`: the operations of BM25Okapi.get_scores, in the same order."""
    at = np.stack([files.rows[part].searchsorted(rows) for part in question.parts])
    at += np.array([[part.start] for part in question.parts])
    np.minimum(at, np.array([[part.stop - 1] for part in question.parts]), out=at)
    parts = files.saturations.take(files.codes.take(at))
    parts *= files.rows.take(at) == rows
    parts *= question.idf[:, None]
    scores = np.zeros(len(rows))
    for number in question.order:
        scores += parts[number]
    return scores


class _Pruning:
    """Finds the rows that may be of the result."""

    def __init__(self, files: Files, question: Question, k: int, scratch: Scratch) -> None:
        self._files, self._question, self._k, self._scratch = files, question, k, scratch
        by_size = sorted(range(len(question.parts)), key=lambda term: _size(question.parts[term]))
        self._bounded = [term for term in by_size if question.maxima[term] is not None][-_MOST_BOUNDED:]
        self._read = [term for term in by_size if term not in self._bounded]
        self._table = files.saturations.astype(np.float32)
        weights = question.idf * question.times
        unit = weights.sum() * files.saturations[0] / (_UNITS - (STEPS + 1) * len(self._bounded) - 2 * len(by_size))
        self._weights = (weights / unit).astype(np.float32)
        self._steps = np.ceil(weights / unit * (files.saturations[0] / STEPS)).astype(np.uint16)
        self._slack = 2 * (len(by_size) + 1)  # one unit a term for rounding up, and as much again for float32

    def rows(self) -> Rows:
        """Return the rows, ascending."""
        self._add(self._read)
        bounded = self._bounded
        while (rows := self._left(bounded)) is None:
            some = (len(bounded) + 1) // 2
            self._add(bounded[:some])
            bounded = bounded[some:]
        return rows

    def _add(self, terms: list[int]) -> None:
        if not terms:
            return
        parts = [self._question.parts[term] for term in terms]
        units = self._table.take(np.concatenate([self._files.codes[part] for part in parts]))
        units *= np.repeat(self._weights[terms], [_size(part) for part in parts])
        units += 1
        self._scratch.add(np.concatenate([self._files.rows[part] for part in parts]), units.astype(np.uint16))

    def _left(self, bounded: list[int]) -> Rows | None:
        """Return the rows that bounds leave; None where these are too many to look terms up for."""
        most: Units = self._scratch.sums.max(axis=0)
        threshold = self._threshold(most, 1)
        bounds = self._bounds(bounded)
        blocks: Rows = np.flatnonzero(most + bounds >= threshold).astype(np.int32)
        if bounded and len(blocks) > max(_TOO_MANY * len(most), 2 * self._k):
            return None
        rows: Rows = np.add.outer(blocks * np.int32(BLOCK), np.arange(BLOCK, dtype=np.int32)).ravel()
        rows = rows[: len(rows) - int((rows[-BLOCK:] >= self._scratch.rows).sum())]  # the last block may be short
        sums, rest = self._scratch.at(rows), bounds.take(rows >> _SHIFT)
        keep = np.flatnonzero(sums + rest >= threshold)
        rows, rest = rows.take(keep), rest.take(keep)
        return self._looked_up(bounded, rows, sums.take(keep).astype(np.float32), rest, threshold)

    def _looked_up(
        self, bounded: list[int], rows: Rows, sums: NDArray[np.float32], rest: Units, threshold: int
    ) -> Rows:
        """Return the rows that are left when bounds give way, term by term, to what the rows have."""
        for term in sorted(bounded, key=lambda term: -self._weights[term]):
            if len(rows) <= 2 * self._k:
                return rows
            sums += self._units_at(term, rows)
            rest -= self._maxima(term).take(rows >> _SHIFT) * self._steps[term]
            threshold = self._threshold(sums, threshold)
            keep = np.flatnonzero(sums + rest >= threshold)
            rows, sums, rest = rows.take(keep), sums.take(keep), rest.take(keep)
        return rows

    def _bounds(self, bounded: list[int]) -> Units:
        """Return the most that the terms can add to any row of each block, shape (blocks,)."""
        bounds = np.zeros(self._scratch.sums.shape[1], dtype=np.uint16)
        product = np.empty_like(bounds)
        for term in bounded:
            np.multiply(self._maxima(term), self._steps[term], out=product)
            bounds += product
        return bounds

    def _maxima(self, term: int) -> NDArray[np.uint8]:
        maxima: NDArray[np.uint8] = self._files.maxima[self._question.maxima[term]]
        return maxima

    def _units_at(self, term: int, rows: Rows) -> NDArray[np.float32]:
        """Return what a term adds to each of `rows`, 0 where it does not occur."""
        part = self._question.parts[term]
        at = self._files.rows[part].searchsorted(rows)
        units = self._table.take(self._files.codes[part].take(at, mode="clip"))
        units *= self._files.rows[part].take(at, mode="clip") == rows
        units *= self._weights[term]
        return units

    def _threshold(self, values: NDArray[Any], least: int) -> int:
        """Return units that at least `k` of the rows have, or `least`; `values` are of different rows."""
        if len(values) < self._k:
            return least
        if len(values) >= 4 * _GROUPS >= 16 * self._k:
            # k groups have a maximum of at least the k-th largest of the maxima, and so have k values.
            values = values[: len(values) // _GROUPS * _GROUPS].reshape(-1, _GROUPS).max(axis=0)
        return max(int(np.partition(values, len(values) - self._k)[len(values) - self._k]) - self._slack, least)


def _size(part: slice) -> int:
    return int(part.stop - part.start)
