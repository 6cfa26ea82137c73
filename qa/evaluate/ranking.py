"""Rankings to measures of retrieval, by ir-measures (MacAvaney, Macdonald and Ounis 2022), a question at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from qa.evaluate.places import FactPlace, WordsPlace
from qa.evaluate.records import Asked

MEASURES = ("nDCG@10", "R@1", "R@5", "R@20", "R@100", "RR@10", "AP@10", "Success@4", "Success@10")
"""As ir-measures names them; Success@k, a share of questions with a hit in the first k, is also called Hits@k."""

MAP_OF_FACTS = "MAP@10 of MultiHop-RAG"
_CUTOFF = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """One question for a tool of the field: its relevant ids with grades, and its ranking, best first."""

    query: str
    relevant: Mapping[str, int]
    ranking: tuple[str, ...]


def by_article(asked: Asked) -> Judged | None:
    """Return the ranking of articles, each at the rank of its first passage; None where no article is judged."""
    if not asked.question.answerable or not asked.gold.articles:
        return None
    return Judged(asked.question.id, asked.gold.articles, asked.articles)


def by_passage(asked: Asked) -> Judged | None:
    """Return the ranking of passages; relevant is the first that holds a gold place, for each of the places.

    Two places in one passage make one relevant passage. A place that lies in no passage of the ranking stays to be
    missed, under an id that no passage has; so does one that lies in no passage of the index at all.
    """
    if not asked.gold.places:
        return None
    relevant = {
        f"missed:{number}" if rank is None else asked.passages[rank - 1]: 1
        for number, rank in enumerate(asked.place_ranks)
    }
    return Judged(asked.question.id, relevant, asked.passages)


def level_of_passages(asked: Asked) -> str:
    """Return what a relevant passage is judged by: a place that is named, or the words of an answer anywhere."""
    return "words" if isinstance(asked.gold.places[0], WordsPlace) else "passage"


def measures_of(judged: Judged) -> dict[str, float]:
    """Return each of MEASURES for one question."""
    import ir_measures

    grades = [ir_measures.Qrel("q", document, grade) for document, grade in judged.relevant.items()]
    ranking = [
        ir_measures.ScoredDoc("q", document, float(len(judged.ranking) - place))
        for place, document in enumerate(judged.ranking)
    ]
    values = dict.fromkeys(MEASURES, 0.0)  # of a ranking with nothing in it the library says nothing
    values.update({str(found.measure): found.value for found in _library().iter_calc(_measures(), grades, ranking)})
    return values


def facts_found(asked: Asked) -> float | None:
    """Return the MAP@10 of one question as MultiHop-RAG's code counts it; None where the gold is not facts.

    Each fact counts once, where a passage first holds it: the number of facts that are new at a rank, over the rank,
    summed over ranks 1 to 10 and divided by the number of facts, at most 10 (Tang and Yang 2024,
    retrieval_evaluate.py). Unlike AP, facts found before do not count again.
    """
    if not asked.gold.places or not all(isinstance(place, FactPlace) for place in asked.gold.places):
        return None
    first = dict(zip((place.expected for place in asked.gold.places), asked.place_ranks, strict=True))
    found = sum(1 / rank for rank in first.values() if rank is not None and rank <= _CUTOFF)
    return found / min(len(asked.gold.places), _CUTOFF)


def trec_run(judged: Iterable[Judged], tag: str) -> Iterator[str]:
    """Yield the lines of a TREC run file: query, Q0, document, rank, score, tag."""
    for one in judged:
        for rank, document in enumerate(one.ranking, start=1):
            yield f"{_field(one.query)} Q0 {_field(document)} {rank} {len(one.ranking) - rank + 1} {tag}"


def trec_qrels(judged: Iterable[Judged]) -> Iterator[str]:
    """Yield the lines of a TREC qrels file: query, 0, document, grade."""
    for one in judged:
        for document, grade in one.relevant.items():
            yield f"{_field(one.query)} 0 {_field(document)} {grade}"


def _field(identity: str) -> str:
    """Return an id with its white space percent-encoded: fields of TREC files are parted by it."""
    from urllib.parse import quote

    return "".join(quote(part) if part.isspace() or part == "%" else part for part in identity)


@cache
def _measures() -> Sequence[Any]:
    import ir_measures

    return tuple(ir_measures.parse_measure(name) for name in MEASURES)


@cache
def _library() -> Any:
    import ir_measures

    return ir_measures.pytrec_eval
