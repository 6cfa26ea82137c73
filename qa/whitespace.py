"""White space as a browser shows it, of whatever is made of elements: web pages, mail, office documents."""

from __future__ import annotations

from typing import Any

BREAK = "\v"
"""Stands in a text for a line break that was asked for, until the white space around it was made even."""


def flow(text: str) -> str:
    """Make white space even, as a browser does, and keep the line breaks that were asked for."""
    return "\n".join(" ".join(line.split()) for line in text.split(BREAK)).strip("\n")


def all_text(element: Any) -> str:
    """Return the text of an element and of all in it; what a line break parts stays apart."""
    from lxml import etree

    pieces = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            pieces.append(" " if inner.tag == "br" else inner.text or "")
        elif inner is not element:
            pieces.append(inner.tail or "")
    return "".join(pieces)
