"""Texts to the vectors that the index's own encoder makes of them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from threading import Event

import numpy as np

from qa.errors import ArticleIndexError
from qa.interrupting import Interrupted
from qa.seams import Encoder, Vectors
from web.leases import Opened
from web.v1.errors import refused
from web.v1.parameters import unheeded
from web.v1.requests import EmbeddingsRequest
from web.v1.schemas import Embedding, Embeddings, EmbeddingsNotes, EmbeddingsUsage

MOST_TEXTS = 256
"""Texts in one request: on a laptop, some seconds."""

_AT_ONCE = 8
"""Texts that are embedded before it is looked again whether anybody waits."""


class NoVectorsError(ArticleIndexError):
    """The version that is open has no vectors, so that no encoder is open beside it."""


def texts_of(asked: EmbeddingsRequest) -> list[str]:
    """Return the texts to embed; raises RequestValidationError for what is no text, or too many of them."""
    texts = [asked.input] if isinstance(asked.input, str) else asked.input
    if not isinstance(texts, list) or not texts:
        raise refused("The field 'input' must be a text, or a list of texts.", "input")
    for place, text in enumerate(texts):
        if isinstance(text, int | list):
            raise refused(
                "The field 'input' has tokens, which are those of another model; send texts. In LangChain's "
                "OpenAIEmbeddings that is check_embedding_ctx_length=False.",
                "input",
            )
        if not isinstance(text, str) or not text.strip():
            raise refused(f"Text {place + 1} of 'input' is empty, or is no text.", "input", place)
    if len(texts) > MOST_TEXTS:
        raise refused(f"There are {len(texts):,} texts; at most {MOST_TEXTS} can be embedded at once.", "input")
    return texts


def embeddings(asked: EmbeddingsRequest, texts: Sequence[str], opened: Opened, stop: Event) -> Embeddings:
    """Return the vectors of the texts.

    Raises NoVectorsError where the index has none, RequestValidationError for a text that is too long or for another
    length of vectors than the encoder's, and Interrupted soon after `stop` is set.
    """
    encoder = opened.pipeline.encoder
    if encoder is None or opened.pipeline.index.dense is None:
        raise NoVectorsError(
            opened.pipeline.settings.indexes,
            "The index has no vectors yet, so it has no encoder to embed with; `qa build` makes them.",
        )
    if asked.dimensions not in {None, encoder.dimension}:
        raise refused(f"The vectors of {encoder.name} have {encoder.dimension} dimensions, no others.", "dimensions")
    query = asked.input_type == "query"
    tokens = encoder.count_tokens(texts, query=query)
    for place, count in enumerate(tokens):
        if count > encoder.max_tokens:
            raise refused(
                f"Text {place + 1} of 'input' has {count:,} tokens, and {encoder.name} reads {encoder.max_tokens}; "
                "cut it into parts.",
                "input", place,
            )  # fmt: skip
    vectors = _encoded(encoder, texts, stop, query=query)
    as_base64 = asked.encoding_format == "base64"
    return Embeddings(
        model=encoder.name,
        data=[
            Embedding(index=place, embedding=_base64(vector) if as_base64 else vector.tolist())
            for place, vector in enumerate(vectors)
        ],
        usage=EmbeddingsUsage(prompt_tokens=sum(tokens), total_tokens=sum(tokens)),
        article_qa=EmbeddingsNotes(ignored=list(unheeded(asked))),
    )


def _encoded(encoder: Encoder, texts: Sequence[str], stop: Event, *, query: bool) -> Vectors:
    """Return one vector a row, embedded as a question or as a passage is."""
    rows: list[Vectors] = []
    for start in range(0, len(texts), _AT_ONCE):
        if stop.is_set():
            raise Interrupted
        part = texts[start : start + _AT_ONCE]
        rows.append(np.stack([encoder.encode_query(text) for text in part]) if query else encoder.encode_passages(part))
    return np.concatenate(rows)


def _base64(vector: Vectors) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")
