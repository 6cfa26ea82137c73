"""What every document stands on."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Offset = Annotated[int, Field(ge=0)]


class Document(BaseModel):
    """Says no more and no less than its fields."""

    model_config = ConfigDict(extra="forbid", strict=True)
