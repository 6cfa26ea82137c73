"""Zip archives, by the standard library, with what it leaves to its user: bounds, names, overlapping members."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from contextlib import suppress
from itertools import pairwise
from typing import BinaryIO, cast

from qa.load.archives.members import Choice, Member
from qa.load.decode import Unusable
from qa.load.kinds import is_other_xml
from qa.load.unpacking import Documents, Exhausted, Unpacking
from qa.records import LeftOut

_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""The others are rare, and the library unpacks them without a bound on how much at once."""
_LOCAL_HEADER = 30
_BYTES_OF_ENTRY = 250
"""What a member takes in the list at the archive's end, with a name of common length."""


def read_zip(origin: str, stream: BinaryIO, unpacking: Unpacking) -> Documents:
    """Yield what the members hold, in the order of the archive's list. Raises Unusable and Exhausted."""
    with _opened(stream, unpacking) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if not members:
            raise Unusable("is an empty archive")
        _refuse_overlaps(archive.infolist())
        names = [_name_of(member) for member in members]
        choice = Choice(
            origin,
            [Member(name, _fault(member)) for name, member in zip(names, members, strict=True)],
            unpacking.kind_of,
        )
        yield from choice.left_out
        end: Exhausted | None = None
        try:
            for number, member in enumerate(members):
                unpacking.count_member()
                if number in choice.kinds:
                    yield from _member(archive, member, names[number], choice.kinds[number], choice, unpacking)
        except Exhausted as exhausted:
            end = exhausted
        yield from choice.passed_over()
        if end is not None:
            raise end


def _opened(stream: BinaryIO, unpacking: Unpacking) -> zipfile.ZipFile:
    """Read the list of members, of bounded size. Raises Unusable."""
    most = unpacking.limits.members
    try:
        archive = zipfile.ZipFile(cast("BinaryIO", _Bounded(stream, most * _BYTES_OF_ENTRY)))
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise Unusable(f"is no zip archive, or breaks off before its list of members ({_why(error)})") from None
    return archive


class _Bounded(io.RawIOBase):
    """A stream that refuses to hand out more than `longest` bytes at once.

    The library reads the list of members in one go, and an archive may claim gigabytes of it.
    """

    def __init__(self, stream: BinaryIO, longest: int) -> None:
        self._stream, self._longest = stream, longest

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(min(size, self._longest + 1) if size >= 0 else self._longest + 1)
        if len(data) > self._longest:
            raise Unusable("has too long a list of members (the setting max_archive_members)")
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def _refuse_overlaps(members: list[zipfile.ZipInfo]) -> None:
    """Raise Unusable where members share bytes, by which an archive can be made to hold more than it does.

    David Fifield, "A better zip bomb", WOOT 2019. The lengths of local names and extras are not known here, so this
    finds a lower bound of each extent, which is enough: the trick needs many members within one another.
    """
    for one, other in pairwise(sorted(members, key=lambda member: member.header_offset)):
        if one.header_offset + _LOCAL_HEADER + one.compress_size > other.header_offset:
            raise Unusable("has members that overlap one another, as only a trap does")


def _name_of(member: zipfile.ZipInfo) -> str:
    """Return a member's path with slashes; one that is UTF-8 without saying so is taken as what it is."""
    name = member.filename
    if not member.flag_bits & _UTF8_NAME:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, kind: str, choice: Choice, unpacking: Unpacking
) -> Documents:
    origin = choice.origin_of(name)
    try:
        stream = _taken_out(archive, member, unpacking)
    except Unusable as unusable:
        yield LeftOut(origin, unusable.reason)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        yield LeftOut(origin, f"is damaged: {_why(error)}")
    else:
        with stream:
            if is_other_xml(kind, stream):
                choice.pass_over(name)
            else:
                yield from unpacking.read(origin, kind, stream)


def _fault(member: zipfile.ZipInfo) -> str | None:
    """Return why a member is not read that its entry in the list tells."""
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted; put it there without a password"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a link, which is not followed in an archive"
    if member.compress_type not in _METHODS:
        return "is compressed by a method that is not read; deflate, the usual one, is"
    return None


def _taken_out(archive: zipfile.ZipFile, member: zipfile.ZipInfo, unpacking: Unpacking) -> BinaryIO:
    with archive.open(member) as packed:
        return unpacking.taken_out(packed, member.compress_size)


def _why(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "its data breaks off"
    if isinstance(error, UnicodeError):
        return "the name of a member is not UTF-8, as it says"
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
