"""An evaluation, and a comparison of two, as tables of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from qa.evaluate.compare import Comparison
from qa.evaluate.composer import Evaluation
from qa.evaluate.figures import SILENCE, TIME
from qa.evaluate.page import Row, row_of, sections_of
from qa.evaluate.records import Figure

_SHOWN = 10
_NAME, _VALUE, _INTERVAL = 42, 11, 18
"""Columns of the tables, in characters."""
_TOO_SHORT_MS = 1.0
"""Stages that take less are in the report alone."""


def evaluation_lines(done: Evaluation) -> Iterator[str]:
    """Yield the figures, a section at a time; what they are for each group of questions is in the report."""
    recipe = done.built.manifest.recipe
    held = f"{_count(recipe.articles, 'article')} in {_count(recipe.chunks, 'passage')}"
    yield f"{done.set.name}: {_count(len(done.scored), 'question')} of {held}"
    yield from _left_out(done)
    for section, rows in sections_of([asdict(figure) for figure in done.figures if _is_shown(figure)]):
        yield from _section(section, rows)
    yield from _section(TIME, [row_of(asdict(figure)) for figure in done.times if (figure.value or 0) >= _TOO_SHORT_MS])


def _is_shown(figure: Figure) -> bool:
    """Return whether a figure is in the terminal too: of the groups only how they are told apart."""
    return not figure.group or figure.section == SILENCE


def _section(section: str, rows: Sequence[Row]) -> Iterator[str]:
    if rows:
        yield f"\n{section.capitalize():<{_NAME}} {'value':<{_VALUE}} {'95% interval':<{_INTERVAL}}     n"
    for row in rows:
        name = f"    {row.group}" if row.group else f"  {row.measure}"
        yield f"{name:<{_NAME}} {row.value:<{_VALUE}} {row.interval:<{_INTERVAL}} {row.questions:>5}"


def _left_out(done: Evaluation) -> Iterator[str]:
    told = {
        "Left out of the index": [f"{item.origin} {item.reason}" for item in done.built.left_out],
        "Gold articles that are not in the index": list(done.missing),
    }
    for what, lines in told.items():
        if lines:
            yield f"{what}: {len(lines)}"
            yield from (f"  {line}" for line in lines[:_SHOWN])
    if done.set.unjudged:
        yield f"Not asked, because nothing is known of their answers: {_count(done.set.unjudged, 'question')}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """Yield each measure of both reports with its difference, the interval of that, and its p."""
    a, b = comparison.names
    yield f"A: {a} ({_count(comparison.questions[0], 'question')})"
    yield f"B: {b} ({_count(comparison.questions[1], 'question')})"
    yield f"{_count(comparison.common, 'question')} in both."
    yield "p: paired randomisation test, two-sided, each measure by itself."
    yield f"\n{'':<{_NAME}} A       B       B - A    {'95% interval':<{_INTERVAL}} p           n"
    for one in comparison.differences:
        interval = "" if one.low is None else f"{one.low:+.3f} to {one.high:+.3f}"
        name = f"{one.measure}{f' · {one.group}' if one.group else ''}"
        values = f"{one.first:<7.3f} {one.second:<7.3f} {one.difference:<+8.3f}"
        yield f"{name:<{_NAME}} {values} {interval:<{_INTERVAL}} {one.p:<7.4f} {one.questions:>5}"
