"""Which kind of index a number of rows asks for, and how large its parts are."""

from __future__ import annotations

import math

KINDS = ("auto", "flat", "ivf")
"""What a person may ask for; `auto` is decided by the number of rows."""

FLAT_AT_MOST = 100_000
"""Rows to which `flat` answers within some 10 ms on one core at 384 dimensions (benchmarks/dense.py)."""

_SAMPLE_PER_LIST = 40  # FAISS warns below 39
_LEAST_PROBES = 64
_LEAST_REACH = 32
_CANDIDATES_PER_HIT = 4


def choose(kind: str, rows: int) -> str:
    """Return the kind to write for `rows` vectors, "flat" or "ivf"; raises ValueError for one not in KINDS."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of dense index; there are {', '.join(KINDS)}.")
    if rows == 0:
        return "flat"  # nothing to make lists from, whatever is asked for
    if kind == "auto":
        return "flat" if rows <= FLAT_AT_MOST else "ivf"
    return kind


def lists_for(rows: int) -> int:
    """Return the number of inverted lists: the first power of two from twice the square root of `rows`.

    Centroids and the lists probed then cost a search about the same. Fewer where there are too few rows to
    train as many.
    """
    wanted = 1 << (math.isqrt(4 * rows) - 1).bit_length()
    return max(1, min(wanted, rows // _SAMPLE_PER_LIST))


def sample_for(lists: int) -> int:
    """Return how many vectors to train `lists` centroids on."""
    return lists * _SAMPLE_PER_LIST


def probes_for(lists: int) -> int:
    """Return how many of the lists a search scans."""
    return min(max(_LEAST_PROBES, lists // 16), lists)


def candidates_for(k: int, rows: int) -> int:
    """Return how many of the vectors that the codes put first are scored exactly, in a search for `k` hits.

    It grows by doubling, so that for most pairs of sizes the fewer hits are the first of the more.
    """
    reach = max(_LEAST_REACH, 1 << (k - 1).bit_length())
    return min(reach * _CANDIDATES_PER_HIT, rows)


def all_scored_at_most(rows: int) -> int:
    """Return of how many rows that pass a filter all vectors are scored exactly, in an index of `rows`.

    Their codes, to choose from, would take about as long to scan.
    """
    return rows // 32
