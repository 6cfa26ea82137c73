"""How much what the models say counts for a question of some length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.familiarity import FAMILIAR, familiarity, passages_read


def test_the_number_these_examples_are_made_for() -> None:
    assert FAMILIAR == 10


@pytest.mark.parametrize(
    ("terms", "share"), [(0, 1.0), (1, 1.0), (10, 1.0), (11, 100 / 121), (20, 0.25), (40, 1 / 16), (100, 0.01)]
)
def test_worked_examples(terms: int, share: float) -> None:
    assert familiarity(terms) == pytest.approx(share, abs=1e-12)


@given(st.integers(0, 10**6))
def test_it_never_grows_with_the_length(terms: int) -> None:
    assert 0 < familiarity(terms + 1) <= familiarity(terms) <= 1


@pytest.mark.parametrize(
    ("rerank", "terms", "read"), [(12, 5, 12), (12, 10, 12), (12, 20, 9), (12, 1000, 8), (1, 1000, 1), (30, 20, 22)]
)
def test_of_a_long_question_fewer_passages_are_read(rerank: int, terms: int, read: int) -> None:
    assert passages_read(rerank, terms) == read
