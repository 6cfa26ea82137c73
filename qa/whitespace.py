"""White space as a browser shows it, of whatever is made of elements: web pages, mail, office documents."""

from __future__ import annotations

BREAK = "\v"
"""Stands in a text for a line break that was asked for, until the white space around it was made even."""


def flow(text: str) -> str:
    """Make white space even, as a browser does, and keep the line breaks that were asked for."""
    return "\n".join(" ".join(line.split()) for line in text.split(BREAK)).strip("\n")
