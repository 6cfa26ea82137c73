"""Formats with an article in each row, read line by line from bytes."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, cast

from qa.load.decode import Unusable, decode, marked_utf16
from qa.load.limits import MB, Limits, too_large
from qa.load.rows import csv_documents, json_documents
from qa.records import LeftOut, RawDocument


def read_jsonl(origin: str, stream: BinaryIO, limits: Limits) -> Iterator[RawDocument | LeftOut]:
    """Yield the articles of a file with a JSON object on each line. Raises Unusable."""
    return json_documents(origin, _lines(_as_utf8(stream, limits), limits))


def read_jsonl_gz(origin: str, stream: BinaryIO, limits: Limits) -> Iterator[RawDocument | LeftOut]:
    """Yield the same of a file that is compressed. Raises Unusable and what gzip raises for damage."""
    with gzip.GzipFile(fileobj=stream, mode="rb") as unpacked:
        yield from read_jsonl(origin, cast("BinaryIO", unpacked), limits)


def read_csv(origin: str, stream: BinaryIO, limits: Limits) -> Iterator[RawDocument | LeftOut]:
    """Yield the articles of a table with a header. Raises Unusable."""
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
        raise Unusable(too_large(limits.file, "max_file_mb"))
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
            raise Unusable(f"{too_large(limits.file, 'max_file_mb')}; what came after is left out")
        yield line if fits else Unusable(too_large(limits.article, "max_article_mb"))
