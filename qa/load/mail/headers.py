"""What the headers of a message say: words that were encoded to travel, addresses, a date with its zone."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from qa.load.dates import iso_date
from qa.load.decode import decode_as
from qa.load.mail.mime import ODD

_LIST = re.compile(r"\s*(?P<phrase>[^<]*?)\s*<(?P<id>[^>]*)>")
_UNQUOTED = re.compile(r"(?P<name>[^<>\"@]+,[^<>\"@]+)<[^<>]*>")
"""A name with a comma that stands without quotation marks, and would else be taken for two people."""
_MESSAGE_ID = re.compile(r"<([^<>\s]+)>")
_EXPUNGED = 0x0008
_MOST_NAMED = 10
"""Addressees that are kept by name."""


@dataclass(frozen=True, slots=True)
class Headers:
    """What is kept of the headers; None where a message does not say."""

    subject: str
    author: str | None
    date: str | None
    to: str | None
    mailing_list: str | None
    message_id: str | None
    in_reply_to: str | None

    @property
    def identity(self) -> str | None:
        """Return an id that is made of the message's own, so that it is one article in whatever mailbox it lies."""
        return hashlib.sha256(f"message {self.message_id}".encode()).hexdigest()[:16] if self.message_id else None

    @property
    def metadata(self) -> dict[str, str]:
        """Return what no field of an article holds."""
        kept = {"to": self.to, "message_id": self.message_id, "in_reply_to": self.in_reply_to}
        return {name: words for name, words in kept.items() if words}


def headers_of(message: Message) -> Headers:
    """Read the headers that are kept."""
    people = _people(message, "from")
    return Headers(
        subject=" ".join(words(message.get("subject", "")).split()),
        author=people[0] if people else None,
        date=iso_date(message.get("date", "")),
        to="; ".join([*_people(message, "to"), *_people(message, "cc")][:_MOST_NAMED]) or None,
        mailing_list=_list(message.get("list-id", "")),
        message_id=_id(message.get("message-id", "")),
        in_reply_to=_id(message.get("in-reply-to", "")),
    )


def is_deleted(message: Message) -> bool:
    """Return whether a message was deleted in Thunderbird, which keeps it in the file until that is compacted."""
    status = str(message.get("x-mozilla-status", "")).strip()
    return re.fullmatch(r"[\da-fA-F]{4}", status) is not None and bool(int(status, 16) & _EXPUNGED)


def words(value: str) -> str:
    """Return a header's value with its encoded words decoded (RFC 2047); what cannot be decoded stays as it is."""
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(
        piece if isinstance(piece, str) else decode_as(piece, charset or "utf-8") for piece, charset in pieces
    )


def _people(message: Message, name: str) -> list[str]:
    """Return the names in a header of addresses; the address of one without a name."""
    value = " ".join(str(message.get(name, "")).split())
    if alone := _UNQUOTED.fullmatch(value):
        return [words(alone["name"]).strip()]
    try:
        found = getaddresses([value])
    except ODD:
        return []
    people = (" ".join(words(person).split()) or address for person, address in found)
    return [person for person in people if person]


def _list(value: str) -> str | None:
    """Return the name of a mailing list."""
    if match := _LIST.match(value):
        return " ".join(words(match["phrase"]).strip('" ').split()) or match["id"] or None
    return None


def _id(value: str) -> str | None:
    match = _MESSAGE_ID.search(value)
    return match[1] if match else None
