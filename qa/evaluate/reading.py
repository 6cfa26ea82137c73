"""A folder of articles and questions, in the layout of BEIR or as a person writes it.

`queries.jsonl` has a question on each line: `text`, and `_id` and `metadata` where there are any. Articles are in
`corpus.jsonl`, or else in whatever else lies in the folder. `qrels/*.tsv` judge articles (BEIR, Thakur et al. 2021).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from qa.errors import SourceError
from qa.evaluate.metadata import question_from
from qa.evaluate.records import Question, QuestionSet
from qa.load import SUFFIXES, kind_of

QUERIES, QRELS = "queries.jsonl", "qrels"
REPORT = "report.json"
"""What marks a folder as the output of an evaluation, whose pages are no articles."""

_CORPUS = ("corpus.jsonl", "corpus.jsonl.gz")
_TEST = "test.tsv"
_COLUMNS = 3
_EXAMPLE = '{"text": "Who wrote it?", "metadata": {"answers": ["Ada Quill"]}}'

Judgements = Mapping[str, Mapping[str, int]]


def read_set(folder: Path, out: Path | None = None) -> QuestionSet:
    """Read the questions and judgements of a set, and list its articles; nothing under `out` is one.

    Raises SourceError naming the file and the line, and what mends it.
    """
    if not folder.is_dir():
        raise SourceError(folder, f"is not a folder; name one that holds {QUERIES} and the articles.")
    files = _qrels(folder)
    judgements = _judgements(files)
    questions = list(_questions(folder / QUERIES, judgements))
    known = tuple(question for question in questions if _is_judged(question, files))
    if not known:
        raise SourceError(folder / QUERIES, f"has no question to ask; write one on each line, such as {_EXAMPLE}.")
    name = folder.resolve().name or "set"
    unjudged = len(questions) - len(known)
    return QuestionSet(name, folder, _articles(folder, out), known, tuple(path.name for path in files), unjudged)


def _is_judged(question: Question, judgements: tuple[Path, ...]) -> bool:
    """Return whether anything is known of a question; without qrels what it says of itself counts, if little."""
    gold = question.relevant or question.answers or question.facts
    return bool(gold) or not question.answerable or not judgements


def _questions(path: Path, judgements: Judgements) -> Iterator[Question]:
    seen: dict[str, int] = {}
    for number, row in rows_of(path, "a question", _EXAMPLE):
        where = Path(f"{path}:{number}")
        question = question_from(row, where, number, judgements)
        if question.id in seen:
            raise SourceError(
                where, f"has the _id {question.id!r} of line {seen[question.id]}; give each question its own."
            )
        seen[question.id] = number
        yield question


def rows_of(path: Path, what: str, example: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number and the object of each line that is not blank.

    `what` a line should hold, with an example, is said where it does not. Raises SourceError.
    """
    for number, line in _lines(path, f"is not there; write it with {what} on each line, such as {example}."):
        if not line.strip():
            continue
        where = Path(f"{path}:{number}")
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise SourceError(where, f"is not JSON: {error.msg}, column {error.colno}; mend the line.") from None
        except (ValueError, RecursionError):
            raise SourceError(where, "holds a number too long or is nested too deeply; mend the line.") from None
        if not isinstance(row, dict):
            raise SourceError(where, f"is JSON but not an object; write {what} such as {example}.")
        yield number, row


def _lines(path: Path, absent: str) -> Iterator[tuple[int, str]]:
    try:
        data = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise SourceError(path, absent) from None
    except OSError as error:
        raise SourceError(path, f"cannot be read: {error.strerror}; check its permissions.") from None
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            yield number, line.decode("utf-8").rstrip("\r")
        except UnicodeDecodeError:
            raise SourceError(Path(f"{path}:{number}"), "is not UTF-8; save the file as UTF-8.") from None


def _qrels(folder: Path) -> tuple[Path, ...]:
    """Return the judgements to use: those of the test split where there is one, else all."""
    files = sorted((folder / QRELS).glob("*.tsv"))
    return tuple(path for path in files if path.name == _TEST) or tuple(files)


def _judgements(files: tuple[Path, ...]) -> dict[str, dict[str, int]]:
    """Return grades above 0 by question and article."""
    found: dict[str, dict[str, int]] = {}
    for path in files:
        for number, line in _lines(path, "is gone."):
            cells = line.split("\t")
            if not line.strip() or (number == 1 and not _is_grade(cells[-1])):  # a header
                continue
            if len(cells) != _COLUMNS or not _is_grade(cells[-1]):
                raise SourceError(
                    Path(f"{path}:{number}"),
                    "is not a judgement; write the question's _id, the article's _id and a whole number, parted by "
                    "tabs.",
                )
            query, article, grade = cells
            if int(grade) > 0:
                found.setdefault(query, {})[article] = int(grade)
            else:
                found.setdefault(query, {})
    return found


def _is_grade(cell: str) -> bool:
    return cell.strip().removeprefix("-").isdecimal() and len(cell) < 10  # noqa: PLR2004 - no grade is longer


def _articles(folder: Path, out: Path | None) -> tuple[Path, ...]:
    """Return what to index: the corpus, or else all that can be read but for the questions and earlier reports."""
    for name in _CORPUS:
        if (folder / name).is_file():
            return (folder / name,)
    paths = tuple(path for path in sorted(folder.iterdir()) if _is_article(path) and not _is_output(path, out))
    if not paths:
        raise SourceError(
            folder, f"holds no articles; put corpus.jsonl or files that end in {', '.join(SUFFIXES)} there."
        )
    return paths


def _is_article(path: Path) -> bool:
    if path.name.startswith(".") or path.name in {QUERIES, QRELS}:
        return False
    return path.is_dir() or kind_of(path.name) is not None


def _is_output(path: Path, out: Path | None) -> bool:
    """Return whether a folder is where a report goes or went."""
    if not path.is_dir():
        return False
    return (path / REPORT).is_file() or (out is not None and path.resolve() == out.resolve())
