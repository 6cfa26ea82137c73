"""Signals to probabilities: two logistic models, small enough to be read (`confidence.json`).

One says how probable it is that the quote answers; fitted to that event it is calibrated, as in Platt 1999,
"Probabilistic Outputs for Support Vector Machines", with several signals in place of one. The other says how probable
it is that the corpus is about the question's topic at all. `python -m benchmarks.confidence` fits both and writes the
file; `docs/quality.md` says on which questions, and how well they do on others.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files

from qa.answer.signals import Signals

FILE = "confidence.json"


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model: `weights` by the name of the signal, in logits for one unit of it."""

    intercept: float
    weights: Mapping[str, float]

    def probability(self, signals: Signals) -> float:
        """Return 1 / (1 + exp(-(intercept + sum of weight times signal))), in 0..1."""
        values = asdict(signals)
        logit = self.intercept + sum(weight * values[name] for name, weight in self.weights.items())
        return (1 + math.tanh(logit / 2)) / 2  # the same function; exp would overflow far from 0


@dataclass(frozen=True, slots=True)
class Models:
    """`answers`: that the quote answers; `about`: that the corpus is about the question's topic."""

    answers: Logistic
    about: Logistic


@cache
def models() -> Models:
    """Return the fitted models that ship with the package."""
    read = json.loads((files("qa.answer") / FILE).read_text(encoding="utf-8"))
    return Models(**{name: Logistic(read[name]["intercept"], read[name]["weights"]) for name in ("answers", "about")})
