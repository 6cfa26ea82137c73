"""Scored questions to figures: each measure over all questions it applies to, and over each group of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qa.evaluate.intervals import Interval, of_groups, of_mean, of_pairs, of_percentile
from qa.evaluate.ranking import MAP_OF_FACTS, MEASURES
from qa.evaluate.records import Figure, Rule, Scored, Timed
from qa.evaluate.scoring import CITES_ARTICLE, CITES_FACT, EXACT, F1, FIRST_HOLDS, FIRST_WORDS, HOLDS, WORDS
from qa.evaluate.silence import (
    Bin,
    Flags,
    Floats,
    answered_at,
    aurc,
    auroc,
    brier,
    calibration_error,
    refusal_precision,
    refusal_recall,
    reliability,
    risk_coverage,
)

BY_ARTICLE, BY_PASSAGE, BY_WORDS = "retrieval by article", "retrieval by passage", "retrieval by words of the answer"
ANSWERS, SILENCE, CONFIDENCE = "answers", "abstention", "confidence"
CITATIONS, TIME = "citations", "time"

_MEANS = {
    BY_ARTICLE: [(f"article {name}", name) for name in MEASURES],
    BY_PASSAGE: [(f"passage {name}", name) for name in (*MEASURES, MAP_OF_FACTS)],
    BY_WORDS: [(f"words {name}", name) for name in MEASURES],
    ANSWERS: [(name, name) for name in (HOLDS, FIRST_HOLDS, CITES_FACT, CITES_ARTICLE, WORDS, FIRST_WORDS, EXACT, F1)],
}
"""For each section, what a measure is called in `Scored.measures` and in its section."""


@dataclass(frozen=True, slots=True)
class Curves:
    """What is drawn: risk by coverage as answers are given in descending confidence, and the reliability bins."""

    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    bins: tuple[Bin, ...]


def figures_of(scored: Sequence[Scored]) -> Iterator[Figure]:
    """Yield every figure but the times."""
    for section, names in _MEANS.items():
        for key, name in names:
            having = [one for one in scored if key in one.measures]
            yield from _means(section, key, name, having)
    yield from _silence(scored)
    yield from _confidence(scored)
    yield _citations(scored)


def times_of(timed: Sequence[Timed]) -> Iterator[Figure]:
    """Yield p50 and p95 of each stage, in the order of the stages."""
    for stage in dict.fromkeys(stage for one in timed for stage in one.timings_ms):
        values = np.array([one.timings_ms[stage] for one in timed if stage in one.timings_ms])
        for percent in (50, 95):
            interval = of_percentile(values, percent)
            yield _figure(TIME, f"{stage} p{percent}", "", interval, values.size, "ms")


def curves_of(scored: Sequence[Scored]) -> Curves | None:
    """Return the curves; None where nothing can be judged."""
    confidence, right = _judged(scored)
    if not confidence.size:
        return None
    coverage, risk = risk_coverage(confidence, right)
    return Curves(tuple(coverage.tolist()), tuple(risk.tolist()), reliability(confidence, right))


def groups_of(scored: Sequence[Scored]) -> tuple[str, ...]:
    """Return the groups of some questions, in the order of their names; none where all are in one."""
    groups = sorted({one.asked.question.group for one in scored})
    return tuple(group for group in groups if group) if len(groups) > 1 else ()


def _means(section: str, key: str, name: str, scored: Sequence[Scored]) -> Iterator[Figure]:
    """Yield the mean of a measure over all questions that have it, and over each group of them."""
    unit = "words" if name in {WORDS, FIRST_WORDS} else ""
    for group in ("", *groups_of(scored)) if scored else ():
        values = np.array([one.measures[key] for one in _in(group, scored)])
        yield _figure(section, name, group, of_mean(values), values.size, unit)


def _silence(scored: Sequence[Scored]) -> Iterator[Figure]:
    """Yield what the threshold and the confidence do to each group of unanswerable questions, against all others."""
    others = [one for one in scored if one.asked.question.answerable]
    unanswerable = [one for one in scored if not one.asked.question.answerable]
    for group in ("", *groups_of(others)):
        values = np.array([float(one.answered) for one in _in(group, others)])
        if values.size:
            yield _figure(SILENCE, "answerable questions answered", group, of_mean(values), values.size)
    yield from _right_of_answered(scored)
    if not unanswerable:
        return
    groups = {group: _in(group, unanswerable) for group in ("", *groups_of(unanswerable))}
    flags: dict[str, Callable[..., float]] = {
        "refusal precision": refusal_precision,
        "refusal recall": refusal_recall,
    }
    for name, of_flags in flags.items():
        for group, these in groups.items():
            answered = np.array([one.answered for one in [*others, *these]])
            answerable = np.repeat([True, False], [len(others), len(these)])
            yield _figure(SILENCE, name, group, of_pairs(of_flags, answered, answerable), answered.size)
    ranks: dict[str, Callable[..., float]] = {"AUROC": auroc, "answered when 5% of unanswerable are": answered_at}
    for name, of_ranks in ranks.items() if others else ():
        for group, these in groups.items():
            interval = of_groups(of_ranks, _confidences(others), _confidences(these))
            yield _figure(SILENCE, name, group, interval, len(others) + len(these))


def _right_of_answered(scored: Sequence[Scored]) -> Iterator[Figure]:
    """Yield the share of right ones among the answers that are given, unanswerable questions included."""
    given = np.array([float(bool(one.right)) for one in scored if one.answered and one.right is not None])
    if given.size:
        yield _figure(SILENCE, "given answers that are right", "", of_mean(given), given.size)


def _confidence(scored: Sequence[Scored]) -> Iterator[Figure]:
    confidence, right = _judged(scored)
    if not confidence.size:
        return
    count = confidence.size
    yield _figure(CONFIDENCE, "AURC", "", of_pairs(aurc, confidence, right), count)
    yield _figure(CONFIDENCE, "Brier score", "", of_mean(brier(confidence, right)), count)
    error = of_pairs(calibration_error, confidence, right)
    yield _figure(CONFIDENCE, "expected calibration error", "", error, count)


def _citations(scored: Sequence[Scored]) -> Figure:
    """Return the share of exact citations; its interval draws citations."""
    exact = [float(here) for one in scored for here in np.arange(len(one.asked.citations)) >= len(one.asked.inexact)]
    return _figure(CITATIONS, "exact, character for character", "", of_mean(np.array(exact)), len(exact))


def _judged(scored: Sequence[Scored]) -> tuple[Floats, Flags]:
    """Return the confidence of the questions that can be judged, and whether their answer is right."""
    judged = [one for one in scored if one.rule is not Rule.NONE]
    return _confidences(judged), np.array([bool(one.right) for one in judged], dtype=bool)


def _confidences(scored: Sequence[Scored]) -> Floats:
    """Return confidences; where nothing would be quoted at any threshold there is none."""
    return np.array([one.asked.confidence if one.asked.has_answer else 0.0 for one in scored], dtype=np.float64)


def _in(group: str, scored: Sequence[Scored]) -> list[Scored]:
    return [one for one in scored if not group or one.asked.question.group == group]


def _figure(section: str, name: str, group: str, interval: Interval, count: int, unit: str = "") -> Figure:
    return Figure(section, name, group, *interval, count, unit)
