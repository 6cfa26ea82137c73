"""PDFs for tests, drawn with ReportLab: where each line stands is said outright."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
Draw = Callable[[Canvas], None]


def pdf(*pages: Draw, password: str | None = None, **stated: str) -> bytes:
    """Return a PDF of these pages; `stated` are its title, author, creator, subject."""
    buffer = io.BytesIO()
    encrypt = StandardEncryption(password) if password else None
    canvas = Canvas(buffer, pagesize=A4, encrypt=encrypt, invariant=True)
    for name, value in stated.items():
        getattr(canvas, f"set{name.capitalize()}")(value)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def lines(canvas: Canvas, rows: Sequence[str], x: float = 72, y: float = 760, size: float = 11, **how: Any) -> float:
    """Draw lines one below the other, from `y` (of the first, from the lower edge); return where the next would be.

    A line of "" is a gap. `font` is the name of the font, `pitch` the distance between lines.
    """
    font, pitch = how.get("font", "Times-Roman"), how.get("pitch", 1.2 * size)
    canvas.setFont(font, size)
    for row in rows:
        canvas.drawString(x, y, row)
        y -= pitch
    return y


def page(*rows: str, **how: Any) -> Draw:
    """Return a page of these lines."""
    return lambda canvas: void(lines(canvas, rows, **how))


def void(_: object) -> None:
    """Take a value that nobody needs."""
