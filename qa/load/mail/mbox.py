"""A mailbox to its messages, one at a time: the library's reader keeps a table of all of them, which has no bound."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from qa.load.decode import Unusable
from qa.load.limits import MB, Limits
from qa.load.mail.mime import longest_message, too_long

# "From ada@example.org Thu Jan  5 10:00:00 2023"; a sentence that begins with "From" has no time and year.
_DATED = re.compile(rb"From \S.{0,200}\d{1,2}:\d{2}.{0,40}\d{4}")
_UNDATED = re.compile(rb"From ")
_BLANK = frozenset({b"\n", b"\r\n"})
_QUOTED = re.compile(rb">+From ")


def messages(stream: BinaryIO, limits: Limits) -> Iterator[bytes | Unusable]:
    """Yield the messages in order, those that are too long as the reason; holds no more than one.

    A message begins with a line "From ..." after a blank line, with a date if the first of them has one. Of lines
    that the writer quoted as ">From ..." one sign is taken off (the rules of mboxrd). Raises Unusable where the file
    is no mailbox.
    """
    gathered = _Gathered(longest_message(limits))
    started, blank, envelope = False, True, _UNDATED
    while line := stream.readline(MB):
        if blank and envelope.match(line):
            if started:
                yield gathered.taken()
            elif _DATED.match(line):
                envelope = _DATED
            started = True
        elif started:
            gathered.add(line[1:] if line.startswith(b">") and _QUOTED.match(line) else line)
        elif line.strip():
            raise Unusable("is no mailbox: it does not begin with a line 'From ...'")
        blank = line in _BLANK
    if not started:
        raise Unusable("is empty")
    yield gathered.taken()


class _Gathered:
    """The bytes of the message that is being read, until there are too many."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._data = bytearray()

    def add(self, line: bytes) -> None:
        """Take one more line, of a message that is too long already for nothing."""
        if len(self._data) <= self._longest:
            self._data += line

    def taken(self) -> bytes | Unusable:
        """Return the message, or why there is none, and begin the next."""
        message = bytes(self._data) if len(self._data) <= self._longest else Unusable(too_long(self._longest))
        self._data.clear()
        return message
