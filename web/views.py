"""What the templates are given: each field is one thing the page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from qa.document import confidence_figure, confidence_in_words
from qa.records import Answer, Article, Citation, Passage, Span
from web.leases import Opened
from web.marks import Block, Mark, Segment, blocks, read_cites, segments

_FEW = 8
_PREVIEW = 120


@dataclass(frozen=True, slots=True)
class Date:
    """A date: `iso` for machines (None where it is none), `shown` for people."""

    iso: str | None
    shown: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the open version holds; `titles` are given when they are few, `suggestions` when they are known."""

    articles: int
    passages: int
    titles: tuple[tuple[str, str], ...]
    """Title and link of each article."""
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quoted stretch of the answer, its number, and where the same words stand in their passage."""

    text: str
    number: int
    link: str
    title: str


@dataclass(frozen=True, slots=True)
class Card:
    """A passage with the quoted words marked; `numbers` are those of the quotes, none for one that is not quoted."""

    id: str
    numbers: tuple[int, ...]
    title: str
    source: str | None
    date: Date | None
    preview: str
    """How a passage that is not quoted begins: several may be of one article."""
    segments: tuple[Segment, ...]
    link: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with what came of it; `reason` is given where nothing was found."""

    id: str
    question: str
    answer: str
    abstained: bool
    reason: str | None
    confidence: str
    """In words."""
    figure: str
    by_words: bool
    """Whether the version that answered has no vectors, so that only words were searched."""
    quotes: tuple[QuoteView, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article's page; `left_out` says how many cited spans cannot be shown."""

    title: str
    source: str | None
    author: str | None
    date: Date | None
    url: str | None
    blocks: tuple[Block, ...]
    marks: tuple[str, ...]
    left_out: int


def corpus_view(opened: Opened) -> Corpus:
    """Say what there is to ask."""
    recipe, store = opened.pipeline.index.manifest.recipe, opened.pipeline.index.store
    few = store.articles(_FEW) if recipe.articles <= _FEW else []
    titles = tuple((article.title, article_link(article.id, [])) for article in few)
    return Corpus(recipe.articles, recipe.chunks, titles, opened.suggestions or ())


def turn_view(answer: Answer, number: int) -> Turn:
    """Lay out an answer; `number` keeps its ids apart from those of the other turns on the page."""
    turn = f"turn-{number}"
    passages = {passage.chunk.id: passage for passage in answer.passages}
    quotes = tuple(
        QuoteView(
            text=citation.cited_text,
            number=place,
            link=f"#{turn}-quote-{place}",
            title=citation.document_title,
        )
        for place, citation in enumerate(answer.citations, start=1)
    )
    cited = dict.fromkeys(citation.chunk_id for citation in answer.citations)
    shown = [passages[chunk] for chunk in cited] or answer.passages
    return Turn(
        id=turn,
        question=answer.question,
        answer=answer.answer,
        abstained=answer.abstained,
        reason=answer.reason,
        confidence=confidence_in_words(answer.confidence),
        figure=confidence_figure(answer.confidence),
        by_words="dense" not in answer.searches,
        quotes=quotes,
        cards=tuple(_card(f"{turn}-card-{place}", passage, answer, turn) for place, passage in enumerate(shown, 1)),
    )


def _card(card: str, passage: Passage, answer: Answer, turn: str) -> Card:
    article, window = passage.article, passage.chunk.span
    quoted: list[tuple[int, Citation]] = [
        (number, citation)
        for number, citation in enumerate(answer.citations, start=1)
        if citation.chunk_id == passage.chunk.id
    ]
    marks = [Mark(f"{turn}-quote-{number}", _span(citation)) for number, citation in quoted]
    return Card(
        id=card,
        numbers=tuple(number for number, _ in quoted),
        title=article.title,
        source=article.source,
        date=date_view(article.published_at),
        preview="" if quoted else passage.text[:_PREVIEW],
        segments=segments(article.text, window, marks),
        link=article_link(article.id, [mark.span for mark in marks] or [window]),
        url=web_address(article.url),
    )


def article_view(article: Article, cites: Sequence[str]) -> ArticleView:
    """Lay out an article with the spans that `cites` ask for marked."""
    marks = read_cites(cites, article.text)
    return ArticleView(
        title=article.title,
        source=article.source,
        author=article.author,
        date=date_view(article.published_at),
        url=web_address(article.url),
        blocks=blocks(article, marks),
        marks=tuple(mark.id for mark in marks),
        left_out=len(cites) - len(marks),
    )


def article_link(article_id: str, spans: Sequence[Span]) -> str:
    """Return the address of an article's page, with these spans marked and the first one in view."""
    cites = "&".join(f"cite={span.start}-{span.end}" for span in spans)
    return f"/articles/{quote(article_id, safe='')}" + (f"?{cites}#cite-1" if spans else "")


def web_address(url: str | None) -> str | None:
    """Return an address that may become a link: http or https, and nothing that runs."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def date_view(raw: str | None) -> Date | None:
    """Return a date in words where it is one, or else as it was given."""
    if not raw:
        return None
    try:
        day = datetime.fromisoformat(raw).date()
    except ValueError:
        return Date(None, raw)
    return Date(day.isoformat(), f"{day.day} {day:%B %Y}")


def _span(citation: Citation) -> Span:
    return Span(citation.start_char_index, citation.end_char_index)
