"""Prose as a turn shows it: what a language model made of the quotations, each sentence with its marks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from qa.document import byline
from qa.records import Answer


@dataclass(frozen=True, slots=True)
class MarkView:
    """A mark in prose: the number of a quotation, and where it leads."""

    number: int
    link: str
    title: str


@dataclass(frozen=True, slots=True)
class SaidView:
    """A sentence of prose with its marks.

    `replaces` is None where it is the model's own. Otherwise it is a quotation, in place of a sentence "that ...".
    """

    text: str
    replaces: str | None
    marks: tuple[MarkView, ...]


@dataclass(frozen=True, slots=True)
class ProseView:
    """What a language model made of the quotations; none of its sentences, where none was borne out.

    A paragraph is a quotation in place of a sentence, or sentences of the model's own that nothing stands between.
    """

    paragraphs: tuple[tuple[SaidView, ...], ...]
    byline: str
    notice: str | None


def prose_of(answer: Answer, turn: str) -> ProseView | None:
    """Lay out the prose of an answer, None where there is none; `turn` is the id of the turn that it is on."""
    if answer.prose is None:
        return None
    titles = [citation.document_title for citation in answer.citations]
    said = [
        SaidView(
            sentence.text,
            sentence.replaces and sentence.replaces.value,
            tuple(MarkView(at + 1, f"#{turn}-quote-{at + 1}", titles[at]) for at in sentence.citations),
        )
        for sentence in answer.prose.sentences
    ]
    own = itertools.groupby(enumerate(said), lambda it: it[0] if it[1].replaces else None)
    paragraphs = tuple(tuple(sentence for _, sentence in group) for _, group in own)
    return ProseView(paragraphs, byline(answer.prose.model), answer.prose.notice)
