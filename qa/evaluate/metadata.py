"""What one line of `queries.jsonl` says about its question, checked field by field."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from qa.errors import SourceError
from qa.evaluate.records import GoldAnswer, Question
from qa.records import Span

_PAIR = 2


def question_from(
    row: Mapping[str, Any], where: Path, number: int, judgements: Mapping[str, Mapping[str, int]]
) -> Question:
    """Return the question of line `number`; without an `_id` it is called after its line.

    Judgements go before the articles that the question names itself. Raises SourceError.
    """
    fields = _Fields(row, where)
    metadata = fields.metadata()
    identity = fields.identity() or f"line-{number}"
    facts, named = metadata.evidence()
    doc = metadata.string("doc")
    answerable = metadata.flag("answerable")
    relevant = judgements.get(identity) or dict.fromkeys([*named, *([doc] if doc else [])], 1)
    return Question(
        id=identity,
        text=fields.text(),
        place=where.name,
        group=metadata.group(),
        answerable=answerable,
        relevant=relevant if answerable else {},
        doc=doc,
        paragraph=metadata.span("paragraph"),
        answers=metadata.answers() if answerable else (),
        facts=facts if answerable else (),
    )


class _Fields:
    """An object of a line; every fault names the line and the field."""

    def __init__(self, row: Mapping[str, Any], where: Path, prefix: str = "") -> None:
        self.row, self.where, self.prefix = row, where, prefix

    def metadata(self) -> _Fields:
        inner = self.row.get("metadata")
        if inner is None:
            inner = {}
        if not isinstance(inner, dict):
            self._refuse("metadata", "an object")
        return _Fields(inner, self.where, "metadata.")

    def identity(self) -> str:
        value = self.row.get("_id")
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
            self._refuse("_id", "a string or a whole number")
        return str(value)

    def text(self) -> str:
        value = self.row.get("text")
        if not isinstance(value, str) or not value.strip():
            self._refuse("text", "the question as a string")
        return value

    def string(self, name: str) -> str | None:
        value = self.row.get(name)
        if value is not None and not isinstance(value, str):
            self._refuse(name, "a string")
        return value

    def group(self) -> str:
        """Return what the set calls this kind of question; what is no string is none of it."""
        names = (self.row.get("kind"), self.row.get("type"))
        return next((name for name in names if isinstance(name, str) and name), "")

    def flag(self, name: str) -> bool:
        value = self.row.get(name, True)
        if not isinstance(value, bool):
            self._refuse(name, "true or false")
        return value

    def span(self, name: str) -> Span | None:
        value = self.row.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or len(value) != _PAIR or not all(_is_offset(item) for item in value):
            self._refuse(name, "a start and an end in characters, such as [0, 120]")
        return Span(*value)

    def answers(self) -> tuple[GoldAnswer, ...]:
        """Return `answers`, each a string or an object with `text` and `start`, and `answer` where there are none."""
        values = self.row.get("answers") or []
        if not values and (single := self.string("answer")):
            values = [single]
        if not isinstance(values, list):
            self._refuse("answers", 'a list, such as ["Ada Quill"]')
        return tuple(self._answer(value) for value in values)

    def _answer(self, value: Any) -> GoldAnswer:
        if isinstance(value, str):
            value = {"text": value}
        text, start = (value.get("text"), value.get("start")) if isinstance(value, dict) else (None, None)
        if not isinstance(text, str) or not text.strip() or not (start is None or _is_offset(start)):
            self._refuse("answers", 'strings, or objects such as {"text": "Ada Quill", "start": 17}')
        return GoldAnswer(text, start)

    def evidence(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the facts, and the articles that they are in."""
        values = self.row.get("evidence") or []
        if not isinstance(values, list):
            self._refuse("evidence", 'a list of objects such as {"doc": "a.md", "fact": "Ada Quill wrote it."}')
        for value in values:
            strings = isinstance(value, dict) and all(isinstance(value.get(name), str) for name in ("doc", "fact"))
            if not strings or not value["fact"].strip():
                self._refuse("evidence", 'objects such as {"doc": "a.md", "fact": "Ada Quill wrote it."}')
        return tuple(value["fact"] for value in values), tuple(dict.fromkeys(value["doc"] for value in values))

    def _refuse(self, name: str, wanted: str) -> NoReturn:
        if name not in self.row:
            raise SourceError(self.where, f"has no {self.prefix}{name}; it must be {wanted}.")
        raise SourceError(self.where, f"has a {self.prefix}{name} that cannot be used; it must be {wanted}.")


def _is_offset(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
