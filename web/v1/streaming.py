"""A chat completion as it comes: chunks, the end of them, or the error that broke it off."""

from __future__ import annotations

import json
from collections.abc import Iterator

from fastapi.sse import format_sse_event

from qa.marked import Piece, marked, opening
from qa.pipeline import Step
from qa.records import Answer, Standalone
from web.answering import told
from web.holder import PipelineHolder
from web.interrupting import Stop
from web.leases import Opened
from web.problems import Problem
from web.v1.completion import Asked, annotated, extended, usage
from web.v1.errors import error_document
from web.v1.schemas import ChatCompletionChunk, ChunkChoice, Delta

_DONE = format_sse_event(data_str="[DONE]")


def chunks_for(holder: PipelineHolder, asked: Asked, stop: Stop) -> Iterator[bytes]:
    """Yield the events of a stream; raises as `web.answering.told` does."""

    def tell(step: Step, opened: Opened) -> Iterator[bytes]:
        return _chunks(step, opened, asked, holder)

    return told(holder, asked.question, stop, tell, _broken)


def _chunks(step: Step, opened: Opened, asked: Asked, holder: PipelineHolder) -> Iterator[bytes]:
    """Yield the chunks that tell a step: the role and what is searched at once, all else when it is known."""
    if isinstance(step, Standalone):
        yield _chunk(asked, opened, Delta(role="assistant", content=""))
        yield from _texts(asked, opened, opening(step))
    elif isinstance(step, Answer):
        text = marked(step, asked.link)
        yield from _texts(asked, opened, text.pieces[len(opening(step)) :])
        if step.citations:
            yield _chunk(asked, opened, Delta(annotations=annotated(asked, step, text)))
        end = ChunkChoice(delta=Delta(), finish_reason="stop")
        yield _event(
            ChatCompletionChunk(
                **asked.identified(opened), choices=[end], article_qa=extended(asked, step, holder.building)
            )
        )
        if asked.with_usage:
            counted = usage(asked, text, opened)
            yield _event(ChatCompletionChunk(**asked.identified(opened), choices=[], usage=counted))
        yield _DONE


def _texts(asked: Asked, opened: Opened, pieces: tuple[Piece, ...]) -> Iterator[bytes]:
    return (_chunk(asked, opened, Delta(content=piece.text)) for piece in pieces)


def _chunk(asked: Asked, opened: Opened, delta: Delta) -> bytes:
    return _event(ChatCompletionChunk(**asked.identified(opened), choices=[ChunkChoice(delta=delta)]))


def _event(chunk: ChatCompletionChunk) -> bytes:
    return _data(chunk.model_dump())


def _broken(problem: Problem) -> bytes:
    return _data(error_document(problem.status, problem.detail, problem.type, ()))


def _data(document: object) -> bytes:
    return format_sse_event(data_str=json.dumps(document, ensure_ascii=False, separators=(",", ":")))
