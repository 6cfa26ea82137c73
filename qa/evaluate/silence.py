"""Whether the service is silent when it should be, and whether its confidence means what it says.

`confidence` has shape (questions,) and is in 0..1; `answerable` and `right` are booleans of that shape.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BINS = 10
LET_THROUGH = 0.05
"""The share of unanswerable questions that may get an answer where the share of answered ones is read."""


def auroc(answerable: Floats, unanswerable: Floats) -> float:
    """Return the chance that an answerable question has more confidence than an unanswerable one; ties count half.

    The area under the ROC curve as Mann and Whitney's U over the number of pairs (Hanley and McNeil 1982); nan where
    either group is empty. It is counted thousands of times for an interval, so by sorting and not by a curve.
    """
    if not answerable.size or not unanswerable.size:
        return float("nan")
    ordered = np.sort(unanswerable)
    below, not_above = (np.searchsorted(ordered, answerable, side).sum() for side in ("left", "right"))
    return float((below + not_above) / 2 / answerable.size / unanswerable.size)


def answered_at(answerable: Floats, unanswerable: Floats, let_through: float = LET_THROUGH) -> float:
    """Return the share of answerable questions answered at the lowest threshold that lets so few others through.

    The true positive rate of the ROC curve at a false positive rate of at most `let_through`, without interpolation;
    nan where either group is empty.
    """
    if not answerable.size or not unanswerable.size:
        return float("nan")
    first_refused = np.sort(unanswerable)[::-1][int(let_through * unanswerable.size)]
    return float((answerable > first_refused).mean())


def refusal_precision(answered: Flags, answerable: Flags) -> float:
    """Return the share of refused questions that are unanswerable; nan where none is refused."""
    refused = ~answered
    return float((~answerable[refused]).mean()) if refused.any() else float("nan")


def refusal_recall(answered: Flags, answerable: Flags) -> float:
    """Return the share of unanswerable questions that are refused; nan where there is none."""
    return float((~answered[~answerable]).mean()) if (~answerable).any() else float("nan")


def risk_coverage(confidence: Floats, right: Flags) -> tuple[Floats, Floats]:
    """Return coverage and risk as questions are answered in descending confidence, each of shape (questions,).

    Risk is the share of wrong answers among the first n; of questions with equal confidence, which nothing puts in
    an order, each counts as much as the others (Geifman and El-Yaniv 2017).
    """
    _, places, counts = np.unique(-confidence, return_inverse=True, return_counts=True)
    wrong = np.bincount(places, weights=~right) / counts
    total = np.arange(1, confidence.size + 1)
    return total / confidence.size, np.cumsum(np.repeat(wrong, counts)) / total


def aurc(confidence: Floats, right: Flags) -> float:
    """Return the area under the risk-coverage curve: the mean risk over all coverages; 0 is best."""
    return float(risk_coverage(confidence, right)[1].mean())


def brier(confidence: Floats, right: Flags) -> Floats:
    """Return the squared distance of confidence and what came true, of each question; their mean is Brier's score.

    Brier 1950; 0 is best, and 0.25 is what a confidence of a half always has.
    """
    return np.square(confidence - right)


@dataclass(frozen=True, slots=True)
class Bin:
    """The questions of a range of confidence: how many, their mean confidence, and the share that was right."""

    low: float
    high: float
    questions: int
    confidence: float
    right: float


def reliability(confidence: Floats, right: Flags) -> tuple[Bin, ...]:
    """Return the bins of a reliability diagram that hold any question: BINS of equal width, closed above at 1."""
    places = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(
            low=place / BINS,
            high=(place + 1) / BINS,
            questions=int(here.sum()),
            confidence=float(confidence[here].mean()),
            right=float(right[here].mean()),
        )
        for place in range(BINS)
        if (here := places == place).any()
    )


def calibration_error(confidence: Floats, right: Flags) -> float:
    """Return the expected calibration error: the mean distance of confidence and share right over the bins.

    Each bin counts by its questions (Naeini et al. 2015; Guo et al. 2017).
    """
    places = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(places, weights=confidence - right, minlength=BINS)
    return float(np.abs(gaps).sum() / confidence.size)
