"""Pages of a PDF to words, by PDFium: every character with its place, put together where nothing parts them."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from qa.load.pdf.geometry import Box, Rule, Sheet, Word

_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_HEAVY = 600
_THIN = 3.0
"""Points: a drawn rectangle that is thinner is a line."""
_MOST_OBJECTS = 50_000
_MOST_SEGMENTS = 8
_NESTED = 4
_FEW = 0.2
"""Words that run in another direction than most, below this share, are stamps and labels."""
_SPACE, _NO_BREAK = 0x20, 0xA0
_HYPHEN = 0x02
"""What PDFium makes of a hyphen at a line end."""
_RAISED = 0.45
_KNOWN = {_HYPHEN: "-", 0xAD: "-", **dict.fromkeys((0xF0B7, 0xF0A7, 0xF06C, 0xF06E, 0xE00C, 0xE00A), "•")}
"""Bullets of symbol fonts, which have no name of their own in Unicode, and hyphens at line ends."""
_NAMELESS = re.compile("[\ufffd\ufffe\uffff\ue000-\uf8ff\x01\x03-\x08\x0e-\x1f]|\x00")


@dataclass(slots=True)
class _Run:
    """Characters of a word that is being put together; `x` and `y` are where the last one stands."""

    text: str
    box: Box
    x: float
    y: float
    size: float
    bold: bool
    turned: int


def sheet(page: Any, label: str) -> Sheet:
    """Read a page of pypdfium2."""
    width, height = page.get_size()
    runs = list(_runs(page))
    directions = Counter(run.turned for run in runs)
    main = max(directions, key=lambda turn: directions[turn]) if directions else 0
    words = [
        Word(
            _named(run.text),
            _turned(run.box, main),
            _turned(Box(run.x, run.y, run.x, run.y), main).top,
            run.size,
            run.bold,
        )
        for run in runs
        if run.turned == main or directions[run.turned] >= _FEW * len(runs)
    ]
    rules, pictures = _drawn(page)
    return Sheet(
        label,
        _turned(Box(0, -height, width, 0), main),
        tuple(word for word in words if word.text),
        tuple(Rule(_turned(rule.box, main)) for rule in rules),
        pictures,
        unknown=sum(len(_NAMELESS.findall(run.text)) for run in runs),
    )


def _turned(box: Box, direction: int) -> Box:
    """Turn a box so that text of this direction (quarters, against the clock) runs from left to right."""
    x0, top, x1, bottom = box.x0, box.top, box.x1, box.bottom
    if direction == 1:
        return Box(-bottom, x0, -top, x1)
    if direction == 2:  # noqa: PLR2004
        return Box(-x1, -bottom, -x0, -top)
    if direction == 3:  # noqa: PLR2004
        return Box(top, -x1, bottom, -x0)
    return box


def _named(text: str) -> str:
    return _NAMELESS.sub("", text.translate(_KNOWN))


def _runs(page: Any) -> Iterator[_Run]:
    """Yield the words of a page in the order in which they are drawn; y grows downwards, to 0 at the lower edge."""
    glyphs = _Glyphs(page)
    run: _Run | None = None
    try:
        for index in range(glyphs.count):
            code = glyphs.code(index)
            if (code <= _SPACE and code != _HYPHEN) or code == _NO_BREAK:
                if run is not None:
                    yield run
                run = None
                continue
            box, x, y = glyphs.box(index), *glyphs.origin(index)
            if run is not None and _goes_on(run, box, x, y):
                old = run.box
                run.text += chr(code)
                run.box = Box(
                    min(old.x0, box.x0), min(old.top, box.top), max(old.x1, box.x1), max(old.bottom, box.bottom)
                )
                continue
            if run is not None:
                yield run
            run = glyphs.run(index, chr(code), box, x, y)
        if run is not None:
            yield run
    finally:
        glyphs.close()


def _goes_on(run: _Run, box: Box, x: float, y: float) -> bool:
    """Whether a character stands beside the last ones of a word, along the direction of the word."""
    along, across = (y - run.y, x - run.x) if run.turned % 2 else (x - run.x, y - run.y)
    if abs(across) > _RAISED * run.size:
        return False
    if run.turned:
        return abs(along) < run.size * (len(run.text) + 2)
    return run.box.x0 <= box.x1 and box.x0 - run.box.x1 < run.size


class _Glyphs:
    """The characters of a page as PDFium has them; how they are drawn is asked once a word, because asking is slow."""

    def __init__(self, page: Any) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._page = page.get_textpage()
        self._raw = self._page.raw
        self._rect, self._x, self._y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
        self._matrix, self._flags = pdfium.FS_MATRIX(), ctypes.c_int()
        self._name = ctypes.create_string_buffer(128)
        self._unicode, self._box = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
        self._origin = pdfium.FPDFText_GetCharOrigin
        self.count = self._page.count_chars()

    def close(self) -> None:
        """Let go of the page's text."""
        self._page.close()

    def code(self, index: int) -> int:
        """Return the Unicode code point."""
        return int(self._unicode(self._raw, index))

    def box(self, index: int) -> Box:
        """Return where it stands."""
        rect = self._rect
        self._box(self._raw, index, rect)
        return Box(rect.left, -rect.top, rect.right, -rect.bottom)

    def origin(self, index: int) -> tuple[float, float]:
        """Return the point on the line from which it is drawn."""
        self._origin(self._raw, index, self._x, self._y)
        return self._x.value, -self._y.value

    def run(self, index: int, text: str, box: Box, x: float, y: float) -> _Run:
        """Begin a word with this character."""
        pdfium, matrix = self._pdfium, self._matrix
        pdfium.FPDFText_GetMatrix(self._raw, index, matrix)
        size = pdfium.FPDFText_GetFontSize(self._raw, index) * math.hypot(matrix.c, matrix.d)
        self._name.value = b""
        pdfium.FPDFText_GetFontInfo(self._raw, index, self._name, len(self._name), self._flags)
        name = self._name.value.decode("utf-8", "replace")
        bold = bool(_BOLD.search(name)) or pdfium.FPDFText_GetFontWeight(self._raw, index) >= _HEAVY
        turned = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
        return _Run(text, box, x, y, round(abs(size), 1), bold, turned)


def _drawn(page: Any) -> tuple[list[Rule], int]:
    """Return the lines that are drawn on a page, and how many pictures are."""
    import pypdfium2.raw as pdfium

    rules: list[Rule] = []
    pictures = 0
    waiting = [(page.raw, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, 0)]
    seen = 0
    while waiting:
        parent, count, get, depth = waiting.pop()
        for index in range(count(parent)):
            seen += 1
            if seen > _MOST_OBJECTS:
                return [], pictures
            found = get(parent, index)
            kind = pdfium.FPDFPageObj_GetType(found)
            if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                pictures += 1
            elif kind == pdfium.FPDF_PAGEOBJ_PATH and depth == 0:
                rules.extend(_rules(found))
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _NESTED:
                waiting.append((found, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, depth + 1))
    return rules, pictures


def _rules(path: Any) -> Iterator[Rule]:
    """Yield the lines of a drawn path: itself if it is thin, the edges of a rectangle, its straight pieces."""
    import pypdfium2.raw as pdfium

    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(path, left, bottom, right, top):
        return
    box = Box(left.value, -top.value, right.value, -bottom.value)
    if min(box.width, box.height) <= _THIN < max(box.width, box.height):
        yield Rule(box)
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
    if not stroke.value or box.height <= _THIN or not 1 < pdfium.FPDFPath_CountSegments(path) <= _MOST_SEGMENTS:
        return
    yield Rule(replace(box, bottom=box.top))
    yield Rule(replace(box, top=box.bottom))
    yield Rule(replace(box, x1=box.x0))
    yield Rule(replace(box, x0=box.x1))
