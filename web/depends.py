"""What routes have in common: the holder of the open version, and how refusals are described."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request

from web.holder import PipelineHolder
from web.limits import Limiter
from web.observing import current
from web.places import corpora_of, holder_of
from web.refused import RateLimitedError
from web.schemas import ProblemDocument

__all__ = ["UNAVAILABLE", "Holder", "corpora_of", "counted_feedback", "problems"]

UNAVAILABLE = "There is no index yet, it cannot be used, or a model is missing; the detail names what mends it."


async def _holder(request: Request) -> PipelineHolder:
    """Look it up at once: a plain function would wait for a thread."""
    return holder_of(request)


Holder = Annotated[PipelineHolder, Depends(_holder)]
"""The holder of the corpus that is asked."""


async def counted_feedback(request: Request) -> None:
    """Count what a client sends to be kept, before it is read; raises RateLimitedError."""
    limiter: Limiter = request.app.state.feedback_limiter
    try:
        await limiter.count(current().client)
    except RateLimitedError as error:
        current().refused(error.why)
        raise


def problems(**described: str) -> dict[int | str, dict[str, Any]]:
    """Describe the problems an operation answers with, by status: `problems(http_503="...")`."""
    return {int(name[-3:]): {"description": text, "model": ProblemDocument} for name, text in described.items()}
