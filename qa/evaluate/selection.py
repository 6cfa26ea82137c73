"""Which questions of a set are asked: a part that does not change, and a sample of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol, TypeVar

from qa.errors import BadSettingError


class Identified(Protocol):
    """Whatever has an id that stays the same."""

    @property
    def id(self) -> str:
        """Return the id."""


Q = TypeVar("Q", bound=Identified)

_HALVES = {"even": (0, 2), "odd": (1, 2)}
_FOLD = re.compile(r"(\d{1,4})/(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Selection:
    """A part of a set by the hash of the question's id, so that what is fitted on one is reported on another.

    `part` is "even" or "odd", or "2/5" for the second fold of five; "" for all. `questions` is the size of a sample
    of it; a larger sample holds the smaller ones.
    """

    part: str = ""
    questions: int | None = None

    def of(self, questions: Sequence[Q]) -> tuple[Q, ...]:
        """Return the selected questions in the order of the set; raises BadSettingError for an unknown part."""
        index, folds = _fold_of(self.part)
        kept = [question for question in questions if _hash("part", question.id) % folds == index]
        if self.questions is not None and self.questions < len(kept):
            drawn = sorted(kept, key=lambda question: _hash("sample", question.id))[: self.questions]
            ids = {question.id for question in drawn}
            kept = [question for question in kept if question.id in ids]
        return tuple(kept)


def _fold_of(part: str) -> tuple[int, int]:
    """Return which remainder of which divisor a part is."""
    if not part:
        return 0, 1
    if part in _HALVES:
        return _HALVES[part]
    fold = _FOLD.fullmatch(part)
    if fold is None or not 1 <= int(fold[1]) <= int(fold[2]):
        raise BadSettingError("--part", f"{part!r} is neither even, odd, nor a fold such as 2/5.")
    return int(fold[1]) - 1, int(fold[2])


def _hash(purpose: str, question_id: str) -> int:
    return int.from_bytes(sha256(f"{purpose}\n{question_id}".encode("utf-8", "surrogatepass")).digest()[:8])
