"""As much of protobuf's wire format as an ONNX file needs: to find fields in one, and to write new ones.

A message is a row of fields, each a number and a value; what a number means is said by `onnx.proto`
(https://protobuf.dev/programming-guides/encoding/). The `onnx` package would do this too, but importing it takes
0.2 s, a quarter of a cold question.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from mmap import mmap
from typing import NamedTuple

_VARINT, _EIGHT_BYTES, _LENGTH, _FOUR_BYTES = 0, 1, 2, 5
_MORE, _BITS = 0x80, 7
"""A byte of a varint carries seven bits, and the eighth where more bytes follow."""


class Field(NamedTuple):
    """A field's number and where its payload lies; `value` is the number itself where it is a varint."""

    number: int
    start: int
    end: int
    value: int


def fields(data: mmap, start: int, end: int) -> Iterator[Field]:
    """Yield the fields of the message that lies at data[start:end]; raises ValueError where it is none."""
    while start < end:
        key, start = _varint(data, start)
        value = 0
        kind = key & 7
        if kind == _LENGTH:
            size, start = _varint(data, start)
            stop = start + size
        elif kind == _VARINT:
            value, stop = _varint(data, start)
        elif kind in (_FOUR_BYTES, _EIGHT_BYTES):
            stop = start + (4 if kind == _FOUR_BYTES else 8)
        else:
            raise ValueError(f"unknown wire type {kind} at byte {start}")
        if stop > end:
            raise ValueError(f"a field at byte {start} goes beyond its message")
        yield Field(key >> 3, start, stop, value)
        start = stop


def field(number: int, value: bytes | str | float) -> bytes:
    """Return one field: text or a message after its length, an integer, not negative, as varint, a float as it is."""
    if isinstance(value, int):
        return _number(number << 3 | _VARINT) + _number(value)
    if isinstance(value, float):
        return _number(number << 3 | _FOUR_BYTES) + struct.pack("<f", value)
    payload = value.encode() if isinstance(value, str) else value
    return _number(number << 3 | _LENGTH) + _number(len(payload)) + payload


def _varint(data: mmap, start: int) -> tuple[int, int]:
    """Return the number that starts here, lowest bits first, and where the next thing starts."""
    value = 0
    for place in range(10):
        if start + place >= len(data):
            break
        byte = data[start + place]
        value |= (byte & ~_MORE) << (place * _BITS)
        if not byte & _MORE:
            return value, start + place + 1
    raise ValueError(f"no number at byte {start}")


def _number(value: int) -> bytes:
    encoded = bytearray()
    while value >= _MORE:
        encoded.append(value & ~_MORE & 0xFF | _MORE)
        value >>= _BITS
    encoded.append(value)
    return bytes(encoded)
