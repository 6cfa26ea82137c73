"""The routes under `/v1`. What runs models is done in a thread, and ends when nobody waits for it any more."""

from __future__ import annotations

from functools import partial
from threading import Event
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from qa.errors import CorpusNotFoundError
from qa.interrupting import Stop
from web.answering import answer_from
from web.asking import read_json
from web.corpora import Corpora
from web.depends import corpora_of
from web.holder import PipelineHolder
from web.requests import AskRequest
from web.v1.completion import Asked, completion
from web.v1.conversation import read_conversation
from web.v1.embeddings import embeddings, texts_of
from web.v1.models import corpus_named, model_document
from web.v1.openapi import CHAT_BODY, CHAT_RESPONSES, EMBEDDINGS_BODY, refusals
from web.v1.parameters import without_effect
from web.v1.requests import ChatRequest, EmbeddingsRequest, Extension
from web.v1.schemas import ChatCompletion, Embeddings, Model, ModelList
from web.v1.streaming import chunks_for
from web.work import Models

v1 = APIRouter(prefix="/v1", tags=["openai"])

_JSON = "Send the request as application/json."


@v1.post(
    "/chat/completions",
    summary="Ask in OpenAI's protocol",
    response_model=ChatCompletion,
    openapi_extra={"requestBody": CHAT_BODY},
    responses=CHAT_RESPONSES | refusals(),
)
async def chat_completions(request: Request, models: Models) -> ChatCompletion | Response:
    """Answer the last message with exact quotations, or say that the articles do not hold the answer."""
    sent = await read_json(request, ChatRequest, _JSON)
    corpora = corpora_of(request)
    name = corpus_named(sent.model, corpora)
    holder = corpora.holder(name)
    asked = _asked(request, sent, name, holder)
    if sent.stream:
        return await models.stream(partial(chunks_for, holder, asked), request.receive)

    def work(stop: Stop) -> ChatCompletion:
        with holder.lease() as opened:
            return completion(asked, answer_from(opened, asked.question, stop), opened, holder.building)

    return await models.run(work, request.receive)


@v1.get("/models", summary="The corpora, as models")
async def models(request: Request) -> ModelList:
    """Name the corpora that this server answers from, the default one first."""
    corpora = corpora_of(request)
    return ModelList(data=[model_document(name, corpora) for name in corpora.names])


@v1.get("/models/{model}", summary="A corpus, as a model", responses=refusals(404))
async def model(request: Request, model: str) -> Model:
    """Say what there is to ask under this name."""
    corpora = corpora_of(request)
    return model_document(corpus_named(model, corpora), corpora)


@v1.post(
    "/embeddings",
    summary="Embed texts with the encoder of the index",
    response_model=Embeddings,
    openapi_extra={"requestBody": EMBEDDINGS_BODY},
    responses=refusals(),
)
async def embed(request: Request, models: Models) -> Embeddings | Response:
    """Return the vectors of texts, as the passages of the index, or questions to it, are embedded."""
    sent = await read_json(request, EmbeddingsRequest, _JSON)
    texts = texts_of(sent)
    corpora = corpora_of(request)

    def work(stop: Event) -> Embeddings:
        with _encoding(sent.model, corpora).lease() as opened:
            return embeddings(sent, texts, opened, stop)

    return await models.run(work, request.receive)


def _asked(request: Request, sent: ChatRequest, name: str, holder: PipelineHolder) -> Asked:
    """Return what is asked for; raises RequestValidationError for what cannot be done."""
    ignored, settings = without_effect(sent), holder.settings
    said = read_conversation(sent.messages, settings)
    extension = sent.article_qa or Extension()
    base = str(request.base_url) if settings.public_url == "auto" else settings.public_url
    question = AskRequest(
        question=said.question,
        history=list(said.history),
        carry_over=extension.carry_over,
        filters=extension.filters,
        k=extension.k,
        llm=extension.llm,
    )
    return Asked(
        model=name,
        question=question,
        base=base.rstrip("/") + ("" if name == corpora_of(request).default else f"/c/{quote(name)}"),
        texts=said.texts,
        ignored=(*ignored, *said.unread),
        with_usage=bool(sent.stream_options and sent.stream_options.include_usage),
    )


def _encoding(model: str, corpora: Corpora) -> PipelineHolder:
    """Return the holder of a corpus, by its name or by that of the encoder."""
    try:
        return corpora.holder(corpus_named(model, corpora))
    except CorpusNotFoundError:
        holder = corpora.of_encoder(model)
        if holder is None:
            raise
        return holder
