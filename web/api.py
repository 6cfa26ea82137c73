"""The API. What reads the index is a plain function: it runs in a thread. What runs models has a turn first."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from qa.document import answer_document, building_document
from web.answering import answer_to, events_for
from web.asking import Asked, Judged, read_ask, read_feedback, wants_events
from web.chat import asked_page
from web.corporalist import corpora_document
from web.depends import UNAVAILABLE, Holder, counted_feedback, problems
from web.events import Page
from web.feedback import keep
from web.openapi import ASK_BODY, ASK_RESPONSES, FEEDBACK_BODY
from web.render import is_fragment, render
from web.schemas import (
    AnswerDocument,
    CorporaDocument,
    CorpusDocument,
    Health,
    LanguageDocument,
    Noted,
    Readiness,
    SourceDocument,
)
from web.work import Models

api = APIRouter(tags=["api"])

_REFUSALS = {
    "http_400": "The body is not valid JSON, or the host name is not one the server answers to.",
    "http_403": "It was sent by another site's page.",
    "http_405": "The method is not POST.",
    "http_413": "The body is too large.",
    "http_415": "The body is neither JSON nor a form.",
    "http_503": UNAVAILABLE,
}
_TOO_MANY = {"http_429": "This client has sent as much as it may for now; `Retry-After` says when it may again."}
_BUSY = {
    **_TOO_MANY,
    "http_503": f"{UNAVAILABLE} Or as many questions wait as may, or it took too long; then there is `Retry-After`.",
}


@api.post(
    "/ask",
    summary="Ask a question",
    response_model=AnswerDocument,
    response_description="An answer made of exact quotations, a list of articles, or an abstention with its reason; "
    "with `Accept: text/event-stream` as events, each as soon as it is known.",
    openapi_extra={"requestBody": ASK_BODY},
    responses=ASK_RESPONSES
    | problems(
        **_REFUSALS | _BUSY, http_422="The question, the history, a filter, or another part of the body is refused."
    ),
)
async def ask(
    request: Request,
    holder: Holder,
    work: Models,
    asked: Annotated[Asked, Depends(read_ask)],
    turn: Annotated[int, Query(ge=1, le=100_000, include_in_schema=False)] = 1,
) -> AnswerDocument | Response:
    """Answer with exact quotations, or say that the articles do not hold the answer."""
    if asked.by_form:
        return await asked_page(request, holder, work, asked.request)
    if wants_events(request):
        page = Page(request, turn) if is_fragment(request) else None
        return await work.stream(partial(events_for, holder, asked.request, page, request.url.path), request.receive)
    answer = await work.run(partial(answer_to, holder, asked.request), request.receive)
    return AnswerDocument.model_validate(answer_document(answer, holder.building))


@api.get("/corpus", summary="What there is to ask", responses=problems(http_503=UNAVAILABLE))
def corpus(holder: Holder) -> CorpusDocument:
    """Say how many articles there are, from when and from whom, and what could be asked."""
    with holder.lease() as opened:
        manifest, overview = opened.pipeline.index.manifest, opened.pipeline.index.store.overview()
        return CorpusDocument(
            articles=manifest.recipe.articles,
            passages=manifest.recipe.chunks,
            first_day=overview.first_day,
            last_day=overview.last_day,
            undated=overview.undated,
            sources=[SourceDocument(source=it.source, articles=it.articles) for it in overview.sources],
            languages=[
                LanguageDocument(language=it.language, articles=it.articles)
                for it in opened.pipeline.index.store.languages()
            ],
            suggestions=list(opened.suggestions or ()),
            index_version=opened.version,
        )


@api.get("/corpora", summary="The corpora of this server")
def corpora(request: Request) -> CorporaDocument:
    """List the corpora by name, the default one first; each answers below its `path` as the default one does at `/`."""
    return corpora_document(request)


@api.post(
    "/feedback",
    summary="Say what you think of an answer",
    response_model=Noted,
    status_code=201,
    openapi_extra={"requestBody": FEEDBACK_BODY},
    dependencies=[Depends(counted_feedback)],
    responses=problems(
        **_REFUSALS, **_TOO_MANY, http_422="A part of the body is refused, or quotes what the article does not say."
    ),
)
def feedback(request: Request, holder: Holder, judged: Annotated[Judged, Depends(read_feedback)]) -> Noted | Response:
    """Append it to `feedback.jsonl`, beside the index; `qa feedback export` makes a question set of it."""
    kept = keep(holder, judged.request)
    if judged.by_form:
        return render(request, "thanks.html", {"rating": judged.request.rating}, 201)
    return Noted(id=kept)


@api.head("/healthz", include_in_schema=False)
@api.get("/healthz", summary="Whether the server runs")
async def healthz() -> Health:
    """Answer at once, whatever the models do."""
    return Health(status="ok")


@api.head("/readyz", include_in_schema=False)
@api.get("/readyz", summary="Whether questions are answered at once", responses=problems(http_503=UNAVAILABLE))
def readyz(holder: Holder) -> Readiness:
    """Answer 200 once the index is open and the models are warm."""
    if holder.starting:
        raise HTTPException(503, "The models are being loaded; this takes a few seconds.")
    with holder.lease() as opened:
        manifest, searches = opened.pipeline.index.manifest, opened.pipeline.searches
    if not holder.warm:
        raise HTTPException(503, "The models are warming up; this takes a few seconds.")
    building = holder.building
    document = {
        "status": "ready",
        "index_version": manifest.version,
        "articles": manifest.recipe.articles,
        "passages": manifest.recipe.chunks,
        "searches": list(searches),
        "building": building and building_document(building),
    }
    return Readiness.model_validate(document)
