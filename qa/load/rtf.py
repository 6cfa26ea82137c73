r"""Rich Text Format, by striprtf, which knows its characters and groups; headings and cells are marked for it before.

striprtf hands on text alone. So each control word for a cell, a row or an outline level gets a character of the private
use area beside it (`\u57345?`), which comes out where it stood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from qa.load.decode import Unusable
from qa.load.extracted import Extracted
from qa.load.isolated import Bounds
from qa.records import Block
from qa.tables import table_lines

_CELL, _ROW, _LEVEL = "\ue001", "\ue002", "\ue010"
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_MARKED = re.compile(r"\\(?:(?P<cell>(?:nest)?cell)|(?P<row>row)|outlinelevel(?P<level>[0-8]))(?![a-zA-Z0-9])[ ]?")
_HEADING = re.compile("[\ue010-\ue018]")
_DEEPEST = 6
_DEEPEST_GROUP = 1_000
_TITLE = re.compile(r"\{\\title (?P<text>[^{}]{1,1000})\}")
_AUTHOR = re.compile(r"\{\\author (?P<text>[^{}]{1,1000})\}")
_CREATED = re.compile(r"\{\\creatim\\yr(?P<year>\d{4})\\mo(?P<month>\d\d?)\\dy(?P<day>\d\d?)")
_PROGRAM = re.compile(r"\{\\\*\\generator (?P<text>[^{};]{1,200})")


def extract(data: bytes, bounds: Bounds) -> list[Extracted]:
    """Return the text of a document as one article. Raises Unusable."""
    if not data.lstrip()[:5].lower() == b"{\\rtf":
        raise Unusable("cannot be read as RTF: it is damaged, or another kind of file")
    if len(data) > 20 * bounds.text:
        raise Unusable(
            f"is too large for {bounds.text / 1e6:g} MB of text (the setting max_article_mb): save it as .docx"
        )
    source = data.decode("latin-1")
    text = _converted(_MARKED.sub(_with_mark, source))
    if len(text) > bounds.text:
        raise Unusable(f"holds more than {bounds.text / 1e6:g} MB of text (the setting max_article_mb)")
    created = _CREATED.search(source)
    program = _PROGRAM.search(source)
    return [
        Extracted(
            tuple(_blocks(text)),
            title=_stated(_TITLE, source),
            author=_stated(_AUTHOR, source),
            published_at=f"{created['year']}-{int(created['month']):02}-{int(created['day']):02}" if created else None,
            metadata={"program": program["text"].strip()} if program else {},
        )
    ]


def _converted(source: str) -> str:
    from striprtf import striprtf

    converter: Any = striprtf.rtf_to_text
    return str(converter(source, errors="replace"))


def _with_mark(match: re.Match[str]) -> str:
    mark = _CELL if match["cell"] else _ROW if match["row"] else chr(ord(_LEVEL) + int(match["level"]))
    return f"\\u{ord(mark)}?{match[0]}"


def _stated(pattern: re.Pattern[str], source: str) -> str | None:
    found = pattern.search(source)
    return _converted("{\\rtf1\\ansi " + found["text"] + "}").strip() or None if found else None


def _blocks(text: str) -> Iterator[Block]:
    """Yield the paragraphs, headings and rows; what stands before a row's end is its cells."""
    rows: list[list[str]] = []
    cells: list[str] = []
    for paragraph in text.split("\n"):
        *whole, rest = re.split(f"{_CELL}\\|?", paragraph)
        if whole and cells and cells[-1].endswith("\n"):
            whole[0] = cells.pop() + whole[0]
        cells.extend(whole)
        if _ROW in rest:
            rows.append([_PRIVATE.sub("", cell) for cell in cells])
            cells, rest = [], rest.replace(_ROW, "")
        if cells or whole:
            continue
        if rest.strip() or not rows:
            yield from map(Block, table_lines(rows))
            rows = []
        level = _HEADING.search(rest)
        yield Block(_PRIVATE.sub("", rest).strip(), min(ord(level[0]) - ord(_LEVEL) + 1, _DEEPEST) if level else 0)
    yield from map(Block, table_lines(rows))
