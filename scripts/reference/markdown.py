"""Markdown as every page of the reference writes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_MADE = "<!-- Made from the code by `make docs`; do not edit. -->\n\n"


def page(title: str, *parts: str) -> str:
    """Return a page: its title and its parts, parted by blank lines."""
    return _MADE + "\n\n".join([f"# {title}", *(part.strip("\n") for part in parts if part.strip())]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; what would end a cell or a row is written so that it does not."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell(part) for part in line) + " |" for line in lines)


def cell(text: str) -> str:
    """Return a text as one cell of a table."""
    return " ".join(text.replace("|", "\\|").split())


def code(text: str, kind: str = "text") -> str:
    """Return a block of code."""
    return f"```{kind}\n{text.rstrip()}\n```"
