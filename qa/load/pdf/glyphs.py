"""The characters of a page as PDFium has them: which they are, where each stands, and in which print."""

from __future__ import annotations

import ctypes
import math
import re
from dataclasses import dataclass
from typing import Any

from qa.load.pdf.geometry import Box

HYPHENS = "\x02\ufffe"
"""What PDFium makes of a hyphen at a line end."""
_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_PLAIN = re.compile(r"regular|light|book|-roman", re.IGNORECASE)
"""A font that says so is not heavy, however thick its stems are."""
_HEAVY = 600


@dataclass(frozen=True, slots=True)
class Style:
    """The print of a character: its size in points, if it is heavy, and its direction (quarters, against the clock)."""

    size: float
    bold: bool
    turned: int


class Glyphs:
    """The characters of a page of pypdfium2, by their places in its text.

    Asking for each of them where it stands takes most of the time of reading a page: ask for few.
    """

    def __init__(self, page: Any) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._page = page.get_textpage()
        self._raw = self._page.raw
        self._rect, self._x, self._y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
        self._matrix, self._flags = pdfium.FS_MATRIX(), ctypes.c_int()
        self._name = ctypes.create_string_buffer(128)
        self._bold: dict[bytes, bool] = {}

    def close(self) -> None:
        """Let go of the page's text."""
        self._page.close()

    def text(self) -> str:
        """Return the page's characters, one for each that can be asked about."""
        count = self._page.count_chars()
        buffer = (ctypes.c_ushort * (count + 1))()
        written = self._pdfium.FPDFText_GetText(self._raw, 0, count, buffer)
        text = bytes(buffer)[: 2 * count].decode("utf-16-le", "replace")
        if written == count + 1 and len(text) == count:
            return text
        # Characters beyond the first plane, or such as have no name, take more places in a text, or none.
        return "".join(chr(self._pdfium.FPDFText_GetUnicode(self._raw, index)) for index in range(count))

    def box(self, index: int) -> Box:
        """Return the rectangle that a character takes, as its font has it."""
        rect = self._rect
        self._pdfium.FPDFText_GetLooseCharBox(self._raw, index, rect)
        return Box(rect.left, -rect.top, rect.right, -rect.bottom)

    def origin(self, index: int) -> tuple[float, float]:
        """Return the point on the line from which a character is drawn."""
        self._pdfium.FPDFText_GetCharOrigin(self._raw, index, self._x, self._y)
        return self._x.value, -self._y.value

    def style(self, index: int) -> Style:
        """Return the print of a character."""
        pdfium, matrix = self._pdfium, self._matrix
        pdfium.FPDFText_GetMatrix(self._raw, index, matrix)
        size = pdfium.FPDFText_GetFontSize(self._raw, index) * math.hypot(matrix.c, matrix.d)
        turned = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
        return Style(round(abs(size), 1), self._is_bold(index), turned)

    def _is_bold(self, index: int) -> bool:
        """Whether a character is heavy, by the name of its font; the weight is asked for once a font."""
        self._name.value = b""
        self._pdfium.FPDFText_GetFontInfo(self._raw, index, self._name, len(self._name), self._flags)
        name = self._name.value
        if name not in self._bold:
            heavy, named = (
                self._pdfium.FPDFText_GetFontWeight(self._raw, index) >= _HEAVY,
                name.decode("utf-8", "replace"),
            )
            self._bold[name] = bool(_BOLD.search(named)) or (heavy and not _PLAIN.search(named))
        return self._bold[name]
