"""Rank fusion: one ranking out of several whose scores cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from qa.records import Candidate, Hit, Standing


def reciprocal_rank_fusion(lexical: Sequence[Hit], dense: Sequence[Hit], k: int, limit: int) -> list[Candidate]:
    """Fuse two rankings: score(d) = sum over rankings of 1 / (k + rank(d)), rank counting from 1.

    Cormack, Clarke and Büttcher 2009, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
    Learning Methods". Best first, at most `limit`; equal sums are ordered by row, which is chunk order.
    """
    by_lexical = _standings(lexical)
    by_dense = _standings(dense)
    candidates = [
        Candidate(
            row=row,
            # Exact until the end: sums of floats of equal value can differ in their last digit.
            score=float(sum(Fraction(1, k + found[row].rank) for found in (by_lexical, by_dense) if row in found)),
            lexical=by_lexical.get(row),
            dense=by_dense.get(row),
        )
        for row in by_lexical.keys() | by_dense.keys()
    ]
    candidates.sort(key=lambda candidate: (-candidate.score, candidate.row))
    return candidates[:limit]


def _standings(hits: Sequence[Hit]) -> dict[int, Standing]:
    return {hit.row: Standing(rank, hit.score) for rank, hit in enumerate(hits, start=1)}
