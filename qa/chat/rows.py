"""Answers that are rows of a table: "Pier: North pier; Opened: 1897" names a pier, and no Opened.

`qa.tables` writes rows so; here they are taken apart again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.chat.words import FUNCTION_WORDS, content

_HEADER = r"[^\W_][^:;.!?\n]{0,59}"
_ROW = re.compile(rf"{_HEADER}: [^;]+(?:; {_HEADER}: [^;]+)+")
_PAIR = re.compile(r"(?P<header>[^\W\d_a-z][\w’'-]*(?: [\w’'-]+){0,2}): (?P<cell>[^:;]{1,80})(?<![.!?])")
_ASKS_OTHERWISE = re.compile(r"\W*(?:who|when|where)\b", re.IGNORECASE)
"""Where is the capital? But: what is the population?"""
_STATES = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|must|should|does|did)\b|\A(?:I|We|You|He|She|They|It|There)\s[a-z]"
)
_LONGEST = 8
"""Words of a cell that names something."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row under the header of its column."""

    header: str
    text: str

    @property
    def is_name(self) -> bool:
        """Whether it could be what something is called: "North pier", but not "240 m" nor a sentence."""
        return (
            self.text[:1].isalpha()
            and len(self.text.split()) <= _LONGEST
            and not self.text.endswith((".", "!", "?"))
            and not self.is_statement
        )

    @property
    def is_statement(self) -> bool:
        """Whether it says something: "Ada Quill will open the bridge"."""
        return _STATES.search(self.text) is not None


Row = tuple[Cell, ...]
"""The cells of a row; the first is mostly what the row is about."""


def rows(answer: str) -> tuple[Row, ...]:
    """Return the rows that an answer consists of; () where it is anything else.

    Rows that were quoted one after the other begin with the same header. A single pair is one too: "Head: Ada Quill".
    """
    text = answer.strip()
    first = text.partition(": ")[0]
    opening, *others = re.split(rf" {re.escape(first)}(?=: )", text)
    parts = [opening, *(first + other for other in others)]
    if all(_ROW.fullmatch(part) for part in parts):
        return tuple(_cells(part) for part in parts)
    pair = _PAIR.fullmatch(text)
    return ((Cell(pair["header"], pair["cell"]),),) if pair is not None else ()


def _cells(row: str) -> Row:
    return tuple(Cell(header, text.strip()) for header, _, text in (cell.partition(": ") for cell in row.split("; ")))


def another_column(said: str, before: str, row: Row) -> tuple[str, str] | None:
    """Return the question before, put for another column of the row, and what it keeps: "And its capital?".

    None where `said` is no other column's header.
    """
    words = content(said)
    column = next((cell for cell in row[1:] if (named := content(cell.header)) and named <= words), None)
    if column is None or words - content(column.header) - content(before):
        return None
    for other in row[1:]:
        word = re.search(rf"\b{re.escape(other.header)}\b", before, re.IGNORECASE)
        if other is not column and word is not None and not _ASKS_OTHERWISE.match(before):
            kept = before[: word.start()] + column.header.lower() + before[word.end() :]
            return kept, (before[: word.start()] + before[word.end() :]).strip(" ?.!")
    about = subject(before, row)
    if about is None:
        return None
    return f"What is the {column.header.lower()} of {about}?", about


def subject(question: str, row: Row) -> str | None:
    """Return the cell of a row that a question names, as it stands there, with its article; None for none."""
    for cell in row:
        if (found := place_of(cell, question)) is not None:
            return question[slice(*found)]
    return None


def place_of(cell: Cell, question: str) -> tuple[int, int] | None:
    """Return where a question has a cell that may be a name."""
    if not cell.is_name or content(cell.text) <= FUNCTION_WORDS:
        return None
    found = re.search(rf"\b(?:the )?{re.escape(cell.text.removeprefix('the '))}(?!\w)", question, re.IGNORECASE)
    return found.span() if found is not None else None
