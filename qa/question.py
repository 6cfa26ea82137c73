"""What a person typed to a question that can be searched, or a clear refusal."""

from __future__ import annotations

import unicodedata

from qa.errors import BadQuestionError


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
