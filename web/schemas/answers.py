"""An answer, with all that is said of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from web.schemas.base import Document, Offset
from web.schemas.citations import CitationDocument, PassageDocument
from web.schemas.index import Building, Searches


class NoteDocument(Document):
    """A sentence about the quotations as a whole."""

    kind: Literal["disagreement", "newest_first", "not_a_count", "language"] = Field(
        description="`disagreement`: the quotations state different numbers or dates; "
        "`newest_first`: they answer about equally well, and the newest comes first; `not_a_count`: a list may not be "
        "whole; `language`: the confidence was not measured on articles in their language."
    )
    text: str = Field(description="The sentence.")


class SentenceDocument(Document):
    """A sentence of prose: a language model's, checked against the quotations it cites, or a quotation in its place."""

    text: str = Field(description="The sentence, without its marks.")
    citations: list[Offset] = Field(description="The places of the citations it is from, from 0.")
    replaces: str | None = Field(
        description="Null: the model's own sentence. Else it is the quotation, in place of a sentence that was not "
        "borne out; why it was not: it ..."
    )


class ProseDocument(Document):
    """What a language model made of the quotations."""

    model: str = Field(description="The model's name, as the settings have it.")
    text: str = Field(description='Its sentences with their marks, "It sank. [1]"; "" where none was borne out.')
    sentences: list[SentenceDocument] = Field(description="The same, one by one.")
    removed: Offset = Field(description="How many of its sentences were left out.")
    notice: str | None = Field(description="What the reader should know of it: what was replaced, or went wrong.")


class LookedAtDocument(Document):
    """What was searched, and how much of it was read."""

    articles: Offset = Field(description="How many articles were searched.")
    passages: Offset = Field(description="How many passages they have.")
    read: Offset = Field(description="How many of these were read by the cross-encoder.")


class FiltersDocument(Document):
    """Which articles to ask: those of one of `sources`, published from `since` to `until`."""

    sources: list[str] = Field(
        default=[], max_length=50, description="Who published them, as `GET /corpus` names them; none: any."
    )
    since: str | None = Field(default=None, description="First day (ISO 8601; a year or a month will do).")
    until: str | None = Field(default=None, description="Last day, inclusive, likewise.")


class AnswerDocument(Document):
    """An answer made of exact quotations, a list of articles, or an abstention with its reason."""

    question: str = Field(description="The question as it was searched: it stands alone.")
    asked: str = Field(description="The question as it was asked.")
    carried: list[str] = Field(
        description="What `question` took over from the conversation; none where it stood alone."
    )
    filters: FiltersDocument = Field(description="Which articles were asked.")
    answer: str = Field(description="The quotations, joined; or a sentence that says there is no answer.")
    outcome: Literal["answered", "listed", "not_stated", "not_covered", "unreadable"] = Field(
        description="`answered`; `listed`: a question about the corpus itself, answered with a list of articles; "
        "`not_stated`: the articles are about this but do not say; `not_covered`: they are not about this; "
        "`unreadable`: the question, or what was found, is in a script that the models do not read."
    )
    abstained: bool = Field(description="Whether the articles were found not to answer: the last three outcomes.")
    reason: str | None = Field(description="Why there is no answer; null when there is one.")
    prose: ProseDocument | None = Field(
        description="What a language model made of the quotations; null where there is none, or it was not asked."
    )
    notes: list[NoteDocument] = Field(description="What the reader should know of the quotations as a whole.")
    looked_at: LookedAtDocument
    confidence: float = Field(
        ge=0,
        le=1,
        description="The probability that the quotations answer the question, calibrated on questions whose answers "
        "are known: of a hundred answers with 0.9, about ninety are right. Of an abstention: that what came closest "
        "would have answered. It says nothing of a list.",
    )
    signals: dict[str, float] = Field(
        description="What the confidence was made from, by name; each is described in the documentation."
    )
    citations: list[CitationDocument] = Field(description="One for each quotation, in order; empty for an abstention.")
    passages: list[PassageDocument] = Field(description="The passages considered, best first.")
    index_version: str = Field(description="The version of the index that answered.")
    searches: Searches
    building: Building
    timings_ms: dict[str, float] = Field(description="The wall time of each stage, in milliseconds.")
