"""A chat completion as it comes: chunks, the end of them, or the error that broke it off."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi.sse import format_sse_event

from qa.interrupting import Stop
from qa.marked import Marked, Piece, marked, opening, prose_piece
from qa.pipeline import Step
from qa.records import Answer, ProseSentence, Standalone
from web.answering import told
from web.holder import PipelineHolder
from web.leases import Opened
from web.problems import Problem
from web.v1.completion import Asked, annotated, extended, usage
from web.v1.errors import error_document
from web.v1.schemas import ChatCompletionChunk, ChunkChoice, Delta

_DONE = format_sse_event(data_str="[DONE]")


def chunks_for(holder: PipelineHolder, asked: Asked, stop: Stop) -> Iterator[bytes]:
    """Yield the events of a stream; raises as `web.answering.told` does."""
    chunks = _Chunks(holder, asked)
    return told(holder, asked.question, stop, chunks.of, _broken)


@dataclass(slots=True)
class _Chunks:
    """The chunks of one answer; `sent` counts the pieces of its text that were told as they came."""

    holder: PipelineHolder
    asked: Asked
    sent: int = 0
    opening: int = 0

    def of(self, step: Step, opened: Opened) -> Iterator[bytes]:
        """Yield the chunks that tell a step: what is known of the text, and at the end all else."""
        if isinstance(step, Standalone):
            yield _chunk(self.asked, opened, Delta(role="assistant", content=""))
            pieces = opening(step)
            self.opening = len(pieces)
            yield from self._text(opened, pieces)
        elif isinstance(step, ProseSentence):
            yield from self._text(opened, [prose_piece(step, first=self.sent == self.opening)])
        elif isinstance(step, Answer):
            text = marked(step, self.asked.link)
            yield from self._text(opened, text.pieces[self.sent :])
            yield from self._end(step, text, opened)

    def _text(self, opened: Opened, pieces: Sequence[Piece]) -> Iterator[bytes]:
        for piece in pieces:
            self.sent += 1
            yield _chunk(self.asked, opened, Delta(content=piece.text))

    def _end(self, answer: Answer, text: Marked, opened: Opened) -> Iterator[bytes]:
        asked, identified = self.asked, self.asked.identified(opened)
        if answer.citations:
            yield _chunk(asked, opened, Delta(annotations=annotated(asked, answer, text)))
        end, whole = ChunkChoice(delta=Delta(), finish_reason="stop"), extended(asked, answer, self.holder.building)
        yield _event(ChatCompletionChunk(**identified, choices=[end], article_qa=whole))
        if asked.with_usage:
            counted = usage(asked, text, opened)
            yield _event(ChatCompletionChunk(**identified, choices=[], usage=counted))
        yield _DONE


def _chunk(asked: Asked, opened: Opened, delta: Delta) -> bytes:
    return _event(ChatCompletionChunk(**asked.identified(opened), choices=[ChunkChoice(delta=delta)]))


def _event(chunk: ChatCompletionChunk) -> bytes:
    return _data(chunk.model_dump())


def _broken(problem: Problem) -> bytes:
    return _data(error_document(problem.status, problem.detail, problem.type, ()))


def _data(document: object) -> bytes:
    return format_sse_event(data_str=json.dumps(document, ensure_ascii=False, separators=(",", ":")))
