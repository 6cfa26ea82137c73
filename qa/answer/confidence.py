"""Signals to probabilities: logistic models, small enough to be read (`confidence.json`).

One says how probable it is that the quote answers; fitted to that event it is calibrated, as in Platt 1999,
"Probabilistic Outputs for Support Vector Machines", with several signals in place of one. The other says how probable
it is that the corpus is about the question's topic at all. `python -m benchmarks.confidence` fits both and writes the
file; `docs/quality.md` says on which questions, and how well they do on others.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

FILE = "confidence.json"


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model: `weights` by the name of the signal, in logits for one unit of it."""

    intercept: float
    weights: Mapping[str, float]

    def logit(self, signals: Mapping[str, float]) -> float:
        """Return intercept + sum of weight times signal."""
        return self.intercept + sum(weight * signals[name] for name, weight in self.weights.items())


@dataclass(frozen=True, slots=True)
class Confidence:
    """A probability from two logistic models, one for familiar questions and one for others; between them a mixture.

    What the models say means much for a short question; of a long one, about several articles, the words that are
    found tell more.
    """

    familiar: Logistic
    unfamiliar: Logistic

    def probability(self, signals: Mapping[str, float]) -> float:
        """Return 1 / (1 + exp(-logit)), in 0..1, with the logit mixed by the signal `familiar`."""
        share = signals["familiar"]
        logit = share * self.familiar.logit(signals) + (1 - share) * self.unfamiliar.logit(signals)
        return (1 + math.tanh(logit / 2)) / 2  # the same function; exp would overflow far from 0


@dataclass(frozen=True, slots=True)
class Models:
    """`answers`: that the quote answers; `about`: that the corpus is about the question's topic."""

    answers: Confidence
    about: Confidence


@cache
def models() -> Models:
    """Return the fitted models that ship with the package."""
    read = json.loads((files("qa.answer") / FILE).read_text(encoding="utf-8"))
    return Models(answers=_confidence(read["answers"]), about=_confidence(read["about"]))


def _confidence(read: Mapping[str, Any]) -> Confidence:
    return Confidence(Logistic(**read["familiar"]), Logistic(**read["unfamiliar"]))
