"""The API's responses; the OpenAPI document is generated from these and from `web.requests`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Offset = Annotated[int, Field(ge=0)]


class Document(BaseModel):
    """Says no more and no less than its fields."""

    model_config = ConfigDict(extra="forbid", strict=True)


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


Search = Literal["lexical", "dense"]
Searches = Annotated[
    list[Search],
    Field(description="Which searches look: `lexical`, by words; and once there are vectors `dense`, by meaning."),
]


class BuildingDocument(Document):
    """A build of this index that is under way."""

    started: str = Field(description="When it began (UTC, ISO 8601).")
    stage: str = Field(description="What it does, in words.", examples=["Embedding passages"])
    done: Offset = Field(description="How many steps of this stage are done.")
    total: Offset | None = Field(description="How many there are; null where that is not known.")


Building = Annotated[
    BuildingDocument | None,
    Field(description="The build of this index that is under way, null when there is none; its version will follow."),
]


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


class SourceDocument(Document):
    """Who published articles, and how many."""

    source: str | None = Field(description="The source; null: articles that do not say.")
    articles: Offset = Field(description="How many articles are from it.")


class LanguageDocument(Document):
    """In which language articles are, and how many."""

    language: str | None = Field(description="ISO 639-1; null: articles whose language is not known.")
    articles: Offset = Field(description="How many articles are in it.")


class CorpusDocument(Document):
    """What there is to ask."""

    articles: Offset = Field(description="How many articles the open version holds.")
    passages: Offset = Field(description="How many passages they were cut into.")
    first_day: str | None = Field(description="The earliest day of publication (ISO 8601).")
    last_day: str | None = Field(description="The latest.")
    undated: Offset = Field(description="How many articles do not say when they were published.")
    sources: list[SourceDocument] = Field(description="Who published them, those with most articles first.")
    languages: list[LanguageDocument] = Field(description="In which languages they are, the most frequent first.")
    suggestions: list[str] = Field(description="Questions that were asked here and answered.")
    index_version: str = Field(description="The open version.")


class ServedDocument(Document):
    """A corpus of the server."""

    name: str = Field(description="What it is called: the name of its index.")
    path: str = Field(description="Where it is: `{path}/ask` asks it. The default one answers without it as well.")
    default: bool = Field(description="Whether it is the one that is asked when none is named.")
    ready: bool = Field(description="Whether questions are answered at once; `{path}/readyz` says why not.")
    index_version: str | None = Field(description="The open version, null where there is none to answer from.")
    articles: Offset | None = Field(description="How many articles it holds.")
    passages: Offset | None = Field(description="How many passages they were cut into.")


class CorporaDocument(Document):
    """The corpora of the server."""

    corpora: list[ServedDocument] = Field(description="All of them, the default one first.")


class Noted(Document):
    """The feedback is in the file."""

    id: str = Field(description="What the entry is known by.")


class Health(Document):
    """The server runs."""

    status: Literal["ok"] = Field(description="Always `ok`.")


class Readiness(Document):
    """The index is open and the models are warm."""

    status: Literal["ready"] = Field(description="Always `ready`; a server that is not answers 503.")
    index_version: str = Field(description="The version of the index that is open.")
    articles: Offset = Field(description="How many articles it holds.")
    passages: Offset = Field(description="How many passages.")
    searches: Searches
    building: Building


class FieldErrorDocument(Document):
    """What is wrong with one part of a request's body."""

    detail: str = Field(description="One sentence for a person.")
    pointer: str = Field(description="A JSON pointer to the part, as a URI fragment.", examples=["#/k"])


class ProblemDocument(Document):
    """Problem details (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:problem-type:article-qa:bad-question",
                    "title": "The question cannot be searched",
                    "status": 422,
                    "detail": "The question is empty; please type one, for example: Who condemned the launch?",
                    "instance": "/ask",
                }
            ]
        }
    )

    type: str = Field(description="A URI for this kind of problem; `about:blank` where the status says it all.")
    title: str = Field(description="The kind of problem, in words.")
    status: int = Field(ge=400, le=599, description="The HTTP status.")
    detail: str = Field(description="One sentence that says what happened and what mends it.")
    instance: str = Field(description="The path that was asked for.")
    errors: list[FieldErrorDocument] | None = Field(
        default=None, description="For a body that is not a question: what is wrong with each part."
    )
