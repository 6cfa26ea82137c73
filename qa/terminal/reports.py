"""What a build did, and what a version holds."""

from __future__ import annotations

from collections.abc import Iterator

from qa.build import Report
from qa.document import counted
from qa.manifest import Recipe

_SHOWN_LEFT_OUT = 20


def holds(recipe: Recipe) -> str:
    """Return what a version holds: "609 articles in 13,657 passages"."""
    return f"{counted(recipe.articles, 'article')} in {counted(recipe.chunks, 'passage')}"


def report_lines(report: Report) -> Iterator[str]:
    """Yield what a build did: what it published, then everything it could not use."""
    recipe = report.manifest.recipe
    articles, passages = counted(recipe.articles, "article"), counted(recipe.chunks, "passage")
    holds = f"{articles}, {passages} from {counted(report.files, 'file')}"
    if report.published:
        read = _of(report.articles_read, recipe.articles, "article")
        embedded = _of(report.embedded, recipe.chunks, "passage")
        yield f"Published version {report.manifest.version}: {holds}."
        yield f"Read {read} and embedded {embedded}."
    else:
        yield f"Nothing has changed: version {report.manifest.version} stays ({holds})."
    if report.left_out:
        yield f"Left out {len(report.left_out)}:"
        yield from (f"  {item.origin} {item.reason}" for item in report.left_out[:_SHOWN_LEFT_OUT])
        if (more := len(report.left_out) - _SHOWN_LEFT_OUT) > 0:
            yield f"  and {more} more"
    if report.unknown:
        kinds = ", ".join(f"{count} {suffix or 'without a suffix'}" for suffix, count in report.unknown.items())
        yield f"Not read, of other types: {kinds}."


def _of(number: int, whole: int, noun: str) -> str:
    """Return "12 of 609 articles", or "all 609 articles", or "no article"."""
    if number == 0:
        return f"no {noun}"
    return f"{'all ' if number == whole > 1 else '' if number == whole else f'{number:,} of '}{counted(whole, noun)}"
