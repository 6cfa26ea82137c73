"""Bytes to text: UTF-8, UTF-16 with its mark, and for web pages the encoding they declare."""

from __future__ import annotations

import codecs
import re

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DECLARED = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_DECLARED_WITHIN = 2048

_AS_BROWSERS_READ = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "utf-16": "utf-8",
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}
"""Python's name for an encoding, and the wider one by which the WHATWG Encoding Standard reads it."""

_ON_THE_WEB = frozenset(
    {"utf-8", "cp866", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "cp874", "cp932", "cp949", "gb18030", "big5"}
    | {"big5hkscs", "euc_jp", "iso2022_jp"}
    | {f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
    | {f"cp{page}" for page in range(1250, 1259)}
)
"""The encodings of that standard; Python knows others, such as `unicode_escape`, that no page may choose."""


class Unusable(Exception):  # noqa: N818 - it is a finding about a file, turned into LeftOut in this package
    """Why a file or a row cannot be used, as a phrase; it never leaves `qa.load`."""

    def __init__(self, reason: str) -> None:
        """`reason` continues a sentence that begins with the place."""
        super().__init__(reason)
        self.reason = reason


def marked_utf16(start: bytes) -> bool:
    """Whether text that begins with these bytes says that it is UTF-16."""
    return start.startswith(_UTF16_MARKS)


def decode(data: bytes) -> str:
    """Return the text of a file, without its byte order mark. Raises Unusable."""
    if marked_utf16(data):
        try:
            return _text(data.decode("utf-16"))
        except UnicodeDecodeError as error:
            raise Unusable(f"begins as UTF-16 but is not, at offset {error.start}; save it as UTF-8") from None
    return decode_utf8(data)


def decode_utf8(data: bytes) -> str:
    """Return the text of `data`, without a byte order mark. Raises Unusable that names the first wrong byte."""
    try:
        return _text(data.decode("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        where = f"byte 0x{data[error.start]:02x} at offset {error.start}"
        raise Unusable(f"is not UTF-8 text: {where}; save it as UTF-8") from None


def decode_html(data: bytes) -> str:
    """Return the text of a web page: by its mark, else as its `<meta charset>` says, else UTF-8.

    Raises Unusable.
    """
    label = declared_charset(data)
    if not label or data.startswith((codecs.BOM_UTF8, *_UTF16_MARKS)):
        return decode(data)
    encoding = _encoding(label)
    if encoding is None or encoding == "utf-8":
        return decode_utf8(data)
    try:
        return _text(data.decode(encoding))
    except UnicodeDecodeError as error:
        raise Unusable(f"is not {label} text, as it declares: offset {error.start}; save it as UTF-8") from None


def declared_charset(data: bytes) -> str:
    """Return the encoding that a web page declares of itself, "" for none."""
    declared = _DECLARED.search(data[:_DECLARED_WITHIN])
    return declared[1].decode("ascii", "replace") if declared else ""


def decode_as(data: bytes, label: str) -> str:
    """Return the text of bytes that claim an encoding, whatever they are: a claim that does not hold is not believed.

    What is not UTF-8 either is read as Windows wrote it in the West; bytes that mean nothing become U+FFFD.
    """
    for encoding in (_encoding(label) or "utf-8", "utf-8"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode(_encoding(label) or "cp1252", "replace")


def _encoding(label: str) -> str | None:
    """Return Python's name for the encoding that a page means by `label`, or None if it means none."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):  # ValueError: a NUL, or no ASCII
        return None
    name = _AS_BROWSERS_READ.get(name, name)
    return name if name in _ON_THE_WEB else None


def _text(text: str) -> str:
    if "\0" in text:
        raise Unusable("holds NUL characters: it is not text, or it is UTF-16 without its mark")
    return text
