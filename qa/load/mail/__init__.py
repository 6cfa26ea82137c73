"""Mail: an article for each message, and one for each readable file that came with it.

`.eml` is one message, `.mbox` many; an attachment's origin is `box.mbox:12/report.pdf`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from email.message import Message
from io import BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO

from qa.authorship import WRITTEN_BY
from qa.load.decode import Unusable
from qa.load.kinds import is_other_xml
from qa.load.mail.content import Attached, content_of
from qa.load.mail.headers import headers_of, is_deleted
from qa.load.mail.html import own_html
from qa.load.mail.mbox import messages
from qa.load.mail.mime import ODD, longest_message, parsed, too_long
from qa.load.mail.pgp import is_encrypted, without_armour
from qa.load.mail.quoting import is_forwarded, own_words
from qa.load.unpacking import DEEPEST, Documents, Unpacking
from qa.records import LeftOut, Markup, RawDocument

__all__ = ["read_eml", "read_mbox"]


def read_eml(origin: str, stream: BinaryIO, unpacking: Unpacking) -> Documents:
    """Yield a message and what is attached to it. Raises Unusable."""
    longest = longest_message(unpacking.limits)
    data = stream.read(longest + 1)
    if len(data) > longest:
        raise Unusable(too_long(longest))
    yield from _message(origin, data, unpacking)


def read_mbox(origin: str, stream: BinaryIO, unpacking: Unpacking) -> Documents:
    """Yield the messages of a mailbox, each with what is attached to it. Raises Unusable where it is none."""
    for number, message in enumerate(messages(stream, unpacking.limits), start=1):
        where = f"{origin}:{number}"
        if isinstance(message, Unusable):
            yield LeftOut(where, message.reason)
            continue
        try:
            yield from _message(where, message, unpacking)
        except Unusable as unusable:
            yield LeftOut(where, unusable.reason)


def _message(origin: str, data: bytes, unpacking: Unpacking) -> Documents:
    if not data.strip():
        raise Unusable("is empty")
    message = parsed(data)
    if not message.keys():
        raise Unusable("is no message: it has no headers")
    if not is_deleted(message):
        yield from _articles(origin, message, unpacking)


def _articles(origin: str, message: Message, unpacking: Unpacking) -> Documents:
    try:
        headers, content = headers_of(message), content_of(message)
    except ODD as error:
        raise Unusable(f"cannot be read as a message ({type(error).__name__})") from None
    whole = is_forwarded(headers.subject)
    plain = "\n\n".join(without_armour(text) for text in content.plain if text.strip())
    html = "\n".join(text for text in content.html if text.strip())
    names = ", ".join(attached.name for attached in content.attached if attached.name)
    document = RawDocument(
        origin,
        "",
        Markup.PLAIN,
        id=headers.identity,
        title=headers.subject,
        source=headers.mailing_list,
        author=headers.author,
        published_at=headers.date,
        metadata=headers.metadata
        | ({WRITTEN_BY: headers.author} if headers.author and not whole else {})
        | ({"attachments": names} if names else {}),
    )
    if content.encrypted or is_encrypted(plain):
        yield LeftOut(origin, "is encrypted; save it decrypted")
    elif plain:
        yield replace(document, content=plain if whole else own_words(plain))
    elif html:
        yield replace(document, content=html if whole else own_html(html), markup=Markup.FRAGMENT)
    elif not any(unpacking.kind_of(attached.name) or attached.message for attached in content.attached):
        yield LeftOut(origin, "has no text")
    names_before: Counter[str] = Counter()
    for attached in content.attached:
        names_before[attached.name] += 1
        for found in _attachment(f"{origin}/{_numbered(attached.name, names_before)}", attached, unpacking):
            yield _with_parent(found, headers.subject)


def _numbered(name: str, before: Counter[str]) -> str:
    """Return a name that no attachment of the message had before: "a (2).txt"."""
    path = PurePosixPath(name)
    return name if before[name] == 1 else f"{path.stem} ({before[name]}){path.suffix}"


def _attachment(origin: str, attached: Attached, unpacking: Unpacking) -> Documents:
    """Yield what an attachment holds, nothing for one of a kind that is not read: the message names it."""
    if (message := attached.message) is not None:
        unpacking.depth += 1
        try:
            if unpacking.depth > DEEPEST:
                yield LeftOut(origin, f"lies in more than {DEEPEST} archives or messages inside one another")
            else:
                yield from _articles(origin, message, unpacking)
        finally:
            unpacking.depth -= 1
    elif kind := unpacking.kind_of(attached.name):
        stream = BytesIO(attached.data())
        if not is_other_xml(kind, stream):
            yield from unpacking.read(origin, kind, stream)


def _with_parent(found: RawDocument | LeftOut, subject: str) -> RawDocument | LeftOut:
    """Note which message a file came with."""
    if isinstance(found, LeftOut) or not subject:
        return found
    return replace(found, metadata={"attached_to": subject, **found.metadata})
