"""The API's requests: a question with what was said before it, and what a reader thinks of an answer."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from qa.records import Filters, Inquiry, Message
from web.schemas import Document, FiltersDocument, Offset


class MessageDocument(Document):
    """A message of the conversation so far."""

    role: Literal["user", "assistant"] = Field(description="Who said it: the person, or this service.")
    content: str = Field(description="A question, or an answer.")
    titles: list[str] = Field(default=[], description="Titles of the articles that an answer cited, where known.")


class AskRequest(Document):
    """A question, and what was said before it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "Who condemned the missile launch?", "k": 3},
                {
                    "question": "When did he say it?",
                    "history": [
                        {"role": "user", "content": "What did Fumio Kishida say?"},
                        {"role": "assistant", "content": "“I strongly condemn the action,” Fumio Kishida said."},
                    ],
                },
            ]
        }
    )

    question: str = Field(description="The question, in plain words; white space around it does not count.")
    history: list[MessageDocument] = Field(
        default=[],
        description="The conversation so far, oldest first; the server keeps none. What a follow-up leaves out is "
        "taken from it. At most QA_MAX_HISTORY_MESSAGES messages of QA_MAX_HISTORY_CHARS characters together.",
    )
    carry_over: bool = Field(default=True, description="Whether anything may be taken from `history`.")
    filters: FiltersDocument = Field(default=FiltersDocument(), description="Which articles to ask.")
    k: int | None = Field(
        default=None,
        ge=1,
        le=50,
        description="How many passages to report as considered, besides those that are cited; QA_K when not given.",
    )

    llm: bool = Field(
        default=True, description="Whether a language model may rephrase the quotations, where the server has one."
    )

    def inquiry(self, filters: Filters) -> Inquiry:
        """Return what is asked of the pipeline; `filters` are those of this request, checked."""
        history = tuple(Message(said.role, said.content, tuple(said.titles)) for said in self.history)
        return Inquiry(self.question, history, self.carry_over, filters, self.k, self.llm)


class CitedDocument(Document):
    """A quotation of the answer that is judged."""

    article_id: str = Field(max_length=500, description="The article.")
    document_title: str = Field(max_length=2000, description="Its title.")
    start_char_index: Offset = Field(description="Where the quotation begins, in code points.")
    end_char_index: Offset = Field(description="Where it ends, exclusive.")
    cited_text: str = Field(max_length=20_000, description="The words quoted.")


class JudgedDocument(Document):
    """The answer that is judged, as `/ask` gave it; the fields have the same meaning."""

    question: str = Field(max_length=100_000, description="The question as it was searched.")
    asked: str = Field(max_length=100_000, description="The question as it was asked.")
    outcome: Literal["answered", "listed", "not_stated", "not_covered", "unreadable"] = Field(
        description="What came of it."
    )
    answer: str = Field(max_length=60_000, description="The answer.")
    confidence: float = Field(ge=0, le=1, description="Its confidence.")
    citations: list[CitedDocument] = Field(max_length=20, description="Its quotations.")
    filters: FiltersDocument = Field(description="Which articles were asked.")
    index_version: str = Field(max_length=100, description="The version of the index that answered.")


class FeedbackRequest(Document):
    """What a reader thinks of an answer."""

    rating: Literal["up", "down"] = Field(description="Whether it helped; of an abstention: whether it was right.")
    note: str | None = Field(default=None, max_length=2000, description="Anything else, in the reader's words.")
    about: JudgedDocument = Field(description="The answer that is judged.")
