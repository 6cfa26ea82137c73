"""A conversation from a file: a JSON array of messages, or one message a line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Literal, cast

from qa.errors import BadSettingError
from qa.records import Message

_OPTION = "--history"
_EXAMPLE = '{"role": "user", "content": "What did China say?"}'
_FIELDS = {"role", "content", "titles"}


def history_from(path: Path) -> tuple[Message, ...]:
    """Return the messages in the file at `path`, oldest first; "-" is the standard input.

    Raises BadSettingError naming the message that is none, and OSError.
    """
    name = "the standard input" if str(path) == "-" else str(path)
    data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise BadSettingError(_OPTION, f"{name} is not UTF-8.") from None
    if text.startswith("["):
        rows = _parsed(text, name)
        return tuple(_message(row, f"{name}, message {number}") for number, row in enumerate(rows, start=1))
    lines = ((f"{name}, line {number}", line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())
    return tuple(_message(_parsed(line, where), where) for where, line in lines)


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = f"{error.msg}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "cannot be read"
        raise BadSettingError(_OPTION, f"{where} is not JSON ({reason}); write messages such as {_EXAMPLE}.") from None


def _message(row: Any, where: str) -> Message:
    if not isinstance(row, dict) or not isinstance(row.get("content"), str) or set(row) - _FIELDS:
        raise BadSettingError(_OPTION, f"{where} is no message; write it as {_EXAMPLE}.")
    role, titles = row.get("role"), row.get("titles", [])
    if role not in ("user", "assistant"):
        raise BadSettingError(_OPTION, f'{where} must have the role "user" or "assistant".')
    if not isinstance(titles, list) or not all(isinstance(title, str) for title in titles):
        raise BadSettingError(_OPTION, f"{where} has titles that are no list of strings.")
    return Message(cast("Literal['user', 'assistant']", role), row["content"], tuple(titles))
