"""The table of formats, by the end of a name, and reading a stream by it.

A reader takes (origin, stream, limits): where the bytes lie, for a person; the bytes, in a stream that can be sought
in; and the limits. It yields articles, and what cannot be used; for what cannot be used as a whole it raises Unusable.
A file, a member of an archive and an attachment are read by the same readers. The reader of a format that holds files
of others takes an `Unpacking` in place of the limits.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from typing import BinaryIO

from qa.load.archives import read_tar, read_tar_bz2, read_tar_gz, read_tar_xz, read_zip
from qa.load.decode import Unusable
from qa.load.feed import read_feed
from qa.load.limits import Limits
from qa.load.lines import read_csv, read_jsonl, read_jsonl_gz
from qa.load.mail import read_eml, read_mbox
from qa.load.office import read_docx, read_epub, read_odt, read_pdf, read_rtf
from qa.load.texts import read_html, read_markdown, read_text
from qa.load.unpacking import DEEPEST, Documents, Exhausted, Unpacking
from qa.records import LeftOut

Reader = Callable[[str, BinaryIO, Limits], Documents]
Opener = Callable[[str, BinaryIO, Unpacking], Documents]

FORMATS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".jsonl": read_jsonl,
    ".jsonl.gz": read_jsonl_gz,
    ".csv": read_csv,
    ".rss": read_feed,
    ".atom": read_feed,
    ".rdf": read_feed,
    ".xml": read_feed,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".odt": read_odt,
    ".rtf": read_rtf,
    ".epub": read_epub,
}
"""The readers, by the end of a file's name; libraries are imported when a reader first needs them."""

CONTAINERS: dict[str, Opener] = {
    ".eml": read_eml,
    ".mbox": read_mbox,
    ".zip": read_zip,
    ".tar": read_tar,
    ".tar.gz": read_tar_gz,
    ".tgz": read_tar_gz,
    ".tar.bz2": read_tar_bz2,
    ".tar.xz": read_tar_xz,
}
"""The readers of formats that hold files of others."""

_BY_APPLE = "mbox"
"""The file in the folder `Inbox.mbox` that Apple's Mail exports."""

SUFFIXES = (*FORMATS, *CONTAINERS)
"""The kinds of file that can be read, by the end of the name."""


def kind_of(name: str) -> str | None:
    """Return the member of SUFFIXES by which a file of this name is read, or None; ".jsonl.gz" is one kind."""
    name = name.lower()
    if name == _BY_APPLE:
        return ".mbox"
    return next((suffix for suffix in SUFFIXES if name.endswith(suffix) and name != suffix), None)


def read_stream(origin: str, kind: str, stream: BinaryIO, limits: Limits) -> Documents:
    """Yield the articles in `stream` in order, and whatever in it cannot be used; `kind` is a member of SUFFIXES.

    Never raises for what the bytes are. What was yielded before a damage stays valid.
    """
    try:
        yield from _read(origin, kind, stream, Unpacking(limits, kind_of, _read))
    except Exhausted as exhausted:
        yield LeftOut(origin, exhausted.reason)


def _read(origin: str, kind: str, stream: BinaryIO, unpacking: Unpacking) -> Documents:
    """Read a stream by its kind, at any depth. Raises Exhausted."""
    try:
        if kind in FORMATS:
            yield from FORMATS[kind](origin, stream, unpacking.limits)
        elif unpacking.depth > DEEPEST:
            yield LeftOut(origin, f"lies in more than {DEEPEST} archives or messages inside one another")
        else:
            yield from CONTAINERS[kind](origin, stream, unpacking)
    except Unusable as unusable:
        yield LeftOut(origin, unusable.reason)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        how = "breaks off in the middle of its" if isinstance(error, EOFError) else "has damaged"
        yield LeftOut(origin, f"{how} compressed data; what came after is left out")
    except OSError as error:
        yield LeftOut(origin, f"cannot be read: {error.strerror or error}")
