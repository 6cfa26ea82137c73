"""Documents that are taken apart in a process of its own: PDF, Word, OpenDocument, RTF, e-books."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from qa.load.decode import Unusable
from qa.load.isolated import Bounds
from qa.load.limits import MB, Limits, too_large
from qa.records import LeftOut, RawDocument

MEMORY = 3_000 * MB
"""What the process may take."""


def _read(kind: str, origin: str, stream: BinaryIO, limits: Limits) -> Iterator[RawDocument | LeftOut]:
    """Yield the articles of a document, and what of it could not be read."""
    data = stream.read(limits.file + 1)
    if len(data) > limits.file:
        raise Unusable(too_large(limits.file, "max_file_mb"))
    if not data:
        raise Unusable("is empty")
    bounds = Bounds(limits.seconds, MEMORY, limits.article, limits.file)
    for extracted in limits.helper.read(kind, data, bounds):
        yield extracted.document(origin)
        yield from (LeftOut(origin, missing) for missing in extracted.missing)


read_pdf = partial(_read, ".pdf")
read_docx = partial(_read, ".docx")
read_odt = partial(_read, ".odt")
read_rtf = partial(_read, ".rtf")
read_epub = partial(_read, ".epub")
