"""A question set on disk, in the layout of BEIR: complete, or not there at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from qa.beir import CORPUS, article_row
from qa.feedback.question_set import QuestionSet
from qa.records import Article
from qa.whole import check_target as check
from qa.whole import whole, write_rows

_QUERIES, _QRELS = "queries.jsonl", "qrels"
_TEST = "test.tsv"
_OURS = frozenset({CORPUS, _QUERIES, _QRELS})
_HEADER = "query-id\tcorpus-id\tscore\n"


def check_target(folder: Path, *, force: bool) -> None:
    """Refuse a folder that holds something; with `force` one that holds something else than a question set.

    Raises SourceError.
    """
    check(folder, _OURS, "question set", force=force)


def write_set(folder: Path, chosen: QuestionSet, articles: Iterable[Article], *, force: bool = False) -> None:
    """Write the questions, their judgements and all articles into `folder`, at once when all is there.

    Raises SourceError as `check_target` does, and OSError.
    """
    check_target(folder, force=force)
    with whole(folder) as fresh:
        write_rows(fresh / CORPUS, map(article_row, articles))
        write_rows(fresh / _QUERIES, chosen.queries)
        lines = (f"{line.query}\t{line.article}\t{line.grade}\n" for line in chosen.judgements)
        (fresh / _QRELS).mkdir()
        (fresh / _QRELS / _TEST).write_text(_HEADER + "".join(lines), encoding="utf-8", newline="\n")
