"""What the tools take. The descriptions are read by models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from qa.filters import MOST_SOURCES

LONGEST_PART = 50_000
"""Characters of an article that are given at once."""

MOST_LISTED = 200

Id = Annotated[str, Field(min_length=1, max_length=500)]


class Arguments(BaseModel):
    """No more than its fields."""

    model_config = ConfigDict(extra="forbid")


class Said(Arguments):
    """A message of the conversation so far."""

    role: Literal["user", "assistant"] = Field(description="Who said it: the person who asks, or the answer.")
    content: str = Field(description="What was said.")


class Filtered(Arguments):
    """Which articles."""

    sources: list[str] = Field(
        default=[],
        max_length=MOST_SOURCES,
        description="Only articles from these sources, named as `status` names them. Leave it out for all.",
    )
    since: str | None = Field(
        default=None, description="Only articles published on this day or later: 2023, 2023-10 or 2023-10-04."
    )
    until: str | None = Field(default=None, description="Only articles published on this day or earlier, likewise.")


class AskArguments(Filtered):
    """What `ask` takes."""

    question: str = Field(description="One question in plain English words, as a person would ask it.")
    history: list[Said] = Field(
        default=[],
        description="What was said before, oldest first, for a follow-up such as 'When did he say it?'. Leave it out "
        "for a question that stands alone.",
    )


class SearchArguments(Filtered):
    """What `search` takes."""

    query: str = Field(description="What to look for, as words or as a question.")
    k: int = Field(default=10, ge=1, le=50, description="How many passages to give.")


class ArticleArguments(Arguments):
    """What `get_article` takes."""

    article_id: Id = Field(description="The article's id, as the other tools give it.")
    start: int = Field(default=0, ge=0, description="The first character to give; `next_start` of the part before.")
    length: int = Field(
        default=20_000, ge=1, le=LONGEST_PART, description="How many characters to give at most, from `start` on."
    )


class ListArguments(Filtered):
    """What `list_articles` takes."""

    title: str = Field(
        default="",
        max_length=500,
        description="Only articles with all of these words, or parts of words, in the title.",
    )
    offset: int = Field(default=0, ge=0, description="How many to pass over; `next_offset` of the page before.")
    limit: int = Field(default=50, ge=1, le=MOST_LISTED, description="How many to give at most.")


class StatusArguments(Arguments):
    """What `status` takes: nothing."""
