"""Ending the work on an answer that nobody waits for any more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Event

from qa.errors import QaError
from qa.pipeline import Pipeline
from qa.seams import Reranker

AT_ONCE = 4
"""Texts that are read before it is looked again whether anybody waits: some tens of milliseconds."""


class Interrupted(Exception):  # noqa: N818 - it is no error
    """Nobody waits for the answer."""


class Stop(Event):
    """Is set when the work shall end; `error` is why, where that is to be told."""

    def __init__(self) -> None:
        super().__init__()
        self.error: QaError | None = None
        self.then: Callable[[], object] | None = None
        """What else is done as soon as there is a reason."""
        self.stand_aside: Callable[[], object] = lambda: None
        """What is done once the models have done their part, and only a language model is waited for."""

    def because(self, error: QaError) -> None:
        """End the work for this reason, unless it ends for another already."""
        if not self.is_set():
            self.error = error
            self.set()
            if self.then is not None:
                self.then()


@dataclass(frozen=True, slots=True)
class InterruptibleReranker:
    """A reranker that raises Interrupted soon after `stop` is set; its scores are those of `reranker`."""

    reranker: Reranker
    stop: Event

    @property
    def name(self) -> str:
        """Return the name of the reranker."""
        return self.reranker.name

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one logit for each text, in order."""
        scores: list[float] = []
        for start in range(0, len(texts), AT_ONCE):
            if self.stop.is_set():
                raise Interrupted
            scores += self.reranker.score(question, texts[start : start + AT_ONCE])
        return scores

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text is."""
        return self.reranker.count_tokens(texts)


def interruptible(pipeline: Pipeline, stop: Event) -> Pipeline:
    """Return a pipeline that ends its work when `stop` is set; nearly all of it is the reranker's and an LLM's."""

    def is_wanted() -> bool:
        if stop.is_set():
            raise Interrupted
        return True

    return replace(pipeline, reranker=InterruptibleReranker(pipeline.reranker, stop), is_wanted=is_wanted)
