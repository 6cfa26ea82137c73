"""Pages of a PDF to words, by PDFium: every character with its place, put together where nothing parts them."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from qa.load.pdf.geometry import Box, Rule, Sheet, Word, around

_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_HEAVY = 600
_THIN = 3.0
"""Points: a drawn rectangle that is thinner is a line."""
_MOST_OBJECTS = 50_000
_MOST_SEGMENTS = 8
_NESTED = 4
_FEW = 0.2
"""Words that run in another direction than most, below this share, are stamps and labels."""
_HYPHENS = "\x02\ufffe"
"""What PDFium makes of a hyphen at a line end."""
_WORD = re.compile(f"[^\\x00-\\x20\\xa0\ufffe]+[{_HYPHENS}]?|[{_HYPHENS}]")
_RAISED = 0.45
_LOW = 0.12
"""Of the size: what stands higher or lower than this is raised or lowered."""
_MARK = re.compile(
    r"""(?P<word>.*(?:[.,;:!?)\]"'”’»]|[^\W\d_]{4}))(?P<mark>\d{1,3})(?P<end>[.,;:!?)\]"'”’»]*)""", re.DOTALL
)
"""A word that the mark of a note may follow; behind a short one, or a figure, it would be a power (m², 10³)."""
_WIDEST = 2.0
"""Of the size: the widest step from one character to the next within a word."""
_BACKWARDS = (1, 2)
_KNOWN = str.maketrans(dict.fromkeys(_HYPHENS, "-") | dict.fromkeys("\uf0b7\uf0a7\uf06c\uf06e\ue00c\ue00a", "•"))
"""Hyphens, and bullets of symbol fonts, which have no name of their own in Unicode."""
_NAMELESS = re.compile("[\ufffd\uffff\ue000-\uf8ff\x01\x03-\x08\x0e-\x1f\x00]")


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
    try:
        for match in _WORD.finditer(glyphs.text()):
            whole = glyphs.run(match.start(), match.end(), match[0])
            yield from [whole] if whole is not None else glyphs.one_by_one(match.start(), match[0])
    finally:
        glyphs.close()


class _Glyphs:
    """The characters of a page as PDFium has them.

    Asking for each of them where it stands takes most of the time of reading a page; so a word is asked where its first
    and its last stand, and all of them only where these are not on one line.
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

    def run(self, start: int, end: int, text: str) -> _Run | None:
        """Return the characters from `start` to `end` as a word, or None where they are not on one line."""
        box, (x, y), size, bold, turned = self._box(start), self._origin(start), *self._style(start)
        if end - start > 1:
            last, (x1, y1) = self._box(end - 1), self._origin(end - 1)
            along, across = (y1 - y, x1 - x) if turned % 2 else (x1 - x, y1 - y)
            along = -along if turned in _BACKWARDS else along
            if abs(across) > _RAISED * size or not -_RAISED * size <= along <= _WIDEST * size * (end - start):
                return None
            box = around((box, last))
            if (mark := _MARK.fullmatch(text)) and not turned:
                text = self._with_note_mark(start, mark, y - _LOW * size)
        return _Run(text, box, x, y, size, bold, turned)

    def _with_note_mark(self, start: int, marked: re.Match[str], above: float) -> str:
        """Set raised figures behind a word in brackets: they are the mark of a note, and no part of the word."""
        raised = all(self._origin(start + place)[1] < above for place in range(*marked.span("mark")))
        return f"{marked['word']}[{marked['mark']}]{marked['end']}" if raised else marked[0]

    def one_by_one(self, start: int, text: str) -> Iterator[_Run]:
        """Yield what stands on one line of these characters."""
        run: _Run | None = None
        for index, character in enumerate(text, start):
            single = self.run(index, index + 1, character)
            if run is not None and single is not None and _beside(run, single):
                run.text += character
                run.box = around((run.box, single.box))
                continue
            if run is not None:
                yield run
            run = single
        if run is not None:
            yield run

    def _box(self, index: int) -> Box:
        rect = self._rect
        self._pdfium.FPDFText_GetLooseCharBox(self._raw, index, rect)
        return Box(rect.left, -rect.top, rect.right, -rect.bottom)

    def _origin(self, index: int) -> tuple[float, float]:
        """Return the point on the line from which a character is drawn."""
        self._pdfium.FPDFText_GetCharOrigin(self._raw, index, self._x, self._y)
        return self._x.value, -self._y.value

    def _style(self, index: int) -> tuple[float, bool, int]:
        """Return the size of a character, whether it is heavy, and which way it is turned."""
        pdfium, matrix = self._pdfium, self._matrix
        pdfium.FPDFText_GetMatrix(self._raw, index, matrix)
        size = pdfium.FPDFText_GetFontSize(self._raw, index) * math.hypot(matrix.c, matrix.d)
        self._name.value = b""
        pdfium.FPDFText_GetFontInfo(self._raw, index, self._name, len(self._name), self._flags)
        name = self._name.value
        if name not in self._bold:
            heavy = pdfium.FPDFText_GetFontWeight(self._raw, index) >= _HEAVY
            self._bold[name] = heavy or bool(_BOLD.search(name.decode("utf-8", "replace")))
        turned = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
        return round(abs(size), 1), self._bold[name], turned


def _beside(run: _Run, single: _Run) -> bool:
    """Whether a character stands beside the last ones of a word, along the direction of the word."""
    if run.turned != single.turned:
        return False
    along, across = single.x - run.x, single.y - run.y
    if run.turned % 2:
        along, across = across, along
    if abs(across) > _RAISED * run.size:
        return False
    if run.turned:
        return abs(along) < run.size * (len(run.text) + 2)
    return run.box.x0 <= single.box.x1 and single.box.x0 - run.box.x1 < run.size


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
