"""Formats with an article in each row: JSON lines and CSV, with the columns of BEIR.

`_id`, `title`, `text`, `url`, `source`, `author`, `published_at` and `language` (or `lang`) become fields,
`metadata` (an object) and every other column become metadata. What the row does not state itself is looked for
in `metadata`. A row always says whether it has a title: none is stated as "", so that nobody takes the name of the file
that holds a thousand articles for the title of one.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from qa.load.decode import Unusable, decode_utf8
from qa.load.outline import OUTLINE, outline_of
from qa.records import LeftOut, Markup, RawDocument

_STATED = ("url", "source", "author", "published_at", "language")
_LOST = {
    "field larger": "has a cell that is larger than the setting max_article_mb",
    "unexpected end": "opens a quotation mark that is never closed",
}
"""What the csv module says when the rows after one cannot be told apart any more, and what it means."""
_FIELDS = frozenset({"_id", "title", "text", "metadata", *_STATED})


def json_documents(origin: str, lines: Iterator[bytes | Unusable]) -> Iterator[RawDocument | LeftOut]:
    """Yield one document for each line that is a JSON object; blank lines are passed over.

    Raises Unusable when there is no row at all.
    """
    rows = 0
    for number, line in enumerate(lines, start=1):
        if isinstance(line, bytes) and not line.strip():
            continue
        rows += 1
        where = f"{origin}:{number}"
        try:
            yield _document(where, _object(line))
        except Unusable as unusable:
            yield LeftOut(where, unusable.reason)
        except RecursionError:
            yield LeftOut(where, "is nested too deeply")
    if rows == 0:
        raise Unusable("is empty")


def csv_documents(origin: str, lines: Iterator[bytes | Unusable], longest: int) -> Iterator[RawDocument | LeftOut]:
    """Yield one document for each row after the header; a cell may hold `longest` characters.

    A row's place is the line on which it starts. Raises Unusable when the file as a whole is no use:
    no header, no column `text`. Where it can no longer be known which row a line belongs to (bytes that
    are not UTF-8, a cell too long), the rest is left out with the row.
    """
    # Strict, because otherwise a quotation mark that is never closed takes all rows after it for text.
    reader = csv.reader(map(_line, lines), strict=True)
    header = _header(reader, longest)
    rows = 0
    for start, cells in _cells(reader, longest):
        rows += 1
        where = f"{origin}:{start}"
        try:
            yield _document(where, _record(header, cells))
        except Unusable as unusable:
            yield LeftOut(where, unusable.reason)
    if rows == 0:
        raise Unusable("has a header and no rows")


def _line(line: bytes | Unusable) -> str:
    if isinstance(line, Unusable):
        raise line
    return decode_utf8(line)


def _header(reader: Any, longest: int) -> list[str]:
    """Return the names of the columns. Raises Unusable."""
    for _, cells in _cells(reader, longest):
        if isinstance(cells, Unusable):
            raise cells
        header = [name.strip() for name in cells]
        twice = [name for name, times in Counter(header).items() if times > 1]
        if "text" not in header:
            raise Unusable(f"has no column named text; its first line names {', '.join(header)[:200]}")
        if twice:
            raise Unusable(f"names the column {twice[0]!r} more than once")
        return header
    raise Unusable("is empty")


def _record(header: list[str], cells: list[str] | Unusable) -> dict[str, str]:
    """Return the cells that say something, by column. Raises Unusable."""
    if isinstance(cells, Unusable):
        raise cells
    if len(cells) != len(header):
        raise Unusable(f"has {len(cells)} columns where the header names {len(header)}")
    return {name: cell for name, cell in zip(header, cells, strict=True) if cell.strip()}


def _cells(reader: Any, longest: int) -> Iterator[tuple[int, list[str] | Unusable]]:
    """Yield each row's first line and its cells, or why it has none."""
    while True:
        start = reader.line_num + 1
        try:
            cells = _next(reader, longest)
        except StopIteration:
            return
        except csv.Error as error:
            fault = next((words for sign, words in _LOST.items() if sign in str(error)), None)
            if fault is None:
                yield start, Unusable(f"is not a sound row of CSV: {error}")
                continue
        except Unusable as unusable:
            fault = unusable.reason
        else:
            if cells:  # a blank line has none
                yield start, cells
            continue
        yield start, Unusable(f"{fault} (the rows after it are left out too)")
        return


def _next(reader: Any, longest: int) -> list[str]:
    """Return the next row. The limit on cells is global to the process, so it is put back each time."""
    before = csv.field_size_limit(longest)
    try:
        cells: list[str] = next(reader)
    finally:
        csv.field_size_limit(before)
    return cells


def _object(line: bytes | Unusable) -> dict[str, Any]:
    """Return the JSON object on a line. Raises Unusable."""
    text = _line(line).rstrip()
    try:
        row = json.loads(text)
    except ValueError as error:  # also an integer of thousands of digits
        detail = (
            f"{error.msg}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "a number too long"
        )
        raise Unusable(f"is not JSON: {detail}") from None
    if not isinstance(row, dict):
        raise Unusable("is JSON but not an object")
    return row


def _document(origin: str, row: Mapping[str, Any]) -> RawDocument:
    """Make the document of one row. Raises Unusable."""
    outline = outline_of(row)
    passed = _FIELDS if outline is None else _FIELDS | OUTLINE
    others = _metadata(row.get("metadata")) | {name: row[name] for name in row if name not in passed}
    stated: dict[str, Any] = {name: _words(row.get(name)) or _words(others.pop(name, None)) for name in _STATED}
    stated["language"] = stated["language"] or _words(others.pop("lang", None))
    document = RawDocument(
        origin,
        _text(row),
        Markup.PLAIN,
        id=_id(row.get("_id")),
        title=_words(row.get("title")) or "",
        metadata={name: words for name, value in others.items() if (words := _words(value))},
        outline=outline,
        **stated,
    )
    _refuse_surrogates(document)
    return document


def _text(row: Mapping[str, Any]) -> str:
    text = row.get("text")
    if text is None:
        raise Unusable("has no text")
    if not isinstance(text, str):
        raise Unusable("has a text that is not a string")
    if not text.strip():
        raise Unusable("has an empty text")
    return text


def _id(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Unusable("has an _id that is neither a string nor a whole number")


def _metadata(value: Any) -> dict[str, Any]:
    """Return an object as it is, a string that holds one read, anything else under its own name."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {"metadata": value}
    return dict(value) if isinstance(value, dict) else {"metadata": value}


def _words(value: Any) -> str | None:
    """Return a value as a person would write it, or None if it says nothing."""
    if value is None or value in ([], {}):
        return None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = ", ".join(value)
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return words.strip() or None


def _refuse_surrogates(document: RawDocument) -> None:
    """JSON can spell half of a character outside the first plane; such a string cannot be stored or sent."""
    fields = (document.content, document.id, document.title, *(getattr(document, name) for name in _STATED))
    for string in (*fields, *document.metadata, *document.metadata.values()):
        try:
            (string or "").encode("utf-8")
        except UnicodeEncodeError as error:
            half = f"\\u{ord(error.object[error.start]):04x}"
            raise Unusable(f"holds {half}, half of a surrogate pair, which is not a character") from None
