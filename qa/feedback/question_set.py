"""Feedback as questions whose answers are known, as far as it says: what `qa eval` can measure again.

A helpful answer says that its articles are relevant, and its words an answer. A right abstention says that the
articles do not tell. A thumbs down says that this was wrong, not what is right: its articles have grade 0, and an
evaluation leaves the question out, and counts it. So what is measured is what readers have vouched for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from qa.errors import ArticleNotFoundError
from qa.feedback.entries import FeedbackEntry, JudgedCitation
from qa.records import Article, Outcome

_SILENT_ON_THE_ARTICLES = frozenset({Outcome.NOT_STATED.value, Outcome.NOT_COVERED.value})

ArticleOf = Callable[[str], Article]
"""Returns the article of an id; raises ArticleNotFoundError."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A line of a file of judgements."""

    query: str
    article: str
    grade: int


@dataclass(frozen=True, slots=True)
class LeftOutCitation:
    """A quotation that says nothing of the articles as they are now, and why, as a phrase."""

    question: str
    article: str
    reason: str


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions as the rows of queries.jsonl, and the judgements on articles.

    `known` counts the questions of which it is known what is right, `repeated` the entries that a later one replaced.
    """

    queries: tuple[Mapping[str, Any], ...]
    judgements: tuple[Judgement, ...]
    known: int
    repeated: int
    left_out: tuple[LeftOutCitation, ...]


def question_set(entries: Sequence[FeedbackEntry], article_of: ArticleOf) -> QuestionSet:
    """Return what feedback says, each question once: as it was rated last."""
    last = _last(entries)
    queries: list[Mapping[str, Any]] = []
    judgements: list[Judgement] = []
    left_out: list[LeftOutCitation] = []
    known = 0
    for entry in last:
        faults = {citation: _fault(citation, article_of) for citation in entry.citations}
        stand = [citation for citation, fault in faults.items() if fault is None]
        left_out += [LeftOutCitation(entry.question, at.article_id, fault) for at, fault in faults.items() if fault]
        gold = _gold(entry, stand)
        grade = int(entry.rating == "up")
        articles = dict.fromkeys(citation.article_id for citation in stand)
        judgements += [Judgement(entry.id, article, grade) for article in articles]
        known += bool((grade and articles) or gold.get("answerable") is False)
        queries.append({"_id": entry.id, "text": entry.question, "metadata": {**_said(entry), **gold}})
    return QuestionSet(tuple(queries), tuple(judgements), known, len(entries) - len(last), tuple(left_out))


def _last(entries: Iterable[FeedbackEntry]) -> list[FeedbackEntry]:
    """Return the last entry of each question, under each filter."""
    found: dict[Any, FeedbackEntry] = {}
    for entry in entries:
        key = (" ".join(entry.question.split()).casefold(), entry.filters)
        found.pop(key, None)
        found[key] = entry
    return list(found.values())


def _fault(citation: JudgedCitation, article_of: ArticleOf) -> str | None:
    if not citation.cited_text.strip():
        return "is quoted with no words"
    if {"\t", "\n", "\r"} & set(citation.article_id):
        return "has an id that a file of judgements cannot hold"
    try:
        article = article_of(citation.article_id)
    except ArticleNotFoundError:
        return "is not in the index any more"
    return None if citation.cited_text in article.text else "does not say so any more"


def _said(entry: FeedbackEntry) -> dict[str, Any]:
    """Return what is known besides of a question; what it is called there means nothing to an evaluation."""
    return {
        "rating": entry.rating,
        "note": entry.note,
        "asked": entry.asked,
        "at": entry.at,
        "outcome": entry.outcome,
        "confidence": entry.confidence,
        "filters": asdict(entry.filters),
        "index_version": entry.index_version,
    }


def _gold(entry: FeedbackEntry, stand: Sequence[JudgedCitation]) -> dict[str, Any]:
    """Return what is right, in the fields that an evaluation reads.

    Where filters left something out, silence was about the rest alone, and says nothing of all articles.
    """
    if entry.rating == "down":
        return {}
    if entry.outcome in _SILENT_ON_THE_ARTICLES:
        return {} if entry.filters else {"answerable": False}
    if entry.outcome != Outcome.ANSWERED.value or not stand:
        return {}  # the articles of a list are what was asked for, not the sentence that shows each
    answers = [{"text": citation.cited_text, "start": citation.start_char_index} for citation in stand]
    articles = {citation.article_id for citation in stand}
    return {"answers": answers, **({"doc": stand[0].article_id} if len(articles) == 1 else {})}
