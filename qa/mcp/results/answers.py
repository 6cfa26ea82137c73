"""What `ask` gives: an answer with its quotations."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from qa.document import looked_at_in_words
from qa.mcp.results.base import About, Result
from qa.pagination import pages_in_words
from qa.records import Answer, Citation


class CitationResult(About):
    """A quotation, verified: the article's text from `start` to `end` is `cited_text`, character for character."""

    cited_text: str = Field(description="The words quoted, exactly as they stand in the article.")
    start: int = Field(description="Where they begin in the article's text, in characters.")
    end: int = Field(description="Where they end, exclusive.")
    section: list[str] = Field(description="The headings that it stands under, outermost first.")
    pages: str | None = Field(description="Its pages, as a reference names them; null for what has no pages.")

    @classmethod
    def of(cls, citation: Citation) -> CitationResult:
        """Return a citation as it is given."""
        return cls(
            article_id=citation.article_id,
            title=citation.document_title,
            source=citation.source,
            published_at=citation.published_at,
            url=citation.url,
            cited_text=citation.cited_text,
            start=citation.start_char_index,
            end=citation.end_char_index,
            section=list(citation.section),
            pages=pages_in_words(citation.start_page, citation.end_page),
        )


class AskResult(Result):
    """An answer made of quotations, or an abstention with its reason."""

    question: str = Field(description="The question as it was searched; what a follow-up leaves out is filled in.")
    outcome: Literal["answered", "listed", "not_stated", "not_covered", "unreadable"] = Field(
        description="`answered`; `listed`: a list of articles, for a question about the articles themselves; "
        "`not_stated`: they are about this but do not say; `not_covered`: they are not about this; `unreadable`: in a "
        "script that cannot be judged."
    )
    abstained: bool = Field(description="True where the articles do not hold the answer (the last three outcomes).")
    answer: str = Field(description="The quotations, joined; or a sentence that says there is no answer.")
    reason: str | None = Field(description="Why there is no answer.")
    confidence: float = Field(description="The probability, 0 to 1, that the quotations answer the question.")
    notes: list[str] = Field(description="What to know of the quotations as a whole: that they disagree, for example.")
    citations: list[CitationResult] = Field(description="One for each quotation, in order.")
    looked_at: str = Field(description="How much was searched.")

    @classmethod
    def of(cls, answer: Answer) -> AskResult:
        """Return an answer as it is given."""
        return cls(
            question=answer.question,
            outcome=answer.outcome.value,
            abstained=answer.abstained,
            answer=answer.answer,
            reason=answer.reason,
            confidence=answer.confidence,
            notes=[note.text for note in answer.notes],
            citations=[CitationResult.of(citation) for citation in answer.citations],
            looked_at=looked_at_in_words(answer),
        )
