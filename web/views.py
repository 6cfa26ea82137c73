"""What the templates are given of the corpus and of an article: each field is one thing the page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.document import counted
from qa.languages import language_name
from qa.records import Article, Filters
from web.dates import Date, date_view
from web.leases import Opened
from web.links import article_link, web_address
from web.marks import Block, blocks, read_cites
from web.schemas import FiltersDocument
from web.unknown import unknown_of

_FEW = 8
_MOST_SOURCES = 200
_NAMED = 6


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the open version holds; `titles` are given when they are few, `suggestions` when they are known."""

    articles: int
    passages: int
    first: Date | None
    last: Date | None
    undated: int
    sources: tuple[str, ...]
    """Those with most articles; `more_sources` counts the others."""
    more_sources: int
    titles: tuple[tuple[str, str], ...]
    """Title and link of each article."""
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """A source to filter by, how many articles are from it, and whether it is chosen."""

    name: str
    articles: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class FilterForm:
    """The fields to filter by: sources to choose from, and days as they were typed.

    `active` says in words what is chosen; "" where nothing is.
    """

    sources: tuple[SourceChoice, ...]
    since: str
    until: str
    first_day: str | None
    last_day: str | None
    active: str


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article's page; `left_out` says how many cited spans cannot be shown."""

    title: str
    source: str | None
    author: str | None
    date: Date | None
    language: str | None
    """ISO 639-1, and `language_name` in words; None where it is not known."""
    language_name: str | None
    unknown: tuple[str, ...]
    """What it does not say of itself, in phrases."""
    url: str | None
    blocks: tuple[Block, ...]
    marks: tuple[str, ...]
    left_out: int


def corpus_view(opened: Opened) -> Corpus:
    """Say what there is to ask."""
    recipe, store = opened.pipeline.index.manifest.recipe, opened.pipeline.index.store
    few = store.articles(_FEW) if recipe.articles <= _FEW else []
    overview = store.overview()
    named = [count.source for count in overview.sources if count.source is not None]
    return Corpus(
        articles=recipe.articles,
        passages=recipe.chunks,
        first=date_view(overview.first_day),
        last=date_view(overview.last_day),
        undated=overview.undated,
        sources=tuple(named[:_NAMED]),
        more_sources=len(named[_NAMED:]),
        titles=tuple((article.title, article_link(article.id, [])) for article in few),
        suggestions=opened.suggestions or (),
    )


def filter_form(opened: Opened, asked: FiltersDocument) -> FilterForm:
    """Lay out the filters of a form, with what was asked for chosen, whether it can be used or not."""
    overview = opened.pipeline.index.store.overview()
    counts = [count for count in overview.sources if count.source is not None]
    shown = [count for place, count in enumerate(counts) if place < _MOST_SOURCES or count.source in asked.sources]
    return FilterForm(
        sources=tuple(
            SourceChoice(count.source, count.articles, count.source in asked.sources)
            for count in shown
            if count.source is not None
        ),
        since=asked.since or "",
        until=asked.until or "",
        first_day=overview.first_day,
        last_day=overview.last_day,
        active=in_words(Filters(tuple(asked.sources), asked.since, asked.until)),
    )


def in_words(filters: Filters) -> str:
    """Return filters as a person says them: "The Verge, from 2023-10-01"."""
    sources = ", ".join(filters.sources) if len(filters.sources) <= 2 else counted(len(filters.sources), "source")  # noqa: PLR2004
    since = f"from {filters.since}" if filters.since else ""
    until = f"to {filters.until}" if filters.until else ""
    return ", ".join(filter(None, [sources, " ".join(filter(None, [since, until]))]))


def article_view(article: Article, cites: Sequence[str]) -> ArticleView:
    """Lay out an article with the spans that `cites` ask for marked."""
    marks = read_cites(cites, article.text)
    return ArticleView(
        title=article.title,
        source=article.source,
        author=article.author,
        date=date_view(article.published_at),
        language=article.language,
        language_name=language_name(article.language) if article.language else None,
        unknown=unknown_of(article),
        url=web_address(article.url),
        blocks=blocks(article, marks),
        marks=tuple(mark.id for mark in marks if mark.id),
        left_out=len(cites) - len(marks),
    )
