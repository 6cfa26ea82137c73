"""Which articles a question points to: the sources and the days of publication that it names.

"Did the Verge article of 4 October say that ...?" tells where the answer stands: the articles it points to come first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from qa.mentions import compatible, dates
from qa.records import Span

_SECTION = re.compile(r"\s+[|–—-]\s+|:\s")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Where a question says that its answer stands.

    `sources` are values of `Article.source`; `days` are in the Extended Date/Time Format, and
    none where no source is named.
    """

    sources: tuple[str, ...]
    days: tuple[str, ...]


def attribution(question: str, known_sources: Iterable[str]) -> Attribution:
    """Return the sources that a question names, and the days beside them."""
    found = _sources_at(question, known_sources)
    if not found:
        return Attribution((), ())
    days = [mention for mention in dates(question) if "-" in mention.value.lstrip("-")]
    sources = dict.fromkeys(source for _, sources in found for source in sources)
    return Attribution(tuple(sources), tuple(dict.fromkeys(day.value for day in days)))


def sources_named(question: str, known_sources: Iterable[str]) -> tuple[str, ...]:
    """Return the sources among `known_sources` that a question names, in the order of their names in it.

    A source is named by its name, or by what stands before its section: "The Independent" for "The Independent -
    Sports" and its siblings. Case counts, but for a leading "the".
    """
    return tuple(dict.fromkeys(source for _, sources in _sources_at(question, known_sources) for source in sources))


def is_published_on(published_at: str | None, days: Iterable[str]) -> bool:
    """Whether a date of publication (ISO 8601) can be one of some days (Extended Date/Time Format)."""
    day = (published_at or "")[: len("2023-10-04")]
    return bool(day) and any(compatible(day, named) for named in days)


def _sources_at(question: str, known_sources: Iterable[str]) -> list[tuple[Span, tuple[str, ...]]]:
    """Return where sources are named, in order; a longer name takes the words of a shorter one."""
    called: dict[str, list[str]] = {}
    for source in sorted(set(known_sources)):
        for name in dict.fromkeys((source, _SECTION.split(source)[0])):
            if len(name.removeprefix("The ").strip()) > 1:
                called.setdefault(name, []).append(source)
    found: list[tuple[Span, tuple[str, ...]]] = []
    for name in sorted(called, key=lambda name: (-len(name), name)):
        for span in _places(question, name):
            if not any(span.start < taken.end and taken.start < span.end for taken, _ in found):
                found.append((span, tuple(called[name])))
    return sorted(found, key=lambda place: place[0].start)


def _places(question: str, name: str) -> Iterable[Span]:
    """Yield where a name stands as a whole; alone at the beginning, a plain word ("Fortune", "Wired") is no name."""
    bare = name.removeprefix("The ")
    at = question.find(bare)
    while at >= 0:
        start, end = at, at + len(bare)
        whole = not question[start - 1 : start].isalnum() and not question[end : end + 1].isalnum()
        article = question[max(0, start - 4) : start].casefold() == "the "
        if whole and (article if bare != name else (start > 0 or not bare.istitle() or " " in bare)):
            yield Span(start - 4 if bare != name else start, end)
        at = question.find(bare, end)
