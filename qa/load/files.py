"""One file to its raw documents: opened with care, bounded, read by the format of its suffix."""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from qa.load.decode import Unusable, decode, decode_html, marked_utf16
from qa.load.rows import csv_documents, json_documents
from qa.load.walk import kind_of, origin_of
from qa.records import LeftOut, Markup, RawDocument

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file (decompressed) and the largest article that are read, in bytes."""

    file: int
    article: int

    @classmethod
    def from_mb(cls, file: int, article: int) -> Limits:
        """Make limits from megabytes, the unit of the settings `max_file_mb` and `max_article_mb`."""
        return cls(file * MB, article * MB)


def read(path: Path, limits: Limits) -> Iterator[RawDocument | LeftOut]:
    """Yield the articles of one file in order, and whatever in it cannot be used.

    Never raises for what the file is or holds: it may be damaged, too large, or gone by now. What
    was yielded before the damage stays valid.
    """
    origin = origin_of(path)
    kind = kind_of(path)
    if kind is None:
        yield LeftOut(origin, "is not of a kind that is read")
        return
    try:
        with _opened(path, limits) as stream:
            yield from _FORMATS[kind](origin, stream, limits)
    except Unusable as unusable:
        yield LeftOut(origin, unusable.reason)
    except FileNotFoundError:
        yield LeftOut(origin, "is no longer there")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        how = "breaks off in the middle of its" if isinstance(error, EOFError) else "has damaged"
        yield LeftOut(origin, f"{how} compressed data; what came after is left out")
    except OSError as error:
        yield LeftOut(origin, f"cannot be read: {error.strerror or error}")


def _opened(path: Path, limits: Limits) -> BinaryIO:
    """Open a regular file of a size within the limit. Raises Unusable and OSError.

    A pipe or a device could block or act when opened, so the kind is looked at before; and again after,
    with an open that does not wait, because another process may have put one in its place.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise Unusable("is not a regular file")
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    stream = os.fdopen(descriptor, "rb")
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_size <= limits.file:
        return stream
    stream.close()
    raise Unusable(_too_large(limits.file, "max_file_mb") if stat.S_ISREG(status.st_mode) else "is not a regular file")


def _whole(
    decoded: Callable[[bytes], str], markup: Markup, origin: str, stream: BinaryIO, limits: Limits
) -> Iterator[RawDocument]:
    """One article a file."""
    data = stream.read(limits.article + 1)
    if len(data) > limits.article:
        raise Unusable(_too_large(limits.article, "max_article_mb"))
    content = decoded(data)
    if not content.strip():
        raise Unusable("is empty")
    yield RawDocument(origin, content, markup)


def _json(origin: str, stream: BinaryIO, limits: Limits) -> Iterator[RawDocument | LeftOut]:
    return json_documents(origin, _lines(_as_utf8(stream, limits), limits))


def _json_gz(origin: str, stream: BinaryIO, limits: Limits) -> Iterator[RawDocument | LeftOut]:
    with gzip.GzipFile(fileobj=stream) as unpacked:
        yield from _json(origin, cast("BinaryIO", unpacked), limits)


def _csv(origin: str, stream: BinaryIO, limits: Limits) -> Iterator[RawDocument | LeftOut]:
    return csv_documents(origin, _lines(_as_utf8(stream, limits), limits), limits.article)


def _as_utf8(stream: BinaryIO, limits: Limits) -> BinaryIO:
    """Return a stream whose lines end at a line feed byte, which those of UTF-16 do not.

    A UTF-16 file is held in memory; such files come from spreadsheets and are small.
    """
    start = stream.read(2)
    stream.seek(0)
    if not marked_utf16(start):
        return stream
    data = stream.read(limits.file + 1)
    if len(data) > limits.file:
        raise Unusable(_too_large(limits.file, "max_file_mb"))
    return BytesIO(decode(data).encode("utf-8"))


def _lines(stream: BinaryIO, limits: Limits) -> Iterator[bytes | Unusable]:
    """Yield the lines with their ends; a line too long for an article gives the reason in its place.

    Raises Unusable when the limit of the file is passed: its size on disk says nothing when it is
    compressed. Never holds more than one line.
    """
    total = 0
    while line := stream.readline(limits.article + 1):
        total += len(line)
        fits = len(line) <= limits.article
        while not fits and not line.endswith(b"\n") and total <= limits.file:
            line = stream.readline(MB)
            total += len(line)
            if not line:
                break
        if total > limits.file:
            raise Unusable(f"{_too_large(limits.file, 'max_file_mb')}; what came after is left out")
        yield line if fits else Unusable(_too_large(limits.article, "max_article_mb"))


def _too_large(limit: int, setting: str) -> str:
    size = f"{limit / MB:g} MB" if limit >= MB else f"{limit} bytes"
    return f"is larger than {size} (the setting {setting})"


_text = partial(_whole, decode, Markup.PLAIN)
_markdown = partial(_whole, decode, Markup.MARKDOWN)
_html = partial(_whole, decode_html, Markup.HTML)

_FORMATS: dict[str, Callable[[str, BinaryIO, Limits], Iterator[RawDocument | LeftOut]]] = {
    ".txt": _text,
    ".md": _markdown,
    ".markdown": _markdown,
    ".html": _html,
    ".htm": _html,
    ".jsonl": _json,
    ".jsonl.gz": _json_gz,
    ".csv": _csv,
}
