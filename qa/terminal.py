"""What a person sees in the terminal: progress, answers, reports."""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from qa.build import Report
from qa.document import confidence_figure, confidence_in_words
from qa.manifest import Recipe
from qa.records import Answer, Citation, Passage, UnderWay
from qa.seams import Progress

_WIDTH = 100
_PLAIN_EVERY_S = 10.0
_SHOWN_LEFT_OUT = 20


class PlainProgress:
    """Progress for a log: a line when a stage begins, then one now and again."""

    def __init__(self) -> None:
        self._name, self._total, self._done = "", 0, 0
        self._started = self._told = 0.0

    def stage(self, name: str, total: int | None) -> None:
        """Say that a stage begins."""
        self._name, self._total, self._done = name, total or 0, 0
        self._started = self._told = time.monotonic()
        click.echo(f"{name}{f': {total}' if total else ''}", err=True)

    def advance(self, steps: int) -> None:
        """Count steps, and tell from time to time how many are done and how long the rest will take."""
        self._done += steps
        now = time.monotonic()
        if now - self._told >= _PLAIN_EVERY_S and self._done < self._total:
            self._told = now
            left = (now - self._started) / self._done * (self._total - self._done)
            click.echo(f"{self._name}: {self._done} of {self._total}, about {left:.0f} s left", err=True)


class _BarProgress:
    """Progress for a person at a terminal: one bar for each stage, with the time left."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        self.bars = Bars(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=Console(stderr=True),
        )
        self._task = self.bars.add_task("", visible=False)

    def stage(self, name: str, total: int | None) -> None:
        """Begin a new bar; without a total it only shows that work goes on."""
        self._task = self.bars.add_task(name, total=total)

    def advance(self, steps: int) -> None:
        """Move the bar."""
        self.bars.advance(self._task, steps)


@contextmanager
def progress() -> Iterator[Progress]:
    """Yield bars when a person watches, plain lines otherwise."""
    if not sys.stderr.isatty():
        yield PlainProgress()
        return
    bars = _BarProgress()
    with bars.bars:
        yield bars


def holds(recipe: Recipe) -> str:
    """Return what a version holds: "609 articles in 13,657 passages"."""
    return f"{_count(recipe.articles, 'article')} in {_count(recipe.chunks, 'passage')}"


def report_lines(report: Report) -> Iterator[str]:
    """Yield what a build did: what it published, then everything it could not use."""
    recipe = report.manifest.recipe
    articles, passages = _count(recipe.articles, "article"), _count(recipe.chunks, "passage")
    holds = f"{articles}, {passages} from {_count(report.files, 'file')}"
    if report.published:
        read = _of(report.articles_read, recipe.articles, "article")
        embedded = _of(report.embedded, recipe.chunks, "passage")
        yield f"Published version {report.manifest.version}: {holds}."
        yield f"Read {read} and embedded {embedded}."
    else:
        yield f"Nothing has changed: version {report.manifest.version} stays ({holds})."
    if report.left_out:
        yield f"Left out {len(report.left_out)}:"
        yield from (f"  {item.origin} {item.reason}" for item in report.left_out[:_SHOWN_LEFT_OUT])
        if (more := len(report.left_out) - _SHOWN_LEFT_OUT) > 0:
            yield f"  and {more} more"
    if report.unknown:
        kinds = ", ".join(f"{count} {suffix or 'without a suffix'}" for suffix, count in report.unknown.items())
        yield f"Not read, of other types: {kinds}."


def answer_lines(answer: Answer, building: UnderWay | None = None) -> Iterator[str]:
    """Yield an answer as a person reads it: the quotes, then where each of them stands."""
    yield from _abstention(answer) if answer.abstained else _quotations(answer)
    if answer.searches == ("lexical",):
        yield from _wrapped(f"Searched by words alone; {_vectors_to_come(building)}")


def _vectors_to_come(building: UnderWay | None) -> str:
    if building is None:
        return "`qa build` makes the vectors to search by meaning."
    return f"the vectors are being made ({building.so_far})."


def _abstention(answer: Answer) -> Iterator[str]:
    yield from _wrapped(f"No answer. {answer.reason}")
    if answer.passages:
        yield "\nClosest passages:"
    for passage in answer.passages[:3]:
        yield from _wrapped(f"{passage.article.title}: {_one_line(passage)}", indent="  ", first="· ")


def _quotations(answer: Answer) -> Iterator[str]:
    for number, citation in enumerate(answer.citations, start=1):
        yield from _wrapped(f"{citation.cited_text} [{number}]", indent="│ ")
    yield ""
    origins = {passage.article.id: passage.article.origin for passage in answer.passages}
    for number, citation in enumerate(answer.citations, start=1):
        yield from _wrapped(f"[{number}] {citation.document_title}")
        yield f"    {_place(citation, origins)}"
    yield ""
    sure = f"{confidence_in_words(answer.confidence)} ({confidence_figure(answer.confidence)})"
    yield f"Confidence: {sure} · {answer.timings_ms['total']:.0f} ms"


def _place(citation: Citation, origins: dict[str, str]) -> str:
    where = origins.get(citation.article_id, citation.article_id)
    return f"{where}, characters {citation.start_char_index}-{citation.end_char_index}" + (
        f", {citation.url}" if citation.url else ""
    )


def _one_line(passage: Passage) -> str:
    return textwrap.shorten(passage.text, width=160, placeholder=" …")


def _wrapped(text: str, indent: str = "", first: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent + first, subsequent_indent=indent + " " * len(first))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _of(number: int, whole: int, noun: str) -> str:
    """Return "12 of 609 articles", or "all 609 articles", or "no article"."""
    if number == 0:
        return f"no {noun}"
    return f"{'all ' if number == whole > 1 else '' if number == whole else f'{number:,} of '}{_count(whole, noun)}"
