"""Tar archives, read from front to back, twice: for the names of the members, then for what is in them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO, cast

from qa.load.archives.members import LONGEST_NAME, Choice, Member
from qa.load.archives.tape import Tape
from qa.load.archives.unxz import Unxz
from qa.load.decode import Unusable
from qa.load.kinds import is_other_xml
from qa.load.unpacking import Documents, Exhausted, Readable, Unpacking
from qa.records import LeftOut

_DAMAGE = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError, ValueError, IndexError, KeyError)


def _read(
    decompressed: Callable[[BinaryIO], BinaryIO], origin: str, stream: BinaryIO, unpacking: Unpacking
) -> Documents:
    """Yield what the members hold, in order; what came before a damage is read. Raises Unusable and Exhausted."""
    members: list[Member] = []
    end: Unusable | Exhausted | None = None
    tape = Tape(stream, decompressed, unpacking)
    try:
        for member, _ in _walk(tape):
            unpacking.count_member()
            members.append(Member(member.name[: LONGEST_NAME + 1], _fault(member)))
    except (Unusable, Exhausted) as fault:
        end = fault
    except _DAMAGE as error:
        end = Unusable(f"{_why(error)}; what came after is left out" if members else _why(error))
    if not members:
        raise end or Unusable("is an empty archive")
    choice = Choice(origin, members, unpacking.kind_of)
    yield from choice.left_out
    try:
        yield from _contents(Tape(stream, decompressed, end=tape.tell()), choice, len(members), unpacking)
    except Exhausted as exhausted:
        end = exhausted
    yield from choice.passed_over()
    if end is not None:
        raise end


def _contents(tape: Tape, choice: Choice, count: int, unpacking: Unpacking) -> Documents:
    """Yield what the first `count` members hold."""
    for number, (member, content) in zip(range(count), _walk(tape), strict=False):
        if kind := choice.kinds.get(number):
            origin = choice.origin_of(member.name)
            try:
                stream = unpacking.taken_out(content)
            except Unusable as unusable:
                yield LeftOut(origin, unusable.reason)
                continue
            except _DAMAGE:  # here the first walk ended, too, and it knows why
                return
            with stream:
                if is_other_xml(kind, stream):
                    choice.pass_over(member.name)
                else:
                    yield from unpacking.read(origin, kind, stream)


def _walk(tape: Tape) -> Iterator[tuple[tarfile.TarInfo, Readable]]:
    """Yield each member but the folders, with its bytes, which have to be read before the next is asked for."""
    with tarfile.open(fileobj=tape, mode="r:", ignore_zeros=False, errorlevel=2) as archive:
        while (member := archive.next()) is not None:
            vars(archive)["members"] = []  # or else it would keep every one
            if not member.isdir():
                yield member, _Content(tape, member)


class _Content:
    """The bytes of a member, straight from the tape."""

    def __init__(self, tape: Tape, member: tarfile.TarInfo) -> None:
        self._tape = tape
        self._start, self._end = member.offset_data, member.offset_data + member.size

    def read(self, size: int, /) -> bytes:
        """Return the next bytes. Raises EOFError where the archive ends before the member does."""
        if self._tape.tell() < self._start:
            self._tape.seek(self._start)
        left = self._end - self._tape.tell()
        self._tape.in_headers = False
        try:
            data = self._tape.read(min(size, left)) if left > 0 else b""
        finally:
            self._tape.in_headers = True
        if left > 0 and not data:
            raise EOFError
        return data


def _fault(member: tarfile.TarInfo) -> str | None:
    """Return why a member that is more than a file is not read."""
    if member.issym() or member.islnk():
        return "is a link, which is not followed in an archive"
    if member.issparse():
        return "is stored with holes, which are not read; put it there whole"
    return None if member.isreg() else "is not a regular file"


def _why(error: Exception) -> str:
    if isinstance(error, EOFError) or "unexpected end" in str(error):
        return "breaks off before its end"
    if isinstance(error, lzma.LZMAError) and "memory" in str(error).lower():
        return "is compressed so that unpacking needs more memory than is given to it (128 MB)"
    return f"is damaged or no such archive: {str(error).splitlines()[0][:200] or type(error).__name__}"


def _gunzip(stream: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", gzip.GzipFile(fileobj=stream, mode="rb"))


def _bunzip2(stream: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", bz2.BZ2File(stream, "rb"))


def _unxz(stream: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(Unxz(stream)))


def _as_it_is(stream: BinaryIO) -> BinaryIO:
    return stream


read_tar = partial(_read, _as_it_is)
read_tar_gz = partial(_read, _gunzip)
read_tar_bz2 = partial(_read, _bunzip2)
read_tar_xz = partial(_read, _unxz)
