"""The bytes of a tar archive as they come out of its compression: from front to back, counted, in bounded pieces."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import BinaryIO

from qa.load.decode import Unusable
from qa.load.unpacking import Unpacking, refuse_growth

_AT_ONCE = 64 * 1024
_BLOCK = 512
_LONGEST_HEADER = 16 * 1024
_DIGITS = re.compile(rb"\d{65}")


class Tape(io.RawIOBase):
    """What `tarfile` reads from. It can be wound on and not back.

    Counts by `unpacking`, where there is one, and ends at `end`, where that is known. Reading raises Unusable and
    Exhausted.
    """

    def __init__(
        self,
        packed: BinaryIO,
        decompressed: Callable[[BinaryIO], BinaryIO],
        unpacking: Unpacking | None = None,
        end: int | None = None,
    ) -> None:
        packed.seek(0)
        self._packed, self._unpacking, self._end = packed, unpacking, end
        self._stream = decompressed(packed)
        self._place = 0
        self.in_headers = True
        """Whether what is read are headers, of which the library would take one of gigabytes in one piece."""

    def readable(self) -> bool:
        """Return True: it is there to be read."""
        return True

    def seekable(self) -> bool:
        """Return True: it can be wound on."""
        return True

    def tell(self) -> int:
        """Return how many bytes went by."""
        return self._place

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Wind on to `offset`; what goes by is counted."""
        if whence != io.SEEK_SET or offset < self._place:
            raise Unusable("is damaged: one of its headers leads back")
        while self._place < offset and self._read(min(_AT_ONCE, offset - self._place)):
            pass
        return self._place

    def read(self, size: int = -1, /) -> bytes:
        """Return the next `size` bytes, fewer at the end."""
        if not self.in_headers:
            return self._read(size if 0 <= size <= _AT_ONCE else _AT_ONCE)
        if not 0 <= size <= _LONGEST_HEADER:
            raise Unusable(f"has a header of more than {_LONGEST_HEADER:,} bytes")
        pieces = []
        while size > 0 and (data := self._read(size)):
            pieces.append(data)
            size -= len(data)
        header = b"".join(pieces)
        # Python before 3.11.10 looks for a field of an extended header in time that is quadratic in a run of digits.
        if len(header) > _BLOCK and _DIGITS.search(header):
            raise Unusable("has a header with a number of more than 64 digits")
        return header

    def _read(self, size: int) -> bytes:
        if self._end is not None:
            size = min(size, self._end - self._place)
        data = self._stream.read(size)
        self._place += len(data)
        if self._unpacking is not None:
            self._unpacking.count_bytes(len(data))
            refuse_growth(self._place, self._packed.tell())
        return data
