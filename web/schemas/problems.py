"""What went wrong, as problem details (RFC 9457)."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from web.schemas.base import Document


class FieldErrorDocument(Document):
    """What is wrong with one part of a request's body."""

    detail: str = Field(description="One sentence for a person.")
    pointer: str = Field(description="A JSON pointer to the part, as a URI fragment.", examples=["#/k"])


class ProblemDocument(Document):
    """Problem details (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:problem-type:article-qa:bad-question",
                    "title": "The question cannot be searched",
                    "status": 422,
                    "detail": "The question is empty; please type one, for example: Who condemned the launch?",
                    "instance": "/ask",
                }
            ]
        }
    )

    type: str = Field(description="A URI for this kind of problem; `about:blank` where the status says it all.")
    title: str = Field(description="The kind of problem, in words.")
    status: int = Field(ge=400, le=599, description="The HTTP status.")
    detail: str = Field(description="One sentence that says what happened and what mends it.")
    instance: str = Field(description="The path that was asked for.")
    errors: list[FieldErrorDocument] | None = Field(
        default=None, description="For a body that is not a question: what is wrong with each part."
    )
