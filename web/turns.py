"""A question with what came of it, as the template of a turn is given it: each field is one thing the page shows."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass

from qa.document import (
    answer_document,
    byline,
    confidence_figure,
    confidence_in_words,
    confidence_meaning,
    headline,
    looked_at_in_words,
)
from qa.pagination import pages_in_words
from qa.records import Answer, Citation, Copy, Note, Outcome, Standalone
from web.cards import Brief, Card, brief_of, cards_of, span_of
from web.dates import Date, date_view
from web.links import article_link, question_link, web_address
from web.marks import Segment, highlighted
from web.ways import Way, ways_on

_JUDGED = ("question", "asked", "outcome", "answer", "confidence", "filters", "index_version")
_JUDGED_CITED = ("article_id", "document_title", "start_char_index", "end_char_index", "cited_text")


@dataclass(frozen=True, slots=True)
class Named:
    """An article as it is named beside a quotation; `link` is None where another link leads there."""

    title: str
    link: str | None
    source: str | None
    date: Date | None
    pages: str | None


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quoted stretch of the answer, its number, and where the same words stand in their passage.

    `origin` is given where quotes come from several articles: the reader must see which of them says what. `pages` are
    given where there are any.
    """

    segments: tuple[Segment, ...]
    number: int
    link: str
    title: str
    pages: str | None
    language: str | None
    origin: Named | None
    copies: tuple[Named, ...]


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


@dataclass(frozen=True, slots=True)
class Listed:
    """An article of a list, with a sentence of it."""

    article: Named
    url: str | None
    segments: tuple[Segment, ...]
    copies: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure the quotes answer: in a word, what the word stands for, and as a figure."""

    word: str
    meaning: str
    figure: str


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a turn as soon as the question is: what was asked, and what is searched for it."""

    id: str
    asked: str
    question: str
    carried: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with what came of it; which of the fields are filled goes by the outcome.

    `judged` is the answer as a form of feedback sends it back, in JSON.
    """

    id: str
    asked: str
    question: str
    carried: tuple[str, ...]
    outcome: Outcome
    headline: str | None
    reason: str | None
    looked_at: str
    confidence: Confidence
    prose: ProseView | None
    notes: tuple[Note, ...]
    quotes: tuple[QuoteView, ...]
    listed: tuple[Listed, ...]
    cards: tuple[Card, ...]
    strip: tuple[Brief, ...]
    ways: tuple[Way, ...]
    link: str
    version: str
    judged: str


def head_view(step: Standalone, number: int) -> Head:
    """Lay out a question whose answer is not known yet."""
    return Head(f"turn-{number}", step.asked, step.question, step.carried)


def turn_view(answer: Answer, number: int) -> Turn:
    """Lay out an answer; `number` keeps its ids apart from those of the other turns on the page."""
    turn = f"turn-{number}"
    lists = answer.outcome is Outcome.LISTED
    cards = () if lists else cards_of(answer, turn)
    return Turn(
        id=turn,
        asked=answer.asked,
        question=answer.question,
        carried=answer.carried,
        outcome=answer.outcome,
        headline=headline(answer),
        reason=answer.reason,
        looked_at=looked_at_in_words(answer),
        confidence=Confidence(
            confidence_in_words(answer.confidence),
            confidence_meaning(answer.confidence),
            confidence_figure(answer.confidence),
        ),
        prose=_prose(answer, turn),
        notes=answer.notes,
        quotes=() if lists else _quotes(answer, turn),
        listed=tuple(map(_listed, answer.citations)) if lists else (),
        cards=cards,
        strip=tuple(map(brief_of, cards)),
        ways=ways_on(answer),
        link=question_link(answer.question, answer.filters, answer.index_version),
        version=answer.index_version,
        judged=_judged(answer),
    )


def _judged(answer: Answer) -> str:
    """Return what feedback on an answer says of it, as JSON."""
    document = answer_document(answer)
    cited = [{name: citation[name] for name in _JUDGED_CITED} for citation in document["citations"]]
    judged = {name: document[name] for name in _JUDGED}
    return json.dumps({**judged, "citations": cited}, ensure_ascii=False)


def _quotes(answer: Answer, turn: str) -> tuple[QuoteView, ...]:
    several = len({citation.article_id for citation in answer.citations}) > 1
    return tuple(
        QuoteView(
            segments=highlighted(citation),
            number=number,
            link=f"#{turn}-quote-{number}",
            title=citation.document_title,
            pages=pages_in_words(citation.start_page, citation.end_page),
            language=citation.language,
            origin=_named(citation, None) if several else None,
            copies=_copies(citation.also_in),
        )
        for number, citation in enumerate(answer.citations, start=1)
    )


def _prose(answer: Answer, turn: str) -> ProseView | None:
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


def _listed(citation: Citation) -> Listed:
    return Listed(
        article=_named(citation, article_link(citation.article_id, [span_of(citation)])),
        url=web_address(citation.url),
        segments=highlighted(citation),
        copies=_copies(citation.also_in),
    )


def _copies(articles: Iterable[Copy]) -> tuple[Named, ...]:
    return tuple(_named(article, article_link(article.article_id, [])) for article in articles)


def _named(article: Citation | Copy, link: str | None) -> Named:
    pages = pages_in_words(article.start_page, article.end_page) if isinstance(article, Citation) else None
    return Named(article.document_title, link, article.source, date_view(article.published_at), pages)
