"""One piece of feedback: what a reader said, and the answer it was said of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

from qa.errors import BadFeedbackError
from qa.records import Filters, Outcome

LONGEST_NOTE = 2000
"""Characters."""

Rating = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class JudgedCitation:
    """A quotation of the answer; offsets count code points into the article's text, end exclusive."""

    article_id: str
    document_title: str
    start_char_index: int
    end_char_index: int
    cited_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackEntry:
    """What a reader thinks of an answer; `at` is UTC in ISO 8601.

    `rating` says of an answer whether it helped, of an abstention whether it was right. `question` is what was
    searched, `asked` how the person put it.
    """

    id: str
    at: str
    rating: Rating
    note: str | None
    question: str
    asked: str
    outcome: str
    answer: str
    confidence: float
    citations: tuple[JudgedCitation, ...]
    filters: Filters
    index_version: str


def entry_of(rating: Rating, note: str | None, **about: Any) -> FeedbackEntry:
    """Return a new entry, of now; `about` is the answer, its fields named as in the document of `/ask`.

    Raises BadFeedbackError for what cannot be kept.
    """
    if note is not None and len(note) > LONGEST_NOTE:
        raise BadFeedbackError(f"The note has {len(note):,} characters; at most {LONGEST_NOTE:,} are kept.")
    made = {
        "id": uuid4().hex,
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "rating": rating,
        "note": (note or "").strip() or None,
    }
    try:
        return entry_from({**about, **made})
    except ValueError as error:
        raise BadFeedbackError(f"The feedback {error}.") from None


def entry_from(row: Mapping[str, Any]) -> FeedbackEntry:
    """Return the entry that an object of JSON is; raises ValueError with what is wrong as a phrase."""
    fields = _Fields(row)
    filters = _Fields(fields.one("filters", dict))
    confidence = fields.one("confidence", float, int)
    if not math.isfinite(confidence):
        raise ValueError("has a confidence that is no number")
    return FeedbackEntry(
        id=fields.text("id"),
        at=fields.text("at"),
        rating="up" if fields.choice("rating", ("up", "down")) == "up" else "down",
        note=fields.maybe("note"),
        question=fields.text("question"),
        asked=fields.text("asked"),
        outcome=fields.choice("outcome", [outcome.value for outcome in Outcome]),
        answer=fields.text("answer"),
        confidence=float(confidence),
        citations=tuple(map(_citation, fields.one("citations", list, tuple))),
        filters=Filters(filters.texts("sources"), filters.maybe("since"), filters.maybe("until")),
        index_version=fields.text("index_version"),
    )


def _citation(row: Any) -> JudgedCitation:
    if not isinstance(row, Mapping):
        raise ValueError("has a citation that is no object")  # noqa: TRY004  # the data is wrong, no argument is
    fields = _Fields(row)
    return JudgedCitation(
        article_id=fields.text("article_id"),
        document_title=fields.text("document_title"),
        start_char_index=fields.one("start_char_index", int),
        end_char_index=fields.one("end_char_index", int),
        cited_text=fields.text("cited_text"),
    )


class _Fields:
    """An object of JSON; every fault names the field."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row

    def one(self, name: str, *kinds: type) -> Any:
        value = self._row.get(name)
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise _unusable(name)
        return value

    def text(self, name: str) -> str:
        return _whole(self.one(name, str))

    def maybe(self, name: str) -> str | None:
        return None if self._row.get(name) is None else self.text(name)

    def texts(self, name: str) -> tuple[str, ...]:
        values = self.one(name, list, tuple)
        if not all(isinstance(value, str) for value in values):
            raise _unusable(name)
        return tuple(map(_whole, values))

    def choice(self, name: str, known: Sequence[str]) -> str:
        value = self.text(name)
        if value not in known:
            raise _unusable(name)
        return value


def _unusable(name: str) -> ValueError:
    return ValueError(f"has no {name} that can be used")


def _whole(text: str) -> str:
    """Return a text with "?" for each half of a surrogate pair: JSON can spell it, no file can hold it."""
    return text.encode("utf-8", "replace").decode("utf-8")
