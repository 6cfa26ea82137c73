"""Score fusion, proved by worked examples, against a plain reference, and by what holds of any scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.familiarity import FAMILIAR, familiarity
from qa.fuse import WEIGHTS, Judged, Weights, fuse, order, rows_of, standardised
from qa.records import Candidate, Hit, Standing

# Powers of two, so that every sum below is exact.
EXACT = Weights(lexical=0.25, dense=0.5, source=4.0, day=2.0, repeated=0.5)


def judged(
    rows: Sequence[int],
    lexical: Sequence[Sequence[float]],
    dense: Sequence[float] | None = None,
    source: Sequence[float] | None = None,
    day: Sequence[float] | None = None,
) -> Judged:
    """What is given, and nought for the rest."""
    n = len(rows)
    return Judged(
        tuple(rows),
        np.array(lexical, dtype=np.float64).reshape(len(lexical), n),
        *(np.array(given if given is not None else [0.0] * n, dtype=np.float64) for given in (dense, source, day)),
    )


def hits(scores: Mapping[int, float]) -> list[Hit]:
    """A ranking of these rows by these scores."""
    return [Hit(row, scores[row]) for row in sorted(scores, key=lambda row: (-scores[row], row))]


class TestRows:
    def test_the_rows_of_both_each_once_in_order(self) -> None:
        assert rows_of(hits({7: 2.0, 3: 1.0}), hits({3: 0.9, 12: 0.8})) == (3, 7, 12)

    def test_of_one_search_and_of_none(self) -> None:
        assert rows_of(hits({7: 2.0}), []) == (7,)
        assert rows_of([], []) == ()


class TestStandardised:
    def test_worked_example(self) -> None:
        # Mean 0.5, variance (0.16 + 0 + 0.16 + 0) / 4 = 0.08.
        found = hits({1: 0.9, 2: 0.5, 5: 0.1, 6: 0.5})
        assert standardised((1, 2, 5, 6), found).tolist() == pytest.approx(
            [0.0, -0.4 / 0.08**0.5, -0.8 / 0.08**0.5, -0.4 / 0.08**0.5], abs=1e-12
        )

    def test_a_row_that_was_not_found_counts_as_the_last(self) -> None:
        # Two cosines lie one standard deviation to each side of their mean.
        assert standardised((4, 7, 9), hits({9: 0.75, 4: 0.25})).tolist() == [-2.0, -2.0, 0.0]

    @pytest.mark.parametrize("found", [[], hits({3: 0.5}), hits({3: 0.5, 4: 0.5})], ids=["none", "one", "all alike"])
    def test_without_a_spread_all_rows_are_alike(self, found: list[Hit]) -> None:
        assert standardised((1, 3, 4), found).tolist() == [0.0, 0.0, 0.0]
        assert standardised((), found).shape == (0,)

    @given(
        st.dictionaries(st.integers(0, 30), st.integers(-64, 64).map(lambda n: n / 64), min_size=2, max_size=12),
        st.sampled_from([0.25, 0.5, 2.0]),
        st.integers(-4, 4),
    )
    def test_neither_the_unit_nor_the_origin_of_the_cosines_matters(
        self, cosines: dict[int, float], unit: float, origin: int
    ) -> None:
        moved = {row: cosine * unit + origin for row, cosine in cosines.items()}
        rows = range(31)
        assert standardised(rows, hits(moved)) == pytest.approx(standardised(rows, hits(cosines)), abs=1e-9)


class TestFuse:
    def test_worked_example(self) -> None:
        both = judged((2, 5, 8), [[4.0, 0.0, 8.0], [4.0, 2.0, 0.0]], [-1.0, 0.0, -3.0], [0, 1, 0], [0, 1, 0])
        lexical, dense = hits({8: 8.0, 2: 8.0, 5: 2.0}), hits({5: 0.9, 2: 0.8})
        # 2: 8 / 4 - 1 / 2; 5: 2 / 4 + 4 + 2; 8: 8 / 4 - 3 / 2
        assert fuse(both, lexical, dense, EXACT) == [
            Candidate(5, 6.5, Standing(3, 2.0), Standing(1, 0.9)),
            Candidate(2, 1.5, Standing(1, 8.0), Standing(2, 0.8)),
            Candidate(8, 0.5, Standing(2, 8.0), None),
        ]

    def test_the_weights_that_ship(self) -> None:
        assert [
            (found.row, found.score) for found in fuse(judged((1, 2), [[10.0, 4.0]], [-2.0, 0.0]), [], [], WEIGHTS)
        ] == [(2, pytest.approx(0.25 * 4)), (1, pytest.approx(0.25 * 10 - 0.8 * 2))]

    def test_equal_scores_are_ordered_by_row(self) -> None:
        assert [found.row for found in fuse(judged((1, 4, 9), [[2.0, 3.0, 3.0]]), [], [])] == [4, 9, 1]

    def test_nothing(self) -> None:
        assert fuse(judged((), []), [], []) == []
        assert fuse(judged((), [[], []]), [], []) == []

    def test_no_known_term(self) -> None:
        found = fuse(judged((3, 6), [], [-1.0, 0.0]), [], hits({6: 0.8, 3: 0.4}), EXACT)
        assert [(one.row, one.score, one.lexical) for one in found] == [(6, 0.0, None), (3, -0.5, None)]


class TestOrder:
    def test_worked_example(self) -> None:
        # Row 1 has most of the first term, row 2 a fourth of it less, row 3 is the only one with the second.
        both = judged((1, 2, 3), [[16.0, 12.0, 0.0], [0.0, 0.0, 8.0]])
        found = order(both, {1: 1.0, 2: 1.0, 3: 1.0}, 3, EXACT)
        assert found == [
            Hit(1, 5.0),  # 1 + 16 / 4
            Hit(3, 3.0),  # 1 + 8 / 4: behind row 2 at first, which had 1 + 12 / 4
            Hit(2, 2.5),  # the first term was picked whole, so it counts half: 1 + 12 / 8
        ]

    def test_what_was_picked_in_part_counts_less_in_part(self) -> None:
        both = judged((1, 2, 3), [[16.0, 8.0, 16.0]])
        found = order(both, {1: 0.0, 2: 9.0, 3: 0.0}, 3, EXACT)
        # Row 2 has half of the most, so 3/4 of the term is left to count; row 1 then has the rest.
        assert found == [Hit(2, 9 + 8 / 4), Hit(1, 0.75 * 16 / 4), Hit(3, 0.5 * 16 / 4)]

    def test_what_was_not_read_counts_as_the_worst_that_was(self) -> None:
        both = judged((1, 2, 3), [[4.0, 4.0, 8.0]])
        found = order(both, {1: 3.0, 2: -2.0}, 3, replace(EXACT, repeated=0.0))
        assert found == [Hit(1, 4.0), Hit(3, 0.0), Hit(2, -1.0)]

    def test_without_logits_the_searches_decide(self) -> None:
        both = judged((1, 2, 3), [[4.0, 0.0, 8.0]], [0.0, -4.0, -1.0])
        assert order(both, {}, 3, replace(EXACT, repeated=0.0)) == [Hit(3, 1.5), Hit(1, 1.0), Hit(2, -2.0)]

    def test_equal_scores_are_ordered_by_row(self) -> None:
        both = judged((2, 5, 9), [[4.0, 4.0, 4.0]])
        assert [hit.row for hit in order(both, {9: 1.0, 2: 1.0, 5: 1.0}, 3)] == [2, 5, 9]

    @pytest.mark.parametrize("limit", [0, 1, 2, 3, 100])
    def test_the_limit(self, limit: int) -> None:
        both = judged((1, 2, 3), [[1.0, 2.0, 3.0]])
        assert [hit.row for hit in order(both, {}, limit)] == [3, 2, 1][:limit]

    def test_nothing(self) -> None:
        assert order(judged((), []), {}, 5) == []
        assert order(judged((), [[], []]), {}, 5) == []
        assert [hit.row for hit in order(judged((4, 6), [], [-1.0, 0.0]), {}, 5)] == [6, 4]


class TestLongQuestions:
    def test_logits_and_cosines_fade_and_words_do_not(self) -> None:
        weights = replace(EXACT, repeated=0.0)
        short = judged((1, 2), [[16.0, 0.0], *[[0.0, 0.0]] * (FAMILIAR - 1)], [-4.0, 0.0])
        long = judged((1, 2), [[16.0, 0.0], *[[0.0, 0.0]] * (2 * FAMILIAR - 1)], [-4.0, 0.0])
        logits = {1: -4.0, 2: 4.0}
        # Twice as many terms as are familiar: a fourth. Words, 16 / 4, stay.
        assert order(short, logits, 2, weights) == [Hit(2, 4.0), Hit(1, -4 - 2 + 4.0)]
        assert order(long, logits, 2, weights) == [Hit(1, (-4 - 2) / 4 + 4), Hit(2, 1.0)]

    def test_what_the_question_names_does_not_fade(self) -> None:
        long = judged((1, 2), [[0.0, 0.0]] * (2 * FAMILIAR), source=[1, 1], day=[0, 1])
        assert order(long, {1: 0.0, 2: 0.0}, 2, EXACT) == [Hit(2, 6.0), Hit(1, 4.0)]


class TestNamed:
    def test_a_source_and_its_day(self) -> None:
        both = judged((1, 2, 3), [[16.0, 0.0, 0.0]], source=[0, 1, 1], day=[0, 0, 1])
        assert both.named(EXACT).tolist() == [0.0, 4.0, 6.0]
        assert [(one.row, one.score) for one in fuse(both, [], [], EXACT)] == [(3, 6.0), (1, 4.0), (2, 4.0)]
        assert order(both, {}, 3, EXACT) == [Hit(3, 6.0), Hit(1, 4.0), Hit(2, 4.0)]


_EIGHTHS = st.integers(-40, 40).map(lambda n: n / 8)
_POINTS = st.integers(0, 80).map(lambda n: n / 8)


@st.composite
def _judgements(draw: st.DrawFn) -> tuple[Judged, dict[int, float]]:
    """Any judgements in eighths, and the logits of some of their rows."""
    rows = sorted(draw(st.sets(st.integers(0, 99), max_size=8)))
    terms = draw(st.integers(0, 4))

    def of_rows(values: st.SearchStrategy[float]) -> list[float]:
        return draw(st.lists(values, min_size=len(rows), max_size=len(rows)))

    yes_or_no = st.sampled_from([0.0, 1.0])
    made = judged(
        rows, [of_rows(_POINTS) for _ in range(terms)], of_rows(_EIGHTHS), of_rows(yes_or_no), of_rows(yes_or_no)
    )
    read = draw(st.sets(st.sampled_from(rows))) if rows else set()
    return made, {row: draw(_EIGHTHS) for row in sorted(read)}


def _by_hand(both: Judged, logits: Mapping[int, float], weights: Weights) -> list[tuple[int, float]]:
    """The same picking with loops over single numbers."""
    terms = both.lexical.tolist()
    wanted = [1.0] * len(terms)
    left = list(range(len(both.rows)))
    picked = []
    while left:
        scores = {}
        for at in left:
            logit = logits.get(both.rows[at], min(logits.values(), default=0.0))
            models = familiarity(len(terms)) * (logit + weights.dense * both.dense[at])
            named = weights.source * both.source[at] + weights.day * both.day[at]
            words = sum(
                term[at] * (1 - weights.repeated * (1 - want)) for term, want in zip(terms, wanted, strict=True)
            )
            scores[at] = models + named + weights.lexical * words
        best = min(left, key=lambda at: (-scores[at], at))
        picked.append((both.rows[best], scores[best]))
        left.remove(best)
        wanted = [
            want * (1 - term[best] / max(term)) if max(term) else want for term, want in zip(terms, wanted, strict=True)
        ]
    return picked


@given(_judgements())
def test_every_row_is_in_the_order_once(given_: tuple[Judged, dict[int, float]]) -> None:
    both, logits = given_
    found = order(both, logits, len(both.rows))
    assert sorted(hit.row for hit in found) == list(both.rows)
    assert sorted(one.row for one in fuse(both, [], [])) == list(both.rows)


@given(_judgements())
def test_a_smaller_limit_is_the_beginning_of_a_larger(given_: tuple[Judged, dict[int, float]]) -> None:
    both, logits = given_
    whole = order(both, logits, len(both.rows))
    assert all(order(both, logits, limit) == whole[:limit] for limit in range(len(whole)))


@given(_judgements(), st.sampled_from([0.0, 0.5, 1.0]))
def test_the_order_is_that_of_the_sums_written_out(given_: tuple[Judged, dict[int, float]], repeated: float) -> None:
    both, logits = given_
    weights = replace(EXACT, repeated=repeated)
    found, expected = order(both, logits, len(both.rows), weights), _by_hand(both, logits, weights)
    assert [hit.score for hit in found] == pytest.approx([score for _, score in expected], abs=1e-9)


@given(_judgements())
def test_where_repetition_costs_nothing_the_order_is_plain_sorting(given_: tuple[Judged, dict[int, float]]) -> None:
    both, logits = given_
    weights = replace(EXACT, repeated=0.0)
    unread = min(logits.values(), default=0.0)
    models = np.array([logits.get(row, unread) for row in both.rows]) + weights.dense * both.dense
    # In eighths and powers of two every sum is exact.
    sums = models + both.named(weights) + weights.lexical * both.lexical.sum(axis=0)
    expected = sorted(zip(both.rows, sums.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
    found = order(both, logits, len(both.rows), weights)
    assert [(hit.row, hit.score) for hit in found] == expected


@given(_judgements())
def test_a_better_logit_never_lowers_a_row(given_: tuple[Judged, dict[int, float]]) -> None:
    both, logits = given_
    for row, logit in logits.items():
        if list(logits.values()).count(min(logits.values())) == 1 and logit == min(logits.values()):
            continue  # what was not read goes by the worst
        before = [hit.row for hit in order(both, logits, 99, replace(EXACT, repeated=0.0))]
        after = [hit.row for hit in order(both, {**logits, row: logit + 1.0}, 99, replace(EXACT, repeated=0.0))]
        assert after.index(row) <= before.index(row)
