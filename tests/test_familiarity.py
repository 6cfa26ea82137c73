"""How much what the models say counts for a question of some length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.familiarity import FAMILIAR, familiarity


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
