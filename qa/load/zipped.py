"""Documents that are ZIP archives of XML, opened with care: nothing unpacked beyond a bound, no entities expanded."""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO
from typing import Any

from qa.load.decode import Unusable
from qa.load.isolated import Bounds

_MOST_MEMBERS = 20_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = 0x1
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Zipped:
    """A document whose parts are read by name."""

    def __init__(self, data: bytes, kind: str, bounds: Bounds) -> None:
        """Open it. Raises Unusable: for what is no archive, has a password, or would become too large."""
        if data.startswith(_OLE):
            raise Unusable(f"is encrypted, or in an older format: save it as {kind} without a password")
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
            members = self._archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError):
            raise Unusable(f"cannot be read as {kind}: it is damaged, or another kind of file") from None
        if any(member.flag_bits & _ENCRYPTED for member in members):
            raise Unusable("is encrypted: save it without a password")
        if sum(member.file_size for member in members) > bounds.unpacked or len(members) > _MOST_MEMBERS:
            raise Unusable(
                f"becomes larger than {bounds.unpacked / 1e6:g} MB when it is unpacked (the setting max_file_mb)"
            )
        self._kind = kind
        self.names = frozenset(member.filename for member in members)

    def read(self, name: str) -> bytes:
        """Return a part. Raises Unusable where there is none, or it is damaged."""
        try:
            return self._archive.read(name)
        except KeyError:
            raise Unusable(f"cannot be read as {self._kind}: it has no part {name[:100]}") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
            raise Unusable(f"cannot be read: its part {name[:100]} is damaged") from None

    def xml(self, name: str) -> Any:
        """Return the root of a part that is XML. Raises Unusable; also for entities that could be expanded."""
        return parsed(self.read(name), name)


def parsed(data: bytes, name: str) -> Any:
    """Return the root of an XML document that defines nothing of its own. Raises Unusable."""
    from lxml import etree

    refuse_entities(data, name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        refuse_depth(parser)
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from None
        raise Unusable(f"cannot be read: its part {name[:100]} is damaged") from None


def refuse_depth(parser: Any) -> None:
    """Raise Unusable where a parser of lxml has left out what nests deeper than it follows."""
    if any("depth" in entry.message for entry in parser.error_log):
        raise Unusable("is nested too deeply")


def refuse_entities(data: bytes, name: str) -> None:
    """Raise Unusable for XML with a document type, which no office program writes: it can expand without end."""
    plain = data.replace(b"\0", b"")  # UTF-16 has a NUL beside each of these characters
    if _DTD.search(plain):
        raise Unusable(f"declares entities in its part {name[:100]}, as no office program does; save it anew")


def text_of(root: Any, path: str) -> str | None:
    """Return the text of the first element at a path (with `{*}` for any namespace), on one line; None for none."""
    text = root.findtext(path)
    return " ".join(text.split()) or None if text else None
