"""Messages as clients send them, to a question and what was said before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from qa.config import Settings
from qa.marked import unmarked
from web.requests import MessageDocument
from web.v1.errors import refused
from web.v1.requests import ChatMessage

_KINDS = {"image_url": "an image", "input_image": "an image", "input_audio": "audio", "file": "a file"}


@dataclass(frozen=True, slots=True)
class Conversation:
    """A question, what was said before it, and the messages that were not read, as `ignored` names them."""

    question: str
    history: tuple[MessageDocument, ...]
    texts: tuple[str, ...]
    """The text of every message that was read, as it was sent."""
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """A message that was said: its place, its text as it was sent, and as `/ask` takes it."""

    place: int
    text: str
    message: MessageDocument

    @property
    def size(self) -> int:
        """Its characters, as the limit of a history counts them."""
        return len(self.message.content) + sum(map(len, self.message.titles))


def read_conversation(messages: Sequence[ChatMessage], settings: Settings) -> Conversation:
    """Return the question, and as many of the newest messages before it as the settings allow.

    Raises RequestValidationError where the last message is not a user's text. A question that cannot be searched is
    not refused here.
    """
    *before, last = messages
    question = _question(last, len(before))
    read = _newest(list(_said(before)), settings.max_history_messages, settings.max_history_chars)
    unread = sorted(set(range(len(before))) - {said.place for said in read})
    return Conversation(
        question, tuple(said.message for said in read), (*(said.text for said in read), question), tuple(_runs(unread))
    )


def _question(message: ChatMessage, place: int) -> str:
    if message.role != "user":
        raise refused(
            f"The last message is the question, so its role must be 'user', not '{message.role}'.",
            "messages", place, "role",
        )  # fmt: skip
    for number, part in enumerate(message.content if isinstance(message.content, list) else []):
        if part.type != "text" or part.text is None:
            kind = _KINDS.get(part.type, "no text")
            raise refused(
                f"Only text is read, and part {number + 1} of the question is {kind}.",
                "messages", place, "content", number,
            )  # fmt: skip
    text = _text(message)
    if text is None:
        raise refused("The question is missing: the last message has no text.", "messages", place, "content")
    return text


def _said(messages: Sequence[ChatMessage]) -> Iterator[_Said]:
    """Yield what the person and the assistant said: an answer without its marks, a question as it was searched."""
    texts = [_text(message) if message.role in {"user", "assistant"} else None for message in messages]
    for place, (message, text) in enumerate(zip(messages, texts, strict=True)):
        if text is None or not text.strip():
            continue
        if message.role == "assistant":
            answer = unmarked(text)
            titles = list(answer.titles) or _titles(message)
            yield _Said(place, text, MessageDocument(role="assistant", content=answer.answer, titles=titles))
        else:
            follows = place + 1 < len(messages) and messages[place + 1].role == "assistant"
            searched = unmarked(texts[place + 1] or "").question if follows else None
            yield _Said(place, text, MessageDocument(role="user", content=searched or text))


def _text(message: ChatMessage) -> str | None:
    """Return a message's text, its parts of text joined; None where it has none: a call of a tool, a refusal."""
    if not isinstance(message.content, list):
        return message.content
    return "\n".join(part.text for part in message.content if part.type == "text" and part.text) or None


def _newest(spoken: Sequence[_Said], most: int, longest: int) -> list[_Said]:
    """Return the newest messages, oldest first: at most so many, of so many characters together."""
    read: list[_Said] = []
    size = 0
    for said in reversed(spoken):
        size += said.size
        if len(read) == most or size > longest:
            break
        read.append(said)
    return read[::-1]


def _titles(message: ChatMessage) -> list[str]:
    """Return the titles of the articles that an answer's annotations name; what is no annotation names none."""
    cited = [entry.get("url_citation") for entry in message.annotations or [] if isinstance(entry, dict)]
    titles: list[Any] = [citation.get("title") for citation in cited if isinstance(citation, dict)]
    return list(dict.fromkeys(title for title in titles if isinstance(title, str)))


def _runs(places: Sequence[int]) -> Iterator[str]:
    """Yield places in runs, as a slice names them: "messages[0]", "messages[2:5]"."""
    start = 0
    for end in range(1, len(places) + 1):
        if end == len(places) or places[end] != places[end - 1] + 1:
            first, last = places[start], places[end - 1]
            yield f"messages[{first}]" if first == last else f"messages[{first}:{last + 1}]"
            start = end
