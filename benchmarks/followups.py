"""Fits how probable it is that a follow-up means a phrase of the conversation, and says how well it does on others.

    python -m benchmarks.followups [--data ../shared/data/canard] [--write]

Reads `turns.jsonl` as `qa eval` does (`docs/evaluation.md`). Fitted on the even part of the dialogues (by the hash of
their ids, as `--part even`), once as they are and once without titles, with the first question as a person would put it
then; reported on the odd part. `--write` puts the coefficients into `qa/chat/weights.json`. Logistic regression with a
lasso penalty on standardised features; each word of a phrase counts, as one that a person used or did not.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.chat import standalone
from qa.chat.conversation import read
from qa.chat.cues import cues
from qa.chat.dependence import depends
from qa.chat.features import of_phrase, of_question, setting
from qa.chat.phrases import phrases
from qa.chat.spotting import Kind
from qa.chat.words import content
from qa.evaluate.followups import TITLES, Followup, read_followups, select
from qa.evaluate.rewriting import lines, measure, ways

FILE = Path(__file__).resolve().parent.parent / "qa" / "chat" / "weights.json"
DATA = Path("../shared/data/canard")
PENALTY = 0.02
"""The inverse strength of the lasso penalty."""
LEAST = {Kind.TITLE: 0.35, Kind.SECTION: 0.45, Kind.NAME: 0.45, Kind.NOUN: 0.45}
"""The probability from which a phrase is carried over: chosen with both parts in view, for a precision near 0.75."""

_LATE = 10


@dataclass(frozen=True, slots=True)
class Case:
    """A phrase of a conversation, and how many of its words a person used, and did not."""

    kind: Kind
    features: dict[str, float]
    used: int
    unused: int


def main() -> None:
    """Fit, write if asked to, and print what `qa eval` would."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    followups = read_followups(given.data)
    fitted, others = select(followups, "even"), select(followups, "odd")
    models = fit([case for one in (*fitted, *untitled(fitted)) for case in cases(one)])
    for kind, model in models.items():
        print(f"{kind}: {', '.join(f'{name} {weight:+.2f}' for name, weight in strongest(model['weights']))}")
    if given.write:
        provenance = f"{len(fitted)} follow-ups, the even part of {given.data.resolve().name}, with and without titles"
        FILE.write_text(json.dumps({"fitted_on": provenance, "least": LEAST, "models": models}, indent=2) + "\n")
    for told, part in (("even (fitted)", fitted), ("odd", others), ("odd, without titles", untitled(others))):
        print(f"\n{told}, {len(part)} follow-ups")
        print("\n".join(lines(measure(part, ways(standalone)))))
    print(f"\n{_milliseconds(others):.1f} ms a follow-up with ten questions or more before it, at the median")


def _milliseconds(followups: Sequence[Followup]) -> float:
    """Return the median time of the follow-ups late in their conversations."""
    taken = []
    for one in followups:
        if len(one.history) >= TITLES + 2 * _LATE:
            started = perf_counter()
            standalone(one.question, one.history)
            taken.append((perf_counter() - started) * 1000)
    return median(taken)


def untitled(followups: Sequence[Followup]) -> list[Followup]:
    """Return the follow-ups as if nobody had said what the article is: the first question is put to stand alone."""
    opening = {one.dialogue: one.rewrite for one in followups if len(one.history) == TITLES}
    return [
        replace(one, history=(replace(one.history[TITLES], content=opening[one.dialogue]), *one.history[TITLES + 1 :]))
        for one in followups
        if len(one.history) > TITLES and one.dialogue in opening
    ]


def cases(followup: Followup) -> Iterator[Case]:
    """Yield the phrases of a conversation with something to add; none for a question that starts afresh."""
    said = read(followup.history)
    found, asked = phrases(said), cues(followup.question)
    at = setting(asked, said, found)
    if not depends(asked, found, said):
        return
    question, used = of_question(at), content(followup.rewrite)
    for phrase in found:
        if new := phrase.words - asked.words:
            yield Case(phrase.kind, of_phrase(phrase, at, question), len(new & used), len(new - used))


def fit(given: Sequence[Case]) -> dict[str, dict[str, Any]]:
    """Return a model for each kind of phrase; features without weight are left out."""
    return {kind.value: _fit([case for case in given if case.kind is kind]) for kind in Kind}


def _fit(given: Sequence[Case]) -> dict[str, Any]:
    from sklearn.linear_model import LogisticRegression

    names = sorted(given[0].features)
    values: NDArray[np.float64] = np.array([[case.features[name] for name in names] for case in given])
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    scaled = np.vstack([(values - mean) / spread] * 2)
    counts = np.array([*(case.used for case in given), *(case.unused for case in given)], dtype=np.float64)
    event = np.repeat([1, 0], len(given))
    model = LogisticRegression(C=PENALTY, l1_ratio=1.0, solver="liblinear", max_iter=500, random_state=0)
    model.fit(scaled[counts > 0], event[counts > 0], sample_weight=counts[counts > 0])
    weights = model.coef_[0] / spread
    kept = {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True) if round(weight, 3)}
    return {"intercept": round(float(model.intercept_[0] - weights @ mean), 3), "weights": kept}


def strongest(weights: dict[str, float], most: int = 12) -> list[tuple[str, float]]:
    """Return the features with the largest weights."""
    return sorted(weights.items(), key=lambda one: -abs(one[1]))[:most]


if __name__ == "__main__":
    main()
