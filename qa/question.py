"""What a person typed to a question that can be searched, or a clear refusal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from qa.errors import BadQuestionError
from qa.records import Message


def read_question(raw: str, longest: int) -> str:
    """Return the question in NFC with its white space folded.

    Raises BadQuestionError when it is empty, longer than `longest` characters, or holds a character that
    is not text: a control character, or half of a surrogate pair.
    """
    if len(raw) > longest:
        raise BadQuestionError(
            f"The question has {len(raw):,} characters; at most {longest:,} can be asked, so please shorten it."
        )
    question = " ".join(raw.split())
    for character in question:
        if unicodedata.category(character) in {"Cc", "Cs"}:
            raise BadQuestionError(
                f"The question holds U+{ord(character):04X}, a control character, which is not text; please remove it."
            )
    if not any(character.isalnum() for character in question):
        raise BadQuestionError("The question is empty; please type one, for example: Who condemned the launch?")
    return unicodedata.normalize("NFC", question)


def read_history(messages: Sequence[Message], most: int, longest: int) -> tuple[Message, ...]:
    """Return what was said before, in NFC with its white space folded and what is not text taken for white space.

    Raises BadQuestionError when there are more than `most` messages, or more than `longest` characters in all.
    """
    if len(messages) > most:
        raise BadQuestionError(
            f"The history has {len(messages):,} messages; at most {most:,} can be sent, so please leave out the oldest."
        )
    size = sum(len(text) for message in messages for text in (message.content, *message.titles))
    if size > longest:
        raise BadQuestionError(
            f"The history has {size:,} characters; at most {longest:,} can be sent, so please leave out the oldest."
        )
    return tuple(
        replace(message, content=_text(message.content), titles=tuple(map(_text, message.titles)))
        for message in messages
    )


def _text(raw: str) -> str:
    kept = (" " if unicodedata.category(character) in {"Cc", "Cs"} else character for character in raw)
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))
