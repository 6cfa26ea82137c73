"""Follow-up questions of a folder, each with what was said before it and how a person put it to stand alone.

`turns.jsonl` has a follow-up on each line: `history` (the article's title, the section's, question, answer, question,
answer, ...), `question`, `rewrite`, and `_id` where there is one. That is CANARD (Elgohary et al. 2019).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from qa.errors import BadSettingError, SourceError
from qa.evaluate.reading import rows_of
from qa.evaluate.selection import Selection
from qa.records import Message

TURNS = "turns.jsonl"
TITLES = 2
"""How many titles stand before the first question."""
_EXAMPLE = (
    '{"history": ["Ada Quill", "Career", "Who is she?", "A poet."], "question": "Why?", "rewrite": "Why is she?"}'
)


@dataclass(frozen=True, slots=True)
class Followup:
    """A question, what was said before it, and how a person put it to stand alone; `id` is "dialogue#turn"."""

    id: str
    history: tuple[Message, ...]
    question: str
    rewrite: str

    @property
    def dialogue(self) -> str:
        """The dialogue that it is of: its turns stay together when a set is halved."""
        return self.id.partition("#")[0]


def read_followups(folder: Path) -> tuple[Followup, ...]:
    """Read `turns.jsonl` in `folder`; raises SourceError naming the file and the line, and what mends it."""
    path = folder / TURNS
    followups: list[Followup] = []
    seen: dict[str, int] = {}
    for number, row in rows_of(path, "a follow-up", _EXAMPLE):
        where = Path(f"{path}:{number}")
        one = _followup(row, where, number)
        if one.id in seen:
            raise SourceError(where, f"has the _id {one.id!r} of line {seen[one.id]}; give each follow-up its own.")
        seen[one.id] = number
        followups.append(one)
    if not followups:
        raise SourceError(path, f"holds no follow-up; write one on each line, such as {_EXAMPLE}.")
    return tuple(followups)


def _followup(row: Mapping[str, Any], where: Path, number: int) -> Followup:
    for name in ("question", "rewrite"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise SourceError(where, f"has no {name!r} with text; write a follow-up such as {_EXAMPLE}.")
    history = row.get("history")
    if not isinstance(history, list) or not all(isinstance(said, str) for said in history):
        raise SourceError(where, f"has no 'history' that is a list of texts; write a follow-up such as {_EXAMPLE}.")
    name = row.get("_id", f"line {number}")
    return Followup(str(name), tuple(messages(history)), row["question"], row["rewrite"])


def messages(history: Sequence[str]) -> Iterator[Message]:
    """Yield the messages of a history: questions and answers take turns, after the two titles as before them."""
    for number, content_ in enumerate(history):
        role: Literal["user", "assistant"] = "assistant" if number % 2 else "user"
        yield Message(role, content_)


def select(followups: Sequence[Followup], part: str, most: int | None = None) -> tuple[Followup, ...]:
    """Return a part of the dialogues, or a sample of it; raises BadSettingError for an unknown or empty part."""
    dialogues = Selection(part).of([_Dialogue(name) for name in dict.fromkeys(one.dialogue for one in followups)])
    kept = {dialogue.id for dialogue in dialogues}
    chosen = Selection(questions=most).of([one for one in followups if one.dialogue in kept])
    if not chosen:
        raise BadSettingError("--part", f"no dialogue is in part {part}; choose another.")
    return chosen


@dataclass(frozen=True, slots=True)
class _Dialogue:
    id: str
