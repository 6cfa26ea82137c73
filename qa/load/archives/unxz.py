"""Decompressing xz with a bound on memory, which the standard library's file object does not offer."""

from __future__ import annotations

import io
import lzma
from typing import Any, BinaryIO

_AT_ONCE = 64 * 1024
_MEMORY = 128 * 1024 * 1024
"""Bytes; `xz -9`, the most that is usual, needs 65 MB. A file may ask for 4 GB."""


class Unxz(io.RawIOBase):
    """The decompressed bytes of a stream, from front to back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)

    def readable(self) -> bool:
        """Return True: it is there to be read."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill `buffer` with what comes next, 0 bytes at the end. Raises EOFError and LZMAError for damage."""
        data = b""
        while not data:
            packed = b""
            if self._decompressor.eof:
                packed = self._decompressor.unused_data or self._stream.read(_AT_ONCE)
                if not packed.strip(b"\0"):  # padding between streams
                    return 0
                self._decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)
            elif self._decompressor.needs_input:
                packed = self._stream.read(_AT_ONCE)
                if not packed:
                    raise EOFError
            data = self._decompressor.decompress(packed, len(buffer))
        buffer[: len(data)] = data
        return len(data)
