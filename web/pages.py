"""The pages. What reads the index is a plain function: it runs in a thread. What runs models has a turn first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from qa.errors import QaError
from web.asking import checked, filters_in
from web.chat import asked_page, empty_page
from web.depends import UNAVAILABLE, Holder, problems
from web.listing import listing
from web.problems import problem_of
from web.render import render
from web.requests import AskRequest
from web.schemas import ProblemDocument
from web.views import article_view, filter_form
from web.work import Models

pages = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

_LAST_PAGE = 1_000_000
_BAD_LIST = "A filter, or the part of the list that is asked for, cannot be used."


@pages.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
async def chat(request: Request, holder: Holder, work: Models) -> Response:
    """Return the page to ask on; where the address has a question, with its answer: the permanent link of a turn."""
    given = request.query_params
    filters = filters_in(given)
    if "question" not in given:
        return await run_in_threadpool(empty_page, request, holder, filters)
    asked = AskRequest(question=given["question"], filters=filters)
    return await asked_page(request, holder, work, asked, given.get("version"))


@pages.head("/articles", include_in_schema=False)
@pages.get("/articles", summary="List the articles", responses=problems(http_422=_BAD_LIST, http_503=UNAVAILABLE))
def articles(
    request: Request,
    holder: Holder,
    title: Annotated[str, Query(description="Words of the title, in any order.", max_length=200)] = "",
    page: Annotated[int, Query(description="Which part of the list, from 1.", ge=1, le=_LAST_PAGE)] = 1,
) -> Response:
    """Return the page of all articles, newest first; `source`, `since` and `until` filter it."""
    asked = filters_in(request.query_params)
    with holder.lease() as opened:
        form = filter_form(opened, asked)
        try:
            found = listing(opened, " ".join(title.split()), checked(asked, opened), page)
        except QaError as error:
            problem = problem_of(error)
            context = {"form": form, "listing": None, "title": title, "problem": problem}
            return render(request, "articles.html", context, problem.status)
    return render(request, "articles.html", {"form": form, "listing": found, "title": title, "problem": None})


@pages.head("/articles/{article_id:path}", include_in_schema=False)
@pages.get(
    "/articles/{article_id:path}",
    summary="Show an article",
    responses=problems(http_404="No article has this id.", http_503=UNAVAILABLE)
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
