"""What routes have in common: the holder of the open version, and how refusals are described."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request

from web.holder import PipelineHolder
from web.places import corpora_of, holder_of
from web.schemas import ProblemDocument

__all__ = ["UNAVAILABLE", "Holder", "corpora_of", "problems"]

UNAVAILABLE = "There is no index yet, it cannot be used, or a model is missing; the detail names what mends it."


async def _holder(request: Request) -> PipelineHolder:
    """Look it up at once: a plain function would wait for a thread."""
    return holder_of(request)


Holder = Annotated[PipelineHolder, Depends(_holder)]
"""The holder of the corpus that is asked."""


def problems(**described: str) -> dict[int | str, dict[str, Any]]:
    """Describe the problems an operation answers with, by status: `problems(http_503="...")`."""
    return {int(name[-3:]): {"description": text, "model": ProblemDocument} for name, text in described.items()}
