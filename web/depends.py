"""What routes have in common: the holder of the open version, and how refusals are described."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request

from web.corpora import Corpora
from web.holder import PipelineHolder
from web.schemas import ProblemDocument

UNAVAILABLE = "There is no index yet, it cannot be used, or a model is missing; the detail names what mends it."


def _holder(request: Request) -> PipelineHolder:
    return corpora_of(request).holder(request.path_params.get("corpus"))


def corpora_of(request: Request) -> Corpora:
    """Return the corpora that the server answers from."""
    corpora: Corpora = request.app.state.corpora
    return corpora


Holder = Annotated[PipelineHolder, Depends(_holder)]


def problems(**described: str) -> dict[int | str, dict[str, Any]]:
    """Describe the problems an operation answers with, by status: `problems(http_503="...")`."""
    return {int(name[-3:]): {"description": text, "model": ProblemDocument} for name, text in described.items()}
