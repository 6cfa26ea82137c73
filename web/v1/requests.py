"""What clients of OpenAI's protocol send. Fields that are not named here are taken, and told of in `ignored`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from web.schemas import Document, FiltersDocument
from web.v1.errors import UNSUPPORTED


class Sent(BaseModel):
    """Takes fields that it does not know."""

    model_config = ConfigDict(extra="allow", strict=True)


class ContentPart(Sent):
    """A part of a message's content."""

    type: str = Field(description="`text`, or in an assistant's message `refusal`; nothing else is read.")
    text: str | None = Field(default=None, description="The text.")


def _kind(content: object) -> str | None:
    return "text" if isinstance(content, str) else "parts" if isinstance(content, list) else None


Content = Annotated[
    Annotated[str, Tag("text")] | Annotated[list[ContentPart], Tag("parts")],
    Discriminator(
        _kind, custom_error_type=UNSUPPORTED, custom_error_message="A message's content is text, or a list of parts."
    ),
]


class ChatMessage(Sent):
    """A message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"] = Field(
        description="The last message must be a `user`'s: it is the question. `user` and `assistant` messages before "
        "it are the conversation; the others are not read."
    )
    content: Content | None = Field(default=None, description="Text, or a list of parts; those of text are joined.")
    annotations: list[Any] | None = Field(
        default=None,
        description="Those of an answer, where a client sends them back; a follow-up may need their titles.",
    )


class StreamOptions(Sent):
    """How a stream is sent."""

    include_usage: bool | None = Field(default=None, description="Whether the last chunk before the end counts tokens.")


class Extension(Document):
    """What this service takes beyond the protocol (`extra_body` of the official client)."""

    carry_over: bool = Field(default=True, description="Whether anything may be taken from the messages before.")
    filters: FiltersDocument = Field(default=FiltersDocument(), description="Which articles to ask.")
    llm: bool = Field(default=True, description="Whether a language model may rephrase, where the server has one.")
    k: int | None = Field(default=None, ge=1, le=50, description="How many passages to report, besides those cited.")


class ChatRequest(Sent):
    """A conversation whose last message is a question."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": "default", "messages": [{"role": "user", "content": "Who condemned the missile launch?"}]},
                {
                    "model": "default",
                    "messages": [{"role": "user", "content": "Who condemned the missile launch?"}],
                    "stream": True,
                    "stream_options": {"include_usage": True},
                    "article_qa": {"filters": {"since": "2022"}, "k": 3},
                },
            ]
        }
    )

    model: str = Field(description="The corpus to ask, as `GET /v1/models` names it.")
    messages: list[ChatMessage] = Field(min_length=1, description="The conversation, oldest first.")
    stream: bool | None = Field(default=None, description="Whether to answer in chunks, each as soon as it is known.")
    stream_options: StreamOptions | None = Field(default=None, description="How it is streamed.")
    article_qa: Extension | None = Field(
        default=None, description="Beyond the protocol: which articles to ask, and what of the conversation counts."
    )
    n: Any = Field(default=None, description="Only 1: there is one answer.")
    tool_choice: Any = Field(default=None, description="Only `none` or `auto`: no tool is ever called.")
    function_call: Any = Field(default=None, description="Likewise.")
    response_format: Any = Field(default=None, description='Only `{"type": "text"}`.')
    logprobs: Any = Field(default=None, description="Only false.")
    top_logprobs: Any = Field(default=None, description="Only 0.")
    modalities: Any = Field(default=None, description='Only `["text"]`.')
    audio: Any = Field(default=None, description="Refused.")
    web_search_options: Any = Field(default=None, description="Refused: no web is searched.")


class EmbeddingsRequest(Sent):
    """Texts to embed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": "default", "input": ["The village keeps its glacier under blankets."]},
                {
                    "model": "default",
                    "input": "Who keeps a glacier?",
                    "input_type": "query",
                    "encoding_format": "float",
                },
            ]
        }
    )

    model: str = Field(description="The corpus whose encoder is meant, or the name of the encoder.")
    input: Any = Field(
        description="A text, or a list of texts.",
        json_schema_extra={"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    )
    encoding_format: Literal["float", "base64"] | None = Field(
        default=None, description="`float` (the default), or `base64`: little-endian float32."
    )
    dimensions: int | None = Field(default=None, description="Only the length that the encoder's vectors have.")
    input_type: Literal["document", "query"] | None = Field(
        default=None,
        description="Beyond the protocol: `document` (the default) embeds as articles are, `query` as a question is.",
    )
