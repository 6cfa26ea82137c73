"""Passages that were found, in lines of text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from qa.document import looked_at_in_words, passage_named
from qa.records import Findings, Passage, UnderWay
from qa.terminal.answers import vectors_to_come, wrapped


def findings_lines(findings: Findings, building: UnderWay | None = None) -> Iterator[str]:
    """Yield the passages as a person reads them, best first, each with its place; then what was searched."""
    if not findings.passages:
        yield "Nothing was found."
    for number, passage in enumerate(findings.passages, start=1):
        yield from _lines(number, passage)
        yield ""
    yield from wrapped(looked_at_in_words(findings))
    if findings.searches == ("lexical",):
        yield from wrapped(vectors_to_come(building))


def _lines(number: int, passage: Passage) -> Iterator[str]:
    article, span = passage.article, passage.chunk.span
    yield from wrapped(f"[{number}] {passage_named(passage)}")
    for paragraph in passage.text.split("\n"):
        yield from textwrap.wrap(paragraph, 100, initial_indent="    ", subsequent_indent="    ")
    address = f", {article.url}" if article.url else ""
    yield f"    -> {article.origin}, characters {span.start}-{span.end}{address}"
