"""Every question to the pipeline, and what came of it, small enough to keep: ids and ranks, not a hundred texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from qa.errors import ArticleNotFoundError, BadQuestionError, SourceError
from qa.evaluate.corpus import DEPTH
from qa.evaluate.gold import Aligner
from qa.evaluate.records import Asked, Found, Gold, Question, Timed
from qa.pipeline import Pipeline
from qa.question import read_question
from qa.records import Answer, Citation, Passage
from qa.seams import Progress

SHOWN = 5
"""Passages of a ranking that a report shows."""


def check(questions: Sequence[Question], longest: int) -> None:
    """Refuse a question that could not be asked, before any is; raises SourceError."""
    for question in questions:
        try:
            read_question(question.text, longest)
        except BadQuestionError as error:
            raise SourceError(Path(question.place), f"cannot be asked: {error}") from error


def ask_all(pipeline: Pipeline, questions: Sequence[Question], aligner: Aligner, progress: Progress) -> Iterator[Asked]:
    """Ask each question; `pipeline` ranks to the DEPTH and answers whatever the confidence."""
    progress.stage("Asking questions", len(questions))
    for question in questions:
        gold = aligner.gold(question)
        yield _kept(question, gold, pipeline.ask(question.text, k=DEPTH), pipeline)
        progress.advance(1)


def time_some(pipeline: Pipeline, questions: Sequence[Question], progress: Progress) -> Iterator[Timed]:
    """Ask each question as a person would; the first is asked twice, because a first one warms everything up."""
    progress.stage("Timing questions", len(questions))
    for question in questions[:1]:
        pipeline.ask(question.text)
    for question in questions:
        answer = pipeline.ask(question.text)
        yield Timed(question.group, question.answerable, answer.outcome, dict(answer.timings_ms))
        progress.advance(1)


def _kept(question: Question, gold: Gold, answer: Answer, pipeline: Pipeline) -> Asked:
    ranked = answer.passages[:DEPTH]
    return Asked(
        question=question,
        gold=gold,
        outcome=answer.outcome,
        confidence=answer.confidence,
        signals=dict(answer.signals),
        citations=answer.citations,
        passages=tuple(passage.chunk.id for passage in ranked),
        articles=tuple(dict.fromkeys(passage.article.id for passage in ranked)),
        place_ranks=tuple(_rank_of(place.inside(passage) for passage in ranked) for place in gold.places),
        top=tuple(_found(passage) for passage in ranked[:SHOWN]),
        inexact=tuple(filter(None, (_fault_of(citation, pipeline) for citation in answer.citations))),
    )


def _rank_of(inside: Iterator[bool]) -> int | None:
    return next((rank for rank, here in enumerate(inside, start=1) if here), None)


def _found(passage: Passage) -> Found:
    return Found(passage.article.id, passage.article.title, passage.text)


def _fault_of(citation: Citation, pipeline: Pipeline) -> str | None:
    """Return where a citation is not what its article says, read anew from the store; None where it is."""
    start, end = citation.start_char_index, citation.end_char_index
    where = f"{citation.article_id}, characters {start}-{end}"
    try:
        text = pipeline.article(citation.article_id).text
    except ArticleNotFoundError:
        return f"{where}: there is no such article"
    if not citation.cited_text or text[start:end] != citation.cited_text:
        return f"{where}: the article says {text[start:end][:80]!r}, the citation {citation.cited_text[:80]!r}"
    if not all(start <= mark.start_char_index < mark.end_char_index <= end for mark in citation.highlights):
        return f"{where}: a highlight lies outside the quotation"
    return None
