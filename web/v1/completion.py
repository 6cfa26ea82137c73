"""An answer as a chat completion, in one piece and as the parts of a stream."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from qa.document import answer_document
from qa.marked import Marked, marked
from qa.records import Answer, Citation, Span, UnderWay
from web.leases import Opened
from web.links import article_link
from web.requests import AskRequest
from web.v1.schemas import (
    Annotation,
    AssistantMessage,
    ChatCompletion,
    Choice,
    ExtendedAnswer,
    UrlCitation,
    Usage,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A chat completion that is asked for.

    `model` is the corpus, `base` its address as the client knows the server, without a slash at its end. `texts` are
    those of the messages that were read, `ignored` is what had no effect.
    """

    model: str
    question: AskRequest
    base: str
    texts: tuple[str, ...]
    ignored: tuple[str, ...]
    with_usage: bool = False
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def identified(self, opened: Opened) -> dict[str, Any]:
        """Return the fields that a completion and its chunks have in common."""
        return {
            "id": self.id, "created": self.created, "model": self.model, "system_fingerprint": opened.version,
        }  # fmt: skip

    def link(self, citation: Citation) -> str:
        """Return the address of a citation's article on this server, with the quotation marked."""
        span = Span(citation.start_char_index, citation.end_char_index)
        return self.base + article_link(citation.article_id, [span])


def completion(asked: Asked, answer: Answer, opened: Opened, building: UnderWay | None) -> ChatCompletion:
    """Return an answer as a chat completion."""
    text = marked(answer, asked.link)
    message = AssistantMessage(content=text.text, annotations=annotated(asked, answer, text))
    return ChatCompletion(
        **asked.identified(opened),
        choices=[Choice(message=message)],
        usage=usage(asked, text, opened),
        article_qa=extended(asked, answer, building),
    )


def annotated(asked: Asked, answer: Answer, text: Marked) -> list[Annotation]:
    """Return where each quotation stands in the text, and where it can be checked."""
    return [
        Annotation(
            url_citation=UrlCitation(
                url=asked.link(citation), title=citation.document_title, start_index=span.start, end_index=span.end
            )
        )
        for citation, span in zip(answer.citations, text.quoted, strict=True)
    ]


def extended(asked: Asked, answer: Answer, building: UnderWay | None) -> ExtendedAnswer:
    """Return the whole answer, and what had no effect."""
    return ExtendedAnswer.model_validate({**answer_document(answer, building), "ignored": list(asked.ignored)})


def usage(asked: Asked, text: Marked, opened: Opened) -> Usage:
    """Count the tokens of what was read and of what is answered."""
    *read, told = opened.pipeline.reranker.count_tokens([*asked.texts, text.text])
    return Usage(prompt_tokens=sum(read), completion_tokens=told, total_tokens=sum(read) + told)
