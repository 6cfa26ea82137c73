"""Ways of putting the passages that were found in an order: ranks or scores, with and without the cross-encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from qa.config import Settings
from qa.evaluate.corpus import DEPTH
from qa.familiarity import familiarity, passages_read
from qa.fuse import WEIGHTS, Judged, Weights, fuse, order
from qa.records import Hit

READ = Settings().rerank
K, SMALL_K = 60, 10
AS_IT_IS = "the service as it is"


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what both searches found for it.

    `terms` is how many different ones it has. `logits` returns the cross-encoder's of some rows.
    """

    question: str
    terms: int
    lexical: Sequence[Hit]
    dense: Sequence[Hit]
    judged: Judged
    logits: Callable[[Sequence[int]], dict[int, float]]


Way = Callable[[Case], Sequence[int]]
"""Puts the rows that were found in an order, best first."""


def by_words(case: Case) -> list[int]:
    """Order by BM25 alone."""
    return [hit.row for hit in case.lexical]


def by_vectors(case: Case) -> list[int]:
    """Order by cosine alone."""
    return [hit.row for hit in case.dense]


def reciprocal(rankings: Sequence[Sequence[int]], k: int) -> list[int]:
    """Fuse rankings by the sum of 1 / (k + rank) (Cormack, Clarke and Buettcher 2009); equal sums by row."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + 1 / (k + rank)
    return sorted(scores, key=lambda row: (-scores[row], row))


def both_by_rank(k: int) -> Way:
    """Fuse the ranks of both searches."""
    return lambda case: reciprocal([by_words(case), by_vectors(case)], k)


def both_summed(weights: Weights) -> Way:
    """Add up the scores of both searches, and nothing else."""
    alone = replace(weights, source=0.0, day=0.0)
    return lambda case: [found.row for found in fuse(case.judged, case.lexical, case.dense, alone)]


def plain_recipe(case: Case) -> list[int]:
    """Fuse the ranks of both searches and let the cross-encoder alone order the best."""
    found = both_by_rank(K)(case)
    return [*_by_logit(case, found[:READ]), *found[READ:]]


def three_by_rank(case: Case) -> list[int]:
    """Fuse the ranks of both searches, and the cross-encoder's of the best by these."""
    read = _by_logit(case, both_by_rank(K)(case)[:READ])
    return reciprocal([by_words(case), by_vectors(case), read], K)


def _by_logit(case: Case, rows: Sequence[int]) -> list[int]:
    logits = case.logits(rows)
    return sorted(rows, key=lambda row: (-logits[row], row))


def service(weights: Weights = WEIGHTS, read: int = READ, *, faded: bool = True, fewer: bool = True) -> Way:
    """Order as the service does, with other weights, or another number of passages read.

    Not `faded`: the models count fully for long questions too. Not `fewer`: of these, too, `read` passages are read.
    """

    def ordered(case: Case) -> list[int]:
        count = passages_read(read, case.terms) if fewer else read
        best = [found.row for found in fuse(case.judged, case.lexical, case.dense, weights)[:count]]
        # Both of the models' terms are divided by what `order` will multiply them with.
        fade = 1.0 if faded else familiarity(len(case.judged.lexical))
        logits = {row: logit / fade for row, logit in case.logits(best).items()}
        return [hit.row for hit in order(case.judged, logits, DEPTH, replace(weights, dense=weights.dense / fade))]

    return ordered


def ways() -> Iterator[tuple[str, Way]]:
    """Yield each way with its name in the table."""
    yield "BM25", by_words
    yield "vectors", by_vectors
    for k in (K, SMALL_K):
        yield f"both by rank (RRF), k = {k}", both_by_rank(k)
    for dense in (0.4, 0.8, 1.6):
        yield f"both summed, dense {dense}", both_summed(replace(WEIGHTS, dense=dense))
    yield f"RRF, k = {K}; the cross-encoder orders the top {READ}", plain_recipe
    yield f"all three by rank (RRF), k = {K}", three_by_rank
    nothing_else = replace(WEIGHTS, source=0.0, day=0.0, repeated=0.0)
    yield "all three summed, and nothing else", service(nothing_else, faded=False, fewer=False)
    yield AS_IT_IS, service()
    yield "service, no fade for long questions", service(faded=False)
    yield f"service, {READ} passages read for long questions too", service(fewer=False)
    yield "service, no named source and day", service(replace(WEIGHTS, source=0.0, day=0.0))
    tried = {
        "lexical": (0.1, 0.25, 0.5),
        "dense": (0.4, 0.8, 1.6),
        "source": (1.5, 3.0, 6.0),
        "repeated": (0.0, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0),
    }
    for weights in (replace(WEIGHTS, **{name: value}) for name, values in tried.items() for value in values):
        if weights != WEIGHTS:
            yield f"service, {_change(weights)}", service(weights)
    for read in (8, 12, 20):
        if read != READ:
            yield f"service, {read} passages read", service(read=read)


def _change(weights: Weights) -> str:
    changed = (one.name for one in fields(weights) if getattr(weights, one.name) != getattr(WEIGHTS, one.name))
    return ", ".join(f"{name} {getattr(weights, name):g}" for name in changed)
