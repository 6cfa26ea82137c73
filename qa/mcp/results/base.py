"""What every result stands on, and an article in short."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from qa.records import Article


class Result(BaseModel):
    """No more and no less than its fields."""

    model_config = ConfigDict(extra="forbid")


class About(Result):
    """An article, in short."""

    article_id: str = Field(description="What `get_article` takes.")
    title: str
    source: str | None = Field(description="Who published it, if it says so.")
    published_at: str | None = Field(description="When it was published (ISO 8601), if it says so.")
    url: str | None = Field(description="Where it came from, if it says so.")


def about_fields(article: Article) -> dict[str, Any]:
    """Return the fields of `About`."""
    return {
        "article_id": article.id,
        "title": article.title,
        "source": article.source,
        "published_at": article.published_at,
        "url": article.url,
    }
