"""What a chat server sends, read as text: server-sent events of chunks, or one document.

The chunks are those of OpenAI's chat completions; so is the document, from servers that do not stream.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import AsyncIterator
from typing import Any

from qa.errors import GenerationError

MOST_BYTES = 1_000_000
"""Far more than the few sentences that are asked for."""

_RUBBISH = "sent something that is no chat completion"


async def bounded(blocks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the blocks of a response; raises GenerationError where they grow too many."""
    total = 0
    async for block in blocks:
        total += len(block)
        if total > MOST_BYTES:
            raise GenerationError(f"sent more than {MOST_BYTES:,} bytes")
        yield block


async def streamed(blocks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """Yield the text of each chunk; raises GenerationError for what is none, and where the end is missing."""
    ended = False
    async for line in _lines(blocks):
        name, _, data = line.partition(":")
        if name != "data":
            continue  # a comment, or another field of an event
        if data.strip() == "[DONE]":
            ended = True
            break
        text, finish = _read(data, "delta")
        if text:
            yield text
        if finish == "length":
            raise GenerationError("was cut short by its own limit")
        ended = ended or finish is not None
    if not ended:
        raise GenerationError("broke off in the middle")


async def whole(blocks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """Yield the text of a document; raises GenerationError where it is none."""
    text, _ = _read(b"".join([block async for block in blocks]), "message")
    if text:
        yield text


def _read(data: str | bytes, of: str) -> tuple[str, str | None]:
    """Return the text of a chunk or document, and why it is the last one; None where more is to come."""
    try:
        document: Any = json.loads(data)
    except (ValueError, RecursionError):
        raise GenerationError("sent something that is not JSON") from None
    if not isinstance(document, dict):
        raise GenerationError(_RUBBISH)
    if document.get("error"):
        raise GenerationError("reported an error of its own")
    choices = document.get("choices")
    if not isinstance(choices, list):
        raise GenerationError(_RUBBISH)
    if not choices:
        return "", None  # what it cost
    message = choices[0].get(of) if isinstance(choices[0], dict) else None
    text = message.get("content") if isinstance(message, dict) else None
    finish = choices[0].get("finish_reason") if isinstance(choices[0], dict) else None
    if not isinstance(message, dict) or not isinstance(text, str | None) or not isinstance(finish, str | None):
        raise GenerationError(_RUBBISH)
    return text or "", finish


async def _lines(blocks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """Yield the lines of a stream, the last one also where nothing ends it."""
    decoder, held = codecs.getincrementaldecoder("utf-8")("replace"), ""
    async for block in blocks:
        *lines, held = (held + decoder.decode(block)).split("\n")
        for line in lines:
            yield line.removesuffix("\r")
    yield held
