"""One order out of several judgements: BM25, the vectors, and for the passages that were read the cross-encoder.

The judgements are added up, each with a weight, in logits of the cross-encoder. On all three development sets that is
better than fusing ranks (`docs/quality.md`). BM25 is taken as it is, not scaled to the best: the more a question says,
the larger it is, and the more it should count. Cosines are standardised, because their mean and spread differ between
encoders and questions. The models were trained on short questions of web search; the longer a question, the less they
count, and of a question about several articles they know next to nothing.

A question about several things is served by passages that are about different ones. So passages are picked one by
one, and what a term adds counts less the more of it was picked already, as in the explicit diversification of
Santos, Macdonald and Ounis 2010, "Exploiting Query Reformulations for Web Search Result Diversification" (xQuAD),
with the question's terms as its aspects. For a short question the cross-encoder outweighs this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.familiarity import familiarity
from qa.records import Candidate, Hit, Standing

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weights:
    """What each judgement counts, in logits of the cross-encoder; measured, `docs/quality.md`."""

    lexical: float = 0.25
    """A point of BM25."""
    dense: float = 0.8
    """A standard deviation of the cosines that the search by vectors found."""
    source: float = 3.0
    """That the question names the article's source: "the Guardian's report"."""
    day: float = 2.0
    """That it names its day of publication as well."""
    repeated: float = 0.7
    """By which share a term counts less once a passage with the most of it was picked."""


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Judged:
    """What both searches say of n rows: `lexical`, shape (terms, n), is what each term adds to a row's BM25 score.

    `dense`, shape (n,), is from `standardised`. `source` and `day`, shape (n,), are 1 where the question names the
    source or the day of a row's article, else 0.
    """

    rows: tuple[int, ...]
    lexical: Floats
    dense: Floats
    source: Floats
    day: Floats

    def scores(self, weights: Weights) -> Floats:
        """Return the sum of all, shape (n,)."""
        scores: Floats = weights.lexical * self.lexical.sum(axis=0) + weights.dense * self.dense + self.named(weights)
        return scores

    def named(self, weights: Weights) -> Floats:
        """Return what is added where the question names an article's source and day, shape (n,)."""
        return weights.source * self.source + weights.day * self.day


def rows_of(lexical: Sequence[Hit], dense: Sequence[Hit]) -> tuple[int, ...]:
    """Return the rows that either search found, ascending."""
    return tuple(sorted({hit.row for hit in lexical} | {hit.row for hit in dense}))


def standardised(rows: Sequence[int], found: Sequence[Hit]) -> Floats:
    """Return how many standard deviations below the best cosine of `found` each row is, shape (len(rows),).

    A row that the search did not find counts as its last.
    """
    cosines = np.array([hit.score for hit in found])
    spread = float(cosines.std()) if len(cosines) else 0.0
    if not spread:
        return np.zeros(len(rows))
    by_row = {hit.row: hit.score for hit in found}
    return np.array([(by_row.get(row, cosines[-1]) - cosines[0]) / spread for row in rows])


def fuse(judged: Judged, lexical: Sequence[Hit], dense: Sequence[Hit], weights: Weights = WEIGHTS) -> list[Candidate]:
    """Return all rows by both searches together, best first; equal scores by row, which is chunk order."""
    by_lexical, by_dense = _standings(lexical), _standings(dense)
    scores = judged.scores(weights)
    best = np.lexsort((np.asarray(judged.rows), -scores))
    return [
        Candidate(row, float(scores[place]), by_lexical.get(row), by_dense.get(row))
        for place, row in ((int(place), judged.rows[place]) for place in best)
    ]


def order(judged: Judged, logits: Mapping[int, float], limit: int, weights: Weights = WEIGHTS) -> list[Hit]:
    """Return the best rows, at most `limit`, by all judgements, each with the score it was picked with.

    `logits` holds the cross-encoder's of the rows that were read. What was not read, since less was to be expected of
    it, counts as the worst of these. Equal scores are ordered by row.
    """
    worst = min(logits.values(), default=0.0)
    read = np.array([logits.get(row, worst) for row in judged.rows])
    fixed = familiarity(len(judged.lexical)) * (read + weights.dense * judged.dense) + judged.named(weights)
    most = judged.lexical.max(axis=1, initial=0.0)
    share = judged.lexical / np.where(most > 0, most, 1.0)[:, None]
    wanted = np.ones(len(most))  # how much of each term was not picked yet
    left = np.ones(len(fixed), dtype=bool)
    picked: list[Hit] = []
    while left.any() and len(picked) < limit:
        scores = fixed + weights.lexical * ((1 - weights.repeated * (1 - wanted)) @ judged.lexical)
        best = int(np.argmax(np.where(left, scores, -np.inf)))
        picked.append(Hit(judged.rows[best], float(scores[best])))
        left[best] = False
        wanted *= 1 - share[:, best]
    return picked


def _standings(hits: Sequence[Hit]) -> dict[int, Standing]:
    return {hit.row: Standing(rank, hit.score) for rank, hit in enumerate(hits, start=1)}
