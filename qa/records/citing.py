"""Quotations as they leave the service, in the field names of the common citation format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Highlight:
    """Words inside a quotation that answer the question, in the article's offsets."""

    start_char_index: int
    end_char_index: int


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article that carries the quoted words."""

    article_id: str
    document_title: str
    source: str | None
    published_at: str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A verified quotation in the common citation format.

    `cited_text == article.text[start_char_index:end_char_index]`, always; `document_index` counts
    the distinct cited articles of one answer from 0, in order of first citation. `start_page` and `end_page` are the
    labels of the pages on which it begins and ends, None for a document without pages. `section` are the headings it
    stands under, outermost first. `language` is that of the article (ISO 639-1), None where it is not known.
    """

    type: str = "char_location"
    cited_text: str
    document_index: int
    document_title: str
    start_char_index: int
    end_char_index: int
    article_id: str
    chunk_id: str
    url: str | None
    source: str | None = None
    published_at: str | None = None
    section: tuple[str, ...] = ()
    start_page: str | None = None
    end_page: str | None = None
    language: str | None = None
    highlights: tuple[Highlight, ...] = ()
    also_in: tuple[Copy, ...] = ()
