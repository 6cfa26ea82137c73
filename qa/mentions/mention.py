"""A name, a number or a date where a text says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from qa.records import Span

Value = TypeVar("Value", str, float)


@dataclass(frozen=True, slots=True)
class Mention(Generic[Value]):
    """Words of a text that name something: `span` in that text, the `text` there, and what it comes to.

    `value` is the same for two mentions that mean the same: see the finder. `unit` is "" but for numbers.
    """

    span: Span
    text: str
    value: Value
    unit: str = ""
