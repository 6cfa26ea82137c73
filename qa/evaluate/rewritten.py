"""What came of follow-ups, on disk: report.json, and a page with the worst first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.evaluate.intervals import RESAMPLES, Interval
from qa.evaluate.output import PAGE, write_lines
from qa.evaluate.page import OPEN, SHOWN, template
from qa.evaluate.reading import REPORT
from qa.evaluate.rewriting import Made, Measured, cell

KIND = "followups"


@dataclass(frozen=True, slots=True)
class Told:
    """Of which folder a report tells, and of which part of it."""

    name: str
    part: str
    dialogues: int


def document_of(measured: Sequence[Measured], told: Told) -> dict[str, Any]:
    """Return the report as JSON: every way's figures, and every follow-up as the first way puts it, worst first."""
    made = sorted(measured[0].made, key=lambda one: (-one.faults, one.followup.id))
    return {
        "kind": KIND,
        "set": {"name": told.name, "part": told.part, "followups": len(made), "dialogues": told.dialogues},
        "resamples": RESAMPLES,
        "figures": [_figures(one) for one in measured],
        "followups": [_followup(one) for one in made],
    }


def _figures(measured: Measured) -> dict[str, Any]:
    return {
        "way": measured.name,
        **{name: _interval(getattr(measured, name)) for name in ("recall", "precision", "untouched")},
    }


def _interval(interval: Interval) -> dict[str, float | None]:
    return dict(zip(("value", "low", "high"), interval, strict=True))


def _followup(made: Made) -> dict[str, Any]:
    return {
        "id": made.followup.id,
        "history": [message.content for message in made.followup.history],
        "question": made.followup.question,
        "ours": made.question,
        "carried": list(made.carried),
        "person": made.followup.rewrite,
        "missing": sorted(made.theirs - made.ours),
        "needless": sorted(made.ours - made.theirs),
    }


def write(document: Mapping[str, Any], out: Path) -> tuple[Path, ...]:
    """Write a report into the folder `out`, over an earlier one; return its files."""
    out.mkdir(parents=True, exist_ok=True)
    page = template("followups.html").render(
        report=document,
        rows=[_row(figures) for figures in document["figures"]],
        shown=document["followups"][:SHOWN],
        first_open=OPEN,
    )
    write_lines(out / REPORT, [json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)])
    write_lines(out / PAGE, [page])
    return out / REPORT, out / PAGE


def _row(figures: Mapping[str, Any]) -> list[str]:
    """Return a row of the table: the way, and its figures as they are read."""
    found = (figures[name] for name in ("recall", "precision", "untouched"))
    return [figures["way"], *(cell((one["value"], one["low"], one["high"])) for one in found)]
