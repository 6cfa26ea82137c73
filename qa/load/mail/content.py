"""Which parts of a message are its text, and which are files that came with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import Message
from pathlib import PurePosixPath
from typing import cast

from qa.load.decode import declared_charset, decode_as
from qa.load.kinds import shown
from qa.load.mail.flowed import unflowed
from qa.load.mail.headers import headers_of, words
from qa.load.mail.mime import filename, param

_LONGEST_NAME = 200
_LONGEST_REFERENCE = 200
"""Characters of a text that only refers to the HTML beside it."""
_ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
"""The latter may also be signed only, but then, too, its text cannot be read."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a message, or a message that did."""

    name: str
    part: Message

    @property
    def message(self) -> Message | None:
        """The message that is attached; None for a file."""
        return inside(self.part)

    def data(self) -> bytes:
        """Return the bytes of the file; what is wrong with their encoding is passed over."""
        return _bytes_of(self.part)


@dataclass(slots=True)
class Content:
    """The texts of a message, in order: plain, or HTML where there is nothing plain; and what is attached."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    encrypted: bool = False


def inside(part: Message) -> Message | None:
    """Return the message that a part of the type message/rfc822 holds."""
    inner = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(inner, list) and inner:
        return cast("Message", inner[0])
    return None


def content_of(message: Message) -> Content:
    """Go through the parts of a message, but not into messages that are attached to it."""
    content = Content()
    _gather(message, content)
    return content


def _gather(part: Message, content: Content) -> None:
    kind = part.get_content_type()
    inner = part.get_payload()
    if kind in _ENCRYPTED:
        content.encrypted = True
    elif kind == "message/rfc822" or _is_file(part, kind, more=bool(content.plain or content.html)):
        content.attached.append(Attached(_name_of(part), part))
    elif part.get_content_maintype() == "multipart" and isinstance(inner, list):
        for one in _chosen(kind, cast("list[Message]", inner)):
            _gather(one, content)
    elif kind == "text/html":
        content.html.append(text_of(part))
    elif kind == "text/plain" or (part.get_content_maintype() == "multipart" and isinstance(inner, str)):
        content.plain.append(text_of(part))


def _chosen(kind: str, parts: list[Message]) -> list[Message]:
    """Return the parts that are read: of alternatives the plain text, unless it says nothing; of the others all."""
    if kind != "multipart/alternative":
        return parts
    plain = next((part for part in parts if part.get_content_type() == "text/plain"), None)
    words = text_of(plain).strip() if plain is not None else ""
    refers = len(words) < _LONGEST_REFERENCE and "html" in words.lower()  # "Your program cannot show HTML"
    return [plain] if plain is not None and words and not refers else parts[-1:]


def text_of(part: Message) -> str:
    """Return the text of a part, by the charset that it names where that is one, with soft line ends joined."""
    data = _bytes_of(part)
    label = param(part, "charset") or (declared_charset(data) if part.get_content_type() == "text/html" else "")
    text = decode_as(data, label or "utf-8")
    text = text.replace("\r\n", "\n")
    if param(part, "format").lower() == "flowed":
        text = unflowed(text, delete_space=param(part, "delsp").lower() == "yes")
    return text


def _is_file(part: Message, kind: str, *, more: bool) -> bool:
    """Return whether a part is a file: it says so, or it has a name and is not the text of the message.

    `more` says that the message has a text already: then a text with a name is a file, as Apple's Mail sends it.
    """
    if kind.startswith("multipart/"):
        return False
    if part.get_content_disposition() == "attachment":
        return True
    return (more or kind not in {"text/plain", "text/html"}) and filename(part) != ""


def _name_of(part: Message) -> str:
    """Return what an attachment is called, without a path; a message by its subject."""
    name = words(filename(part)).replace("\\", "/")
    if (inner := inside(part)) is not None:
        name = name or headers_of(inner).subject.replace("/", " ") or "message"
        name = name if name.lower().endswith(".eml") else f"{name[: _LONGEST_NAME - 4]}.eml"
    path = PurePosixPath(shown(" ".join(PurePosixPath(name).name.split())))
    return path.name if len(path.name) <= _LONGEST_NAME else path.stem[: _LONGEST_NAME - 20] + path.suffix[:20]


def _bytes_of(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
