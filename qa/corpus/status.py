"""What a corpus holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.records import UnderWay

if TYPE_CHECKING:
    from qa.index import OpenIndex
    from qa.store import SourceCount


@dataclass(frozen=True, slots=True)
class CorpusStatus:
    """What a corpus holds. Days are ISO 8601 (UTC), None where no article has a date; `created` is UTC, ISO 8601.

    `sources` say who published the articles, those of most articles first. `searches` are those that look for a
    question: "lexical", and "dense" once there are vectors. `building` is the build of this index that is under way.
    """

    index: str
    version: str
    created: str
    articles: int
    passages: int
    sources: tuple[SourceCount, ...]
    first_day: str | None
    last_day: str | None
    undated: int
    searches: tuple[str, ...]
    building: UnderWay | None


def status_of(name: str, index: OpenIndex, building: UnderWay | None) -> CorpusStatus:
    """Return what an open index holds, and the build of it that is under way."""
    manifest, overview = index.manifest, index.store.overview()
    return CorpusStatus(
        index=name,
        version=manifest.version,
        created=manifest.created,
        articles=manifest.recipe.articles,
        passages=manifest.recipe.chunks,
        sources=overview.sources,
        first_day=overview.first_day,
        last_day=overview.last_day,
        undated=overview.undated,
        searches=index.searches,
        building=building,
    )
