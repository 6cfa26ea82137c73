"""What the templates are given of the corpus and of an article: each field is one thing the page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from qa.published import date_in_words
from qa.records import Article, Span
from web.leases import Opened
from web.marks import Block, blocks, read_cites

_FEW = 8


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
        marks=tuple(mark.id for mark in marks if mark.id),
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
        iso = datetime.fromisoformat(raw).date().isoformat()
    except ValueError:
        iso = None
    return Date(iso, date_in_words(raw))
