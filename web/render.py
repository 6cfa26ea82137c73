"""Templates to responses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from qa.config import Settings
from web.assets import Assets
from web.observing import observation_in
from web.places import holder_of, place_of

_FOLDER = Path(__file__).parent / "templates"
_CODE = re.compile(r"`([^`]+)`")


def templates_for(settings: Settings) -> Jinja2Templates:
    """Return the templates; each of them knows the index's version, the longest question, and its place.

    Every address in them goes through `path` (of this corpus), `asset` (of the server) or `static` (a file of ours).
    """
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["with_code"] = with_code

    def common(request: Request) -> dict[str, Any]:
        assets: Assets = request.app.state.assets
        place, observation = place_of(request), observation_in(request.scope)
        if observation.stranger:
            place = replace(place, corpora=())
        return {
            "index_version": None if observation.stranger else holder_of(request).version,
            "signed_in": observation.signed_in,
            "longest_question": settings.max_question_chars,
            "place": place,
            "path": place.path,
            "asset": place.asset,
            "static": lambda name: place.asset(assets.address(name)),
            "modules": assets.modules,
        }

    return Jinja2Templates(env=environment, context_processors=[common])


def render(
    request: Request,
    template: str,
    context: dict[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the page, or the part of a page, that a template makes of its context."""
    templates: Jinja2Templates = request.app.state.templates
    return templates.TemplateResponse(request, template, context, status, headers)


def render_text(request: Request, template: str, context: dict[str, Any]) -> str:
    """Return what a template makes of its context, for a part of an event."""
    templates: Jinja2Templates = request.app.state.templates
    common: dict[str, Any] = {}
    for processor in templates.context_processors:
        common.update(processor(request))
    return templates.env.get_template(template).render({**common, **context})


def is_fragment(request: Request) -> bool:
    """Whether our script asks, which puts what it gets into the page that is open."""
    return request.headers.get("x-requested-with") == "fetch"


def with_code(sentence: str) -> Markup:
    """Escape a sentence, and set what stands between backticks in it as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(sentence))))  # noqa: S704 - escaped just here
