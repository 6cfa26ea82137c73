"""What is drawn on a page of a PDF beside its text: lines, which rule tables, and pictures."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from qa.load.pdf.geometry import Box, Rule

_THIN = 3.0
"""Points: a drawn rectangle that is thinner is a line."""
_MOST_OBJECTS = 50_000
_MOST_SEGMENTS = 8
_NESTED = 4


@dataclass(frozen=True, slots=True)
class Drawn:
    """The lines that are drawn on a page, and how many pictures are."""

    rules: tuple[Rule, ...]
    pictures: int


def drawn(page: Any) -> Drawn:
    """Return what is drawn on a page of pypdfium2; of a page with very many objects, no lines."""
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
                return Drawn((), pictures)
            found = get(parent, index)
            kind = pdfium.FPDFPageObj_GetType(found)
            if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                pictures += 1
            elif kind == pdfium.FPDF_PAGEOBJ_PATH and depth == 0:
                rules.extend(_rules(found))
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _NESTED:
                waiting.append((found, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, depth + 1))
    return Drawn(tuple(rules), pictures)


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
