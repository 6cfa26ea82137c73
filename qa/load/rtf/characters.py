"""What stands for a character in Rich Text Format: bytes by font and code page, and words of its own.

The tables are those of striprtf.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from functools import cache

_DOCUMENTS_OWN = 1
"""The character set of a font that has that of the document."""
_ANSI = "cp1252"
_OTHER_ENDS = frozenset({"par", "sect", "page", "row", "cell", "nestcell"})
_SPACES = {"\t": " ", "\xad": "", "\u2011": "-", "\xa0": " "}


@cache
def named() -> Mapping[str, str]:
    r"""Return the words and symbols that stand for a character (`\emdash`, `\~`), but for those that end something."""
    from striprtf.striprtf import specialchars

    found = {word: _SPACES.get(text, text) for word, text in specialchars.items() if word not in _OTHER_ENDS}
    return found | {"zwj": "\u200d", "zwnj": "\u200c", "softline": "\n"}


@cache
def destinations() -> frozenset[str]:
    """Return the words that begin a group whose text is none of the document's."""
    from striprtf.striprtf import destinations as known

    return frozenset(known)


class Encodings:
    """The encodings of a document's fonts, and of itself."""

    def __init__(self) -> None:
        self._own = _ANSI
        self._fonts: dict[int, str] = {}
        self.default: int | None = None

    def is_of_page(self, number: int) -> None:
        """Take the code page that a document states."""
        self._own = _known(f"cp{number}") or _ANSI

    def font(self, font: int, charset: int) -> None:
        """Take the character set of a font."""
        from striprtf.striprtf import charset_map

        name = charset_map.get(charset) if charset != _DOCUMENTS_OWN else None
        if name is not None and _known(name):
            self._fonts[font] = name

    def font_of_page(self, font: int, number: int) -> None:
        """Take the code page of a font."""
        if name := _known(f"cp{number}"):
            self._fonts[font] = name

    def text(self, data: bytes, font: int | None) -> str:
        """Return the text of bytes in a font; what has no meaning is U+FFFD."""
        number = self.default if font is None else font
        return data.decode(self._fonts.get(number, self._own) if number is not None else self._own, "replace")


def _known(name: str) -> str | None:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None
