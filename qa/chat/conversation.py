"""What was said before: topics, and turns of a question and its answer, the newest last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.records import Message

TURNS = 5
"""The turns that are read whole; of older ones the question alone, which tells what it is all about."""

QUESTIONS = 20
"""The turns that are read at all."""

LONGEST = 800
"""Characters of a message that are read."""

_ASKS = re.compile(
    r"(?:so|and|but|or|then|ok|okay|well|also|in|at|on|by|for|to|from|of)?\W*(?:"
    r"(?P<wh>who|whom|whose|what|when|where|why|which|how)|is|are|was|were|do|does|did|has|have|had|can|could|will|would|"
    r"should|may|might|tell|give|list|name|show|describe|explain|any|please)\b",
    re.IGNORECASE,
)
_SILENT = re.compile(
    r"\W*(?:i (?:do not|don['’]?t) know|cannotanswer|(?:the|your) articles? (?:are|is|do|does|say)\b.{0,80}"
    r"|no (?:passage|article|answer)s?\b.{0,80}|(?:i|we) (?:could|can)(?:no|n['’])t\b.{0,80}"
    r"|unknown|not stated|no answer)\W*",
    re.IGNORECASE,
)
_PARENTHESIS = re.compile(r"\s*\([^()]*\)\s*\Z")
_TITLE_WORDS = 16
_SHORT = 4
"""Letters of the longest words that are small in a title too."""
_SENTENCE_END = re.compile(r"[.!?…]\s*\Z")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what was answered, "" where the articles were silent or nothing was answered yet."""

    question: str
    answer: str
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """`topics` are what it was said to be about before anything was asked: an article's title, a section's."""

    topics: tuple[str, ...]
    turns: tuple[Turn, ...]


def read(history: Sequence[Message]) -> Conversation:
    """Return the conversation that messages make, oldest first."""
    topics: list[str] = []
    turns: list[Turn] = []
    asked = False
    for message in history:
        text = " ".join(message.content[:LONGEST].split())
        if not asked and not turns and is_topic(text):
            topics.append(text)
        elif asked and message.role == "assistant":
            turns[-1] = Turn(turns[-1].question, "" if is_silent(text) else text, tuple(message.titles))
            asked = False
        elif message.role == "user":
            turns.append(Turn(text, ""))
            asked = True
        elif text and not is_silent(text):
            turns.append(Turn("", text, tuple(message.titles)))
    older = [Turn(turn.question, "") for turn in turns[-QUESTIONS:-TURNS]]
    return Conversation(tuple(topics[-2:]), (*older, *turns[-TURNS:]))


def is_topic(text: str) -> bool:
    """Whether a message is a bare title, which neither asks nor states."""
    words = text.split()
    if not words or len(words) > _TITLE_WORDS or text.endswith("?") or is_silent(text):
        return False
    asks = _ASKS.match(text)
    if asks is None and not _SENTENCE_END.search(text):
        return True
    if asks is not None and asks["wh"] is None:
        return False
    long = [word for word in words if len(word) > _SHORT]
    return bool(long) and len(words) > 1 and text[0].isupper() and all(not word[0].islower() for word in long)


def is_silent(text: str) -> bool:
    """Whether an answer says that there is none."""
    return _SILENT.fullmatch(text) is not None


def bare(title: str) -> str:
    """Return a title without what tells it from its namesakes: "Hole (band)" -> "Hole"."""
    return _PARENTHESIS.sub("", title) or title
