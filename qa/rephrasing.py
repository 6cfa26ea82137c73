"""From quotations to prose: what a language model makes of an answer, and the answer with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from qa.records import Answer, Prose, ProseSentence, Quoted
from qa.seams import WRITING, Generator, Reranker
from qa.stopwatch import Stopwatch


def rephrased(
    answer: Answer, generator: Generator, reranker: Reranker, is_wanted: Callable[[], bool], watch: Stopwatch
) -> Iterator[Quoted | ProseSentence | Answer]:
    """Yield the quoted answer, the sentences that a language model makes of it, and the answer with them.

    The model writes as long as `is_wanted`; each sentence is yielded once it was checked.
    """
    from qa.llm import composed

    yield Quoted(answer, generator.name)
    prose: Prose | None = None
    with watch.stage(WRITING):
        for step in composed(answer.question, answer.citations, answer.passages, generator, reranker.score, is_wanted):
            if isinstance(step, Prose):
                prose = step
            else:
                yield step
    yield replace(answer, prose=prose, timings_ms=watch.with_total())
