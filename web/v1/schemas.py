"""What this service answers in OpenAI's protocol; fields beyond the protocol are called `article_qa`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from web.schemas import AnswerDocument, Document, Offset


class UrlCitation(Document):
    """Where a quotation can be checked."""

    url: str = Field(description="The article's page on this server, with the quotation marked.")
    title: str = Field(description="The article's title.")
    start_index: Offset = Field(description="Where the quotation begins in `content`, in code points.")
    end_index: Offset = Field(description="Where it ends: `content[start_index:end_index]` is the quotation.")


class Annotation(Document):
    """A quotation in `content`; the n-th is that with the mark [n]."""

    type: Literal["url_citation"] = Field(default="url_citation", description="Always `url_citation`.")
    url_citation: UrlCitation


class AssistantMessage(Document):
    """An answer, a list or an abstention."""

    role: Literal["assistant"] = Field(default="assistant", description="Always `assistant`.")
    content: str = Field(
        description="The quotations, each with its mark, [1], then the articles they stand in; or why there is none."
    )
    refusal: None = Field(default=None, description="Always null: an abstention is no refusal.")
    annotations: list[Annotation] = Field(description="One for each quotation, in order; empty for an abstention.")


class Usage(Document):
    """Tokens, as the cross-encoder's own tokenizer counts them; nothing is charged."""

    prompt_tokens: Offset = Field(description="Those of the messages that were read.")
    completion_tokens: Offset = Field(description="Those of `content`.")
    total_tokens: Offset = Field(description="Both.")


class ExtendedAnswer(AnswerDocument):
    """The whole answer, as `/ask` gives it, and what of the request had no effect."""

    ignored: list[str] = Field(
        description="The parameters that were sent and changed nothing, and the messages that were not read."
    )


class Choice(Document):
    """The one answer."""

    index: Literal[0] = Field(default=0, description="Always 0: there is one answer.")
    message: AssistantMessage
    logprobs: None = Field(default=None, description="Always null: a quotation has no probabilities of tokens.")
    finish_reason: Literal["stop"] = Field(default="stop", description="Always `stop`, of an abstention too.")


class Identified(Document):
    """What a completion and its chunks have in common."""

    id: str = Field(description="What it is known by; the same for all chunks of a stream.")
    created: int = Field(description="When it was asked (seconds since 1970).")
    model: str = Field(description="The corpus that answered.")
    system_fingerprint: str = Field(description="The version of the index that answered.")


class ChatCompletion(Identified):
    """An answer to the last message."""

    object: Literal["chat.completion"] = Field(default="chat.completion", description="Always `chat.completion`.")
    choices: list[Choice] = Field(description="One.")
    usage: Usage
    article_qa: ExtendedAnswer


class Delta(Document):
    """What a chunk adds to the message; it has no other fields."""

    role: Literal["assistant"] | None = Field(default=None, description="In the first chunk.")
    content: str | None = Field(default=None, description="What comes next of the text.")
    annotations: list[Annotation] | None = Field(default=None, description="All of them, in one chunk.")

    @model_serializer(mode="wrap")
    def _what_it_adds(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in whole(self).items() if value is not None}


class ChunkChoice(Document):
    """The one answer, so far as a chunk tells it."""

    index: Literal[0] = Field(default=0, description="Always 0: there is one answer.")
    delta: Delta
    finish_reason: Literal["stop"] | None = Field(default=None, description="`stop`, where the message is complete.")


class ChatCompletionChunk(Identified):
    """A part of a stream: the role, sentence by sentence the text, the annotations, at the end the whole answer."""

    object: Literal["chat.completion.chunk"] = Field(
        default="chat.completion.chunk", description="Always `chat.completion.chunk`."
    )
    choices: list[ChunkChoice] = Field(description="One; none in the chunk that has the usage.")
    usage: Usage | None = Field(default=None, description="Where `stream_options` asks for it: in the last chunk.")
    article_qa: ExtendedAnswer | None = Field(default=None, description="In the chunk with the `finish_reason`.")


class CorpusFacts(Document):
    """What there is to ask under the name of a model."""

    index_version: str = Field(description="The version of the index that is open.")
    articles: Offset = Field(description="How many articles it holds.")
    searches: list[str] = Field(description="Which searches look; without `dense` there are no embeddings.")
    encoder: str | None = Field(description="The encoder behind `/v1/embeddings`, null where there are no vectors.")


class Model(Document):
    """A corpus, as clients see it."""

    id: str = Field(description="The name of the index.")
    object: Literal["model"] = Field(default="model", description="Always `model`.")
    created: int = Field(description="When the open version was made (seconds since 1970); 0 where none is open.")
    owned_by: Literal["article-qa"] = Field(default="article-qa", description="Always `article-qa`.")
    article_qa: CorpusFacts | None = Field(default=None, description="Null where none is open.")


class ModelList(Document):
    """The corpora that this server answers from, the default one first."""

    object: Literal["list"] = Field(default="list", description="Always `list`.")
    data: list[Model] = Field(description="The corpora.")


class Embedding(Document):
    """The vector of one text."""

    object: Literal["embedding"] = Field(default="embedding", description="Always `embedding`.")
    index: Offset = Field(description="The text's place in `input`.")
    embedding: list[float] | str = Field(description="Of length one; as base64 where that was asked for.")


class EmbeddingsUsage(Document):
    """Tokens, as the encoder's own tokenizer counts them."""

    prompt_tokens: Offset = Field(description="Those that were read, with the prompt of a question and the markers.")
    total_tokens: Offset = Field(description="The same.")


class EmbeddingsNotes(Document):
    """What this service says beyond the protocol."""

    ignored: list[str] = Field(description="The parameters that were sent and changed nothing.")


class Embeddings(Document):
    """The vectors of the texts, in order."""

    object: Literal["list"] = Field(default="list", description="Always `list`.")
    model: str = Field(description="The encoder.")
    data: list[Embedding] = Field(description="One for each text.")
    usage: EmbeddingsUsage
    article_qa: EmbeddingsNotes


class ErrorDetail(Document):
    """What went wrong."""

    message: str = Field(description="One sentence that says what happened and what mends it.")
    type: str = Field(description="`invalid_request_error`, `server_error` or the like.")
    param: str | None = Field(description="The field at fault, where there is one.")
    code: str | None = Field(description="The kind of problem.")


class ErrorDocument(Document):
    """An error in OpenAI's form."""

    error: ErrorDetail
