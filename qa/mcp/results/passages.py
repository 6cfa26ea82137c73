"""What `search` gives: passages."""

from __future__ import annotations

from pydantic import Field

from qa.document import looked_at_in_words, pages_named
from qa.mcp.results.base import About, Result, about_fields
from qa.records import Findings, Passage
from qa.sections import section_of

LONGEST_PASSAGE = 8_000


class PassageResult(About):
    """A passage of an article."""

    text: str = Field(description="The passage, exactly as it stands in the article.")
    start: int = Field(description="Where `text` begins in the article's text, in characters.")
    end: int = Field(description="Where it ends, exclusive.")
    section: list[str] = Field(description="The headings that it stands under, outermost first.")
    pages: str | None = Field(description="Its pages, as a reference names them; null for what has no pages.")

    @classmethod
    def of(cls, passage: Passage) -> PassageResult:
        """Return a passage as it is given: its beginning, where it is very long."""
        start, text = passage.chunk.span.start, passage.text[:LONGEST_PASSAGE]
        return cls(
            **about_fields(passage.article),
            text=text,
            start=start,
            end=start + len(text),
            section=list(section_of(passage.article, start)),
            pages=pages_named(passage),
        )


class SearchResult(Result):
    """The passages nearest to a query; whether they answer it is not judged."""

    query: str = Field(description="The query as it was searched.")
    passages: list[PassageResult] = Field(description="Best first.")
    looked_at: str = Field(description="How much was searched.")

    @classmethod
    def of(cls, findings: Findings) -> SearchResult:
        """Return what was found as it is given."""
        passages = [PassageResult.of(passage) for passage in findings]
        return cls(query=findings.question, passages=passages, looked_at=looked_at_in_words(findings))
