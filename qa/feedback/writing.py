"""A question set on disk, in the layout of BEIR: complete, or not there at all."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from qa.errors import SourceError
from qa.feedback.question_set import QuestionSet, rows_of
from qa.records import Article

_CORPUS, _QUERIES, _QRELS = "corpus.jsonl", "queries.jsonl", "qrels"
_TEST = "test.tsv"
_OURS = {_CORPUS, _QUERIES, _QRELS}
_HEADER = "query-id\tcorpus-id\tscore\n"


def check_target(folder: Path, *, force: bool) -> None:
    """Refuse a folder that holds something; with `force` one that holds something else than a question set.

    Raises SourceError.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise SourceError(folder, "is a file; name a folder.")
    found = {path.name for path in folder.iterdir()}
    if found and not force:
        raise SourceError(folder, "is not empty; name another folder, or replace what it holds with --force.")
    if found - _OURS:
        raise SourceError(folder, f"holds {min(found - _OURS)}, which is of no question set; name another folder.")


def write_set(folder: Path, chosen: QuestionSet, articles: Iterable[Article], *, force: bool = False) -> None:
    """Write the questions, their judgements and all articles into `folder`, at once when all is there.

    Raises SourceError as `check_target` does, and OSError.
    """
    check_target(folder, force=force)
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".feedback-", dir=folder.parent) as work:
        fresh, before = Path(work) / "fresh", Path(work) / "before"
        (fresh / _QRELS).mkdir(parents=True)
        _write_rows(fresh / _CORPUS, rows_of(articles))
        _write_rows(fresh / _QUERIES, chosen.queries)
        lines = (f"{line.query}\t{line.article}\t{line.grade}\n" for line in chosen.judgements)
        (fresh / _QRELS / _TEST).write_text(_HEADER + "".join(lines), encoding="utf-8", newline="\n")
        if folder.exists():
            folder.rename(before)
        try:
            fresh.rename(folder)
        except OSError:
            if before.exists():
                before.rename(folder)
            raise


def _write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
