"""The application, put together: `create_app(settings)` is what `qa serve` and the tests run."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from qa import __version__
from qa.config import Settings
from qa.keys import KeyStore
from web import problems
from web.api import api
from web.assets import Assets
from web.attempts import Attempts
from web.builder import Builder
from web.corpora import Corpora
from web.figures import figures
from web.guard import Guard, hosts_of
from web.keys import KeyGuard
from web.limits import feedback_limiter, limiter_for
from web.logs import RequestLog
from web.mcp import McpEndpoint, Served, mcp_routes
from web.metrics import Counting, Metrics
from web.observing import Observing
from web.openapi import completed
from web.origins import origins_in, with_cors
from web.pages import pages
from web.places import at_each_corpus
from web.queueing import Turns
from web.render import templates_for
from web.root import RootPath, refuse_own, root_path_in
from web.signing import signing
from web.tracing import OFF, Tracing, tracing_in
from web.v1.routes import v1
from web.work import Work

_SUMMARY = "Ask a folder of articles; answers are exact quotations that can be checked in place."
_DESCRIPTION = """\
Every answer is made of quotations, and for every citation
`article.text[start_char_index:end_char_index] == cited_text` holds, character for character. Offsets count
Unicode code points, end exclusive.

`outcome` says what came of a question: `answered`; `listed`, for a question about the corpus itself; or, when the
articles do not hold the answer, `not_stated` (they are about it but do not say) and `not_covered` (they are not about
it). For these two `abstained` is true, `citations` is empty, and `reason` tells why.

Errors are problem details (RFC 9457), `application/problem+json`; under `/v1`, which speaks OpenAI's protocol, they are
in the form that its clients know.
"""


def create_app(settings: Settings, builder: Builder | None = None) -> FastAPI:
    """Return the application for the indexes that are named; it starts even when there is none yet.

    `builder`, of the first of them, is started and ended with it. Raises BadSettingError for a name that is no file
    name.
    """
    corpora, root = Corpora.of(settings, builder), root_path_in(settings.root_path)
    tracing = tracing_in(os.environ)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if builder is not None:
            builder.start()
        corpora.start()
        async with mcp.running():
            yield
        if builder is not None:
            await run_in_threadpool(builder.stop)
        await run_in_threadpool(corpora.close)
        if tracing is not None:
            await run_in_threadpool(tracing.close)

    app = FastAPI(
        title="Article QA",
        summary=_SUMMARY,
        description=_DESCRIPTION,
        version=__version__,
        lifespan=lifespan,
        docs_url=None,  # both load scripts from elsewhere; this service is offline
        redoc_url=None,
        root_path_in_servers=False,  # `completed` names the servers
        generate_unique_id_function=lambda route: route.name,  # what generated clients call it
        telemetry=tracing.telemetry if tracing else OFF,
    )
    app.state.corpora = corpora
    app.state.settings, app.state.keys = settings, KeyStore.of(settings)
    app.state.tracing, app.state.templates = tracing, templates_for(settings)
    app.state.assets = Assets()
    app.state.metrics = metrics = Metrics(corpora)
    app.state.work = Work(
        Turns(settings.max_concurrent or os.cpu_count() or 1, settings.max_queue, metrics.queue),
        settings.request_timeout_s,
        limiter_for(settings.rate_limit),
    )
    app.state.feedback_limiter, app.state.attempts = feedback_limiter(settings.rate_limit), Attempts()
    mcp = McpEndpoint(Served(corpora, app.state.work))
    tools = mcp_routes(mcp)
    _add_layers(app, settings, root, tracing)
    app.include_router(pages)
    app.include_router(api)
    app.include_router(figures)
    app.include_router(signing)
    app.include_router(tools)
    app.router.routes.append(at_each_corpus(corpora, pages, api, tools))
    app.include_router(v1)
    app.mount("/static", app.state.assets, name="static")
    problems.install(app)
    app.openapi_schema = completed(app.openapi(), root, corpora.default)
    refuse_own(root, app)
    return app


def _add_layers(app: FastAPI, settings: Settings, root: str, tracing: Tracing | None) -> None:
    """Add what every request passes, from the inside to the outside; no layer knows of the others.

    From the outside: its path is made whole, because all others look at it. It is observed, so that whatever refuses
    or answers it can be logged and counted. The guard refuses what no page of this server sends; a page of another
    site that may ask is told so, also where a key is wanted; and who has a key where one is wanted, is let in.
    Whose turn it is to run the models is the routes' own matter (`web.work`): only they know when that begins.
    """
    metrics: Metrics = app.state.metrics
    origins = origins_in(settings.cors_origins)
    app.add_middleware(
        KeyGuard,
        store=app.state.keys,
        attempts=app.state.attempts,
        required=settings.require_keys,
        open_metrics=settings.open_metrics,
    )
    app.add_middleware(with_cors, origins=origins)
    app.add_middleware(Guard, allowed_hosts=hosts_of(settings), friends=origins)
    app.add_middleware(Counting, metrics=metrics)
    app.add_middleware(RequestLog, questions=settings.log_questions)
    if tracing is None:
        app.add_middleware(Observing, observers=[metrics])
    else:
        app.add_middleware(Observing, observers=[metrics, tracing], around=tracing.around)
    app.add_middleware(RootPath, root=root)
