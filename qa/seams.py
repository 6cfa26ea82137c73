"""The protocols at which one implementation can take another's place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.records import Hit, Message

Vectors = NDArray[np.float32]
Rows = NDArray[np.int32]
"""Rows of chunks."""
Around = Callable[[str], AbstractContextManager[object]]
"""What a stage of a question runs inside of, made from its name: a span of a trace, or nothing (`nullcontext`)."""

WRITING = "llm"
"""The name of the stage in which a language model writes, and what it has written is checked."""


class Encoder(Protocol):
    """Turns text into unit vectors: float32, L2-normalised, shape (len(texts), dimension)."""

    @property
    def name(self) -> str:
        """Return the name a person selects it by."""

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 over everything that decides its vectors: files, prompts, pooling, length."""

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""

    def encode_passages(self, texts: Sequence[str], on_done: Callable[[int], None] | None = None) -> Vectors:
        """Return the vectors of passages, row by row; `on_done` is told how many more are finished."""

    def encode_query(self, text: str) -> Vectors:
        """Return the vector of one question, shape (dimension,)."""

    @property
    def max_tokens(self) -> int:
        """Return how many tokens of a text are read; what is behind them does not count."""

    def count_tokens(self, texts: Sequence[str], *, query: bool = False) -> list[int]:
        """Return how many tokens each text is, all of it, with what the model reads around a passage, or a question."""


class Reranker(Protocol):
    """Scores how well each text answers the question."""

    @property
    def name(self) -> str:
        """Return the name a person knows it by."""

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one logit for each text, in order; a text's score does not depend on its neighbours."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text is, all of it, with the markers around it."""


class Generator(Protocol):
    """Writes text: a language model, wherever it runs."""

    @property
    def name(self) -> str:
        """Return the name a person knows it by."""

    def stream(self, instructions: str, messages: Sequence[Message], is_wanted: Callable[[], bool]) -> Iterator[str]:
        """Yield the text that answers the last of `messages`, piece by piece, as it is written.

        Ends early, without an error, soon after `is_wanted` says no, and when it is closed. Raises GenerationError for
        everything that goes wrong with the model, and what `is_wanted` raises.
        """


class Searcher(Protocol):
    """Finds chunks by a question."""

    def search(self, query: str, k: int, within: Rows | None = None) -> list[Hit]:
        """Return at most `k` hits, best first, equal scores by ascending row.

        With `within`, ascending rows, only these can be hits; what each scores does not depend on it.
        """


class Progress(Protocol):
    """Is told how long work goes on, so that a person can be."""

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage of `total` steps; None when their number is not known."""

    def advance(self, steps: int) -> None:
        """Count finished steps of the stage."""
