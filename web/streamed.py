"""The events of an answer that is streamed, as the OpenAPI document describes them; `done` is the whole answer."""

from __future__ import annotations

from pydantic import Field

from web.schemas import CitationDocument, Document, Offset, PassageDocument, SentenceDocument


class QuestionEvent(Document):
    """`event: question`: what is searched; sent at once."""

    question: str = Field(description="The question as it is searched: it stands alone.")
    asked: str = Field(description="The question as it was asked.")
    carried: list[str] = Field(description="What was taken over from the conversation.")


class SourcesEvent(Document):
    """`event: sources`: what the searches found; sent before the cross-encoder has read it."""

    passages: list[PassageDocument] = Field(description="The passages, best first by both searches together.")


class WritingEvent(Document):
    """`event: writing`: the quotations are known, and a language model is asked to rephrase them."""

    model: str = Field(description="The model's name.")


class ProseEvent(SentenceDocument):
    """`event: prose`: the next sentence of the prose, checked; those of `done` are the same."""


class CitationEvent(Document):
    """`event: citation`: a quotation, before the sentences of it."""

    index: Offset = Field(description="Its place among the answer's citations, from 0.")
    citation: CitationDocument


class DeltaEvent(Document):
    """`event: delta`: the next sentence; all of them, one after the other, are `answer`."""

    text: str = Field(description="The sentence, with the white space before it.")
    citation: Offset | None = Field(description="The place of the citation it is of; null where nothing is quoted.")
