"""Places that a search should find, each of which lies inside a passage or does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from qa.evaluate.wording import holds, squeezed
from qa.records import Passage, Span


class Place(Protocol):
    """Something that lies inside some passages."""

    @property
    def expected(self) -> str:
        """Return what is expected, for a person to read."""

    def inside(self, passage: Passage) -> bool:
        """Return whether it lies wholly inside the passage."""


@dataclass(frozen=True, slots=True)
class FactPlace:
    """A verbatim fact, wherever it stands; compared with spaces removed, as MultiHop-RAG does (COLM 2024)."""

    expected: str

    def inside(self, passage: Passage) -> bool:
        """Return whether the passage holds the fact."""
        return squeezed(self.expected) in squeezed(passage.text)


@dataclass(frozen=True, slots=True)
class SpanPlace:
    """An answer in its article: any of `spans` will do. Without one nothing finds it, and it stays to be missed."""

    expected: str
    article_id: str
    spans: tuple[Span, ...]

    def inside(self, passage: Passage) -> bool:
        """Return whether one of the spans lies inside the passage."""
        whole = passage.chunk.span
        return passage.article.id == self.article_id and any(
            whole.start <= span.start and span.end <= whole.end for span in self.spans
        )


@dataclass(frozen=True, slots=True)
class WordsPlace:
    """An answer whose place the set does not name: any passage with its words (Karpukhin et al. 2020, top-k accuracy).

    Looser than a named place: a passage may hold the words and not answer.
    """

    answers: tuple[str, ...]

    @property
    def expected(self) -> str:
        """The answers, parted by bars."""
        return " | ".join(self.answers)

    def inside(self, passage: Passage) -> bool:
        """Return whether the passage holds the words of an answer."""
        return any(holds(passage.text, answer) for answer in self.answers)
