"""The page to ask on, as the server makes it: without a turn, or with one, for readers without a script and for links.

With a script the page adds its turns itself, from the same templates (`web.events`).
"""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from qa.errors import QaError
from qa.interrupting import Stop
from web.answering import answer_from
from web.dates import moment_of
from web.holder import PipelineHolder
from web.problems import Problem, problem_of
from web.render import render
from web.requests import AskRequest
from web.schemas import FiltersDocument
from web.status import status_of
from web.turns import turn_view
from web.views import corpus_view, filter_form
from web.work import Work


def empty_page(
    request: Request,
    holder: PipelineHolder,
    filters: FiltersDocument,
    question: str = "",
    problem: Problem | None = None,
) -> Response:
    """Return the page without a turn; where there is nothing to ask it says so instead of what there is."""
    shown: dict[str, Any] = {"corpus": None, "form": None, "away": None}
    try:
        with holder.lease() as opened:
            shown |= {"corpus": corpus_view(opened), "form": filter_form(opened, filters)}
    except QaError as error:
        shown["away"] = problem_of(error)
    told = shown["away"] or problem
    context = _context(holder) | shown | {"question": question, "problem": None if shown["away"] else problem}
    return render(request, "chat.html", context, told.status if told else 200, told.headers if told else None)


async def asked_page(
    request: Request, holder: PipelineHolder, work: Work, asked: AskRequest, version: str | None = None
) -> Response:
    """Return the page with a question and its answer; `version` is that of the index for which a link was made."""

    def page(stop: Stop) -> Response:
        return _answered_page(request, holder, asked, version, stop)

    try:
        return await work.run(page, request.receive)
    except QaError as error:
        return await run_in_threadpool(empty_page, request, holder, asked.filters, asked.question, problem_of(error))


def _answered_page(
    request: Request, holder: PipelineHolder, asked: AskRequest, version: str | None, stop: Stop
) -> Response:
    with holder.lease() as opened:
        answer, form = answer_from(opened, asked, stop), filter_form(opened, asked.filters)
    moved_on = version if version and version != answer.index_version else None
    made = moment_of(moved_on) if moved_on else None
    context = _context(holder) | {"turn": turn_view(answer, 1), "form": form, "moved_on": moved_on, "made": made}
    return render(request, "chat.html", context)


def _context(holder: PipelineHolder) -> dict[str, Any]:
    """Return what the page is made of, with nothing to show yet."""
    empty = dict.fromkeys(("turn", "corpus", "form", "problem", "away", "moved_on", "made"))
    return {**empty, "question": "", "status": status_of(holder.searches, holder.building)}
