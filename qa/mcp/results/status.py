"""What `status` gives: what the corpus holds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from qa.corpus import CorpusStatus
from qa.mcp.results.base import Result

MOST_SOURCES = 100


class SourceResult(Result):
    """Who published articles, and how many."""

    source: str | None = Field(description="Null: articles that do not say.")
    articles: int


class StatusResult(Result):
    """What the corpus holds."""

    index: str = Field(description="The name of the index.")
    index_version: str
    articles: int
    passages: int
    first_day: str | None = Field(description="The earliest day of publication.")
    last_day: str | None = Field(description="The latest.")
    undated: int = Field(description="How many articles do not say when they were published.")
    sources: list[SourceResult] = Field(description="Who published them, those with most articles first.")
    more_sources: int = Field(description="How many sources are not named here.")
    searches: list[Literal["lexical", "dense"]] = Field(
        description="Which searches look: by words; and by meaning, once that is prepared."
    )
    building: str | None = Field(description="How far a build of this index is, where one is under way.")

    @classmethod
    def of(cls, status: CorpusStatus) -> StatusResult:
        """Return the status as it is given."""
        sources = [SourceResult(source=it.source, articles=it.articles) for it in status.sources[:MOST_SOURCES]]
        return cls.model_validate(
            {
                "index": status.index,
                "index_version": status.version,
                "articles": status.articles,
                "passages": status.passages,
                "first_day": status.first_day,
                "last_day": status.last_day,
                "undated": status.undated,
                "sources": sources,
                "more_sources": len(status.sources) - len(sources),
                "searches": list(status.searches),
                "building": status.building and status.building.so_far,
            }
        )
