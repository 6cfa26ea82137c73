"""Filters as a person gives them, to filters that can be used: days made whole, sources known to be there."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches

from qa.errors import BadFilterError
from qa.records import Filters

MOST_SOURCES = 50

_DAY = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?")
_DECEMBER = 12
_SHOWN = 60
_COMPARED = 200
_SIMILAR = 3


def read_filters(sources: Sequence[str], since: str | None, until: str | None, known_sources: Sequence[str]) -> Filters:
    """Return the filters that were asked for; `known_sources` are those of the corpus.

    A day may be a year, or a year and a month: `since` is the first day of it, `until` the last. "" asks for nothing. A
    source may be written in another case where only one is meant. Raises BadFilterError for what is no day, for days
    that are the wrong way round, for a source that no article has, and for more than MOST_SOURCES.
    """
    if len(sources) > MOST_SOURCES:
        raise BadFilterError(f"At most {MOST_SOURCES} sources can be chosen at once, not {len(sources)}.")
    first, last = _day("since", since, last=False), _day("until", until, last=True)
    if first and last and first > last:
        raise BadFilterError(f"The last day, {last}, is before the first, {first}; swap them.")
    chosen = dict.fromkeys(_source(source, known_sources) for source in sources)
    return Filters(tuple(chosen), str(first) if first else None, str(last) if last else None)


def _day(name: str, given: str | None, *, last: bool) -> date | None:
    given = (given or "").strip()
    if not given:
        return None
    stated = _DAY.fullmatch(given)
    try:
        if stated is not None:
            year, month = int(stated["year"]), int(stated["month"] or (_DECEMBER if last else 1))
            return date(year, month, int(stated["day"] or (monthrange(year, month)[1] if last else 1)))
    except ValueError:
        pass
    raise BadFilterError(
        f"{name}: {_cut(given)} is not a day; write it as 2023-10-04, or a month as 2023-10, or a year as 2023."
    )


def _source(given: str, known: Sequence[str]) -> str:
    if given in known:
        return given
    bare = " ".join(given[:_COMPARED].split()).casefold()
    folded: dict[str, list[str]] = {}
    for source in known:
        folded.setdefault(source.casefold(), []).append(source)
    if len(meant := folded.get(bare, [])) == 1:
        return meant[0]
    similar = [source for form in get_close_matches(bare, folded, _SIMILAR) for source in folded[form]][:_SIMILAR]
    hint = f" Similar: {', '.join(map(repr, similar))}." if similar else ""
    raise BadFilterError(f"No article is from the source {_cut(given)}.{hint}")


def _cut(given: str) -> str:
    return repr(given if len(given) <= _SHOWN else given[:_SHOWN] + "…")
