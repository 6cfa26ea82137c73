"""An evaluation as one page: no scripts, nothing fetched, every text escaped, curves as SVG.

The curves are two polylines and some bars, made here: they take the page's colours, light or dark, which a picture of
a plotting library would not, and ask for no further library.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from qa.document import confidence_figure
from qa.evaluate.records import Verdict

SHOWN = 300
"""Questions on the page, worst first; all of them are in the JSON report."""

OPEN = 10
"""Questions that need no click to be read."""

MOST_POINTS = 400
"""Points of a curve: more than a screen can show makes the page heavy."""

_SIDE = 300


@dataclass(frozen=True, slots=True)
class Row:
    """A measure on the page: its value and interval as they are read, and how many questions it is over."""

    measure: str
    group: str
    value: str
    interval: str
    questions: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A bin of the reliability diagram as a rectangle, in units of the picture, and as a sentence."""

    x: float
    width: float
    y: float
    height: float
    confidence_x: float
    told: str


def page_of(document: Mapping[str, Any]) -> str:
    """Return the page of a report's document."""
    questions = document["questions"]
    page: str = template("report.html").render(
        report=document,
        sections=list(sections_of([*document["figures"], *document["times"]])),
        curve=_curve(document["curves"]),
        bars=_bars(document["curves"]),
        side=_SIDE,
        verdicts={verdict.value: _count(verdict, questions) for verdict in Verdict},
        shown=questions[:SHOWN],
        first_open=OPEN,
        headline=headline,
        pieces_of=pieces_of,
        confidence_figure=confidence_figure,
    )
    return page


def headline(question: Mapping[str, Any]) -> str:
    """Return what was expected of a question, in a few words."""
    if not question["answerable"]:
        return "No answer: the articles do not hold one."
    expected = question["expected"]
    return " | ".join(expected["answers"]) or "One of the passages or articles below."


def pieces_of(citation: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """Yield a quotation in pieces, each with whether it is highlighted."""
    text, offset, done = citation["cited_text"], citation["start_char_index"], 0
    for mark in sorted(citation["highlights"], key=lambda mark: int(mark["start_char_index"])):
        start, end = mark["start_char_index"] - offset, mark["end_char_index"] - offset
        if done <= start:  # marks of one quotation do not overlap; if they did, the first would count
            yield text[done:start], False
            yield text[start:end], True
            done = end
    yield text[done:], False


def template(name: str) -> Any:
    """Return a template of this folder; every text is escaped, and a name that it does not get is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def sections_of(figures: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[Row]]]:
    """Yield the sections of a report with their rows, in order."""
    for section, found in groupby(figures, key=lambda figure: str(figure["section"])):
        yield section, [row_of(figure) for figure in found]


def row_of(figure: Mapping[str, Any]) -> Row:
    """Return a figure as it is read: shares with three decimals, words and milliseconds with one."""
    unit = figure["unit"]

    def shown(value: float | None) -> str:
        return "–" if value is None else f"{value:.1f}" if unit else f"{value:.3f}"

    interval = "" if figure["low"] is None else f"{shown(figure['low'])} to {shown(figure['high'])}"
    value = f"{shown(figure['value'])}{f' {unit}' if unit else ''}"
    return Row(figure["measure"], figure["group"], value, interval, figure["questions"])


def _count(verdict: Verdict, questions: Sequence[Mapping[str, Any]]) -> int:
    return sum(question["verdict"] == verdict.value for question in questions)


def _curve(curves: Mapping[str, Any] | None) -> str:
    """Return the points of the risk-coverage curve in a square of _SIDE, x to the right and y down."""
    if curves is None:
        return ""
    points = list(zip(curves["coverage"], curves["risk"], strict=True))
    step = max(1, len(points) // MOST_POINTS)
    kept = [*points[:-1:step], points[-1]]
    return " ".join(f"{coverage * _SIDE:.1f},{(1 - risk) * _SIDE:.1f}" for coverage, risk in kept)


def _bars(curves: Mapping[str, Any] | None) -> list[Bar]:
    return [
        Bar(
            x=found["low"] * _SIDE + 1,
            width=(found["high"] - found["low"]) * _SIDE - 2,
            y=(1 - found["right"]) * _SIDE,
            height=found["right"] * _SIDE,
            confidence_x=found["confidence"] * _SIDE,
            told=f"confidence {found['confidence']:.2f}: {found['right']:.2f} right of {found['questions']}",
        )
        for found in (curves["bins"] if curves else [])
    ]
