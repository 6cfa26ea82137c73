"""An answer in lines of text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

import click

from qa.document import (
    byline,
    confidence_figure,
    confidence_in_words,
    confidence_meaning,
    headline,
    looked_at_in_words,
    named,
)
from qa.records import Answer, Citation, NoteKind, Outcome, Passage, UnderWay

_WIDTH = 100
_SHOWN_COPIES = 5
_SHOWN_PASSAGES = 3


def answer_lines(answer: Answer, building: UnderWay | None = None) -> Iterator[str]:
    """Yield an answer as a person reads it: the quotes, then where each of them stands; or a list; or why none.

    The words that answer are in bold, by escape codes that `click.echo` leaves out where no terminal shows it.
    """
    yield from _layout(answer)
    yield from wrapped(looked_at_in_words(answer))
    if answer.searches == ("lexical",):
        yield from wrapped(vectors_to_come(building))
    if answer.outcome is Outcome.NOT_STATED:
        yield from _closest(answer)


def _layout(answer: Answer) -> Iterator[str]:
    if answer.abstained:
        yield from wrapped(f"{headline(answer)} {answer.reason}")
    elif answer.outcome is Outcome.LISTED:
        yield from _list(answer)
    else:
        yield from _quotations(answer)


def vectors_to_come(building: UnderWay | None) -> str:
    """Return what is to be said where only words were searched."""
    if building is None:
        return "`qa build` makes the vectors to search by meaning."
    return f"The vectors to search by meaning are being made: {building.so_far}."


def _closest(answer: Answer) -> Iterator[str]:
    if answer.passages:
        yield "\nClosest passages:"
    for passage in answer.passages[:_SHOWN_PASSAGES]:
        yield from wrapped(f"{passage.article.title}: {_one_line(passage)}", indent="  ", first="· ")


def _list(answer: Answer) -> Iterator[str]:
    yield f"{headline(answer)}"
    yield from _notes(answer)
    origins = _origins(answer)
    for number, citation in enumerate(answer.citations, start=1):
        yield ""
        yield from wrapped(f"[{number}] {named(citation)}")
        yield from _quoted(citation, indent="    │ ")
        yield from _places(citation, origins)
    yield ""


def _quotations(answer: Answer) -> Iterator[str]:
    yield from _prose(answer)
    origins = _origins(answer)
    several = len({citation.article_id for citation in answer.citations}) > 1
    for number, citation in enumerate(answer.citations, start=1):
        yield from _quoted(citation, indent="│ ", reference=f" [{number}]")
        if several:  # the reader must see which of them says what
            yield from wrapped(f"{named(citation)}", indent="│ ", first="— ")
    yield from _notes(answer)
    yield ""
    for number, citation in enumerate(answer.citations, start=1):
        yield from wrapped(f"[{number}] {named(citation)}")
        yield from _places(citation, origins)
    yield ""
    sure = f"{confidence_in_words(answer.confidence)} ({confidence_figure(answer.confidence)})"
    yield f"Confidence: {sure} · {answer.timings_ms['total']:.0f} ms"
    yield from wrapped(confidence_meaning(answer.confidence))


def _prose(answer: Answer) -> Iterator[str]:
    """Yield what a language model made of the quotations, who it was, and what is to be known of it."""
    if answer.prose is None:
        return
    if answer.prose.sentences:
        yield from wrapped(answer.prose.text)
        yield ""
        yield from wrapped(byline(answer.prose.model))
    if answer.prose.notice:
        yield from wrapped(answer.prose.notice)
    yield ""


def _notes(answer: Answer) -> Iterator[str]:
    for note in answer.notes:
        yield ""
        disagreement = note.kind is NoteKind.DISAGREEMENT
        lines = wrapped(f"Disagreement: {note.text}" if disagreement else note.text)
        yield from (click.style(line, bold=True) for line in lines) if disagreement else lines


def _quoted(citation: Citation, indent: str, reference: str = "") -> Iterator[str]:
    """Yield a quotation in lines, the words that answer in bold.

    It is wrapped without the codes, which have no width. Wrapping changes nothing but white space, so the n-th
    visible character stays the n-th.
    """
    text, start = citation.cited_text, citation.start_char_index
    spans = [range(mark.start_char_index - start, mark.end_char_index - start) for mark in citation.highlights]
    answers = iter([any(place in span for span in spans) for place, char in enumerate(text) if not char.isspace()])
    for line in textwrap.wrap(text + reference, _WIDTH - len(indent)):
        flagged = [(char, not char.isspace() and next(answers, False)) for char in line]
        runs = groupby(flagged, key=itemgetter(1))
        yield indent + "".join(_styled("".join(char for char, _ in run), bold=bold) for bold, run in runs)


def _styled(text: str, *, bold: bool) -> str:
    return click.style(text, bold=True) if bold else text


def _origins(answer: Answer) -> dict[str, str]:
    return {passage.article.id: passage.article.origin for passage in answer.passages}


def _places(citation: Citation, origins: dict[str, str]) -> Iterator[str]:
    where = origins.get(citation.article_id, citation.article_id)
    yield f"    {where}, characters {citation.start_char_index}-{citation.end_char_index}" + (
        f", {citation.url}" if citation.url else ""
    )
    if citation.also_in:
        names = [named(copy) for copy in citation.also_in[:_SHOWN_COPIES]]
        if (more := len(citation.also_in) - _SHOWN_COPIES) > 0:
            names.append(f"and {more:,} more")
        yield from wrapped(f"The same words in: {', '.join(names)}", indent="    ")


def _one_line(passage: Passage) -> str:
    return textwrap.shorten(passage.text, width=160, placeholder=" …")


def wrapped(text: str, indent: str = "", first: str = "") -> list[str]:
    """Return a text in lines, all of them indented, what follows the first as far as the text in it."""
    return textwrap.wrap(text, _WIDTH, initial_indent=indent + first, subsequent_indent=indent + " " * len(first))
