"""A quotation, and a passage that was considered."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from web.schemas.base import Document, Offset


class StandingDocument(Document):
    """A passage's place in one ranking."""

    rank: int = Field(ge=1, description="The place, counted from 1.")
    score: float = Field(description="The score, in that ranking's own unit.")


class HighlightDocument(Document):
    """Words inside a quotation that answer the question."""

    start_char_index: Offset = Field(description="Where they begin in the article's text, in code points.")
    end_char_index: Offset = Field(description="Where they end, exclusive.")


class CopyDocument(Document):
    """Another article that carries the quoted words."""

    article_id: str = Field(description="The article; its page is `/articles/{article_id}`.")
    document_title: str = Field(description="Its title.")
    source: str | None = Field(description="Who published it, if it says so.")
    published_at: str | None = Field(description="When it was published, if it says so.")
    url: str | None = Field(description="Where it came from, if it says so.")


class CitationDocument(Document):
    """A quotation, verified: `article.text[start_char_index:end_char_index] == cited_text`."""

    type: Literal["char_location"] = Field(description="The kind of citation; there is one.")
    cited_text: str = Field(description="The words quoted, exactly as they stand in the article.")
    document_index: Offset = Field(description="Counts the cited articles from 0, in order of first citation.")
    document_title: str = Field(description="The article's title.")
    start_char_index: Offset = Field(description="Where the quotation begins in the article's text, in code points.")
    end_char_index: Offset = Field(description="Where it ends, exclusive.")
    article_id: str = Field(description="The article; its page is `/articles/{article_id}`.")
    chunk_id: str = Field(description="The passage that holds the quotation.")
    url: str | None = Field(description="Where the article came from, if it says so.")
    source: str | None = Field(description="Who published the article, if it says so.")
    published_at: str | None = Field(description="When it was published, if it says so.")
    section: list[str] = Field(description="The headings that the quotation stands under, outermost first.")
    start_page: str | None = Field(
        description="The page on which the quotation begins, as it is labelled; null for a document without pages."
    )
    end_page: str | None = Field(description="The page on which it ends.")
    language: str | None = Field(description="The language of the article (ISO 639-1); null where it is not known.")
    highlights: list[HighlightDocument] = Field(
        description="The words inside the quotation that answer: a name, a number, a date, a place; often none."
    )
    also_in: list[CopyDocument] = Field(description="Other articles that carry the same words.")


class PassageDocument(Document):
    """A passage that was considered, with its standing in each ranking (null: not found by it)."""

    chunk_id: str = Field(description="The passage.")
    article_id: str = Field(description="Its article.")
    title: str = Field(description="The article's title.")
    source: str | None = Field(description="Who published the article.")
    published_at: str | None = Field(description="When it was published.")
    url: str | None = Field(description="Where it came from.")
    start_char_index: Offset = Field(description="Where the passage begins in the article's text, in code points.")
    end_char_index: Offset = Field(description="Where it ends, exclusive.")
    section: list[str] = Field(description="The headings that it stands under, outermost first.")
    start_page: str | None = Field(description="The page on which it begins; null for a document without pages.")
    end_page: str | None = Field(description="The page on which it ends.")
    language: str | None = Field(description="The language of the article (ISO 639-1); null where it is not known.")
    text: str = Field(description="The passage, exactly as it stands in the article.")
    lexical: StandingDocument | None = Field(description="By its words (BM25).")
    dense: StandingDocument | None = Field(description="By its meaning (inner product of unit vectors).")
    fused: StandingDocument = Field(description="By both, their scores added up.")
    rerank: StandingDocument | None = Field(description="By the cross-encoder (logit).")
    combined: StandingDocument | None = Field(
        description="By the cross-encoder and both searches together: the order of the list, before what was not read."
    )
