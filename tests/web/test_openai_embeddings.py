"""Embeddings, asked by OpenAI's own client, are the vectors of the index's encoder."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from openai.types import CreateEmbeddingResponse
from tokenizers import Tokenizer

from qa.chunk import searched_text
from qa.config import Settings
from qa.models import locate
from qa.pins import PINNED
from qa.pipeline import Pipeline
from qa.seams import Encoder, Vectors

TEXTS = ["The village keeps its glacier under blankets.", "Ein Dorf.", "missile " * 200]
QUESTION = "Who condemned the missile launch?"


@pytest.fixture(scope="module")
def encoder(seed_pipeline: Pipeline) -> Encoder:
    assert seed_pipeline.encoder is not None
    return seed_pipeline.encoder


def embed(ai: openai.OpenAI, texts: Any, **more: Any) -> CreateEmbeddingResponse:
    return ai.embeddings.create(**{"model": "default", "input": texts, **more})


def vectors(response: CreateEmbeddingResponse) -> Vectors:
    assert [entry.index for entry in response.data] == list(range(len(response.data)))
    return np.array([entry.embedding for entry in response.data], dtype=np.float32)


@pytest.mark.parametrize("encoding", [{}, {"encoding_format": "float"}], ids=["as base64", "as numbers"])
def test_they_are_the_encoders(ai: openai.OpenAI, encoder: Encoder, encoding: dict[str, str]) -> None:
    response = embed(ai, TEXTS, **encoding)
    np.testing.assert_array_equal(vectors(response), encoder.encode_passages(TEXTS))
    assert (response.model, response.object) == (encoder.name, "list")
    assert response.data[0].object == "embedding"


def test_base64_is_little_endian_float32(client: httpx.Client, encoder: Encoder) -> None:
    body = {"model": "default", "input": TEXTS[0], "encoding_format": "base64"}
    (entry,) = client.post("/v1/embeddings", json=body).json()["data"]
    given = np.frombuffer(base64.b64decode(entry["embedding"]), dtype="<f4")
    np.testing.assert_array_equal(given, encoder.encode_passages(TEXTS[:1])[0])


def test_one_text_without_a_format_is_numbers(client: httpx.Client, encoder: Encoder) -> None:
    (entry,) = client.post("/v1/embeddings", json={"model": "default", "input": TEXTS[0]}).json()["data"]
    np.testing.assert_array_equal(np.float32(entry["embedding"]), encoder.encode_passages(TEXTS[:1])[0])


def test_a_question_is_embedded_as_one_where_that_is_asked(ai: openai.OpenAI, encoder: Encoder) -> None:
    given = vectors(embed(ai, [QUESTION, TEXTS[0]], extra_body={"input_type": "query"}))
    np.testing.assert_array_equal(given, [encoder.encode_query(QUESTION), encoder.encode_query(TEXTS[0])])
    assert not np.allclose(given, vectors(embed(ai, [QUESTION, TEXTS[0]])))


def test_inner_products_rank_as_the_search_by_meaning(ai: openai.OpenAI, seed_pipeline: Pipeline) -> None:
    dense, store = seed_pipeline.index.dense, seed_pipeline.index.store
    assert dense is not None
    count = seed_pipeline.index.manifest.recipe.chunks
    hits = dense.search(QUESTION, count)
    texts = [searched_text(chunk, article) for chunk, article in store.chunks(range(count))]
    question = vectors(embed(ai, QUESTION, extra_body={"input_type": "query"}))[0]
    products = vectors(embed(ai, texts)) @ question
    assert list(np.argsort(-products)) == [hit.row for hit in hits]
    np.testing.assert_allclose(
        sorted(products, reverse=True), [hit.score for hit in hits], atol=2e-4
    )  # kept in half precision


@pytest.mark.parametrize("model", ["default", "article-qa", "snowflake-arctic-embed-s"])
def test_the_corpus_and_the_encoder_are_names_of_it(ai: openai.OpenAI, model: str) -> None:
    assert embed(ai, "a", model=model).model == "snowflake-arctic-embed-s"


def test_tokens_are_those_that_are_read(
    ai: openai.OpenAI, encoder: Encoder, models_dir: Path, seed_settings: Settings
) -> None:
    tokenizer = Tokenizer.from_file(str(locate(PINNED[seed_settings.encoder], models_dir) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    prompt = "Represent this sentence for searching relevant passages: "
    expected = [len(tokenizer.encode(text).ids) for text in TEXTS]
    response = embed(ai, TEXTS)
    assert (response.usage.prompt_tokens, response.usage.total_tokens) == (sum(expected), sum(expected))
    asked = embed(ai, TEXTS[:1], extra_body={"input_type": "query"}).usage.prompt_tokens
    assert asked == len(tokenizer.encode(prompt + TEXTS[0]).ids)
    long = "missile " * 2000
    assert encoder.count_tokens([long, ""]) == [len(tokenizer.encode(long).ids), 2]


def test_what_is_longer_than_the_encoder_reads_is_refused_and_what_fits_is_not(ai: openai.OpenAI) -> None:
    most = "word " * 510  # and two markers
    assert embed(ai, most).usage.prompt_tokens == 512
    with pytest.raises(openai.BadRequestError) as refused:
        embed(ai, ["a", most + "word"])
    assert refused.value.param == "input.1"
    assert "Text 2 of 'input' has 513 tokens, and snowflake-arctic-embed-s reads 512" in refused.value.body["message"]
    with pytest.raises(openai.BadRequestError, match="tokens"):
        embed(ai, most, extra_body={"input_type": "query"})


@pytest.mark.parametrize(
    ("body", "param", "sentence"),
    [
        ({"input": [1, 2, 3]}, "input", "The field 'input' has tokens, which are those of another model"),
        ({"input": [[1, 2], [3]]}, "input", "check_embedding_ctx_length=False"),
        ({"input": []}, "input", "must be a text, or a list of texts"),
        ({"input": {"text": "a"}}, "input", "must be a text, or a list of texts"),
        ({"input": ""}, "input.0", "Text 1 of 'input' is empty, or is no text."),
        ({"input": ["a", None]}, "input.1", "Text 2 of 'input' is empty, or is no text."),
        ({"input": ["a"] * 257}, "input", "There are 257 texts; at most 256"),
        ({"input": "a", "dimensions": 256}, "dimensions", "have 384 dimensions, no others"),
        ({"input": "a", "encoding_format": "int8"}, "encoding_format", "'float' or 'base64'"),
        ({"input": "a", "extra_body": {"input_type": "passage"}}, "input_type", "'document' or 'query'"),
    ],
)
def test_what_cannot_be_embedded_is_refused(ai: openai.OpenAI, body: Any, param: str, sentence: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        ai.embeddings.create(model="default", **body)
    assert refused.value.param == param
    assert sentence in refused.value.body["message"]


def test_another_model_is_not_found(ai: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        embed(ai, "a", model="text-embedding-3-small")
    assert missing.value.code == "model_not_found"


def test_the_length_that_the_vectors_have_may_be_asked_for(ai: openai.OpenAI) -> None:
    response = embed(ai, "a", dimensions=384, user="me")
    assert len(response.data[0].embedding) == 384
    assert response.article_qa == {"ignored": ["user"]}


def test_without_vectors_there_is_no_encoder(words_server: Any) -> None:
    with (
        openai.OpenAI(base_url=f"{words_server.url}/v1", api_key="none", max_retries=0) as client,
        pytest.raises(openai.InternalServerError) as away,
    ):
        embed(client, "a")
    assert away.value.status_code == 503
    assert "The index has no vectors yet" in away.value.body["message"]
    assert "`qa build`" in away.value.body["message"]
