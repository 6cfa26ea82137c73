"""history + follow-up -> a question that can be searched by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.mentions import names
from qa.records import Message, Standalone

_PRONOUN = re.compile(r"\b(?:he|she|it|they|him|them|his|hers|her|its|their|theirs)\b", re.IGNORECASE)
_OWNS = frozenset({"his", "hers", "its", "their", "theirs"})
_READ = 2000
"""Characters of a message that are read."""


def standalone(question: str, history: Sequence[Message]) -> Standalone:
    """Return `question` so that it needs nothing of `history`; the question itself where it stands alone already."""
    pronoun = _PRONOUN.search(question)
    if pronoun is None or names(question):
        return Standalone(question, question)
    topic = next((found for message in reversed(history) if (found := _topic(message))), None)
    if topic is None:
        return Standalone(question, question)
    words = f"{topic}'s" if pronoun[0].casefold() in _OWNS else topic
    made = question[: pronoun.start()] + words + question[pronoun.end() :]
    return Standalone(made, question, (topic,))


def _topic(message: Message) -> str | None:
    found = names(f"of {message.content[:_READ]}")
    return found[0].text if found else None
