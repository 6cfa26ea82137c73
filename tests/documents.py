"""The documents, taken apart: their headings, links, and blocks of code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "indexes" / "README.md"])

_PARSER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Code:
    """A block of code: its kind ("sh"), its text, and the line on which it begins."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Step:
    """A command of a console block, and what it prints."""

    command: str
    printed: str


def codes(document: Path, *kinds: str) -> list[Code]:
    """Return the fenced blocks of these kinds, in order."""
    tokens = _PARSER.parse(document.read_text(encoding="utf-8"))
    return [
        Code(token.info.strip(), token.content, token.map[0] + 2 if token.map else 0)
        for token in tokens
        if token.type == "fence" and token.info.strip() in kinds
    ]


def steps(block: str) -> Iterator[Step]:
    """Yield the commands of a console block: `$ ` begins one, `> ` goes on with it, the rest is what it prints."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        more = next((at for at, line in enumerate(lines[1:], start=1) if not re.match(r">( |$)", line)), len(lines))
        command = [lines[0], *(line[2:] for line in lines[1:more])]
        yield Step("\n".join(command), "\n".join(lines[more:]).strip("\n"))


def anchors(document: Path) -> set[str]:
    """Return what a link can go to in a document: its headings, as the sites that show Markdown name them."""
    tokens = _PARSER.parse(document.read_text(encoding="utf-8"))
    headings = (tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open")
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(document: Path) -> Iterator[str]:
    """Yield the targets of all links and pictures."""
    for token in _PARSER.parse(document.read_text(encoding="utf-8")):
        for inner in token.children or ():
            target = inner.attrGet("href") or inner.attrGet("src")
            if isinstance(target, str):
                yield target
        if token.type == "html_block":
            yield from re.findall(r'(?:src|srcset|href)="([^"]+)"', token.content)
