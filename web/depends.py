"""What routes have in common: the holder of the open version, and how refusals are described."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends

from web.holder import PipelineHolder
from web.places import corpora_of, holder_of
from web.schemas import ProblemDocument

__all__ = ["UNAVAILABLE", "Holder", "corpora_of", "problems"]

UNAVAILABLE = "There is no index yet, it cannot be used, or a model is missing; the detail names what mends it."


Holder = Annotated[PipelineHolder, Depends(holder_of)]
"""The holder of the corpus that is asked."""


def problems(**described: str) -> dict[int | str, dict[str, Any]]:
    """Describe the problems an operation answers with, by status: `problems(http_503="...")`."""
    return {int(name[-3:]): {"description": text, "model": ProblemDocument} for name, text in described.items()}
