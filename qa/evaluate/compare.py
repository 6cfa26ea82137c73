"""Two reports on the questions that both asked: the difference of each measure, and whether chance explains it.

The test is Fisher's randomisation of pairs, which makes no assumption about how a measure is distributed (Smucker,
Allan and Carterette, CIKM 2007): where the two runs were the same, which of them got which value would be a toss.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.errors import SourceError
from qa.evaluate.document import FORMAT
from qa.evaluate.intervals import SEED, of_mean
from qa.evaluate.reading import REPORT
from qa.evaluate.records import Verdict
from qa.evaluate.scoring import WORDS
from qa.evaluate.silence import auroc, brier

ROUNDS = 9999
"""Random swaps of pairs; where there are fewer ways to swap them, each of these once."""

OUTCOME, BRIER, AUROC = "right, or rightly silent", "Brier score", "AUROC"
_LEVELS = ("article", "passage", "words")
_NEEDED = ("text", "group", "answerable", "measures", "verdict", "right", "confidence", "could_answer")
_GOOD = {Verdict.RIGHT.value, Verdict.RIGHTLY_SILENT.value}


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure in both reports over the same questions, and how far apart it is.

    `p` is the chance of a difference as large, either way, if the two were the same; `low` and `high` are the 95%
    bootstrap interval of the difference, None for AUROC. `group` is "" for all questions.
    """

    measure: str
    group: str
    first: float
    second: float
    low: float | None
    high: float | None
    p: float
    questions: int

    @property
    def difference(self) -> float:
        """The second less the first."""
        return self.second - self.first


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two reports by name, how many questions each asked, how many both did, and their differences."""

    names: tuple[str, str]
    questions: tuple[int, int]
    common: int
    differences: tuple[Difference, ...]


def compare(first: Path, second: Path) -> Comparison:
    """Compare two reports, each a `report.json` or the folder it is in.

    Raises SourceError for what is no report, or where no question is in both.
    """
    one, two = _read(first), _read(second)
    common = [name for name in one if name in two and one[name]["text"] == two[name]["text"]]
    if not common:
        raise SourceError(second, f"asks no question that {first} asks too; compare reports on the same set.")
    pairs = [(one[name], two[name]) for name in common]
    return Comparison((str(first), str(second)), (len(one), len(two)), len(common), tuple(_differences(pairs)))


Pair = tuple[Mapping[str, Any], Mapping[str, Any]]


def _differences(pairs: Sequence[Pair]) -> Iterator[Difference]:
    measured = [(_measures(first), _measures(second)) for first, second in pairs]
    for name in sorted(dict.fromkeys(name for first, _ in measured for name in first), key=_section):
        values = [(first[name], second[name]) for first, second in measured if name in first and name in second]
        if values:
            yield _of_means(name, np.array(values, dtype=np.float64))
    yield from _of_auroc(pairs)


def _section(name: str) -> int:
    """Return the place of a measure's section; within one, measures stay in the order in which they were found."""
    level = name.partition(" ")[0]
    return _LEVELS.index(level) if level in _LEVELS and name != WORDS else len(_LEVELS)


def _measures(question: Mapping[str, Any]) -> dict[str, float]:
    """Return the measures of a question, and those that follow from its confidence and what it was worth."""
    found: dict[str, float] = dict(question["measures"])
    if question["right"] is not None:
        found[OUTCOME] = float(question["verdict"] in _GOOD)
        found[BRIER] = float(brier(np.array(_confidence(question)), np.array(question["right"])))
    return found


def _of_means(name: str, values: NDArray[np.float64]) -> Difference:
    from scipy.stats import permutation_test

    apart = values[:, 1] - values[:, 0]
    _, low, high = of_mean(apart)
    p = 1.0
    if apart.any():
        p = permutation_test(
            (apart,), np.mean, permutation_type="samples", n_resamples=ROUNDS, vectorized=True, batch=500, rng=SEED
        ).pvalue
    first, second = values.mean(axis=0)
    return Difference(name, "", float(first), float(second), low, high, float(p), len(values))


def _of_auroc(pairs: Sequence[Pair]) -> Iterator[Difference]:
    """Yield the difference for each group of unanswerable questions against all answerable ones."""
    others = [pair for pair in pairs if pair[0]["answerable"]]
    silent = [pair for pair in pairs if not pair[0]["answerable"]]
    groups = sorted({pair[0]["group"] for pair in silent})
    for group in ("", *(groups if len(groups) > 1 else ())):
        these = [pair for pair in silent if not group or pair[0]["group"] == group]
        if others and these:
            yield _auroc_of(group, others, these)


def _auroc_of(group: str, others: Sequence[Pair], these: Sequence[Pair]) -> Difference:
    from scipy.stats import permutation_test

    first, second = (np.array([_confidence(pair[side]) for pair in [*others, *these]]) for side in (0, 1))
    count = len(others)

    def apart(one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
        return auroc(two[:count], two[count:]) - auroc(one[:count], one[count:])

    p = 1.0
    if (first != second).any():
        p = permutation_test(
            (first, second), apart, permutation_type="samples", n_resamples=ROUNDS, vectorized=False, rng=SEED
        ).pvalue
    values = auroc(first[:count], first[count:]), auroc(second[:count], second[count:])
    return Difference(AUROC, group, *values, None, None, float(p), len(others) + len(these))


def _confidence(question: Mapping[str, Any]) -> float:
    return float(question["confidence"]) if question["could_answer"] else 0.0


def _read(path: Path) -> dict[str, Mapping[str, Any]]:
    """Return the questions of a report by id."""
    place = path / REPORT if path.is_dir() else path
    advice = "name a report.json that `qa eval` wrote, or its folder."
    try:
        document = json.loads(place.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise SourceError(place, f"is a report of another version; run `qa eval` again, or {advice}")
        return {question["id"]: {name: question[name] for name in _NEEDED} for question in document["questions"]}
    except OSError as error:
        raise SourceError(place, f"cannot be read ({error.strerror}); {advice}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SourceError(place, f"is no report; {advice}") from None
