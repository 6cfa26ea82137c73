"""The state of the server, and that feedback was kept."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from web.schemas.base import Document, Offset
from web.schemas.index import Building, Searches


class Noted(Document):
    """The feedback is in the file."""

    id: str = Field(description="What the entry is known by.")


class Health(Document):
    """The server runs."""

    status: Literal["ok"] = Field(description="Always `ok`.")


class Readiness(Document):
    """The index is open and the models are warm."""

    status: Literal["ready"] = Field(description="Always `ready`; a server that is not answers 503.")
    index_version: str = Field(description="The version of the index that is open.")
    articles: Offset = Field(description="How many articles it holds.")
    passages: Offset = Field(description="How many passages.")
    searches: Searches
    building: Building
