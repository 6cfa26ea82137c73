"""Rich Text Format as a row of tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<symbol>[^a-zA-Z])"
    r"|(?P<begin>\{)|(?P<end>\})|(?P<text>[^\\{}\r\n\0]+)",
    re.DOTALL,
)


class Kind(Enum):
    """What a token is, as the groups of the pattern are named."""

    WORD = "word"
    BYTE = "byte"
    SYMBOL = "symbol"
    BEGIN = "begin"
    END = "end"
    TEXT = "text"


class Token(NamedTuple):
    r"""A control word with its number, a byte in hexadecimal, a control symbol, a brace, or characters as they are."""

    kind: Kind
    text: str
    number: int | None = None


_KINDS = {kind.value: kind for kind in Kind}


def tokens(source: str) -> Iterator[Token]:
    r"""Yield the tokens of a file, whose bytes `source` has as Latin-1; what follows `\bin` is passed over."""
    place = 0
    while (match := _TOKEN.search(source, place)) is not None:
        place = match.end()
        kind = _KINDS[match.lastgroup if match.lastgroup != "number" else "word"]  # type: ignore[index]
        number = match["number"]
        token = Token(kind, match[kind.value], int(number) if number else None)
        if token.text == "bin" and kind is Kind.WORD:
            place += max(token.number or 0, 0)
        else:
            yield token
