"""What searches find, with the score of each step on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qa.records.articles import Article, Chunk
from qa.records.asking import NO_FILTERS, Filters


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result: the chunk's row in the index and its score in that search; best first."""

    row: int
    score: float


@dataclass(frozen=True, slots=True)
class Standing:
    """A place in one ranking: `rank` counts from 1; `score` is in that ranking's own unit."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that fusion put forward, with its standing in each search that found it.

    `score` is the weighted sum of both searches, in logits of the cross-encoder.
    """

    row: int
    score: float
    lexical: Standing | None
    dense: Standing | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk considered for an answer, with its text and every score it was given on the way.

    `rerank` is its place by the cross-encoder alone, `combined` by the cross-encoder and both searches: the order.
    """

    chunk: Chunk
    article: Article
    fused: Standing
    lexical: Standing | None
    dense: Standing | None
    rerank: Standing | None
    combined: Standing | None = None

    @property
    def text(self) -> str:
        """The passage, exactly as it stands in the article."""
        return self.article.text[self.chunk.span.start : self.chunk.span.end]


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What a question was searched in: what passes its filters, by words and vectors, and how much of it was read."""

    articles: int
    passages: int
    read: int


@dataclass(frozen=True, slots=True)
class Findings:
    """The passages nearest to a question, best first, without an answer; the fields mean what they do in `Answer`.

    The best of them were read by the cross-encoder. Nearest is not near: whether they answer is not judged.
    """

    question: str
    asked: str
    passages: tuple[Passage, ...]
    looked_at: LookedAt
    index_version: str
    searches: tuple[str, ...]
    timings_ms: Mapping[str, float]
    carried: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS

    def __iter__(self) -> Iterator[Passage]:
        return iter(self.passages)

    def __len__(self) -> int:
        return len(self.passages)
