"""Taking documents out of a file that holds others: an archive, a mailbox, and whatever lies in those in turn.

One `Unpacking` goes with one file on disk. It counts what is taken out of it at any depth, so that no nesting makes
a small file grow without end. Nothing is ever written under the name that a member has.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Protocol, cast

from qa.load.decode import Unusable
from qa.load.limits import MB, Limits, in_words, too_large
from qa.records import LeftOut, RawDocument

Documents = Iterator[RawDocument | LeftOut]

DEEPEST = 5
"""Archives, mailboxes and messages that may lie in one another; an archive that holds itself ends here."""
MOST_GROWTH = 200
GROWTH_COUNTS_FROM = 5 * MB
"""How many times its packed size something may grow, once it is larger than this. Text shrinks to a quarter, a table
of one word to a fiftieth."""
MOST_SLOW = 5
_AT_ONCE = 64 * 1024
_IN_MEMORY = 8 * MB


class Exhausted(Exception):  # noqa: N818 - like Unusable: a finding, turned into LeftOut in this package
    """A file has given more than may be taken out of it; nothing more is read of it, at any depth."""

    def __init__(self, reason: str) -> None:
        """`reason` continues a sentence that begins with the file."""
        super().__init__(reason)
        self.reason = reason


class Readable(Protocol):
    """Bytes that come one after the other."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, `size` at most; none at the end."""


@dataclass(slots=True)
class Unpacking:
    """What was taken out of one file so far.

    `kind_of` tells by which format a name is read; `reader` reads a stream of such a kind, and may take out more.
    """

    limits: Limits
    kind_of: Callable[[str], str | None]
    reader: Callable[[str, str, BinaryIO, Unpacking], Documents]
    members: int = 0
    size: int = 0
    depth: int = 0
    slow: int = 0

    def read(self, origin: str, kind: str, stream: BinaryIO) -> Documents:
        """Yield what a member holds, by the reader of its kind."""
        self.depth += 1
        start, articles = time.monotonic(), 0
        try:
            for found in self.reader(origin, kind, stream, self):
                articles += isinstance(found, RawDocument)
                yield found
        finally:
            self.depth -= 1
        if not articles and time.monotonic() - start >= self.limits.seconds:
            self._count_slow()

    def _count_slow(self) -> None:
        """Count a document that took all its time and gave nothing. Raises Exhausted."""
        self.slow += 1
        if self.slow >= MOST_SLOW:
            raise Exhausted(
                f"holds {MOST_SLOW} documents that take longer than {self.limits.seconds} s to read (the setting "
                "max_read_seconds); what came after is left out"
            )

    def count_member(self) -> None:
        """Count one more member of an archive. Raises Exhausted."""
        self.members += 1
        if self.members > self.limits.members:
            raise Exhausted(
                f"holds more than {self.limits.members:,} members (the setting max_archive_members); "
                "what came after is left out"
            )

    def count_bytes(self, size: int) -> None:
        """Count what was unpacked. Raises Exhausted."""
        self.size += size
        if self.size > self.limits.archive:
            raise Exhausted(
                f"unpacks to more than {in_words(self.limits.archive)} (the setting max_archive_mb); "
                "what came after is left out"
            )

    def taken_out(self, member: Readable, packed: int | None = None) -> BinaryIO:
        """Return a member's bytes in a stream that can be sought in: in memory, or in a file without a name.

        `packed` is its size in the archive where that is known. Raises Unusable, Exhausted, and what `member` raises.
        """
        spool = cast("BinaryIO", SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - the caller closes it
        try:
            for data in self._pieces(member, packed):
                _write(spool, data)
            spool.seek(0)
        except BaseException:
            spool.close()
            raise
        return spool

    def _pieces(self, member: Readable, packed: int | None) -> Iterator[bytes]:
        size = 0
        while data := member.read(_AT_ONCE):
            size += len(data)
            if packed is not None:  # a tar is counted as a whole, where it is decompressed
                self.count_bytes(len(data))
                refuse_growth(size, packed)
            if size > self.limits.file:
                raise Unusable(too_large(self.limits.file, "max_file_mb"))
            yield data


def _write(spool: BinaryIO, data: bytes) -> None:
    try:
        spool.write(data)
    except OSError as error:  # of the place for temporary files, not of the archive
        raise Unusable(f"cannot be unpacked: {error.strerror or error}") from None


def refuse_growth(size: int, packed: int) -> None:
    """Raise Unusable where something packed to `packed` bytes has grown as no honest document does."""
    if size > GROWTH_COUNTS_FROM and size > MOST_GROWTH * packed:
        raise Unusable(f"grows to more than {MOST_GROWTH} times its packed size, as only a trap does")
