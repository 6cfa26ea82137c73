"""The pages and the API. What runs models or reads the index is a plain function: it runs in a thread."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from qa.document import answer_document, building_document
from qa.errors import QaError
from web.asking import AskForm, read_ask
from web.holder import PipelineHolder
from web.problems import Problem, problem_of, respond
from web.render import is_fragment, render
from web.schemas import (
    AnswerDocument,
    AskRequest,
    Health,
    ProblemDocument,
    Readiness,
)
from web.status import status_of
from web.turns import Turn, turn_view
from web.views import Corpus, article_view, corpus_view

pages = APIRouter(tags=["pages"], default_response_class=HTMLResponse)
api = APIRouter(tags=["api"])


def _holder(request: Request) -> PipelineHolder:
    holder: PipelineHolder = request.app.state.holder
    return holder


Holder = Annotated[PipelineHolder, Depends(_holder)]


def _problems(**described: str) -> dict[int | str, dict[str, Any]]:
    """Describe the problems an operation answers with, by status: `_problems(http_503="...")`."""
    return {int(name[-3:]): {"description": text, "model": ProblemDocument} for name, text in described.items()}


_UNAVAILABLE = "There is no index yet, it cannot be used, or a model is missing; the detail names what mends it."
_ASK_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": AskRequest.model_json_schema()},
        # The page's own form; it is answered in HTML.
        "application/x-www-form-urlencoded": {
            "schema": {"type": "object", "properties": {"question": {"type": "string"}}, "required": ["question"]}
        },
    },
}


@pages.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
def chat(request: Request, holder: Holder) -> Response:
    """Return the page to ask on."""
    return _chat(request, holder)


@pages.head("/articles/{article_id:path}", include_in_schema=False)
@pages.get(
    "/articles/{article_id:path}",
    summary="Show an article",
    responses=_problems(http_404="No article has this id.", http_503=_UNAVAILABLE)
    | {"default": {"description": "Any other refusal is a problem too.", "model": ProblemDocument}},
)
def article(
    request: Request,
    article_id: str,
    holder: Holder,
    cite: Annotated[
        list[str],
        Query(default_factory=list, description="Spans to mark, `start-end`; the n-th has the fragment `#cite-n`."),
    ],
) -> Response:
    """Return an article's page, with the spans that `cite` asks for marked."""
    with holder.lease() as opened:
        view = article_view(opened.pipeline.article(article_id), cite)
    return render(request, "article.html", {"article": view})


@api.post(
    "/ask",
    summary="Ask a question",
    response_model=AnswerDocument,
    response_description="An answer made of exact quotations, a list of articles, or an abstention with its reason.",
    openapi_extra={"requestBody": _ASK_BODY},
    responses=_problems(
        http_400="The body is not valid JSON, or the host name is not one the server answers to.",
        http_403="The question was sent by another site's page.",
        http_405="The method is not POST.",
        http_413="The body is larger than 64 kB.",
        http_415="The body is neither JSON nor a form.",
        http_422="The question, `k`, or another part of the body cannot be used.",
        http_503=_UNAVAILABLE,
    ),
)
def ask(
    request: Request, holder: Holder, asked: Annotated[AskRequest | AskForm, Depends(read_ask)]
) -> AnswerDocument | Response:
    """Answer with exact quotations, or say that the articles do not hold the answer."""
    if isinstance(asked, AskForm):
        return _ask_form(request, holder, asked)
    with holder.lease() as opened:
        answer = opened.pipeline.ask(asked.question, asked.k)
    return AnswerDocument.model_validate(answer_document(answer, holder.building))


@api.head("/healthz", include_in_schema=False)
@api.get("/healthz", summary="Whether the server runs")
async def healthz() -> Health:
    """Answer at once, whatever the models do."""
    return Health(status="ok")


@api.head("/readyz", include_in_schema=False)
@api.get("/readyz", summary="Whether questions are answered at once", responses=_problems(http_503=_UNAVAILABLE))
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


def _ask_form(request: Request, holder: PipelineHolder, form: AskForm) -> Response:
    """Answer the page: with the turn alone for our script, with the whole page without it."""
    try:
        with holder.lease() as opened:
            turn = turn_view(opened.pipeline.ask(form.question), form.turn)
    except QaError as error:
        problem = problem_of(error)
        return respond(request, problem) if is_fragment(request) else _chat(request, holder, form.question, problem)
    if is_fragment(request):
        return render(request, "_turn.html", {"turn": turn})
    return render(request, "chat.html", _context(holder, turn=turn))


def _chat(request: Request, holder: PipelineHolder, question: str = "", problem: Problem | None = None) -> Response:
    """Return the page without a turn; where there is nothing to ask it says so instead of what there is."""
    corpus, away = None, None
    try:
        with holder.lease() as opened:
            corpus = corpus_view(opened)
    except QaError as error:
        away = problem_of(error)
    told = away or problem
    context = _context(holder, corpus=corpus, problem=None if away else problem, away=away, question=question)
    return render(request, "chat.html", context, told.status if told else 200, told.headers if told else None)


def _context(
    holder: PipelineHolder,
    turn: Turn | None = None,
    corpus: Corpus | None = None,
    problem: Problem | None = None,
    away: Problem | None = None,
    question: str = "",
) -> dict[str, Any]:
    """Return what the page is made of: a turn, or what there is to ask, or why (`away`) there is nothing."""
    status = status_of(holder.searches, holder.building)
    return {
        "turn": turn, "corpus": corpus, "problem": problem, "away": away, "question": question, "status": status
    }  # fmt: skip
