"""References in XML made safe and whole before it is parsed: `&eacute;`, `&amp;`, a bare `&` or `<` become numbers.

No entity is then left for the parser to look up. And once it has met any fault, libxml2 drops every `&lt;` and `&amp;`
that follows (in its mode of recovery), which would take the tags out of all entries that come after it; it keeps
numbers.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html.entities import html5

from qa.load.decode import marked_utf16

_TOKEN = re.compile(
    rb"<!\[CDATA\[|<!--|<(?![A-Za-z_:/!?\x80-\xff])|"
    rb"&(?:(?P<number>#\d{1,7}|#x[\da-fA-F]{1,6});|(?P<name>[A-Za-z][A-Za-z\d]{0,31});)?"
)
_ENDS = {b"<![CDATA[": b"]]>", b"<!--": b"-->"}
_LONGEST_TOKEN = 40
_NEVER_IN_XML = bytes([*range(9), 11, 12, *range(16, 27), *range(28, 32)])
"""Control characters, but for those by which ISO-2022 changes its alphabet."""


def mended(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the bytes of an XML document with its references made numbers; any two pieces belong together."""
    end, rest = b"", b""
    for piece in pieces:
        done, rest, end = _mend(rest + piece.translate(None, _NEVER_IN_XML), end, _LONGEST_TOKEN)
        if done:
            yield done
    yield _mend(rest, end, 0)[0]


def _mend(data: bytes, end: bytes, kept: int) -> tuple[bytes, bytes, bytes]:
    """Return what is done, what has to wait for the next bytes, and by what the section ends that is open."""
    out: list[bytes] = []
    place, limit = 0, max(0, len(data) - kept)
    while place < limit:
        if end:
            found = data.find(end, place)
            if found < 0:
                break
            out.append(data[place : found + len(end)])
            place, end = found + len(end), b""
            continue
        match = _TOKEN.search(data, place)
        if match is None or match.start() >= limit:
            break
        out.append(data[place : match.start()])
        place = match.end()
        end = _ENDS.get(match[0], b"")
        out.append(match[0] if end or match["number"] else _as_number(match[0], match["name"]))
    done = max(place, limit)
    out.append(data[place:done])
    return b"".join(out), data[done:], end


def _as_number(token: bytes, name: bytes | None) -> bytes:
    """Return the characters that HTML knows by a name ("amp;") as numbers; else the sign itself, and the name."""
    if not name:
        return b"&#%d;" % ord(token)
    characters = html5.get(name.decode("ascii") + ";")
    return b"".join(b"&#%d;" % ord(one) for one in characters) if characters else b"&#38;" + name + b";"


def as_utf8(pieces: Iterator[bytes], start: bytes) -> Iterator[bytes]:
    """Yield UTF-16 that is marked as such (by its `start`) as UTF-8; anything else as it is."""
    if not marked_utf16(start):
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", "replace")
