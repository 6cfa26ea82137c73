"""95% intervals by the bootstrap over questions (Efron 1979), by SciPy; the same figures give the same interval."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
SEED = 20260101
_EDGES = (2.5, 97.5)

Interval = tuple[float | None, float | None, float | None]
"""A value with the ends of its interval; None for what cannot be computed."""


def of_mean(values: NDArray[np.float64]) -> Interval:
    """Return the mean of `values`, shape (questions,), with its interval."""
    return _interval(float(values.mean()) if values.size else math.nan, (values,), np.mean, vectorized=True)


def of_percentile(values: NDArray[np.float64], percent: float) -> Interval:
    """Return a percentile of `values`, shape (questions,), with its interval."""

    def percentile(sample: NDArray[np.float64], axis: int = -1) -> Any:
        return np.percentile(sample, percent, axis=axis)

    return _interval(
        float(np.percentile(values, percent)) if values.size else math.nan, (values,), percentile, vectorized=True
    )


def of_pairs(measure: Callable[..., float], *columns: NDArray[Any]) -> Interval:
    """Return a measure of columns that belong together, each of shape (questions,); questions are drawn whole."""

    def drawn(rows: NDArray[np.int64]) -> float:
        return measure(*(column[rows] for column in columns))

    rows = np.arange(columns[0].size)
    return _interval(measure(*columns) if rows.size else math.nan, (rows,), drawn)


def of_groups(measure: Callable[..., float], *groups: NDArray[np.float64]) -> Interval:
    """Return a measure of several groups of questions; each keeps its size."""
    return _interval(measure(*groups), groups, measure)


def _interval(
    value: float, samples: tuple[NDArray[Any], ...], measure: Callable[..., Any], *, vectorized: bool = False
) -> Interval:
    from scipy.stats import DegenerateDataWarning, bootstrap

    if math.isnan(value):
        return None, None, None
    if any(sample.shape[0] < 2 for sample in samples):  # noqa: PLR2004 - one question can only be drawn again
        return value, None, None
    with catch_warnings():
        simplefilter("ignore", DegenerateDataWarning)  # of its own interval, which the draws below do without
        drawn = bootstrap(
            samples, measure, n_resamples=RESAMPLES, method="percentile", rng=SEED, batch=50, vectorized=vectorized
        ).bootstrap_distribution
    drawn = drawn[~np.isnan(drawn)]  # precision, of a draw in which nothing was refused
    if not drawn.size:
        return value, None, None
    low, high = np.percentile(drawn, _EDGES)
    return value, float(low), float(high)
