"""What filters go by, of every article at once: who published it, when, and which passages are its own.

A few bytes an article are held in arrays. So a filter is exact, also for dates in other time zones and of other forms,
and takes milliseconds where there are a million passages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from qa.errors import BadFilterError
from qa.published import moment_of
from qa.records import Filters
from qa.seams import Rows

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # as UTC, which is that of `moment_of`
_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1) // _TICK
_UNDATED = np.iinfo(np.int64).min

_COLUMNS = [(name, np.int64) for name in ("row", "source", "moment", "first_chunk", "chunks")]

Brief = tuple[int, str | None, str | None, int, int]
"""row, source, published_at, first_chunk, chunks."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much passes some filters."""

    articles: int
    passages: int


@dataclass(frozen=True, slots=True)
class SourceCount:
    """How many articles are from a source; None for those that name none."""

    source: str | None
    articles: int


@dataclass(frozen=True, slots=True)
class LanguageCount:
    """How many articles are in a language (ISO 639-1); None for those whose language is not known."""

    language: str | None
    articles: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What there is to filter by: the sources, those of most articles first, and the days (ISO 8601, UTC)."""

    sources: tuple[SourceCount, ...]
    first_day: str | None
    last_day: str | None
    undated: int


class Shelf:
    """All articles by row; nothing in it changes."""

    def __init__(self, briefs: Iterable[Brief]) -> None:
        """Read what the store says of each article, in any order; raises ValueError where that cannot be."""
        numbers: dict[str | None, int] = {}
        table = np.fromiter(
            (
                (row, numbers.setdefault(source, len(numbers)), _ticks(published_at), first, chunks)
                for row, source, published_at, first, chunks in briefs
            ),
            dtype=_COLUMNS,
        )
        table.sort(order="row")
        rows, of_source, moments, firsts, chunks = (table[name] for name, _ in _COLUMNS)
        if not (rows == np.arange(len(rows))).all():
            raise ValueError("articles are missing")
        if (chunks < 0).any() or not (firsts == np.cumsum(chunks) - chunks).all():
            raise ValueError("the passages of the articles do not follow one another")
        self.passages = int(chunks.sum())
        self._names = tuple(numbers)
        self._numbers = numbers
        self._of_source = of_source.astype(np.int32)
        self._moments = np.ascontiguousarray(moments)
        self._firsts, self._chunks = firsts.astype(np.int32), chunks.astype(np.int32)
        self._newest = np.argsort(~moments, kind="stable").astype(np.int32)  # unlike a minus, ~ turns every int round

    def newest(self, filters: Filters) -> Rows:
        """Return the rows of the articles that pass, newest first, undated last, equal moments by row."""
        return self._newest[self._passing(filters)[self._newest]]

    def passages_of(self, article: int) -> int:
        """Return how many passages the article at this row has."""
        return int(self._chunks[article])

    def rows_of(self, filters: Filters) -> Rows:
        """Return the rows of the passages of the articles that pass, ascending."""
        passing = self._passing(filters)
        firsts, chunks = self._firsts[passing], self._chunks[passing]
        before = np.cumsum(chunks, dtype=np.int32) - chunks
        return np.repeat(firsts - before, chunks) + np.arange(int(chunks.sum()), dtype=np.int32)

    def counts(self, filters: Filters) -> Counts:
        """Return how much passes."""
        passing = self._passing(filters)
        return Counts(int(passing.sum()), int(self._chunks[passing].sum()))

    def overview(self) -> Overview:
        """Return what there is to filter by."""
        found = Counter({self._names[at]: int(n) for at, n in enumerate(np.bincount(self._of_source))})
        ordered = sorted(found.items(), key=lambda item: (-item[1], item[0] is None, item[0] or ""))
        dated = self._moments[self._moments != _UNDATED]
        return Overview(
            tuple(SourceCount(source, articles) for source, articles in ordered),
            first_day=_iso_day(int(dated.min())) if len(dated) else None,
            last_day=_iso_day(int(dated.max())) if len(dated) else None,
            undated=len(self._moments) - len(dated),
        )

    def _passing(self, filters: Filters) -> NDArray[np.bool_]:
        """Return which articles pass; raises BadFilterError for a day that is none."""
        passing = np.ones(len(self._moments), dtype=bool)
        if filters.sources:
            wanted = [self._numbers[source] for source in filters.sources if source in self._numbers]
            passing &= np.isin(self._of_source, wanted)
        if filters.since is not None or filters.until is not None:
            passing &= self._moments != _UNDATED
        if filters.since is not None:
            passing &= self._moments >= _day_ticks(filters.since)
        if filters.until is not None:
            passing &= self._moments < _day_ticks(filters.until) + _DAY
        return passing


def _ticks(published_at: str | None) -> int:
    moment = moment_of(published_at)
    return int(_UNDATED) if moment is None else (moment - _EPOCH) // _TICK


def _day_ticks(day: str) -> int:
    try:
        return (date.fromisoformat(day) - _EPOCH.date()) // _TICK
    except ValueError:
        raise BadFilterError(f"{day[:40]!r} is not a day in ISO 8601, such as 2023-10-04.") from None


def _iso_day(ticks: int) -> str:
    return (_EPOCH + ticks * _TICK).date().isoformat()
