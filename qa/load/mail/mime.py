"""Bytes to a tree of MIME parts, by the standard library's parser, in bounded time and memory.

The older of its two ways with headers is taken (`compat32`): it leaves them as they are, so that each can be cut to a
length before anything looks into it, and only those that are wanted are looked into (qa.load.mail.headers).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from email.message import Message
from email.parser import BytesFeedParser
from email.policy import Compat32
from typing import Any

from qa.load.decode import Unusable
from qa.load.limits import Limits, in_words

MOST_PARTS = 2000
DEEPEST_PART = 40
MOST_LINES = 1_000_000
LONGEST_HEADER = 4000
"""Characters; what is longer is cut. No subject, sender or file name has as many."""
ODD = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError)
"""What the library raises where a header is odder than it thought of."""
_ARTICLES = 4
"""A message may be so many times as large as an article, because its attachments are."""
_AT_ONCE = 64 * 1024


def longest_message(limits: Limits) -> int:
    """Return how many bytes a message may have, with its attachments as they travel."""
    return _ARTICLES * limits.article


def too_long(longest: int) -> str:
    """Return why a message is left out."""
    return f"is larger than {in_words(longest)} ({_ARTICLES} times the setting max_article_mb)"


class Part(Message):
    """A part of a message that knows how deep in others it lies. Raises Unusable where that is too deep."""

    depth = 0

    def attach(self, payload: Any) -> None:
        """Take a part in, as the parser does at its beginning."""
        payload.depth = self.depth + 1
        if payload.depth > DEEPEST_PART:
            raise Unusable(f"has parts that lie in more than {DEEPEST_PART} others")
        super().attach(payload)


class _Policy(Compat32):
    """Cuts headers to a length, and takes bytes beyond ASCII for UTF-8, or else for what Windows wrote."""

    def header_source_parse(self, sourcelines: Sequence[str]) -> tuple[str, str]:
        name, value = super().header_source_parse([line[:LONGEST_HEADER] for line in sourcelines[:100]])
        return name[:LONGEST_HEADER], value[:LONGEST_HEADER]

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - its interface
        data = value.encode("ascii", "surrogateescape")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return data.decode("cp1252", "replace")


def parsed(data: bytes) -> Message:
    """Return the message as a tree of parts. Raises Unusable."""
    if _lines_of(data) > MOST_LINES:
        raise Unusable(f"has more than {MOST_LINES:,} lines")
    parser = BytesFeedParser(_counted(), policy=_Policy())
    try:
        for start in range(0, len(data), _AT_ONCE):
            parser.feed(data[start : start + _AT_ONCE])
        message = parser.close()
    except RecursionError:
        raise Unusable(f"has parts that lie in more than {DEEPEST_PART} others") from None
    return message


def _lines_of(data: bytes) -> int:
    """Return how many lines the parser will see; it ends them at more than line feeds."""
    return max(data.count(b"\n"), data.count(b"\r")) + sum(map(data.count, (b"\v", b"\f", b"\x1c", b"\x1d", b"\x1e")))


def param(part: Message, name: str) -> str:
    """Return a parameter of a part's type ("charset"), "" where it is not stated or cannot be read."""
    try:
        value = part.get_param(name, "")
    except ODD:
        return ""
    return value if isinstance(value, str) else ""


def filename(part: Message) -> str:
    """Return the name that a part states for a file, "" where there is none or it cannot be read."""
    try:
        return part.get_filename("") or ""
    except ODD:
        return ""


def _counted() -> Callable[..., Part]:
    """Return what makes parts, up to a number."""
    count = 0

    def part(policy: Any) -> Part:
        nonlocal count
        count += 1
        if count > MOST_PARTS:
            raise Unusable(f"has more than {MOST_PARTS:,} parts")
        return Part(policy)

    return part
