"""Under which headings a place of an article stands."""

from __future__ import annotations

from collections.abc import Sequence

from qa.records import Article, Heading

PATH = " › "
"""What parts the headings of a path, where one is written out."""


def section_of(article: Article, place: int) -> tuple[str, ...]:
    """Return the headings above a place (code points) in an article's text, outermost first; none above all of them."""
    path: list[Heading] = []
    for heading in article.headings:
        if heading.end > place:
            break
        path = below(path, heading)
    return tuple(article.text[part.start : part.end] for part in path)


def below(path: Sequence[Heading], heading: Heading) -> list[Heading]:
    """Return the path of headings that a new heading makes of the one before: what it does not end, and itself."""
    return [*(above for above in path if above.level < heading.level), heading]
