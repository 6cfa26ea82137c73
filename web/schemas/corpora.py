"""What there is to ask: a corpus, and all of them."""

from __future__ import annotations

from pydantic import Field

from web.schemas.base import Document, Offset


class SourceDocument(Document):
    """Who published articles, and how many."""

    source: str | None = Field(description="The source; null: articles that do not say.")
    articles: Offset = Field(description="How many articles are from it.")


class LanguageDocument(Document):
    """In which language articles are, and how many."""

    language: str | None = Field(description="ISO 639-1; null: articles whose language is not known.")
    articles: Offset = Field(description="How many articles are in it.")


class CorpusDocument(Document):
    """What there is to ask."""

    articles: Offset = Field(description="How many articles the open version holds.")
    passages: Offset = Field(description="How many passages they were cut into.")
    first_day: str | None = Field(description="The earliest day of publication (ISO 8601).")
    last_day: str | None = Field(description="The latest.")
    undated: Offset = Field(description="How many articles do not say when they were published.")
    sources: list[SourceDocument] = Field(description="Who published them, those with most articles first.")
    languages: list[LanguageDocument] = Field(description="In which languages they are, the most frequent first.")
    suggestions: list[str] = Field(description="Questions that were asked here and answered.")
    index_version: str = Field(description="The open version.")


class ServedDocument(Document):
    """A corpus of the server."""

    name: str = Field(description="What it is called: the name of its index.")
    path: str = Field(description="Where it is: `{path}/ask` asks it. The default one answers without it as well.")
    default: bool = Field(description="Whether it is the one that is asked when none is named.")
    ready: bool = Field(description="Whether questions are answered at once; `{path}/readyz` says why not.")
    index_version: str | None = Field(description="The open version, null where there is none to answer from.")
    articles: Offset | None = Field(description="How many articles it holds.")
    passages: Offset | None = Field(description="How many passages they were cut into.")


class CorporaDocument(Document):
    """The corpora of the server."""

    corpora: list[ServedDocument] = Field(description="All of them, the default one first.")
