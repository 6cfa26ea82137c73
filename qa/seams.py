"""The protocols at which one implementation can take another's place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.records import Hit

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns text into unit vectors: float32, L2-normalised, shape (len(texts), dimension)."""

    @property
    def name(self) -> str:
        """The name a person selects it by."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything that decides its vectors: files, prompts, pooling, length."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    def encode_passages(self, texts: Sequence[str], on_done: Callable[[int], None] | None = None) -> Vectors:
        """Vectors of passages, row by row; `on_done` is told how many more are finished."""

    def encode_query(self, text: str) -> Vectors:
        """The vector of one question, shape (dimension,)."""


class Reranker(Protocol):
    """Scores how well each text answers the question."""

    @property
    def name(self) -> str:
        """The name a person knows it by."""

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """One logit for each text, in order; a text's score does not depend on its neighbours."""


class Searcher(Protocol):
    """Finds chunks by a question."""

    def search(self, query: str, k: int) -> list[Hit]:
        """At most `k` hits, best first, equal scores by ascending row."""
