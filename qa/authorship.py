"""Whose own words a text is: those of its author, where it is a letter and not a report of what others said."""

from __future__ import annotations

from qa.records import Article

WRITTEN_BY = "written_by"
"""Where a loader puts, among the metadata, the author of a text in which "I" is nobody else: the sender of a mail."""


def writer_of(article: Article) -> str | None:
    """Return who speaks in an article from its first word to its last; None where that is not known to be one."""
    return article.author if article.author and article.metadata.get(WRITTEN_BY) == article.author else None
