"""An evaluation as JSON: every figure, what it was made with, and each question with what was found and expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from qa import __version__
from qa.config import Secret
from qa.evaluate.composer import Evaluation
from qa.evaluate.corpus import DEPTH
from qa.evaluate.intervals import RESAMPLES, SEED
from qa.evaluate.records import Scored, Verdict

FORMAT = 1
"""Raised whenever reports of before could no longer be compared with those of now."""

_LIBRARIES = ("ir-measures", "pytrec-eval-terrier", "scipy", "numpy")
_NO_MATTER = frozenset({"indexes", "index", "models", "device", "threads", "keep", "host", "port", "allowed_hosts"})
"""Settings that change no answer; all others are in the report."""


def report_document(done: Evaluation) -> dict[str, Any]:
    """Return the document of `report.json`; all of it but `times` is the same in each run."""
    manifest = done.built.manifest
    return {
        "format": FORMAT,
        "set": {
            "name": done.set.name,
            "folder": str(done.set.folder),
            "questions": len(done.set.questions),
            "unjudged": done.set.unjudged,
            "judgements": list(done.set.judgements),
            "part": done.selection.part,
            "asked": len(done.scored),
            "groups": dict(sorted(Counter(one.asked.question.group for one in done.scored).items())),
        },
        "settings": {
            name: value
            for name, value in asdict(done.settings).items()
            if name not in _NO_MATTER and not isinstance(value, Secret)
        },
        "index": {
            "version": manifest.version,
            "corpus": manifest.recipe.corpus,
            "articles": manifest.recipe.articles,
            "passages": manifest.recipe.chunks,
            "left_out": [f"{item.origin} {item.reason}" for item in done.built.left_out],
            "missing": list(done.missing),
        },
        "program": {"version": __version__, **{name: version(name) for name in _LIBRARIES}},
        "how": {"ranked_to": DEPTH, "resamples": RESAMPLES, "seed": SEED, "timed": len(done.timed)},
        "rules": dict(Counter(one.rule.value for one in done.scored)),
        "figures": [asdict(figure) for figure in done.figures],
        "times": [asdict(figure) for figure in done.times],
        "curves": done.curves and asdict(done.curves),
        "outcomes": _outcomes(done),
        "inexact": list(done.inexact),
        "questions": [_question(one) for one in worst_first(done.scored)],
    }


def worst_first(scored: Sequence[Scored]) -> list[Scored]:
    """Return questions by what their answer was worth; of equals those first whose confidence was the most wrong."""
    order = {verdict: place for place, verdict in enumerate(Verdict)}

    def key(one: Scored) -> tuple[int, float, str]:
        wanted_more = one.verdict in {Verdict.MISSED, Verdict.RIGHT}
        sure = one.asked.confidence
        return order[one.verdict], sure if wanted_more else -sure, one.asked.question.id

    return sorted(scored, key=key)


def _outcomes(done: Evaluation) -> dict[str, dict[str, int]]:
    """Return what came of the questions that were timed, asked with the person's settings, by group."""
    counted: dict[str, Counter[str]] = {}
    for one in done.timed:
        group = one.group or ("answerable" if one.answerable else "unanswerable")
        counted.setdefault(group, Counter())[one.outcome.value] += 1
    return {group: dict(sorted(counts.items())) for group, counts in sorted(counted.items())}


def _question(one: Scored) -> dict[str, Any]:
    asked, question, gold = one.asked, one.asked.question, one.asked.gold
    return {
        "id": question.id,
        "place": question.place,
        "text": question.text,
        "group": question.group,
        "answerable": question.answerable,
        "verdict": one.verdict.value,
        "rule": one.rule.value,
        "right": one.right,
        "answered": one.answered,
        "confidence": asked.confidence,
        "signals": dict(asked.signals),
        "could_answer": asked.has_answer,
        "measures": dict(one.measures),
        "expected": {
            "answers": list(dict.fromkeys(answer.text for answer in question.answers)),
            "articles": list(gold.articles),
            "places": [
                {"text": place.expected, "rank": rank}
                for place, rank in zip(gold.places, asked.place_ranks, strict=True)
            ],
        },
        "citations": [asdict(citation) for citation in asked.citations],
        "passages": [asdict(found) for found in asked.top],
    }
