"""Reciprocal rank fusion, proved by worked examples, by symmetry, and against exact fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.fuse import reciprocal_rank_fusion
from qa.records import Candidate, Hit, Standing


def ranking(*rows: int) -> list[Hit]:
    """Hits in this order with scores that fall from 9."""
    return [Hit(row, 9.0 - place) for place, row in enumerate(rows)]


def fused(lexical: list[Hit], dense: list[Hit], k: int = 60, limit: int = 100) -> list[tuple[int, float]]:
    return [(found.row, found.score) for found in reciprocal_rank_fusion(lexical, dense, k, limit)]


def test_worked_example() -> None:
    # Row 7 is 1st and 3rd, row 3 is 2nd and 1st, row 5 only 3rd, row 1 only 2nd; k = 1.
    assert reciprocal_rank_fusion(ranking(7, 3, 5), ranking(3, 1, 7), 1, 10) == [
        Candidate(3, 5 / 6, Standing(2, 8.0), Standing(1, 9.0)),  # 1/3 + 1/2
        Candidate(7, 3 / 4, Standing(1, 9.0), Standing(3, 7.0)),  # 1/2 + 1/4
        Candidate(1, 1 / 3, None, Standing(2, 8.0)),
        Candidate(5, 1 / 4, Standing(3, 7.0), None),
    ]


def test_the_constant_of_the_paper() -> None:
    assert fused(ranking(4), ranking(4)) == [(4, pytest.approx(2 / 61, abs=1e-15))]


def test_equal_sums_are_ordered_by_row() -> None:
    assert [row for row, _ in fused(ranking(9, 2, 5), ranking(2, 9, 4))] == [2, 9, 4, 5]
    assert [row for row, _ in fused(ranking(8), ranking(3))] == [3, 8]


def test_equal_sums_of_unequal_ranks_are_ordered_by_row_too() -> None:
    # 1/90 + 1/110 == 1/99 + 1/99 == 2/99, yet their sums as floats differ in the last digit.
    assert 1 / 90 + 1 / 110 != 1 / 99 + 1 / 99
    lexical = list(range(1000, 1050))
    dense = list(range(2000, 2050))
    lexical[30 - 1], dense[50 - 1] = 5, 5
    lexical[39 - 1], dense[39 - 1] = 6, 6
    assert [found for found in fused(ranking(*lexical), ranking(*dense)) if found[0] < 10] == [(5, 2 / 99), (6, 2 / 99)]


def test_only_one_ranking() -> None:
    expected = [(3, 1 / 61), (1, 1 / 62), (2, 1 / 63)]
    assert fused(ranking(3, 1, 2), []) == expected
    assert fused([], ranking(3, 1, 2)) == expected


def test_nothing() -> None:
    assert fused([], []) == []


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 4, 100])
def test_the_limit(limit: int) -> None:
    assert [row for row, _ in fused(ranking(3, 1), ranking(1, 2), limit=limit)] == [1, 3, 2][:limit]


_ROWS = st.lists(st.integers(0, 40), unique=True, max_size=30)


@given(_ROWS, _ROWS, st.integers(1, 100), st.integers(1, 50))
def test_against_exact_fractions(lexical: list[int], dense: list[int], k: int, limit: int) -> None:
    sums: dict[int, Fraction] = {}
    for rows in (lexical, dense):
        for rank, row in enumerate(rows, start=1):
            sums[row] = sums.get(row, Fraction(0)) + Fraction(1, k + rank)
    best = sorted(sums, key=lambda row: (-sums[row], row))[:limit]

    found = reciprocal_rank_fusion(ranking(*lexical), ranking(*dense), k, limit)

    assert [(candidate.row, candidate.score) for candidate in found] == [(row, float(sums[row])) for row in best]
    for candidate in found:
        for rows, standing in ((lexical, candidate.lexical), (dense, candidate.dense)):
            place = rows.index(candidate.row) if candidate.row in rows else None
            assert standing == (None if place is None else Standing(place + 1, 9.0 - place))


@given(_ROWS, _ROWS, st.integers(1, 100))
def test_the_two_searches_count_alike(lexical: list[int], dense: list[int], k: int) -> None:
    assert fused(ranking(*lexical), ranking(*dense), k) == fused(ranking(*dense), ranking(*lexical), k)
