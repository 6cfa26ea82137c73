"""One file to its raw documents: opened with care, bounded, read by the format of its suffix."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from qa.load.decode import Unusable
from qa.load.formats import kind_of, read_stream
from qa.load.limits import Limits, too_large
from qa.load.walk import origin_of
from qa.records import LeftOut, RawDocument

MOST_TOLD = 1000
"""So many places of one file that cannot be used are named, and the others counted: a hostile file has millions."""


def read(path: Path, limits: Limits) -> Iterator[RawDocument | LeftOut]:
    """Yield the articles of one file in order, and whatever in it cannot be used.

    Never raises for what the file is or holds: it may be damaged, too large, or gone by now. What
    was yielded before the damage stays valid.
    """
    origin = origin_of(path)
    told = untold = 0
    for found in _read(path, origin, limits):
        if isinstance(found, LeftOut) and found.origin != origin:  # what is said of the file as a whole is always told
            told += 1
            if told > MOST_TOLD:
                untold += 1
                continue
        yield found
    if untold:
        yield LeftOut(origin, f"has {untold:,} more places that cannot be used")


def _read(path: Path, origin: str, limits: Limits) -> Iterator[RawDocument | LeftOut]:
    kind = kind_of(path.name)
    if kind is None:
        yield LeftOut(origin, "is not of a kind that is read")
        return
    try:
        with _opened(path, limits) as stream:
            yield from read_stream(origin, kind, stream, limits)
    except Unusable as unusable:
        yield LeftOut(origin, unusable.reason)
    except FileNotFoundError:
        yield LeftOut(origin, "is no longer there")
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
    raise Unusable(too_large(limits.file, "max_file_mb") if stat.S_ISREG(status.st_mode) else "is not a regular file")
