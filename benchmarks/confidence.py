"""Fits the confidence of an answer, and says how well it does on questions that it was not fitted to.

    qa eval ../shared/data/squad-open --out eval-squad
    qa eval ../shared/data/multihop-news --out eval-news
    python -m benchmarks.confidence eval-squad eval-news [--write]

Reads the signals and what was right from reports of `qa eval`. Two probabilities are fitted on the even part of the
questions (by the hash of their ids, as `--part even`) and reported on the odd part: that the cited text is right, and
that the corpus is about the question's topic. `--write` puts the coefficients into `qa/answer/confidence.json`.
Logistic regression with a ridge penalty on standardised signals, each with the sign of its meaning; each set counts
the same.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.evaluate.selection import Selection

FILE = Path(__file__).resolve().parent.parent / "qa" / "answer" / "confidence.json"
ANSWERABLE = 0.75
"""The share of questions that the articles answer, as people ask. In squad-open it is less than half, and most of the
others mislead on purpose: fitted to that, a good answer would seem doubtful. Confidence is calibrated for this one."""

PENALTY = 1.0
"""The inverse strength of the ridge penalty."""

ANSWERS = (
    "passage", "quote", "best_passage", "passage_gap", "quote_gap", "agreement", "passage_terms", "quote_terms",
    "rarest_missing", "names_missing", "figures_missing", "has_kind", "negation_missing",
)  # fmt: skip
FOR, NOT_FOR = (0.0, None), (None, 0.0)
BOUNDS = {
    "passage_gap": FOR, "quote_gap": FOR, "agreement": FOR, "passage_terms": FOR, "quote_terms": FOR, "has_kind": FOR,
    "rarest_missing": NOT_FOR, "names_missing": NOT_FOR, "figures_missing": NOT_FOR, "negation_missing": NOT_FOR,
}  # fmt: skip
"""Signals of the question's words may speak only for what they mean, so that no weight can learn a quirk of a set: that
its unanswerable questions repeat the words of the article, say. Logits correct one another and may have any sign."""
ABOUT = ("best_passage", "passage_terms", "rarest_missing", "names_missing")
_ELSEWHERE = frozenset({"absent", "null_query"})
"""Groups of questions whose topic is in no article."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A question as a report tells of it."""

    id: str
    set: str
    group: str
    answerable: bool
    right: bool
    signals: Mapping[str, float]

    @property
    def about(self) -> bool:
        """Whether the corpus is about its topic."""
        return self.group not in _ELSEWHERE


def main() -> None:
    """Fit, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="+", type=Path, help="folders that `qa eval` wrote")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    cases = [case for folder in given.reports for case in read(folder)]
    fitted, others = part(cases, "even"), part(cases, "odd")
    answers = fit(fitted, ANSWERS, [case.right for case in fitted])
    about = fit(fitted, ABOUT, [case.about for case in fitted])
    print(f"fitted on {len(fitted)} questions (even), reported on {len(others)} others (odd)\n")
    print("| set | confidence | right | AUROC right | Brier | ECE | against | AUROC | answered at 5% |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in dict.fromkeys(case.set for case in cases):
        of_set = [case for case in others if case.set == name]
        for told, model in (("the reranker's best score alone", baseline(fitted)), ("fitted", answers)):
            print("\n".join(rows(told, of_set, np.array([probability(model, case.signals) for case in of_set]))))
    print("\ntopic: AUROC on the others, ", end="")
    for name in dict.fromkeys(case.set for case in cases):
        of_set = [case for case in others if case.set == name]
        print(
            f"{name} {auroc([c.about for c in of_set], [probability(about, c.signals) for c in of_set]):.3f}", end="  "
        )
    print("\n")
    print("\n".join(trade_off(others, np.array([probability(answers, case.signals) for case in others]))), "\n")
    for name, weights in answers["familiar"]["weights"].items():
        print(f"{name:17} {weights:8.3f} {answers['unfamiliar']['weights'][name]:8.3f}")
    if given.write:
        provenance = f"{len(fitted)} questions, the even part of {', '.join(dict.fromkeys(case.set for case in cases))}"
        FILE.write_text(json.dumps({"fitted_on": provenance, "answers": answers, "about": about}, indent=2) + "\n")


def read(folder: Path) -> list[Case]:
    """Return the questions of a report whose confidence was made from signals and that can be judged."""
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return [
        Case(
            id=question["id"],
            set=report["set"]["name"],
            group=question["group"] or ("answerable" if question["answerable"] else "unanswerable"),
            answerable=question["answerable"],
            right=bool(question["right"]),
            signals=question["signals"],
        )
        for question in report["questions"]
        if question["signals"] and question["right"] is not None
    ]


def part(cases: Iterable[Case], name: str) -> list[Case]:
    """Return the cases of a part, as `qa eval --part` selects them."""
    return list(Selection(name).of(tuple(cases)))


def fit(cases: Sequence[Case], names: Sequence[str], event: Sequence[bool]) -> dict[str, Any]:
    """Return the coefficients of the mixture of two logistic models (see `qa.answer.confidence`).

    The log-likelihood with a ridge penalty on standardised signals, each weight bounded to its sign.
    """
    from scipy.optimize import minimize

    share = np.array([case.signals["familiar"] for case in cases])
    values = np.array([[case.signals[name] for name in names] for case in cases])
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    scaled = np.column_stack([(values - mean) / spread, np.ones(len(cases))])
    features = np.column_stack([scaled * share[:, None], scaled * (1 - share)[:, None]])
    counts = weights_of(cases)
    signs = np.where(event, 1.0, -1.0)
    ridge = np.tile([*np.ones(len(names)), 0.0], 2) / (2 * PENALTY)

    def loss(weights: Floats) -> tuple[float, Floats]:
        margins = signs * (features @ weights)
        slope = -signs * counts / (1 + np.exp(margins))
        value = float((counts * np.logaddexp(0, -margins)).sum() + (ridge * weights**2).sum())
        return value, features.T @ slope + 2 * ridge * weights

    bounds = [*(BOUNDS.get(name, (None, None)) for name in names), (None, None)] * 2
    found = minimize(loss, np.zeros(features.shape[1]), jac=True, bounds=bounds, method="L-BFGS-B")
    halves = np.split(found.x, 2)
    return {
        which: _logistic(half[:-1] / spread, float(half[-1] - (half[:-1] * mean / spread).sum()), names)
        for which, half in zip(("familiar", "unfamiliar"), halves, strict=True)
    }


def weights_of(cases: Sequence[Case]) -> Floats:
    """Return how much each question counts, 1 on average: sets alike, and in each ANSWERABLE of it has an answer.

    The rest is shared by its groups of questions without one.
    """
    sizes = Counter((case.set, case.group if not case.answerable else "") for case in cases)
    sets = {name for name, _ in sizes}
    groups = {name: sum(of == name and bool(group) for of, group in sizes) for name in sets}
    shares = np.array([
        ANSWERABLE / sizes[case.set, ""] if case.answerable
        else (1 - ANSWERABLE) / groups[case.set] / sizes[case.set, case.group]
        for case in cases
    ])  # fmt: skip
    counts: Floats = shares * len(cases) / len(sets)
    return counts


def _logistic(weights: Floats, intercept: float, names: Sequence[str]) -> dict[str, Any]:
    return {
        "intercept": round(intercept, 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)},
    }


def baseline(cases: Sequence[Case]) -> dict[str, Any]:
    """Return the same fit with one signal, the cross-encoder's best score."""
    return fit(cases, ("best_passage",), [case.right for case in cases])


def probability(model: Mapping[str, Any], signals: Mapping[str, float]) -> float:
    """Return the probability by fitted coefficients."""
    from qa.answer import Confidence, Logistic

    return Confidence(Logistic(**model["familiar"]), Logistic(**model["unfamiliar"])).probability(signals)


def rows(told: str, cases: Sequence[Case], sure: Floats) -> Iterable[str]:
    """Yield a line of the table for each group of questions without an answer."""
    right = np.array([case.right for case in cases])
    answerable = np.array([case.answerable for case in cases])
    groups = np.array([case.group for case in cases])
    counts = weights_of(cases)
    counts /= counts.sum()
    brier = float((counts * (sure - right) ** 2).sum())
    quality = (float((counts * right).sum()), auroc(right, sure), brier, ece(right, sure, counts))
    first = f"| {cases[0].set} | {told} | " + " | ".join(f"{value:.3f}" for value in quality)
    for group in sorted(set(groups[~answerable])):
        among = answerable | (groups == group)
        threshold = np.quantile(sure[groups == group], 0.95)
        shown = float((sure[answerable] > threshold).mean())
        yield f"{first} | {group} | {auroc(answerable[among], sure[among]):.3f} | {shown:.3f} |"


def trade_off(cases: Sequence[Case], sure: Floats) -> Iterable[str]:
    """Yield the table of what each threshold would answer, rightly and wrongly."""
    groups = sorted({case.group for case in cases if not case.answerable})
    named = " | ".join(f"{name} answered" for name in groups)
    yield f"| min_confidence | answerable answered | of these right | {named} |"
    yield "|---|---|---|" + "---|" * len(groups)
    answerable = np.array([case.answerable for case in cases])
    right = np.array([case.right for case in cases])
    for least in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        shown = sure >= least
        shares = [shown[[case.group == name for case in cases]].mean() for name in groups]
        cells = [shown[answerable].mean(), right[answerable & shown].mean(), *shares]
        yield f"| {least} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |"


def auroc(event: Sequence[bool] | NDArray[np.bool_], sure: Sequence[float] | Floats) -> float:
    """Return the area under the ROC curve."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(event, sure))


def ece(right: NDArray[np.bool_], sure: Floats, counts: Floats) -> float:
    """Return the expected calibration error over ten bins of equal width (Guo et al. 2017); `counts` add up to 1."""
    bins = np.minimum((sure * 10).astype(int), 9)
    return float(sum(abs((counts * (right - sure))[bins == b].sum()) for b in set(bins)))


if __name__ == "__main__":
    main()
