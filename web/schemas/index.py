"""The index that answers: how it is searched, and the build of it that is under way."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from web.schemas.base import Document, Offset

Search = Literal["lexical", "dense"]
Searches = Annotated[
    list[Search],
    Field(description="Which searches look: `lexical`, by words; and once there are vectors `dense`, by meaning."),
]


class BuildingDocument(Document):
    """A build of this index that is under way."""

    started: str = Field(description="When it began (UTC, ISO 8601).")
    stage: str = Field(description="What it does, in words.", examples=["Embedding passages"])
    done: Offset = Field(description="How many steps of this stage are done.")
    total: Offset | None = Field(description="How many there are; null where that is not known.")


Building = Annotated[
    BuildingDocument | None,
    Field(description="The build of this index that is under way, null when there is none; its version will follow."),
]
