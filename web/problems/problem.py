"""A problem, as it is told over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

NAMESPACE = "urn:problem-type:article-qa:"
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one part of the body; `pointer` is its JSON pointer, as a URI fragment."""

    detail: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it is told over HTTP; `detail` is one sentence for a person."""

    status: int
    detail: str
    title: str = ""
    type: str = "about:blank"
    errors: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def heading(self) -> str:
        """The title, or where it has none the name of its status."""
        return self.title or HTTPStatus(self.status).phrase


INTERNAL = Problem(500, "Something went wrong in the server; its log says what.")
"""What is nobody's doing but ours."""


def cut(text: str) -> str:
    """Return what was sent, no more of it than a sentence shows."""
    return text[:_SHOWN] + ("…" if len(text) > _SHOWN else "")
